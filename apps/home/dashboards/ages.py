"""For how long papers have lain at each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from apps.desks.selectors import AGES, IN_HAND, Age
from apps.desks.states import AWAITING
from apps.home.dashboards.board import Column, Place, place_of, within
from apps.home.dashboards.counting import Counted, Day, Lying, Sight


@dataclass(frozen=True)
class AgeRow:
    """One step: how many papers, by the spans of days they have lain there, the median and the oldest, the overdue."""

    label: str
    total: Counted
    by_age: Sequence[tuple[str, Counted]]
    median: int
    oldest: int
    overdue: Counted


@dataclass(frozen=True)
class PlaceRow:
    """One city or county: how many papers wait there, how many are overdue, for how many days the oldest has lain."""

    code: str
    name: str
    total: Counted
    overdue: Counted
    oldest: int


def places(seen: Sight) -> list[PlaceRow]:
    """Return the cities, or the counties of one, in which something waits."""
    by_place: dict[Place, list[Lying]] = {}
    for each in seen.waiting[1]:
        by_place.setdefault(place_of(seen.counties.get(each.county), seen.city), []).append(each)
    return [_place_row(place, by_place[place], seen) for place in sorted(by_place)]


def _place_row(place: Place, lying: Sequence[Lying], seen: Sight) -> PlaceRow:
    code, name = place
    where = within(code, seen)
    return PlaceRow(
        code=code,
        name=name,
        total=(sum(each.number for each in lying), urlencode(where | {"age": IN_HAND.key})),
        overdue=(sum(each.overdue for each in lying), urlencode(where | {"overdue": seen.late_after})),
        oldest=(seen.today - min(each.oldest for each in lying)).days,
    )


def ages(seen: Sight, days: Sequence[Day], columns: Sequence[Column]) -> list[AgeRow]:
    """Return the steps at which something waits, in the order of the walk."""
    found = [
        (column, [day for day in days if (day.what, day.office) == column.standing])
        for column in columns
        if column.standing[0] in AWAITING
    ]
    return [_row(column, mine, seen) for column, mine in found if mine]


def _row(column: Column, days: Sequence[Day], seen: Sight) -> AgeRow:
    state, office = column.standing
    where = seen.within | {"state": state, "office": office}
    return AgeRow(
        label=column.label,
        total=(sum(day.number for day in days), urlencode(where)),
        by_age=[(age.label, (_aged(age, days, seen.today), urlencode(where | {"age": age.key}))) for age in AGES],
        median=_median(days, seen.today),
        oldest=max((seen.today - day.day).days for day in days),
        overdue=(sum(day.overdue for day in days), urlencode(where | {"overdue": seen.late_after})),
    )


def _aged(age: Age, days: Sequence[Day], today: date) -> int:
    return sum(day.number for day in days if age.holds((today - day.day).days))


def _median(days: Sequence[Day], today: date) -> int:
    """Return for how many days the middle one has lain there, counted from the youngest."""
    left = (sum(day.number for day in days) + 1) // 2
    for day in sorted(days, key=lambda each: each.day, reverse=True):
        left -= day.number
        if left <= 0:
            return (today - day.day).days
    return 0
