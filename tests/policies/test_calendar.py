"""Days as the law counts them: the first day counts, “之前” includes the day named."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies.calendar import (
    DefaultWindow,
    Span,
    counted_back,
    counts_from,
    default_windows,
    is_day,
    last_day,
    period_end,
    span,
    works,
    year_day,
)
from apps.policies.schema import Ask, DutyHours, Pack
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
    last = last_day(start, Span(days, "working_days"), exceptions)
    after = [start + timedelta(days=n) for n in range(1, (last - start).days + 1)]
    assert sum(works(day, exceptions) for day in after) == days
    assert works(last, exceptions)


@given(DAYS, st.integers(1, 366), EXCEPTIONS)
def test_natural_days_take_no_notice_of_the_calendar(start: date, days: int, exceptions: dict[date, bool]):
    assert last_day(start, Span(days, "natural_days_inclusive"), exceptions) == start + timedelta(days=days)


SPANS = st.builds(Span, st.integers(0, 60), st.sampled_from(["natural_days", "natural_days_inclusive", "working_days"]))
NEAR = st.integers(-100, 100).map(timedelta)


@given(DAYS, NEAR, SPANS, EXCEPTIONS)
def test_a_span_is_over_by_a_day_when_it_began_on_the_day_counted_back_or_before(
    day: date, apart: timedelta, span: Span, exceptions: dict[date, bool]
):
    began = day + apart
    is_over = last_day(began, span, exceptions) <= day
    assert is_over == (began <= counted_back(day, span, exceptions))


@given(DAYS, SPANS, SPANS, EXCEPTIONS)
def test_what_lasts_longer_never_ends_sooner(day: date, one: Span, other: Span, exceptions: dict[date, bool]):
    ends = [last_day(day, Span(each.days, one.counting), exceptions) for each in (one, other)]
    assert (ends[0] <= ends[1]) or one.days > other.days


LAPSE = NATURAL.processes.application.lapse
assert LAPSE is not None


@pytest.mark.parametrize(
    ("pack", "said", "words"),
    [
        (NATURAL, None, "20天"),
        (WORKING, None, "20个工作日"),
        (WORKING, "natural_days", "20天"),
        (NATURAL, "working_days", "20个工作日"),
        (NATURAL, Ask(ask="overdue_counting"), "20天"),
    ],
)
def test_days_count_as_the_rule_says_or_else_as_the_calendar_of_the_pack(pack: Pack, said: Any, words: str):
    assert str(span(20, LAPSE.model_copy(update={"counting": said}), pack, {})) == words


def test_which_days_count_is_the_seasons_own_where_the_rule_asks():
    rule = LAPSE.model_copy(update={"counting": Ask(ask="overdue_counting")})
    assert span(20, rule, NATURAL, {"overdue_counting": "working_days"}) == Span(20, "working_days")


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
