"""Days of windows and of the calendar: near the year of their season, and reckoned with wherever they lie."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import tokens
from apps.core.days import FIRST_DAY, LAST_DAY
from apps.directory.models import User
from apps.seasons import selectors, services
from apps.seasons.models import MOST_DAYS_LATE, CalendarDay, Season, Window
from tests.factories import AT, Scene
from tests.refusals import code_of

ClientOf = Callable[[User], Client]
FIRST, LAST = date(2024, 1, 1), date(2028, 12, 31)
"""Between which days a season of 2026 may name its own."""
A_DAY = timedelta(days=1)


def window_of(scene: Scene, key: str = "application") -> Window:
    return Window.objects.select_related("season").get(season=scene.season, key=key)


def moved(scene: Scene, **days: Any) -> str:
    """Return the code of the refusal with which a window is not moved."""
    wanted = {"opens": FIRST, "closes": LAST, "grace_days": 0, "reason": "调整", "by": scene.office, "at": AT, **days}
    return code_of(services.set_window, window=window_of(scene), **wanted)


def test_a_window_lies_within_two_years_of_its_season(scene: Scene):
    assert selectors.days_around(scene.season) == (FIRST, LAST)
    services.set_window(
        window=window_of(scene), opens=FIRST, closes=LAST, grace_days=0, reason="调整", by=scene.office, at=AT
    )
    kept = window_of(scene)
    assert (kept.opens, kept.closes) == (FIRST, LAST)


@pytest.mark.parametrize(
    "days", [{"opens": FIRST - A_DAY}, {"closes": LAST + A_DAY}, {"opens": date.min}, {"closes": date.max}]
)
def test_a_window_far_from_its_season_is_refused(scene: Scene, days: dict[str, date]):
    before = window_of(scene).closes
    assert moved(scene, **days) == "day_far_away"
    assert window_of(scene).closes == before


@pytest.mark.parametrize("day", [FIRST - A_DAY, LAST + A_DAY, date.min, date.max])
def test_a_day_of_the_calendar_far_from_its_season_is_refused(scene: Scene, day: date):
    said = {"season": scene.season, "day": day, "is_working": False, "reason": "调休", "by": scene.office, "at": AT}
    assert code_of(services.set_day, **said) == "day_far_away"
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(("year", "last"), [(2000, date(2002, 12, 31)), (2100, LAST_DAY)])
def test_the_days_of_the_first_and_of_the_last_season_can_be_reckoned_with(year: int, last: date):
    assert selectors.days_around(Season(year=year)) == (date(year - 2, 1, 1), last)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": FIRST_DAY - A_DAY},
        {"closes": LAST_DAY + A_DAY},
        {"grace_days": MOST_DAYS_LATE + 1},
        {"late_days": MOST_DAYS_LATE + 1},
    ],
)
def test_no_window_that_cannot_be_reckoned_with_reaches_the_database(scene: Scene, wrong: dict[str, Any]):
    rows = Window.objects.filter(pk=window_of(scene).pk)
    rows.update(opens=None, closes=None)
    with pytest.raises(IntegrityError, match="window_"), transaction.atomic():
        rows.update(**wrong)


@pytest.mark.usefixtures("at_the_scene")
@pytest.mark.parametrize(
    ("day", "grace", "late"),
    [*product([FIRST_DAY, FIRST, LAST, LAST_DAY], [0, MOST_DAYS_LATE], [0, MOST_DAYS_LATE])],
)
def test_windows_at_either_end_of_time_are_shown_wherever_they_stand(
    scene: Scene, client_of: ClientOf, day: date, grace: int, late: int
):
    Window.objects.filter(season=scene.season).update(opens=day, closes=day, grace_days=grace, late_days=late)
    last_day = day + timedelta(days=grace)
    status = selectors.status_on(window_of(scene), day)
    assert (status.last_day, status.late_until) == (last_day, last_day + timedelta(days=late) if late else None)
    noon = timezone.make_aware(datetime.combine(last_day, time(12)))
    assert [each.last_day for each in selectors.closing_windows(scene.season, noon)] == [last_day]
    office, settings = client_of(scene.officers.region), reverse("seasons:settings", args=[scene.season.pk])
    assert [office.get(page).status_code for page in (reverse("home:seasons"), settings)] == [200, 200]
    assert client_of(scene.applicant).get(reverse("applications:start")).status_code == 200
    assert Client().get(reverse("home:front")).status_code == 200


@pytest.mark.usefixtures("at_the_scene")
@pytest.mark.parametrize("day", [date.min, date.max, FIRST - A_DAY, LAST + A_DAY])
def test_an_office_that_mistypes_a_year_is_told_between_which_days(scene: Scene, client_of: ClientOf, day: date):
    client, pk = client_of(scene.officers.region), scene.season.pk
    kept = window_of(scene)
    sent = {"grace_days": "0", "late_days": "0", "reason": "调整", "is_working": "no"}
    sent["token"] = tokens.issue("season", {pk: Season.objects.get(pk=pk).version})
    for name, url in {
        "closes": reverse("seasons:window", args=[pk, kept.pk]),
        "day": reverse("seasons:day", args=[pk]),
    }.items():
        answer = client.post(url, {**sent, name: day.isoformat()})
        assert answer.status_code == 422
        assert "应在2024年1月1日至2028年12月31日之间，请核对年份。" in answer.content.decode()
        assert f'value="{day.isoformat()}"' in answer.content.decode()
    assert window_of(scene).closes == kept.closes
