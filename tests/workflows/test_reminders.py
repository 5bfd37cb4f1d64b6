"""Reminders: whom the calendar reminds, when, and how often."""

from datetime import date, datetime, timedelta

import pytest

from apps.core import door
from apps.core.models import Effect
from apps.desks import services as desks
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.notices import services as notices
from apps.notices.models import Message
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.seasons.selectors import closing_windows
from tests.factories import (
    Scene,
    actor,
    count_working_days,
    make_application,
    make_draft,
    set_application_window,
    user_of,
)
from tests.factories.scene import SHANGHAI
from workflows import steps


def on(day: int, hour: int = 8, month: int = 7) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def remind(at: datetime) -> int:
    return steps.do_all(steps.Step("提醒", steps.remind_of_closing), at)


def texts(user: User) -> list[str]:
    return list(Message.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def test_who_has_not_submitted_is_reminded_on_the_days_of_the_pack_and_once_on_each(scene: Scene) -> None:
    draft = make_draft(scene)
    told = {}
    for day in range(10, 18):
        remind(on(day))
        remind(on(day, 20))
        told[day] = len(texts(user_of(draft)))
    assert told == {10: 0, 11: 0, 12: 1, 13: 1, 14: 2, 15: 2, 16: 2, 17: 2}
    assert texts(user_of(draft))[0] == (
        f"{scene.season.title}：网上申请将于2026年7月15日截止。您有1件还没有提交，逾期不能提交，请尽快完成。"
    )


def test_days_before_the_last_are_working_days_where_the_season_counts_these(scene: Scene) -> None:
    count_working_days(scene.season, date(2026, 7, 14))
    make_draft(scene)
    on_days = {on(day).date(): remind(on(day)) for day in range(9, 16)}
    assert {day.strftime("%a %d"): number for day, number in on_days.items() if number} == {"Thu 09": 3, "Tue 14": 3}


def test_a_returned_application_is_reminded_of_and_a_submitted_one_is_not(scene: Scene) -> None:
    returned = make_application(scene, DeskState.RETURNED)
    submitted = make_application(scene, DeskState.AWAITING_CONSENT)
    begun_that_day = make_draft(scene)
    Paper.objects.filter(record=begun_that_day.pk).update(arrived=on(12, 9))
    remind(on(12, 10))
    assert [len(texts(user_of(each))) for each in (returned, submitted, begun_that_day)] == [1, 0, 0]


def test_the_counties_are_reminded_and_nobody_above_or_beside_them(scene: Scene) -> None:
    assert remind(on(12)) == 2
    said = f"{scene.season}：网上申请将于2026年7月15日截止，请提醒本地尚未提交的申请人。"
    assert (texts(scene.officers.county), texts(scene.stranger)) == ([said], [said])
    others = (scene.officers.unit, scene.officers.city, scene.officers.region, scene.officers.auditor)
    assert [texts(user) for user in others] == [[], [], [], []]
    assert Message.objects.filter(user=scene.stranger).get().link == f"/seasons/{scene.season.pk}/"


def test_a_window_that_is_moved_is_reminded_of_anew(scene: Scene) -> None:
    remind(on(12))
    set_application_window(
        Season.objects.get(pk=scene.season.pk), date(2026, 6, 1), date(2026, 7, 30), by=scene.office, at=on(13)
    )
    assert remind(on(14)) == 0
    assert remind(on(27)) == 2
    assert "2026年7月30日" in texts(scene.officers.county)[-1]


def test_only_windows_for_which_the_pack_says_so_are_reminded_of(scene: Scene) -> None:
    assert {closing.window.key for day in range(1, 32) for closing in closing_windows(scene.season, on(day))} == {
        "application"
    }


def test_reminders_go_out_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make_draft(scene, scene.new_applicant())
    monkeypatch.setattr(door, "BATCH_LIMIT", 2)
    assert [steps.remind_of_closing(on(12)) for _ in range(3)] == [4, 1, 0]
    assert Message.objects.count() == 5


def test_an_office_is_reminded_once_of_what_it_has_had_for_days_in_one_message(scene: Scene) -> None:
    for _ in range(2):
        make_application(scene, DeskState.AWAITING_CONSENT)
    make_application(scene, DeskState.AWAITING_REVIEW)
    counted = []
    for day in range(16, 20):
        counted.append(steps.do_all(steps.Step("提醒", steps.remind_of_overdue), on(day, month=6)))
    assert counted == [0, 3, 0, 0]
    assert texts(scene.officers.unit) == [f"{scene.season}：您有2件待办已满7天未办，请尽快办理。"]
    assert len(texts(scene.officers.county)) == 1
    (mails,) = Effect.objects.filter(kind="notices.mail/send", key__contains="overdue")
    assert len(mails.payload["mails"]) == 2


def test_what_is_dealt_with_is_not_overdue_and_the_next_office_has_its_own_days(scene: Scene) -> None:
    waiting = make_application(scene, DeskState.AWAITING_CONSENT)
    passed_up = scene.at + timedelta(days=6)
    desks.pass_up(record=waiting, by=actor(scene.officers.unit), at=passed_up)
    assert steps.remind_of_overdue(scene.at + timedelta(days=7)) == 0
    assert steps.remind_of_overdue(passed_up + timedelta(days=7)) == 1
    assert texts(scene.officers.unit) == []


def test_the_office_is_reminded_of_records_on_no_list_yet_and_not_of_those_on_one(scene: Scene) -> None:
    listed, unlisted = (make_application(scene, DeskState.ON_NOTICE) for _ in range(2))
    notices.announce(
        season=scene.season, kind="application", seen={listed.pk: listed.version}, by=scene.office, at=scene.at
    )
    assert steps.remind_of_overdue(scene.at + timedelta(days=8)) == 1
    assert Paper.objects.exclude(rung=0).get().record == unlisted.pk


def test_a_season_that_is_over_reminds_nobody(scene: Scene) -> None:
    make_draft(scene)
    make_application(scene, DeskState.AWAITING_CONSENT)
    seasons.close(season=Season.objects.get(pk=scene.season.pk), by=scene.office, at=on(11))
    assert [done.number for done in steps.season_tick(on(12))[:2]] == [0, 0]
