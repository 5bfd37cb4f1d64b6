"""What is counted for the pages of a season: by place and step, and by day, each in one statement.

All read indexes that hold all they ask for, whatever the number of papers, and none is read twice for one page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, Count, Expression, F, QuerySet, Value
from django.utils import timezone

from apps.applications import selectors as applications
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.core.daily import LocalDay
from apps.core.days import start_of
from apps.desks import selectors as desks
from apps.desks.models import Paper
from apps.desks.states import AWAITING, ENDED, WRITING, DeskState
from apps.directory.models import Region
from apps.policies.reminding import ladder
from apps.policies.schema import Pack
from apps.seasons.models import Season
from apps.seasons.selectors import counties_in, lain_since

FINISHED, HANDED_IN = "finished", "handed_in"
_AT_NO_STEP = (*WRITING, *ENDED)
_ANY = DeskState.values
"""Every state is named where counties are, so that an index which has counties behind states is used for both."""
Counted = tuple[int, str]
"""A number, and the address parameters of the list it counts."""
_SUMS = "CAST(SUM(number) AS integer), CAST(SUM(overdue) AS integer) FROM counted GROUP BY"
_TWICE = (
    f"WITH counted AS ({{}}) SELECT state, office, '', since, {_SUMS} state, office, since "
    f"UNION ALL SELECT '', '', county, MIN(since), {_SUMS} county"
)
"""Sums of one count, by step and day and by county."""


@dataclass(frozen=True)
class Cell:
    """How many papers of one county lie at one step: the state, and for an awaited act the office by its key."""

    county: str
    state: str
    office: str
    number: int


@dataclass(frozen=True)
class Lying:
    """How many papers of one county wait, on which day the first of them arrived, how many are overdue."""

    county: str
    oldest: date
    number: int
    overdue: int


@dataclass(frozen=True)
class Day:
    """How many papers wait in a state at an office since a day; or were `HANDED_IN` or `FINISHED` on it."""

    what: str
    office: str
    day: date
    number: int
    overdue: int


@dataclass(frozen=True)
class Sight:
    """What a viewer sees of a season: its counties, the city he looks into, if one, and the numbers, once asked for.

    `papers` are the newest papers of what he may list, those withdrawn apart, and `listed` the applications;
    `late_after` is for how many days, all counted, what the policy reminds of has lain at least.
    """

    season: Season
    counties: Mapping[str, Region]
    city: Region | None
    at: datetime
    late_after: int
    papers: Sequence[QuerySet[Paper]]
    listed: QuerySet[Application]

    @property
    def within(self) -> dict[str, Any]:
        """Return the address parameters of the list that holds all of it."""
        return {"season": self.season.pk} | ({"city": self.city.pk} if self.city else {})

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @cached_property
    def cells(self) -> Sequence[Cell]:
        """Count by county and step, in one query; grouped in the order of the index."""
        parts = [
            each.order_by().values_list("state", "county", "office").annotate(number=Count("*")) for each in self.papers
        ]
        return [_cell(*row) for row in _all_of(parts)]

    def put_off(self) -> int:
        """Count what meetings have left undecided, in one query."""
        return _all_of([each.filter(desks.IS_PUT_OFF).order_by().values("pk") for each in self.papers]).count()

    @cached_property
    def waiting(self) -> tuple[Sequence[Day], Sequence[Lying]]:
        """Count what waits by step and the day it came, and by county, in one query."""
        late = Count("since", filter=desks.is_overdue(self.late_after, self.today))
        groups = [
            each.exclude(state__in=_AT_NO_STEP)
            .order_by()
            .values_list("state", "county", "office", "since")
            .annotate(number=Count("*"), overdue=late)
            for each in self.papers
        ]
        try:
            counted, values = _all_of(groups).query.sql_with_params()
        except EmptyResultSet:  # what the viewer may list is known to be nothing
            return [], []
        with connection.cursor() as cursor:
            cursor.execute(_TWICE.format(counted), values)
            rows = cursor.fetchall()
        days = [Day(state, office, _day(since), *sums) for state, office, _, since, *sums in rows if state]
        return days, [Lying(county or "", _day(since), *sums) for state, _, county, since, *sums in rows if not state]

    def days(self, first: date) -> list[Day]:
        """Add to what waits what was handed in and finished since a day, in one more query."""
        parts = [
            _on_days(self.listed.filter(submitted__gte=start_of(first)), HANDED_IN, LocalDay("submitted")),
            *(_on_days(each.filter(state__in=ENDED, since__gte=first), FINISHED, F("since")) for each in self.papers),
        ]
        return [*self.waiting[0], *(Day(what, "", day, number, 0) for what, day, number in _all_of(parts))]


def sight(season: Season, pack: Pack, city: str, viewer: Actor, at: datetime) -> Sight:
    """Return what a viewer may list of a season: of one city, if he sees no other or names one; one query."""
    counties = {county.pk: county for county in counties_in(season)}
    mine = [county for county in counties.values() if county.path.startswith(viewer.region_paths(at))]
    chosen = _chosen_city(city, mine or list(counties.values()))
    codes = None if len(mine) == len(counties) else [county.pk for county in mine]
    papers, listed = _rows(season, codes, viewer, at)
    if chosen:
        inside = [county.pk for county in counties.values() if county.supervisor_id == chosen.pk]
        papers = [each.filter(county__in=inside, state__in=_ANY) for each in papers]
        listed = listed.filter(county__in=inside)
    return Sight(season, counties, chosen, at, _late_after(season, pack, timezone.localdate(at)), papers, listed)


def _chosen_city(code: str, counties: Sequence[Region]) -> Region | None:
    cities = {county.supervisor_id: county.supervisor for county in counties}
    return next(iter(cities.values())) if len(cities) == 1 else cities.get(code)


def _late_after(season: Season, pack: Pack, today: date) -> int:
    """Return after how many days, all counted, a paper is overdue today; 0 where nobody is reminded."""
    rungs = ladder(pack, season.answers)
    if not rungs:
        return 0
    return (today - lain_since(season.pk, today, rungs[0].after)).days


def _rows(
    season: Season, counties: Sequence[str] | None, viewer: Actor, at: datetime
) -> tuple[list[QuerySet[Paper]], QuerySet[Application]]:
    """Return the newest papers of what the viewer may list, and the applications; without `counties` he sees all.

    Withdrawn papers stand apart: those that never were handed in are their writers' alone.
    """
    listed = applications.handed_in_all(season.pk)
    if viewer.organization_ids(at) or counties is not None:
        listed = applications.visible_to(viewer, at, counties or []).filter(season=season)
    if viewer.organization_ids(at):
        return [desks.newest_among(season.pk, applications.KIND, listed.values("pk"))], listed
    papers = desks.newest_papers(viewer, season.pk, applications.KIND, counties, at)
    gone = listed.filter(state=DeskState.WITHDRAWN).values("pk")
    taken_back = desks.newest_among(season.pk, applications.KIND, gone).filter(state=DeskState.WITHDRAWN)
    return [*(each.exclude(state=DeskState.WITHDRAWN) for each in papers), taken_back], listed


def _cell(state: str, county: str | None, office: str, number: int) -> Cell:
    return Cell(county or "", state, office if state in AWAITING else "", number)


def _on_days(rows: QuerySet[Any], what: str, day: Expression | F) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(what, output_field=CharField()), day).annotate(number=Count("*"))


def _all_of(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    return parts[0].union(*parts[1:], all=True)


def _day(told: date | str) -> date:
    """Return a day as either database tells it."""
    return date.fromisoformat(str(told))
