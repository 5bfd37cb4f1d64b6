"""The ladder of reminders: those at the desk, those beside it, those above it, then nobody; each rung once a paper."""

from datetime import datetime, timedelta

import pytest

from apps.core import door
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.directory.states import Role
from apps.notices import services as notices
from apps.notices.models import Message
from apps.notices.services import overdue
from apps.policies.calendar import Span
from apps.policies.reminding import Rung
from apps.seasons.models import Season
from tests.factories import Scene, make_application, make_officer
from workflows.steps import APPLICATIONS

pytestmark = pytest.mark.django_db
LADDER = tuple(
    Rung(number, audience, Span(days), Span(20))
    for number, audience, days in ((1, "holders", 3), (2, "colleagues", 5), (3, "above", 8))
)


def climb(scene: Scene, at: datetime) -> list[int]:
    """Remind of every rung, once each, and return of how many papers."""
    return [notices.remind_overdue(season=scene.season, of=APPLICATIONS, rung=rung, at=at) for rung in LADDER]


def told(user: User) -> list[tuple[str, str]]:
    rows = Message.objects.filter(user=user, key__startswith="overdue")
    return list(rows.order_by("pk").values_list("text", "link"))


def test_each_rung_is_climbed_once_on_its_day(scene: Scene):
    beside = make_officer(Role.SCI_TECH_INSTITUTE, scene.county)
    make_application(scene, DeskState.AWAITING_REVIEW)
    counted = {day: climb(scene, scene.at + timedelta(days=day)) for day in range(1, 12)}
    assert {day: rungs for day, rungs in counted.items() if any(rungs)} == {3: [1, 0, 0], 5: [0, 1, 0], 8: [0, 0, 1]}
    where = f"/applications/?season={scene.season.pk}&county={scene.county.pk}"
    office = f"{scene.season}：宾阳县科技行政主管部门有1件待办"
    assert told(scene.officers.county) == [(f"{scene.season}：您有1件待办已满3天未办，请尽快办理。", "/inbox/")]
    assert told(beside) == [(f"{office}已满5天未办。请提醒经办人员，或协助办理。", where)]
    assert told(scene.officers.city) == [(f"{office}已满8天未办，经提醒仍未办理。请督促。", where)]
    assert told(scene.officers.region) == told(scene.officers.unit) == []


def test_where_working_days_count_a_weekend_makes_nothing_older(scene: Scene):
    make_application(scene, DeskState.AWAITING_REVIEW)
    rung = Rung(1, "holders", Span(3, "working_days"), Span(20, "working_days"))
    season = Season.objects.get(pk=scene.season.pk)
    assert [
        (scene.at + timedelta(days=day)).strftime("%a")
        for day in range(1, 7)
        if notices.remind_overdue(season=season, of=APPLICATIONS, rung=rung, at=scene.at + timedelta(days=day))
    ] == ["Mon"]
    assert told(scene.officers.county)[0][0] == f"{scene.season}：您有1件待办已满3个工作日未办，请尽快办理。"


def test_the_county_served_stands_above_a_unit(scene: Scene):
    make_application(scene, DeskState.AWAITING_CONSENT)
    climb(scene, scene.at + timedelta(days=8))
    assert [len(told(user)) for user in (scene.officers.unit, scene.officers.county, scene.officers.city)] == [1, 1, 0]
    assert told(scene.officers.county)[0][0].startswith(f"{scene.season}：广西测试大学有1件待办已满8天")


def test_the_season_office_stands_above_where_nobody_else_sits(scene: Scene):
    make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    climb(scene, scene.at + timedelta(days=9))
    (said,) = [text for text, _ in told(scene.officers.region)]
    assert said == f"{scene.season}：南宁市科技行政主管部门有1件待办已满8天未办，经提醒仍未办理。请督促。"


def test_after_the_last_day_nobody_is_told_any_more(scene: Scene):
    make_application(scene, DeskState.AWAITING_REVIEW)
    assert climb(scene, scene.at + timedelta(days=20)) == [0, 0, 0]
    assert climb(scene, scene.at + timedelta(days=19)) == [1, 1, 1]


def test_what_was_long_silent_climbs_every_rung_at_once_and_each_once(scene: Scene):
    make_application(scene, DeskState.AWAITING_REVIEW)
    late = scene.at + timedelta(days=9)
    assert [climb(scene, late), climb(scene, late)] == [[1, 1, 1], [0, 0, 0]]
    assert [len(told(user)) for user in (scene.officers.county, scene.officers.city)] == [1, 1]


def test_a_rung_goes_out_in_batches_of_desks_and_skips_none(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    make_application(scene, DeskState.AWAITING_CONSENT)
    make_application(scene, DeskState.AWAITING_REVIEW)
    monkeypatch.setattr(door, "BATCH_LIMIT", 1)
    at = scene.at + timedelta(days=9)
    assert [climb(scene, at) for _ in range(3)] == [[1, 1, 1], [1, 1, 1], [0, 0, 0]]
    assert [len(told(user)) for user in (scene.officers.unit, scene.officers.county, scene.officers.city)] == [1, 2, 1]


def test_a_kill_before_the_mark_leaves_no_message_either(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    make_application(scene, DeskState.AWAITING_REVIEW)
    at = scene.at + timedelta(days=3)
    with monkeypatch.context() as killed:
        killed.setattr(overdue.desks, "note_reminded", None)
        with pytest.raises(TypeError):
            climb(scene, at)
    assert told(scene.officers.county) == []
    assert climb(scene, at) == [1, 0, 0]
    assert len(told(scene.officers.county)) == 1


def test_the_season_office_has_nobody_above_it(scene: Scene):
    make_application(scene, DeskState.ON_NOTICE)
    late = Paper.objects.get(latest=True).arrived + timedelta(days=9)
    assert climb(scene, late) == [1, 1, 1]
    assert [text for text, _ in told(scene.officers.region)] == [
        f"{scene.season}：您有1件待办已满3天未办，请尽快办理。"
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_a_rung_costs_the_same_however_many_papers_lie(scene: Scene, number: int, django_assert_num_queries):
    for _ in range(number):
        make_application(scene, DeskState.AWAITING_REVIEW)
    at = scene.at + timedelta(days=3)
    with django_assert_num_queries(8):
        notices.remind_overdue(season=scene.season, of=APPLICATIONS, rung=LADDER[0], at=at)
    assert Paper.objects.filter(rung=1).count() == number
