"""How far the counties are with the wishes aimed at them, and which would stay short with what there is today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.core.actors import Actor
from apps.directory.models import Region
from apps.matching.selectors.market import code_of, outlook_of, pk_of, quotas_in
from apps.matching.selectors.rounds import round_in
from apps.matching.selectors.wishes import WINDOW, groups_spoken_for, is_frozen
from apps.matching.states import RunState, WishListState
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.selectors import open_seasons, statuses

_HANDED_IN = Q(wishes__list__state=WishListState.SUBMITTED)


def counted(groups: QuerySet[ServiceGroup]) -> QuerySet[Any]:
    """Return service groups with the number of wishes aimed at them (`aimed`), and of those unjudged (`unjudged`).

    `listed` counts the industries that the office keeps for each.
    """
    return groups.annotate(
        aimed=Count("wishes", filter=_HANDED_IN, distinct=True),
        unjudged=Count("wishes", filter=_HANDED_IN & Q(wishes__word=""), distinct=True),
        listed=Count("industries", distinct=True),
    ).order_by("pk")


@dataclass(frozen=True)
class Forecast:
    """A service group with its wishes, those unjudged, its floor where it would stay short, how many it would lack.

    `is_set` tells that the office has set how many it takes: for others nothing can be foretold.
    """

    group: ServiceGroup
    aimed: int
    unjudged: int
    floor: int
    missing: int
    is_set: bool


@dataclass(frozen=True)
class Forecasts:
    """How every service group of a season stands with today's wishes, those that would lack most first.

    `cities` have a total that leaves too little for the floors of their groups, whatever is wished for.
    """

    rows: Sequence[Forecast]
    cities: Sequence[Region]


def forecasts_in(season: Season) -> Forecasts:
    """Return how a season stands with today's wishes."""
    found = outlook_of(season)
    short = {pk_of(each.group): each for each in found.groups}
    unset = {row.group_id for row in quotas_in(season) if row.places is None}
    rows = [
        Forecast(
            group,
            group.aimed,
            group.unjudged,
            floor=short[group.pk].floor if group.pk in short else 0,
            missing=short[group.pk].missing if group.pk in short else 0,
            is_set=group.pk not in unset,
        )
        for group in counted(ServiceGroup.objects.filter(season=season))
    ]
    cities = Region.objects.filter(pk__in=map(code_of, found.proof.caps)).order_by("pk")
    return Forecasts(sorted(rows, key=lambda row: -row.missing), list(cities))


def groups_still_wished(viewer: Actor, at: datetime) -> list[ServiceGroup]:
    """Return the viewer's own counties, counted, in open seasons not frozen in which wishes may still come."""
    seasons = list(open_seasons())
    windows = statuses(seasons, WINDOW, at)
    running = [pk for pk, window in windows.items() if (window.is_open or window.is_late) and not is_frozen(pk)]
    mine = groups_spoken_for(viewer, at).values("pk")
    rows = ServiceGroup.objects.filter(pk__in=mine, season__in=running).select_related("season")
    return list(counted(rows.defer("season__pack_text", "season__source_text")))


@dataclass(frozen=True)
class Vacancy:
    """A service group with free seats in a supplementary round; its wishes are counted."""

    group: Any
    seats: int
    until: date | None


def vacancies(viewer: Actor, at: datetime) -> list[Vacancy]:
    """Return the viewer's own counties that have free seats in supplementary rounds."""
    mine = groups_spoken_for(viewer, at)
    seasons = Season.objects.filter(allocations__state=RunState.SUPPLEMENTING, pk__in=mine.order_by().values("season"))
    found = [each for season in seasons if (each := round_in(season))]
    seats = {pk: (each, number) for each in found for pk, number in each.seats.items()}
    rows = ServiceGroup.objects.filter(pk__in=mine.values("pk")).filter(pk__in=seats).select_related("season")
    groups = counted(rows.defer("season__pack_text", "season__source_text")) if seats else []
    return [Vacancy(group, seats[group.pk][1], seats[group.pk][0].until) for group in groups]
