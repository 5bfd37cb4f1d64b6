"""How many applications lie at which step of the walk, place by place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

from apps.desks.states import AWAITING, PUT_OFF, STATE_OF_ACT, DeskState
from apps.directory.models import Region
from apps.home.dashboards.counting import Cell, Counted, Sight
from apps.policies.applying import routes_in_force
from apps.policies.routing import act_in_words
from apps.policies.schema import Pack
from apps.seasons.models import Season

_LOOKS: Mapping[str, int] = {
    DeskState.PASSED: 5, DeskState.RETURNED: 6, DeskState.REJECTED: 7, DeskState.WITHDRAWN: 8,
}  # fmt: skip
_LOOKS_OF_STEPS = (0, 1, 2, 3, 4, 9, 10, 11)
"""The colours of how a paper may end are the same in every season; the steps before share the others."""
Place = tuple[str, str]
"""The code and the name of a city, or of a county within one."""
Standing = tuple[str, str]
"""Where an application stands: its state, and for an awaited act the office, by its key in the pack."""


@dataclass(frozen=True)
class Column:
    """One standing with its name, of a step its office and act; `look` numbers its colour in the chart."""

    office: str
    act: str
    standing: Standing
    look: int

    @property
    def label(self) -> str:
        return f"{self.office}{self.act}"


@dataclass(frozen=True)
class Number:
    """One number, the address parameters of the list it counts, and how many stand before it in its row."""

    column: Column
    number: int
    listed: str
    before: int


@dataclass(frozen=True)
class Row:
    """The numbers of one place, by standing and in all."""

    code: str
    name: str
    cells: Sequence[Number]
    total: int
    listed: str


@dataclass(frozen=True)
class Board:
    """The numbers by place and standing, and their sums; `city` is set where the places are its counties.

    `put_off` is how many of them meetings have left undecided.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    sums: Row
    city: Region | None
    put_off: Counted

    @property
    def longest(self) -> int:
        return max((row.total for row in self.rows), default=0)


def board(seen: Sight, pack: Pack) -> Board:
    """Lay out what was counted by city, or by county within one."""
    columns = columns_of(seen.season, pack, {(cell.state, cell.office) for cell in seen.cells})
    by_place: dict[Place, list[Cell]] = {}
    for cell in seen.cells:
        by_place.setdefault(place_of(seen.counties.get(cell.county), seen.city), []).append(cell)
    rows = [_row(place, by_place[place], columns, seen) for place in sorted(by_place)]
    return Board(columns, rows, _row(("", "合计"), seen.cells, columns, seen), seen.city, _put_off(seen))


def _put_off(seen: Sight) -> Counted:
    """Count what meetings have left undecided; where none is awaited, that costs no query."""
    is_awaited = any(cell.state == DeskState.AWAITING_MEETING for cell in seen.cells)
    return seen.put_off() if is_awaited else 0, urlencode(seen.within | {"state": PUT_OFF})


def place_of(county: Region | None, chosen: Region | None) -> Place:
    """Return the place that a county counts for: itself within a chosen city, else its city."""
    if county is None:
        return "", "未选服务县"
    shown = county if chosen or county.supervisor is None else county.supervisor
    return shown.pk, shown.name


def columns(season: Season, pack: Pack) -> list[Column]:
    """Return every step that a season's papers may lie at, then how it may end."""
    standings = {(str(state), office) for state in AWAITING for office in pack.offices}
    return columns_of(season, pack, standings)


def columns_of(season: Season, pack: Pack, found: set[Standing]) -> list[Column]:
    """Return the steps of the routes in their order, then how it may end, then whatever else was found."""
    routes = routes_in_force(pack.processes.application, season.answers, pack)
    labels = {
        (str(STATE_OF_ACT[step.act]), step.office): (pack.offices[step.office].label, act_in_words(step))
        for route in routes
        for step in route.steps
    }
    labels |= {(state, ""): ("", DeskState(state).label) for state in _LOOKS}
    labels |= {standing: ("", DeskState(standing[0]).label) for standing in sorted(found - set(labels))}
    steps = cycle(_LOOKS_OF_STEPS)
    return [Column(*label, standing, _LOOKS.get(standing[0]) or next(steps)) for standing, label in labels.items()]


def _row(place: Place, cells: Sequence[Cell], columns: Sequence[Column], seen: Sight) -> Row:
    code, name = place
    where = within(code, seen)
    numbers: Counter[Standing] = Counter()
    for cell in cells:
        numbers[cell.state, cell.office] += cell.number
    return Row(code, name, _numbers(numbers, columns, where), numbers.total(), urlencode(where))


def within(code: str, seen: Sight) -> dict[str, Any]:
    """Return the address parameters of the list of a place, or of all for no code."""
    return {**seen.within, **({"county" if seen.city else "city": code} if code else {})}


def _numbers(numbers: Mapping[Standing, int], columns: Sequence[Column], where: Mapping[str, object]) -> list[Number]:
    found: list[Number] = []
    for column in columns:
        state, office = column.standing
        listed = {**where, "state": state} | ({"office": office} if office else {})
        before = found[-1].before + found[-1].number if found else 0
        found.append(Number(column, numbers.get(column.standing, 0), urlencode(listed), before))
    return found
