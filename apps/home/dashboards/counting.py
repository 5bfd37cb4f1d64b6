"""What is counted for the pages of a season: by place and step, and by day, each in one statement.

Both read indexes that hold all they ask for, whatever the number of papers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import CharField, Count, IntegerField, Min, QuerySet, Value
from django.utils import timezone

from apps.applications import selectors as applications
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.core.daily import DayNumber, day_of
from apps.core.days import start_of
from apps.desks import selectors as desks
from apps.desks.models import Paper
from apps.desks.states import AWAITING, ENDED, DeskState
from apps.directory.models import Region
from apps.policies.schema import Pack
from apps.seasons.models import Season

FINISHED, HANDED_IN = "finished", "handed_in"
Counted = tuple[int, str]
"""A number, and the address parameters of the list it counts."""


@dataclass(frozen=True)
class Cell:
    """How many papers of one county lie at one step: the state, and for an awaited act the office by its key."""

    county: str
    state: str
    office: str
    number: int


@dataclass(frozen=True)
class Lying:
    """How many papers of one county wait, how many are overdue, and when the first of them arrived."""

    county: str
    number: int
    overdue: int
    oldest: datetime


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
    `late_after` is after how many days on a desk the policy reminds.
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
        """Count by county and step, in one query."""
        parts = [
            each.order_by().values_list("county", "state", "office").annotate(number=Count("arrived"))
            for each in self.papers
        ]
        return [_cell(*row) for row in parts[0].union(*parts[1:], all=True)]

    def lying(self) -> list[Lying]:
        """Count what waits by county, in one query."""
        waiting = self.papers[0].filter(state__in=AWAITING).order_by()
        rows = waiting.values_list("county").annotate(
            number=Count("arrived"), overdue=self._late(), oldest=Min("arrived")
        )
        return [Lying(county or "", *rest) for county, *rest in rows]

    def _late(self) -> Count:
        return Count("arrived", filter=desks.is_overdue(self.late_after, self.today))

    def days(self, since: date) -> list[Day]:
        """Count what waits by the day it came, and what was handed in and finished since a day, in one query."""
        first = start_of(since)
        waiting = self.papers[0].filter(state__in=AWAITING).order_by()
        parts = [
            waiting.values_list("state", "office", DayNumber("arrived")).annotate(
                number=Count("arrived"), overdue=self._late()
            ),
            *(_on_days(each.filter(state__in=ENDED, done__gte=first), FINISHED, "done") for each in self.papers),
            _on_days(self.listed.filter(submitted__gte=first), HANDED_IN, "submitted"),
        ]
        rows = parts[0].union(*parts[1:], all=True)
        return [Day(what, office, day_of(day), number, overdue) for what, office, day, number, overdue in rows]


def sight(season: Season, pack: Pack, city: str, viewer: Actor, at: datetime) -> Sight:
    """Return what a viewer may list of a season: of one city, if he sees no other or names one; one query."""
    counties = {county.pk: county for county in applications.counties_in(season)}
    mine = [county for county in counties.values() if county.path.startswith(viewer.region_paths(at))]
    chosen = _chosen_city(city, mine or list(counties.values()))
    codes = None if len(mine) == len(counties) else [county.pk for county in mine]
    papers, listed = _rows(season, codes, viewer, at)
    if chosen:
        inside = [county.pk for county in counties.values() if county.supervisor_id == chosen.pk]
        papers, listed = [each.filter(county__in=inside) for each in papers], listed.filter(county__in=inside)
    return Sight(season, counties, chosen, at, _late_after(season, pack), papers, listed)


def _chosen_city(code: str, counties: Sequence[Region]) -> Region | None:
    cities = {county.supervisor_id: county.supervisor for county in counties}
    return next(iter(cities.values())) if len(cities) == 1 else cities.get(code)


def _late_after(season: Season, pack: Pack) -> int:
    remind = pack.processes.application.remind
    return int(pack.answer(remind.after_days, season.answers)) if remind else 0


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
    taken_back = papers.filter(
        state=DeskState.WITHDRAWN, record__in=listed.filter(state=DeskState.WITHDRAWN).values("pk")
    )
    return [papers.exclude(state=DeskState.WITHDRAWN), taken_back], listed


def _cell(county: str | None, state: str, office: str, number: int) -> Cell:
    return Cell(county or "", state, office if state in AWAITING else "", number)


def _on_days(rows: QuerySet[Any], what: str, moment: str) -> QuerySet[Any, Any]:
    named = [Value(word, output_field=CharField()) for word in (what, "")]
    none_late = Value(0, output_field=IntegerField())
    return rows.order_by().values_list(*named, DayNumber(moment)).annotate(number=Count(moment), overdue=none_late)
