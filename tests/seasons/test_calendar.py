"""The days of a season's calendar: set by its office, kept in the log, used where days are counted."""

from datetime import date, datetime
from typing import Any

import pytest

from apps.core.refusals import Refused
from apps.seasons import services
from apps.seasons.models import CalendarDay, Season
from apps.seasons.selectors import calendar_days, changes_of, exceptions_in, exceptions_of, pack_of
from tests.factories import Scene, actor

pytestmark = pytest.mark.django_db
HOLIDAY, WORKED = date(2026, 6, 19), date(2026, 6, 20)


def put(scene: Scene, day: date, is_working: bool | None, **given: Any) -> None:
    said = {"label": "", "reason": "按放假通知", "by": scene.office, "at": scene.at, **given}
    services.set_day(season=Season.objects.get(pk=scene.season.pk), day=day, is_working=is_working, **said)


def test_days_are_set_changed_and_given_back_to_the_week(scene: Scene):
    put(scene, HOLIDAY, False, label="端午节")
    put(scene, WORKED, True)
    assert exceptions_of(scene.season.pk) == {HOLIDAY: False, WORKED: True}
    put(scene, WORKED, False)
    put(scene, HOLIDAY, None)
    assert exceptions_of(scene.season.pk) == {WORKED: False}
    assert [str(day) for day in calendar_days(scene.season)] == ["2026-06-20："]


def test_each_change_is_kept_in_words(scene: Scene):
    put(scene, HOLIDAY, False, label="端午节")
    put(scene, HOLIDAY, None)
    newest, first = changes_of(scene.season, pack_of(scene.season))[:2]
    assert (first.what, first.old, first.new) == ("2026年6月19日（端午节）", "按周末规则", "休息日")
    assert (newest.what, newest.old, newest.new) == ("2026年6月19日", "休息日", "按周末规则")
    assert first.entry.opinion == "按放假通知"


@pytest.mark.parametrize(("code", "given"), [("no_reason", {"reason": " "}), ("not_yours", {"by": None})])
def test_without_a_reason_or_the_right_nothing_is_set(scene: Scene, code: str, given: dict[str, Any]):
    said = {name: value or actor(scene.stranger) for name, value in given.items()}
    with pytest.raises(Refused) as refused:
        put(scene, HOLIDAY, False, **said)
    assert [refusal.code for refusal in refused.value.refusals] == [code]
    assert not CalendarDay.objects.exists()


def test_many_seasons_are_read_in_one_query_and_none_in_none(scene: Scene, django_assert_num_queries: Any):
    put(scene, HOLIDAY, False)
    with django_assert_num_queries(1):
        assert exceptions_in([scene.season.pk, 0]) == {scene.season.pk: {HOLIDAY: False}, 0: {}}
    with django_assert_num_queries(0):
        assert exceptions_in([]) == {}


def test_a_day_stands_once_in_a_season(scene: Scene):
    put(scene, HOLIDAY, False)
    put(scene, HOLIDAY, False, label="端午节", at=datetime.combine(HOLIDAY, scene.at.timetz()))
    assert list(CalendarDay.objects.values_list("day", "label")) == [(HOLIDAY, "端午节")]
