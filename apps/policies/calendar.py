"""Windows and periods as days."""

import re
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.core.refusals import Basis
from apps.policies.schema import DAY_PATTERN, Pack

SOME_LEAP_YEAR = 2000
"""A day without a year exists when it exists in one of these."""


@dataclass(frozen=True)
class DefaultWindow:
    """A window as the pack sets it for a year; both days inclusive, None leaves that side open."""

    id: str
    label: str
    opens: date | None
    closes: date | None
    grace_days: int
    basis: Basis


def year_day(text: str, year: int) -> date:
    """Read `2023-08-05`, or `08-05` as a day of `year`; raise ValueError for a day that does not exist.

    29 February means the last day of that month in a year that has none.
    """
    if text == "02-29" and not isleap(year):
        return date(year, 2, 28)
    return date.fromisoformat(text if len(text) > 5 else f"{year:04d}-{text}")


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
            basis=pack.basis(window),
        )
        for key, window in pack.calendar.windows.items()
    ]


def period_end(first: date, days: int, pack: Pack, holidays: Mapping[date, Any] | None = None) -> date:
    """Return the last day of a period of `days` that counts its first day.

    Working days leave out Saturdays, Sundays and the `holidays` given.
    """
    if pack.calendar.counting == "natural_days_inclusive":
        return first + timedelta(days=days - 1)
    day, left = first, days - _works(first, holidays)
    while left > 0:
        day += timedelta(days=1)
        left -= _works(day, holidays)
    return day


def _works(day: date, holidays: Mapping[date, Any] | None) -> int:
    return int(day.weekday() < 5 and day not in (holidays or {}))
