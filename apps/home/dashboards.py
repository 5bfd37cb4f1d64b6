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
from apps.core import kinds, log, outbox
from apps.core.actors import Actor
from apps.desks import selectors as desks
from apps.desks import walks
from apps.desks.states import AWAITING, STATE_OF_ACT, DeskAction, DeskState
from apps.directory.models import Region
from apps.notices import selectors as notices
from apps.notices.permissions import issues_in
from apps.policies.applying import routes_in_force
from apps.policies.schema import Pack, Route
from apps.policies.showing import act_in_words
from apps.seasons.models import Season
from apps.seasons.selectors import RunShown, runs_of

_AFTERWARDS = (DeskState.PASSED, DeskState.RETURNED, DeskState.REJECTED, DeskState.WITHDRAWN)
_ACTS_SHOWN_FOR = timedelta(days=30)
_MOST_MOMENTS = 10
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
    for code, state, office, number in _counted(season, counties, viewer, at):
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


def _counted(
    season: Season, counties: Mapping[str, Region], viewer: Actor, at: datetime
) -> list[tuple[str, str, str, int]]:
    """Return (county, state, office, number) over what the viewer may list.

    The papers tell all of it but for what lies with an organization, or was withdrawn before it was handed in.
    """
    seen = applications.visible_to(viewer, at).filter(season=season)
    if viewer.organization_ids(at):
        return _by_standing(applications.with_office(seen))
    withdrawn = applications.with_office(seen.filter(state=DeskState.WITHDRAWN))
    mine = [county.pk for county in _in_sight(counties, viewer, at)]
    papers = desks.newest_papers(viewer, season.pk, applications.KIND, mine, at)
    return _by_standing(papers.exclude(state=DeskState.WITHDRAWN)) + _by_standing(withdrawn)


def _by_standing(rows: QuerySet[Any]) -> list[tuple[str, str, str, int]]:
    counted = rows.order_by().values_list("county", "state", "office").annotate(number=Count("pk"))
    return list(counted)


def _chosen_city(code: str, counties: Mapping[str, Region], viewer: Actor, at: datetime) -> Region | None:
    in_sight = _in_sight(counties, viewer, at) or counties.values()
    cities = {county.supervisor_id: county.supervisor for county in in_sight}
    return next(iter(cities.values())) if len(cities) == 1 else cities.get(code)


def _in_sight(counties: Mapping[str, Region], viewer: Actor, at: datetime) -> list[Region]:
    return [county for county in counties.values() if county.path.startswith(viewer.region_paths(at))]


def _place(county: Region | None, chosen: Region | None) -> Place:
    if county is None:
        return "", "未选服务县"
    shown = county if chosen or county.supervisor is None else county.supervisor
    return shown.pk, shown.name


def _columns(pack: Pack, routes: Sequence[Route], found: set[Standing]) -> list[Column]:
    """Return the steps of the routes in their order, then how it may end, then whatever else was found."""
    labels = {
        (str(STATE_OF_ACT[step.act]), step.office): f"{pack.offices[step.office].label}{act_in_words(step)}"
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
class Clockwork:
    """How the calendar runs: its newest runs, and how many effects were given up for a person to look at."""

    runs: Sequence[RunShown]
    parked: int

    @property
    def is_underway(self) -> bool:
        return any(shown.is_underway for shown in self.runs)


def clockwork(season: Season, at: datetime) -> Clockwork:
    """Return how the calendar runs, as the season's office sees it, in two queries."""
    return Clockwork(runs_of(season, at), outbox.parked().count())


@dataclass(frozen=True)
class ClockActs:
    """What the clock did at one moment, as (kind, action, number)."""

    at: datetime
    acts: Sequence[tuple[str, str, int]]


def clock_acts(at: datetime) -> list[ClockActs]:
    """Return the newest acts of the clock within a month, moment by moment, in one query."""
    acts = log.acts_of_the_clock(at - _ACTS_SHOWN_FOR, _MOST_MOMENTS * len(DeskAction))
    return [
        ClockActs(moment, [_act_in_words(act) for act in group])
        for moment, group in islice(groupby(acts, key=itemgetter("at")), _MOST_MOMENTS)
    ]


def _act_in_words(act: Mapping[str, Any]) -> tuple[str, str, int]:
    kind = kinds.named(act["kind"])
    return kind.label, str(kind.actions(act["action"]).label), act["number"]
