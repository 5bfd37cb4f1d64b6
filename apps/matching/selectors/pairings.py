"""Pairings: those a viewer has to do with, and what each side has said."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.desks.models import Verdict
from apps.directory.models import Organization, Region
from apps.directory.selectors import called, named
from apps.directory.states import Role
from apps.matching.models import Pairing
from apps.matching.selectors.needs import places_to_post
from apps.matching.selectors.supports import supports
from apps.matching.states import PAIRING_LIVE, PairingAction, PairingState
from apps.policies.applying import Shortfall, limits_supports, supported_too_often
from apps.policies.matching import has_hosts
from apps.seasons.models import Season
from apps.seasons.selectors import open_seasons, pack_of
from apps.seasons.states import SeasonState

PAIRING = "pairing"
MOST_FOUND = 20
_BESIDE = ("season", "person__unit", "host__region", "county", "need")
_HEAVY = ("season__source_text",)


@dataclass(frozen=True)
class PairingFacts:
    """Whether its last day to answer is past, whether its season is in progress, which limits it goes beyond."""

    is_late: bool
    is_in_season: bool
    shortfalls: tuple[Shortfall, ...] = ()


def pairings_of(viewer: Actor, at: datetime) -> QuerySet[Pairing]:
    """Return the pairings a viewer may see: his own, his desks', those in the regions he works for."""
    seen = Q(desk__in=viewer.desks(at))
    if viewer.person_id:
        seen |= Q(person=viewer.person_id)
    for path in viewer.region_paths(at):
        seen |= Q(county__path__startswith=path)
    rows = Pairing.objects.filter(seen).select_related(*_BESIDE)
    return rows.defer(*_HEAVY).order_by("-proposed", "-pk")


def pairing_for(viewer: Actor, pk: int, at: datetime) -> Pairing | None:
    """Return one pairing that a viewer may see, None for any other."""
    return pairings_of(viewer, at).filter(pk=pk).first()


def pairings_called(rows: QuerySet[Pairing], text: str) -> QuerySet[Pairing]:
    """Narrow pairings to those whose person or host holds a text, or sounds so."""
    return rows.filter(called(text, "person__") | named(text, "host__") | Q(county__name__icontains=text))


def live_pairing(season: Season, person: int, desk: str) -> Pairing | None:
    """Return the live pairing of a person and a desk in a season."""
    rows = Pairing.objects.filter(season=season, person=person, desk=desk, state__in=PAIRING_LIVE)
    return rows.select_related(*_BESIDE).first()


def words_of(pairing: Pairing) -> list[Verdict]:
    """Return what each side has said, the one that proposed first."""
    return list(Verdict.objects.filter(kind=PAIRING, record=pairing.pk).order_by("asked", "pk"))


def agreed_at(season: int, person: int, desk: str) -> Pairing | None:
    """Return the agreed pairing of a person and a host's desk in a season."""
    rows = Pairing.objects.filter(season=season, person=person, desk=desk, state=PairingState.AGREED)
    return rows.select_related(*_BESIDE).first()


def agreed_among(cases: Collection[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Return which of some cases (season, person, desk) have an agreed pairing, in one query; none cost none."""
    if not cases:
        return set()
    persons = {person for _, person, _ in cases}
    rows = Pairing.objects.filter(person__in=persons, state=PairingState.AGREED)
    return set(rows.values_list("season", "person", "desk")) & set(cases)


def consent_of_host(pairing: Pairing) -> Verdict:
    """Return the word of the host's side in an agreed pairing."""
    return Verdict.objects.get(kind=PAIRING, record=pairing.pk, party=pairing.desk, void=None)


def facts_of_pairings(records: Sequence[Pairing], decision: Decision) -> Mapping[int, PairingFacts]:
    """Return how pairings stand in time, for those who answer and for the clock."""
    if decision.action not in (PairingAction.AGREE, PairingAction.DECLINE, PairingAction.LAPSE):
        return {}
    day = timezone.localdate(decision.at)
    seasons = _seasons_of(records)
    beyond = _beyond(records, seasons) if decision.action == PairingAction.AGREE else {}
    return {
        row.pk: PairingFacts(
            row.state == PairingState.PROPOSED and row.until is not None and row.until < day,
            seasons[row.season_id].state == SeasonState.OPEN,
            beyond.get(row.pk, ()),
        )
        for row in records
    }


def beyond_the_limits(pairing: Pairing) -> tuple[Shortfall, ...]:
    """Return the limits on support that a person goes beyond by a pairing, for another level supports him already."""
    return _beyond([pairing], _seasons_of([pairing]))[pairing.pk]


def _seasons_of(records: Sequence[Pairing]) -> dict[int, Season]:
    beside = Season.objects.select_related("jurisdiction").defer("source_text")
    return beside.in_bulk({row.season_id for row in records})


def _beyond(records: Sequence[Pairing], seasons: Mapping[int, Season]) -> dict[int, tuple[Shortfall, ...]]:
    packs = {pk: pack_of(season) for pk, season in seasons.items()}
    limited = [(row.person_id, seasons[row.season_id]) for row in records if limits_supports(packs[row.season_id])]
    others = supports(limited)
    return {
        row.pk: supported_too_often(
            packs[row.season_id], seasons[row.season_id].answers, others.get((row.person_id, row.season_id), [])
        )
        for row in records
    }


def pairings_over(day: date, at_most: int) -> list[Pairing]:
    """Return pairings that nobody answered in time, and live ones of seasons that are over."""
    late = Q(state=PairingState.PROPOSED, until__lt=day) | Q(season__state=SeasonState.CLOSED)
    return list(Pairing.objects.filter(late, state__in=PAIRING_LIVE).order_by("pk")[:at_most])


def seasons_that_pair() -> QuerySet[Season]:
    """Return the seasons in progress whose policy knows hosts, with which people come to an agreement."""
    with_hosts = [season.pk for season in open_seasons() if has_hosts(pack_of(season))]
    return open_seasons().filter(pk__in=with_hosts)


def sides_of(viewer: Actor, at: datetime) -> dict[str, Organization | Region]:
    """Return the desks as which a viewer may propose to a person: hosts and counties."""
    return places_to_post(viewer, at)


def hosts_found(text: str) -> list[Organization]:
    """Return organizations with somebody at a host's desk, called so, where a season is in progress."""
    if not text:
        return []
    places = open_seasons().values_list("jurisdiction__path", flat=True)
    within = reduce(or_, (Q(region__path__startswith=path) for path in places), Q(pk__in=[]))
    hosts = Organization.objects.filter(within, named(text), posts__role=Role.HOST)
    return list(hosts.select_related("region").distinct().order_by("name")[:MOST_FOUND])
