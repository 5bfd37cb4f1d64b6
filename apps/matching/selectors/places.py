"""Reads of placements: which there are, what the guards must know of them, and what their pages show."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk
from apps.directory.models import Person
from apps.directory.selectors import counties_below
from apps.directory.states import Role
from apps.matching.models import (
    AllocationRun,
    KeyClient,
    Outcome,
    Participant,
    Placement,
    Serving,
    Village,
    VillageContact,
)
from apps.matching.selectors.allocation import published_for
from apps.matching.selectors.contacts import contacts_by, rule_for, without_contact
from apps.matching.selectors.grounds import CLIENTS, VILLAGES, Found, bounds_in, client_key, found_for
from apps.matching.selectors.market import person_key, pk_of
from apps.matching.selectors.wishes import county_desk
from apps.matching.states import PlacementAction, PlacementState, RunState
from apps.policies.matching import Bounds
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import in_sight, pack_of

PLACEMENT = "placement"
_SITE = {VILLAGES: "挂村", CLIENTS: "重点服务对象"}
Result = Mapping[str, Mapping[str, Sequence[str]]]


def placements_seen(viewer: Actor, at: datetime) -> QuerySet[Placement]:
    """Return the placements of groups with a county that a viewer may look into."""
    groups = ServiceGroup.objects.filter(counties__in=counties_below(viewer.region_paths(at)))
    seasons = in_sight(viewer, at).order_by()
    run_by_him = [season.pk for season in seasons if manages_the_season(viewer, season, at)]
    rows = Placement.objects.filter(
        Q(group__in=groups.values("pk")) | Q(season__in=run_by_him), season__in=seasons.values("pk")
    )
    return rows.select_related("season__jurisdiction", "run__season", "group").order_by("-run", "group")


def placement_of(run: int, group: int) -> Placement | None:
    """Return the placement of a group in an allocation, None before it is computed."""
    return Placement.objects.select_related("season", "run__season", "group").filter(run=run, group=group).first()


def groups_to_place() -> list[tuple[int, int]]:
    """Return (run, group) of the newest published allocations: groups with villages or people that are not placed yet.

    A season without a list of villages is not placed at all.
    """
    published = AllocationRun.objects.filter(state=RunState.PUBLISHED).order_by("season", "number")
    newest = dict(published.values_list("season", "pk"))
    listed = set(Village.objects.filter(season__in=newest).order_by().values_list("season", "county").distinct())
    runs = {season: run for season, run in newest.items() if season in {season for season, _ in listed}}
    living = listed | set(Participant.objects.filter(season__in=runs).order_by().values_list("season", "county"))
    sent = set(Outcome.objects.filter(run__in=runs.values()).order_by().values_list("run", "group").distinct())
    done = Placement.objects.filter(run__in=runs.values()).exclude(state=PlacementState.DRAFTED)
    placed = set(done.values_list("run", "group"))
    groups = ServiceGroup.objects.filter(season__in=runs).order_by("season", "pk")
    wanted = [
        (runs[season], group)
        for season, group, county in groups.values_list("season", "pk", "counties")
        if (season, county) in living or (runs[season], group) in sent
    ]
    return [each for each in dict.fromkeys(wanted) if each not in placed]


def called_groups(groups: Collection[int]) -> dict[int, str]:
    """Return the names of service groups by their keys."""
    return dict(ServiceGroup.objects.filter(pk__in=groups).values_list("pk", "name"))


def groups_waiting(viewer: Actor, at: datetime) -> list[tuple[Season, list[str]]]:
    """Return the groups that wait to be placed, by name, in each season that a viewer runs."""
    seasons = {each.pk: each for each in in_sight(viewer, at) if manages_the_season(viewer, each, at)}
    waiting = [group for _, group in groups_to_place()] if seasons else []
    found: dict[int, list[str]] = defaultdict(list)
    for group in ServiceGroup.objects.filter(pk__in=waiting, season__in=seasons).order_by("season", "pk"):
        found[group.season_id].append(group.name)
    return [(seasons[season], names) for season, names in found.items()]


def codes_of(villages: Sequence[int]) -> dict[int, str]:
    """Return the codes of villages by their keys."""
    return dict(Village.objects.filter(pk__in=villages).values_list("pk", "region"))


def desks_of(group: ServiceGroup) -> list[str]:
    """Return the desks of the counties of a group."""
    return [county_desk(code) for code in group.counties.order_by("pk").values_list("pk", flat=True)]


def office_of(season: Season) -> str:
    """Return the desk of the office that runs a season."""
    return desk(Role.COORDINATION_OFFICE, Ref("region", season.jurisdiction_id))


@dataclass(frozen=True)
class Scope:
    """What a placement may use: its sites by sort and name, the villages that must be served, how many a person has."""

    sites: Mapping[str, Mapping[str, str]]
    needed: frozenset[str]
    bounds: Mapping[str, Bounds]

    def uncovered(self, result: Result) -> list[str]:
        """Return the villages that must be served and by a result are not, by code."""
        served = {site for sites in result.get(VILLAGES, {}).values() for site in sites}
        return sorted(self.needed - served)

    def names(self, sort: str, sites: Sequence[str]) -> list[str]:
        """Return what sites are called."""
        return [self.sites[sort].get(site, site) for site in sites]


def scope_of(placement: Placement) -> Scope:
    """Return what a placement may use, in three queries."""
    within = {"season": placement.season_id, "county__in": [*placement.group.counties.values_list("pk", flat=True)]}
    villages = list(Village.objects.filter(**within).values_list("region", "region__name", "kinds").order_by("region"))
    clients = KeyClient.objects.filter(**within).values_list("pk", "name").order_by("name", "pk")
    return Scope(
        {VILLAGES: {code: name for code, name, _ in villages}, CLIENTS: {client_key(pk): name for pk, name in clients}},
        frozenset(code for code, _, kinds in villages if kinds),
        bounds_in(placement.season, pack_of(placement.season)),
    )


@dataclass(frozen=True)
class PlacementFacts:
    """What the guards must know of a placement: whether its allocation is the newest, what was found, its scope."""

    is_newest: bool
    found: Found | None
    scope: Scope


def facts_of_placements(records: Sequence[Placement], decision: Decision) -> dict[int, PlacementFacts]:
    """Return what the guards must know; to compute is to find, under the lock."""
    newest = {season: published_for(season) for season in {record.season_id for record in records}}
    return {
        record.pk: PlacementFacts(
            is_newest=newest[record.season_id] == record.run,
            found=found_for(record.run, record.group) if decision.action == PlacementAction.COMPUTE else None,
            scope=scope_of(record),
        )
        for record in records
    }


def least_uncovered(placement: Placement) -> int:
    """Return how many villages stay uncovered at least, as the engine proved."""
    return sum(len(gap["uncovered"]) for gap in gaps_of(placement))


def gaps_of(placement: Placement) -> Sequence[Mapping[str, Any]]:
    """Return the proofs of what cannot be covered, as the engine wrote them."""
    gaps: Sequence[Mapping[str, Any]] = placement.report.get(VILLAGES, {}).get("gaps", ())
    return gaps


@dataclass(frozen=True)
class Effect:
    """What a move brings about: the villages uncovered before and after, and those it covers and uncovers, by name."""

    before: int
    after: int
    gained: Sequence[str]
    lost: Sequence[str]


def effect_between(scope: Scope, before: Result, after: Result) -> Effect:
    """Tell how the coverage of one result differs from that of another."""
    bare, barer = scope.uncovered(before), scope.uncovered(after)
    gained, lost = ([code for code in one if code not in other] for one, other in ((bare, barer), (barer, bare)))
    return Effect(len(bare), len(barer), scope.names(VILLAGES, gained), scope.names(VILLAGES, lost))


@dataclass(frozen=True)
class SiteChoices:
    """What a person may serve of a sort: how it is called, how many at most, the sites by key, those he has now."""

    label: str
    most: int
    sites: Sequence[tuple[int, str]]
    now: Sequence[int]


def choices_for(placement: Placement, person: int) -> dict[str, SiteChoices]:
    """Return what a person of a placement may serve, by sort."""
    within = {"season": placement.season_id, "county__in": placement.group.counties.all()}
    villages = Village.objects.filter(**within).select_related("region__parent").order_by("region")
    sites = {
        VILLAGES: [(row.pk, f"{row.region.parent} {row}{'' if row.is_needed else '（按需）'}") for row in villages],
        CLIENTS: [(row.pk, row.name) for row in KeyClient.objects.filter(**within).order_by("name", "pk")],
    }
    served = Serving.objects.filter(placement=placement, person=person).values_list("village", "client")
    now = {VILLAGES: [village for village, _ in served if village], CLIENTS: [client for _, client in served if client]}
    return {
        sort: SiteChoices(_SITE[sort], min(bounds.most or len(sites[sort]), len(sites[sort])), sites[sort], now[sort])
        for sort, bounds in bounds_in(placement.season, pack_of(placement.season)).items()
    }


@dataclass(frozen=True)
class Row:
    """One person of a placement with what he serves; `reasons` are why his county moved him.

    `contacts` are the contacts that he entered, by the keys of the villages.
    """

    person: Person
    villages: Sequence[Village]
    clients: Sequence[KeyClient]
    reason: str
    contacts: Mapping[int, VillageContact]

    def out_of_contact(self) -> list[Village]:
        """Return his villages with whose offices he entered no contact."""
        known = {village for village, entered in self.contacts.items() if entered.contacts}
        return [village for village in self.villages if village.pk not in known]


NO_VILLAGE, NO_CLIENT, NO_CONTACT, MOVED = "no_village", "no_client", "no_contact", "moved"


def people_served(people: QuerySet[Person], placement: Placement, how: str) -> QuerySet[Person]:
    """Narrow people of a placement to those who lack a village, a key client or contact, or whom their county moved."""
    served = Serving.objects.filter(placement=placement, person=OuterRef("pk"))
    if how == MOVED:
        return people.filter(Exists(served.exclude(reason="")))
    if how == NO_CONTACT:
        return people.filter(Exists(without_contact(served)))
    return people.exclude(Exists(served.exclude(**{"village" if how == NO_VILLAGE else "client": None})))


class Board:
    """A placement as its page shows it: who serves what, what stays uncovered and why."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.rule = rule_for(placement)
        self.scope = scope_of(placement)
        self.keys = [pk_of(name) for name in placement.result.get(VILLAGES, {})]

    def people(self) -> QuerySet[Person]:
        """Return all people in the order of their names."""
        return Person.objects.filter(pk__in=self.keys).select_related("unit").order_by("name", "pk")

    def rows_of(self, people: Iterable[Person]) -> list[Row]:
        """Return what some people serve and what contact they entered, in two queries."""
        of: dict[Person, list[Serving]] = {person: [] for person in people}
        served = Serving.objects.filter(placement=self.placement, person__in=of)
        rows = served.select_related("person", "village__region", "client")
        for serving in rows.order_by("village__region", "client__name", "pk"):
            of[serving.person].append(serving)
        entered = contacts_by([person.pk for person in of], self.placement.season_id) if self.rule else {}
        return [_row(person, each, entered) for person, each in of.items()]

    @cached_property
    def uncovered(self) -> list[str]:
        """Return the names of the villages that must be served and are not."""
        return self.scope.names(VILLAGES, self.scope.uncovered(self.placement.result))

    def proofs(self) -> list[str]:
        """Say why villages cannot be covered: who alone can serve them, and for how many there is room."""
        gaps = gaps_of(self.placement)
        nobody = [site for gap in gaps if not gap["people"] for site in gap["sites"]]
        missing = "、".join(self.scope.names(VILLAGES, nobody))
        alone = [f"没有可安排的人员，{len(nobody)}个村均未覆盖：{missing}。"] if nobody else []
        return alone + [self._proof(gap) for gap in gaps if gap["people"]]

    def _proof(self, gap: Mapping[str, Any]) -> str:
        missing = "、".join(self.scope.names(VILLAGES, gap["uncovered"]))
        return (
            f"{len(gap['sites'])}个须覆盖的村只能由{len(gap['people'])}人服务，按每人上限共可挂{gap['seats']}个村，"
            f"至少有{len(gap['uncovered'])}个村无法覆盖；本次未安排：{missing}。"
        )


def _row(person: Person, served: Sequence[Serving], entered: Mapping[tuple[int, int], VillageContact]) -> Row:
    villages = [serving.village for serving in served if serving.village]
    clients = [serving.client for serving in served if serving.client]
    reason = next((serving.reason for serving in served if serving.reason), "")
    keys = {village.pk: (person.pk, village.pk) for village in villages}
    contacts = {village: entered[key] for village, key in keys.items() if key in entered}
    return Row(person, villages, clients, reason, contacts)


def result_with(placement: Placement, person: int, sites: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return a placement's result with other sites of one person."""
    return {sort: {**rows, person_key(person): list(sites[sort])} for sort, rows in placement.result.items()}
