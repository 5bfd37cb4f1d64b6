"""Urging by hand: who may, how often, and that nothing but the message comes of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core.refusals import Refused
from apps.desks import selectors, services
from apps.desks.models import Paper, Urge
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.notices.models import Message
from apps.policies.calendar import Span
from apps.policies.reminding import Limit
from tests.factories import (
    Scene,
    actor,
    count_working_days,
    fresh,
    limit_urging,
    make_application,
    run_effects,
    user_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(scene: Scene) -> Scene:
    """Let the season's pack allow three urges of a paper, two days apart."""
    limit_urging(scene.season, every_days=2, at_most=3)
    return scene


def urge(record: Application, user: User, at: Any, note: str = "") -> str:
    try:
        services.urge(record=fresh(record), by=actor(user), at=at, note=note)
    except Refused as refused:
        return refused.refusals[0].code
    return "done"


USERS: dict[str, Callable[[Scene, Application], User]] = {
    "applicant": lambda scene, record: user_of(record),
    "unit": lambda scene, record: scene.officers.unit,
    "county": lambda scene, record: scene.officers.county,
    "office": lambda scene, record: scene.officers.region,
    "city": lambda scene, record: scene.officers.city,
    "auditor": lambda scene, record: scene.officers.auditor,
    "stranger": lambda scene, record: scene.stranger,
}


@pytest.mark.parametrize(
    ("who", "result"),
    [
        ("applicant", "done"), ("unit", "done"), ("office", "done"), ("county", "not_yours"), ("city", "not_yours"),
        ("auditor", "not_yours"), ("stranger", "not_yours"),
    ],
)  # fmt: skip
def test_who_started_it_passed_it_on_or_runs_the_season_may_urge_the_desk_that_has_it(
    limited: Scene, who: str, result: str
):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    assert urge(record, USERS[who](limited, record), limited.at) == result
    assert Urge.objects.count() == (result == "done")


def test_the_desk_is_told_and_the_record_stays_as_it_is(limited: Scene):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    version = fresh(record).version
    later = limited.at + timedelta(days=3)
    assert urge(record, limited.officers.unit, later, " 请今日办结。 ") == "done"
    run_effects(later)
    assert fresh(record).version == version
    title = Paper.objects.get(record=record.pk, latest=True).title
    told = Message.objects.filter(key__startswith="urged").values_list("user", "text", "link")
    said = f"单位经办催办：{title}，已到您处3天。留言：请今日办结。 请尽快办理。"
    assert list(told) == [(limited.officers.county.pk, said, f"/records/application/{record.pk}/")]


def test_not_again_within_the_days_of_the_pack_and_not_more_often(limited: Scene):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    said = [urge(record, limited.officers.unit, limited.at + timedelta(days=day)) for day in (0, 1, 2, 4, 6)]
    assert said == ["done", "urged_lately", "done", "done", "urged_enough"]


def test_days_between_two_urges_are_working_days_where_the_season_counts_these(limited: Scene):
    count_working_days(limited.season, limited.at.date() + timedelta(days=1))
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    days = range(7)
    said = {day: urge(record, limited.officers.unit, limited.at + timedelta(days=day)) for day in days}
    assert limited.at.weekday() == 2
    assert said == {0: "done", **dict.fromkeys(range(1, 5), "urged_lately"), 5: "done", 6: "urged_lately"}


def test_each_desk_has_its_own_limit(limited: Scene):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    assert urge(record, limited.officers.unit, limited.at) == "done"
    services.pass_up(record=fresh(record), by=actor(limited.officers.county), at=limited.at)
    assert urge(record, limited.officers.county, limited.at) == "done"


@pytest.mark.parametrize("state", [DeskState.DRAFT, DeskState.RETURNED, DeskState.PASSED, DeskState.REJECTED])
def test_what_lies_on_no_offices_desk_is_not_urged(limited: Scene, state: str):
    record = make_application(limited, state)
    assert urge(record, limited.officers.region, limited.at + timedelta(days=30)) == "nothing_waits"


def test_a_pack_without_urging_knows_none(scene: Scene):
    limit_urging(scene.season)
    record = make_application(scene, DeskState.AWAITING_REVIEW)
    assert urge(record, scene.officers.unit, scene.at) == "nothing_waits"


def test_a_note_is_short(limited: Scene):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    assert urge(record, limited.officers.unit, limited.at, "催" * 101) == "note_too_long"
    assert urge(record, limited.officers.unit, limited.at, "催" * 100) == "done"


def test_the_page_learns_what_is_left(limited: Scene):
    record = make_application(limited, DeskState.AWAITING_REVIEW)
    urge(record, limited.officers.unit, limited.at)

    def seen(user: User, days: int) -> tuple[bool, int, bool]:
        paper = selectors.latest_paper("application", record.pk)
        urging = selectors.urging(fresh(record), paper, actor(user), limited.at + timedelta(days=days))
        assert urging.limit == Limit(Span(2, "natural_days"), 3)
        return urging.is_open, urging.left, urging.is_yours

    assert seen(limited.officers.unit, 0) == (False, 2, True)
    assert seen(limited.officers.unit, 2) == (True, 2, True)
    assert seen(limited.officers.county, 2) == (False, 2, False)
