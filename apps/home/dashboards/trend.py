"""What was handed in and what was finished, day by day or week by week."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone

from apps.home.dashboards.counting import FINISHED, HANDED_IN, Counted, Day, Sight

BY_DAY, BY_WEEK = "day", "week"
_SHOWN = {BY_DAY: 14, BY_WEEK: 12}
_LENGTH = {BY_DAY: 1, BY_WEEK: 7}
_PITCH = 10
"""How wide a span is in the chart."""


@dataclass(frozen=True)
class Bar:
    """One bar of the chart, in its units: the chart is a hundred high."""

    left: float
    top: float
    width: float
    height: float
    look: int
    title: str


@dataclass(frozen=True)
class Span:
    """A day or a week: how many were handed in and finished in it, each with the address parameters of its list."""

    label: str
    handed_in: Counted
    finished: Counted


@dataclass(frozen=True)
class Trend:
    """The spans, the oldest first; `by` says whether they are days or weeks."""

    by: str
    spans: Sequence[Span]

    @property
    def total(self) -> int:
        return sum(span.handed_in[0] + span.finished[0] for span in self.spans)

    @property
    def width(self) -> int:
        return len(self.spans) * _PITCH

    def bars(self) -> list[Bar]:
        """Return two bars for each span."""
        highest = max((max(span.handed_in[0], span.finished[0]) for span in self.spans), default=0) or 1
        found = []
        for place, span in enumerate(self.spans):
            for look, name, left, (number, _) in ((1, "提交", 1, span.handed_in), (5, "办结", 5, span.finished)):
                height = round(100 * number / highest, 2)
                found.append(
                    Bar(place * _PITCH + left, 100 - height, 3.5, height, look, f"{span.label} {name} {number}")
                )
        return found


def begins(by: str, at: datetime) -> date:
    """Return the first day of a trend up to today; weeks begin on Monday."""
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    back = timedelta(days=_LENGTH[by] * (_SHOWN[by] - 1))
    return (monday if by == BY_WEEK else today) - back


def trend(seen: Sight, days: Sequence[Day], by: str) -> Trend:
    """Lay out what was counted by day."""
    first, length = begins(by, seen.at), timedelta(days=_LENGTH[by])
    numbers: Counter[tuple[str, int]] = Counter()
    for each in days:
        numbers[each.what, (each.day - first) // length] += each.number
    return Trend(by, [_span(place, first + place * length, length, numbers, seen) for place in range(_SHOWN[by])])


def _span(place: int, first: date, length: timedelta, numbers: Counter[tuple[str, int]], seen: Sight) -> Span:
    last = first + length - timedelta(days=1)
    handed_in = urlencode(seen.within | {"since": first, "until": last})
    finished = urlencode(seen.within | {"ended_since": first, "ended_until": last})
    return Span(
        label=_in_words(first) if first == last else f"{_in_words(first)}至{_in_words(last)}",
        handed_in=(numbers[HANDED_IN, place], handed_in),
        finished=(numbers[FINISHED, place], finished),
    )


def _in_words(day: date) -> str:
    return f"{day.month}月{day.day}日"
