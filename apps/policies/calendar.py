"""Windows, periods and duty hours as days."""

import re
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from apps.core.refusals import Basis
from apps.policies.schema import DAY_PATTERN, Counted, DutyHours, Pack

WORKING_DAYS = "working_days"
SOME_LEAP_YEAR = 2000
"""A day without a year exists when it exists in one of these."""
_SATURDAY = 5


@dataclass(frozen=True)
class DefaultWindow:
    """A window as the pack sets it for a year; both days inclusive, None leaves that side open."""

    id: str
    label: str
    opens: date | None
    closes: date | None
    grace_days: int
    late_days: int
    basis: Basis


def year_day(text: str, year: int) -> date:
    """Read `2023-08-05`, or `08-05` as a day of `year`; raise ValueError for a day that does not exist.

    29 February means the last day of that month in a year that has none.
    """
    if text == "02-29" and not isleap(year):
        return date(year, 2, 28)
    return date.fromisoformat(text if len(text) > 5 else f"{year:04d}-{text}")


def day_in_words(text: str) -> str:
    """Write a day of a pack, with or without its year, as people read it."""
    *years, month, day = (int(part) for part in text.split("-"))
    return "".join([*(f"{year}年" for year in years), f"{month}月{day}日"])


def is_day(text: str) -> bool:
    """Tell whether a text names a day, with or without its year."""
    try:
        year_day(text, SOME_LEAP_YEAR)
    except ValueError:
        return False
    return bool(re.fullmatch(DAY_PATTERN, text))


def default_windows(pack: Pack, year: int) -> list[DefaultWindow]:
    """Return the pack's windows for a year."""
    return [
        DefaultWindow(
            id=key,
            label=window.label,
            opens=year_day(window.opens, year) if window.opens else None,
            closes=year_day(window.closes, year) if window.closes else None,
            grace_days=window.grace_days,
            late_days=pack.answer(window.late.days, {}) if window.late else 0,
            basis=pack.basis(window),
        )
        for key, window in pack.calendar.windows.items()
    ]


Exceptions = Mapping[date, bool]
"""Days that do not keep the rule of the week: whether each is a working day."""


class Span(NamedTuple):
    """So many days as a rule counts them: natural days, or working days by the calendar of a season."""

    days: int
    counting: str = ""

    @property
    def is_of_working_days(self) -> bool:
        return self.counting == WORKING_DAYS

    def __str__(self) -> str:
        return f"{self.days}{'个工作日' if self.is_of_working_days else '天'}"


def span(days: Any, rule: Counted, pack: Pack, answers: Mapping[str, Any]) -> Span:
    """Return some days of a rule, as the pack and the answers of a season count them."""
    return Span(pack.answer(days, answers), pack.answer(rule.counting or pack.calendar.counting, answers))


def last_day(day: date, span: Span, exceptions: Exceptions | None = None) -> date:
    """Return the last day of a span that begins after a day, which itself does not count."""
    if not span.is_of_working_days:
        return day + timedelta(days=span.days)
    left = span.days
    while left > 0:
        day += timedelta(days=1)
        left -= works(day, exceptions)
    return day


def counted_back(day: date, span: Span, exceptions: Exceptions | None = None) -> date:
    """Return the latest day from which a span has come to its last day by a day."""
    if not span.is_of_working_days:
        return day - timedelta(days=span.days)
    left = span.days
    while left > 0:
        left -= works(day, exceptions)
        day -= timedelta(days=1)
    return day


def period_end(first: date, days: int, pack: Pack, exceptions: Exceptions | None = None) -> date:
    """Return the last day of a period of `days` that counts its first day, as the pack counts days."""
    return last_day(first - timedelta(days=1), Span(days, pack.calendar.counting), exceptions)


def works(day: date, exceptions: Exceptions | None = None) -> bool:
    """Tell whether a day is a working day: one from Monday to Friday, unless the exceptions say otherwise."""
    return (exceptions or {}).get(day, day.weekday() < _SATURDAY)


def counts_from(at: datetime, hours: DutyHours | None, exceptions: Exceptions | None = None) -> datetime:
    """Return the moment from which what arrives at a local time counts.

    Within a span of duty hours that is at once; before or between spans, from the next one; after the last, and on
    days without duty, from the first span of the next day that has it. Without duty hours everything counts at once.
    """
    if hours is None:
        return at
    spans = sorted((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in hours.spans)
    day, moment = at.date(), at.time()
    while True:
        if hours.every_day or works(day, exceptions):
            for begins, ends in spans:
                if moment <= ends:
                    return datetime.combine(day, max(begins, moment), at.tzinfo)
        day, moment = day + timedelta(days=1), time.min
