"""Reads of the season page: how many applications lie at which step of the walk, place by place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from apps.applications import selectors as applications
from apps.core import kinds, log
from apps.core.actors import Actor
from apps.desks import selectors as desks
from apps.desks import walks
from apps.desks.states import AWAITING, STATE_OF_ACT, DeskState
from apps.directory.models import Region
from apps.notices import selectors as notices
from apps.notices.permissions import issues_in
from apps.policies.acts import ACTS
from apps.policies.applying import routes_in_force
from apps.policies.schema import Pack, Route
from apps.seasons.models import Season

_AFTERWARDS = (DeskState.PASSED, DeskState.RETURNED, DeskState.REJECTED, DeskState.WITHDRAWN)
_RUNS_SHOWN_FOR = timedelta(days=30)
_MOST_RUNS = 10
Place = tuple[str, str]
"""The code and the name of a city, or of a county within one."""
Standing = tuple[str, str]
"""Where an application stands: its state, and for an awaited act the office, by its key in the pack."""


@dataclass(frozen=True)
class Column:
    """One standing with its name; `look` numbers its colour in the chart."""

    label: str
    standing: Standing
    look: int


@dataclass(frozen=True)
class Cell:
    """One number, the address parameters of the list it counts, and how many stand before it in its row."""

    column: Column
    number: int
    listed: str
    before: int


@dataclass(frozen=True)
class Row:
    """The numbers of one place."""

    code: str
    name: str
    cells: Sequence[Cell]
    total: int
    listed: str


@dataclass(frozen=True)
class Dashboard:
    """The numbers by place and standing, and their sums; `city` is set where the places are its counties."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    sums: Row
    city: Region | None

    @property
    def longest(self) -> int:
        return max((row.total for row in self.rows), default=0)


def dashboard(season: Season, pack: Pack, city: str, viewer: Actor, at: datetime) -> Dashboard:
    """Return the applications of a season that a viewer may list, counted by city, or by county within `city`.

    Who sees one city only gets its counties at once. Two queries.
    """
    counties = {county.pk: county for county in applications.counties_in(season)}
    chosen = _chosen_city(city, counties, viewer, at)
    numbers: Counter[tuple[Place, Standing]] = Counter()
    for code, state, office, number in _counted(season, viewer, at):
        county = counties.get(code)
        if chosen is None or (county and county.supervisor_id == chosen.pk):
            numbers[_place(county, chosen), (state, office if state in AWAITING else "")] += number
    routes = routes_in_force(pack.processes.application, season.answers, pack)
    columns = _columns(pack, routes, {standing for _, standing in numbers})
    within = {"season": season.pk} | ({"city": chosen.pk} if chosen else {})
    rows = [
        _row(place, {standing: numbers[place, standing] for _, standing in numbers}, columns, within, bool(chosen))
        for place in sorted({place for place, _ in numbers})
    ]
    totals = Counter({column.standing: 0 for column in columns})
    for (_, standing), number in numbers.items():
        totals[standing] += number
    return Dashboard(columns, rows, _row(("", "合计"), totals, columns, within, bool(chosen)), chosen)


def _counted(season: Season, viewer: Actor, at: datetime) -> list[tuple[str, str, str, int]]:
    """Return (county, state, office, number) over what the viewer may list."""
    seen = applications.visible_to(viewer, at).filter(season=season)
    rows: QuerySet[Any] = applications.with_office(seen).order_by()
    return list(rows.values_list("county", "state", "office").annotate(people=Count("pk")))


def _chosen_city(code: str, counties: Mapping[str, Region], viewer: Actor, at: datetime) -> Region | None:
    paths = viewer.region_paths(at)
    in_sight = [county for county in counties.values() if any(county.path.startswith(path) for path in paths)]
    cities = {county.supervisor_id: county.supervisor for county in in_sight or counties.values()}
    return next(iter(cities.values())) if len(cities) == 1 else cities.get(code)


def _place(county: Region | None, chosen: Region | None) -> Place:
    if county is None:
        return "", "未选服务县"
    shown = county if chosen or county.supervisor is None else county.supervisor
    return shown.pk, shown.name


def _columns(pack: Pack, routes: Sequence[Route], found: set[Standing]) -> list[Column]:
    """Return the steps of the routes in their order, then how it may end, then whatever else was found."""
    labels = {
        (str(STATE_OF_ACT[step.act]), step.office): f"{pack.offices[step.office].label}{ACTS[step.act].label}"
        for route in routes
        for step in route.steps
    }
    labels |= {(state, ""): state.label for state in _AFTERWARDS}
    labels |= {standing: DeskState(standing[0]).label for standing in sorted(found - set(labels))}
    return [Column(label, standing, look) for look, (standing, label) in enumerate(labels.items())]


def _row(
    place: Place,
    numbers: Mapping[Standing, int],
    columns: Sequence[Column],
    within: Mapping[str, object],
    by_county: bool,
) -> Row:
    code, name = place
    where = {**within, **({"county" if by_county else "city": code} if code else {})}
    cells: list[Cell] = []
    for column in columns:
        state, office = column.standing
        listed = where | {"state": state} | ({"office": office} if office else {})
        before = cells[-1].before + cells[-1].number if cells else 0
        cells.append(Cell(column, numbers.get(column.standing, 0), urlencode(listed), before))
    return Row(code, name, cells, sum(cell.number for cell in cells), urlencode(where))


@dataclass(frozen=True)
class Waiting:
    """What waits for the viewer: how many of what, and where he deals with it."""

    label: str
    number: int
    url: str


def waiting(season: Season, viewer: Actor, at: datetime) -> list[Waiting]:
    """Return what waits for the viewer in a season: papers on his desks, records to publish, notices to issue."""
    papers = desks.papers_of(viewer, at).filter(season=season).count()
    found = [Waiting("待办事项", papers, reverse("home:inbox"))]
    if issues_in(viewer, season, at):
        announce, issue = reverse("notices:announce", args=[season.pk]), reverse("notices:drafts", args=[season.pk])
        for walk in walks.every():
            number = desks.announceable(viewer, season.pk, walk.kind.name, at).count()
            found.append(Waiting(f"待发布公示的{walk.kind.label}", number, f"{announce}?kind={walk.kind.name}"))
        found.append(Waiting("待印发的文件", notices.drafts_waiting(viewer, season, at), issue))
    return [each for each in found if each.number]


@dataclass(frozen=True)
class Run:
    """One run of the clock: when, and what it did as (kind, action, number)."""

    at: datetime
    acts: Sequence[tuple[str, str, int]]


def runs(at: datetime) -> list[Run]:
    """Return the newest runs of the clock within a month that did anything, in one query."""
    acts = log.acts_of_the_clock(at - _RUNS_SHOWN_FOR)
    return [
        Run(moment, [_act_in_words(act) for act in group])
        for moment, group in islice(groupby(acts, key=itemgetter("at")), _MOST_RUNS)
    ]


def _act_in_words(act: Mapping[str, Any]) -> tuple[str, str, int]:
    kind = kinds.named(act["kind"])
    return kind.label, str(kind.actions(act["action"]).label), act["number"]
