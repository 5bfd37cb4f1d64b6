"""Days as the law counts them: the first day counts, “之前” includes the day named."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies.calendar import (
    DefaultWindow,
    counted_back,
    counts_from,
    default_windows,
    due_day,
    is_day,
    period_end,
    works,
    year_day,
)
from apps.policies.schema import DutyHours, Pack
from tests.policies.packs import guangxi

NATURAL = guangxi()
WORKING = NATURAL.model_copy(update={"calendar": NATURAL.calendar.model_copy(update={"counting": "working_days"})})
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(1, 366))
def test_natural_days_are_all_counted_the_first_one_too(first: date, days: int):
    assert (period_end(first, days, NATURAL) - first).days + 1 == days


@given(DAYS, st.integers(1, 60), st.sets(DAYS, max_size=20))
def test_working_days_leave_out_weekends_and_holidays(first: date, days: int, holidays: set[date]):
    last = period_end(first, days, WORKING, dict.fromkeys(holidays, False))
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = [day for day in span if day.weekday() < 5 and day not in holidays]
    assert len(worked) == days
    assert worked[-1] == last


EXCEPTIONS = st.dictionaries(DAYS, st.booleans(), max_size=20)


@given(DAYS, st.integers(1, 60), EXCEPTIONS)
def test_so_many_working_days_lie_between_a_day_and_the_one_due(start: date, days: int, exceptions: dict[date, bool]):
    last = due_day(start, days, "working_days", exceptions)
    after = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(works(day, exceptions) for day in after) == days
    assert works(last, exceptions)


@given(DAYS, st.integers(1, 366), EXCEPTIONS)
def test_natural_days_take_no_notice_of_the_calendar(start: date, days: int, exceptions: dict[date, bool]):
    assert due_day(start, days, "natural_days_inclusive", exceptions) == start + timedelta(days=days)


@pytest.mark.parametrize("counting", ["natural_days", "working_days"])
def test_what_has_lain_so_many_days_came_so_many_days_before(counting: str):
    off = {date(2026, 6, 19): False, date(2026, 6, 20): True}
    for day in (date(2026, 6, 15) + timedelta(days=number) for number in range(12)):
        for days in range(1, 9):
            came = counted_back(day, days, counting, off)
            assert due_day(came, days, counting, off) <= day < due_day(came + timedelta(days=1), days, counting, off)


def test_a_weekend_day_may_be_worked_and_a_weekday_off():
    saturday, monday = date(2026, 10, 10), date(2026, 10, 12)
    assert [works(day) for day in (saturday, monday)] == [False, True]
    assert [works(day, {saturday: True, monday: False}) for day in (saturday, monday)] == [True, False]


DUTY = DutyHours(every_day=True, spans=(("08:30", "12:00"), ("15:00", "21:00")))
WEEKDAYS = DUTY.model_copy(update={"every_day": False})


@pytest.mark.parametrize(
    ("hours", "arrives", "counts"),
    [
        (DUTY, "2026-06-10T07:00", "2026-06-10T08:30"),
        (DUTY, "2026-06-10T08:30", "2026-06-10T08:30"),
        (DUTY, "2026-06-10T12:00", "2026-06-10T12:00"),
        (DUTY, "2026-06-10T12:01", "2026-06-10T15:00"),
        (DUTY, "2026-06-10T21:00", "2026-06-10T21:00"),
        (DUTY, "2026-06-10T21:00:01", "2026-06-11T08:30"),
        (DUTY, "2026-06-12T23:00", "2026-06-13T08:30"),
        (WEEKDAYS, "2026-06-12T23:00", "2026-06-15T08:30"),
        (WEEKDAYS, "2026-06-13T10:00", "2026-06-15T08:30"),
        (None, "2026-06-13T23:00", "2026-06-13T23:00"),
    ],
)
def test_what_comes_outside_duty_hours_counts_from_the_next_span(hours: DutyHours | None, arrives: str, counts: str):
    assert counts_from(datetime.fromisoformat(arrives), hours) == datetime.fromisoformat(counts)


MOMENTS = st.builds(datetime.combine, DAYS, st.times())
TIMES = st.lists(st.times().map(lambda moment: moment.replace(second=0, microsecond=0)), min_size=2, max_size=6)


@st.composite
def duty_hours(draw: st.DrawFn) -> DutyHours:
    moments = sorted(set(draw(TIMES.filter(lambda found: len(set(found)) > 1))))
    spans = [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in zip(moments[::2], moments[1::2], strict=False)]
    return DutyHours(every_day=draw(st.booleans()), spans=tuple(draw(st.permutations(spans))))


@given(MOMENTS, duty_hours(), EXCEPTIONS)
def test_a_moment_counts_at_once_or_from_the_first_later_moment_on_duty(
    at: datetime, hours: DutyHours, exceptions: dict[date, bool]
):
    counted = counts_from(at, hours, exceptions)
    spans = [(time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in hours.spans]

    def on_duty(moment: datetime) -> bool:
        is_day_of_duty = hours.every_day or works(moment.date(), exceptions)
        return is_day_of_duty and any(begins <= moment.time() <= ends for begins, ends in spans)

    assert on_duty(counted)
    assert counted >= at
    assert counts_from(counted, hours, exceptions) == counted
    openings = [datetime.combine(at.date() + timedelta(days=n), begins) for n in range(40) for begins, _ in spans]
    assert not any(at < moment < counted and on_duty(moment) for moment in openings)
    assert on_duty(at) == (counted == at)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), duty_hours())
def test_what_arrives_later_never_counts_sooner(at: datetime, later: timedelta, hours: DutyHours):
    assert counts_from(at, hours) <= counts_from(at + later, hours)


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
        "candidacies": (None, date(2026, 8, 5)),
        "late_check_ins": (date(2026, 1, 1), date(2026, 8, 20)),
    }
    assert windows["industry_teams"].basis.ref == "三（五）4"
    assert windows["application"].basis.question.startswith("原文未定普通申请的受理时间")
