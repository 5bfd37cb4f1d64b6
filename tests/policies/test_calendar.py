"""Days as the law counts them: the first day counts, “之前” includes the day named."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies.calendar import DefaultWindow, default_windows, is_day, period_end, year_day
from apps.policies.schema import Pack
from tests.policies.packs import guangxi

NATURAL = guangxi()
WORKING = NATURAL.model_copy(update={"calendar": NATURAL.calendar.model_copy(update={"counting": "working_days"})})
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(1, 366))
def test_natural_days_are_all_counted_the_first_one_too(first: date, days: int):
    assert (period_end(first, days, NATURAL) - first).days + 1 == days


@given(DAYS, st.integers(1, 60), st.sets(DAYS, max_size=20))
def test_working_days_leave_out_weekends_and_holidays(first: date, days: int, holidays: set[date]):
    last = period_end(first, days, WORKING, dict.fromkeys(holidays))
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = [day for day in span if day.weekday() < 5 and day not in holidays]
    assert len(worked) == days
    assert worked[-1] == last


def test_a_day_without_a_year_falls_in_the_seasons():
    assert year_day("08-05", 2026) == date(2026, 8, 5)
    assert year_day("2023-08-05", 2026) == date(2023, 8, 5)


def test_the_last_day_of_february_is_found_in_every_year():
    assert [year_day("02-29", year) for year in (2027, 2028)] == [date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize("text", ["02-30", "13-01", "2023-02-29", "8-5", "0805", "", "２０２３-01-01", "2023-W01-1"])
def test_what_is_no_day(text: str):
    assert not is_day(text)


@pytest.mark.parametrize("text", ["01-01", "02-29", "2024-02-29", "2023-08-05"])
def test_what_is_a_day(text: str):
    assert is_day(text)


def by_key(pack: Pack, year: int) -> dict[str, DefaultWindow]:
    return {window.id: window for window in default_windows(pack, year)}


def test_the_shipped_windows_fall_in_the_year_asked_for_and_say_what_they_rest_on():
    windows = by_key(NATURAL, 2026)
    assert {key: (window.opens, window.closes) for key, window in windows.items()} == {
        "application": (date(2026, 6, 1), date(2026, 7, 15)),
        "wishes": (None, date(2026, 8, 5)),
        "liaisons": (None, date(2026, 8, 5)),
        "information_officers": (None, date(2026, 7, 31)),
        "industry_teams": (None, date(2026, 8, 8)),
    }
    assert windows["industry_teams"].basis.ref == "三（五）4"
    assert windows["application"].basis.question.startswith("原文未定普通申请的受理时间")
