"""The bridge to the placing engine: people and sites of one group as grounds, and what the engine finds on them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.matching.engine import ground
from apps.matching.engine.canonical import encode
from apps.matching.engine.ground import MOST_WEIGHT, Ground
from apps.matching.engine.place import place
from apps.matching.models import AllocationRun, KeyClient, Outcome, Participant, Service, Serving, Village, Wish
from apps.matching.selectors.market import person_key, pk_of
from apps.policies import matching as policy
from apps.policies.matching import Bounds
from apps.policies.schema import Pack, Placing
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.selectors import pack_of

VILLAGES, CLIENTS = SORTS = ("villages", "clients")
"""The sorts of sites; a person is placed at each by itself."""
_LIMITS = {VILLAGES: policy.VILLAGES, CLIENTS: policy.CLIENTS}
Sites = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """What the engine found for a group, as a placement keeps it, and the digests of what it came from and is."""

    report: dict[str, Any]
    result: dict[str, dict[str, list[str]]]
    ground_digest: str
    output_digest: str


def client_key(pk: int) -> str:
    """Name a key client on a ground; a village is named by its code."""
    return f"c{pk}"


def bounds_in(season: Season, pack: Pack) -> dict[str, Bounds]:
    """Return how many sites of each sort a person serves, for the sorts that the policy limits."""
    found = {sort: policy.bounds_of(limit, pack, season.answers) for sort, limit in _LIMITS.items()}
    return {sort: bounds for sort, bounds in found.items() if bounds}


def people_of(run: AllocationRun, group: ServiceGroup) -> list[int]:
    """Return whom an allocation sends to a group, and who serves one of its counties without choosing."""
    allocated = Outcome.objects.filter(run=run, group=group).values_list("person", flat=True)
    fixed = Participant.objects.filter(season=run.season_id, county__in=group.counties.all())
    return sorted({*allocated, *fixed.values_list("person", flat=True)})


def industries_of(season: Season, group: ServiceGroup, people: Sequence[int]) -> dict[int, list[str]]:
    """Return the industries of people: of their wishes for the group, and of what they are appointed for."""
    found: dict[int, set[str]] = defaultdict(set)
    wishes = Wish.objects.filter(list__season=season, list__person__in=people, group=group)
    for person, industry in wishes.values_list("list__person", "industry"):
        found[person].add(industry)
    labels = policy.industries(pack_of(season))
    for person, keys in Service.objects.filter(season=season, person__in=people).values_list("person", "industries"):
        found[person].update(labels.get(key, key) for key in keys)
    return {person: sorted(names) for person, names in found.items()}


def found_for(run: AllocationRun, group: ServiceGroup) -> Found:
    """Place the people of a group; the same people, lists and policy give the same digests."""
    grounds = grounds_of(run, group)
    placements = {sort: place(each) for sort, each in grounds.items()}
    return Found(
        report={sort: json.loads(each.canonical()) for sort, each in placements.items()},
        result={sort: {name: list(sites) for name, sites in each.sites.items()} for sort, each in placements.items()},
        ground_digest=_digest({sort: each.sha256 for sort, each in grounds.items()}),
        output_digest=_digest({sort: each.sha256 for sort, each in placements.items()}),
    )


def _digest(parts: Mapping[str, str]) -> str:
    return hashlib.sha256(encode(parts).encode()).hexdigest()


def grounds_of(run: AllocationRun, group: ServiceGroup) -> dict[str, Ground]:
    """Return the people and the sites of a group, one ground for each sort that the policy limits."""
    season, people = run.season, people_of(run, group)
    pack = pack_of(season)
    placing = policy.placing_of(pack)
    if placing is None:
        return {}
    industries, had = industries_of(season, group, people), _had(run, group, people)
    sites = {VILLAGES: _villages(season, group), CLIENTS: _clients(season, group)}
    return {
        sort: ground.of(
            {
                "people": {
                    person_key(each): {
                        "industries": industries.get(each, []),
                        "had": sorted(had[each] & sites[sort].keys()),
                    }
                    for each in people
                },
                "sites": _shared(sites[sort], len(people)),
                "rules": _rules(placing, bounds, season, pack),
            }
        )
        for sort, bounds in bounds_in(season, pack).items()
    }


def _rules(placing: Placing, bounds: Bounds, season: Season, pack: Pack) -> dict[str, int]:
    weights = {name: pack.answer(getattr(placing, name), season.answers) for name in ("fit", "had", "further")}
    most = MOST_WEIGHT if bounds.most is None else bounds.most
    return {name: min(int(each), MOST_WEIGHT) for name, each in {**weights, "most": most}.items()}


def _shared(sites: Sites, people: int) -> Sites:
    """Let no site take more people than an even share; one is room enough for its cover."""
    share = max(1, -(-people // max(1, len(sites))))
    return {name: {**site, "most": share} for name, site in sites.items()}


def _villages(season: Season, group: ServiceGroup) -> Sites:
    rows = Village.objects.filter(season=season, county__in=group.counties.all())
    return {
        code: {"industries": {name: min(scale, MOST_WEIGHT) for name, scale in scales.items()}, "needed": bool(kinds)}
        for code, scales, kinds in rows.values_list("region", "industries", "kinds")
    }


def _clients(season: Season, group: ServiceGroup) -> Sites:
    rows = KeyClient.objects.filter(season=season, county__in=group.counties.all()).values_list("pk", "industry")
    return {client_key(pk): {"industries": {name: 1} if name else {}, "needed": False} for pk, name in rows}


def _had(run: AllocationRun, group: ServiceGroup, people: Sequence[int]) -> dict[int, set[str]]:
    """Return the sites that people had: the year before, or by an earlier allocation of the season."""
    found: dict[int, set[str]] = defaultdict(set)
    listed = Village.objects.filter(season=run.season, county__in=group.counties.all(), last_person__in=people)
    for person, code in listed.values_list("last_person", "region"):
        found[person].add(code)
    earlier = Serving.objects.filter(
        placement__season=run.season, placement__run__number__lt=run.number, person__in=people
    )
    for person, code, client in earlier.values_list("person", "village__region", "client"):
        found[person].add(code or client_key(client))
    return found


def servings_in(placement: Any, names: Sequence[str] | None = None, reason: str = "") -> list[Serving]:
    """Return the rows of a placement's result, of some people or of all."""
    villages = dict(
        Village.objects.filter(season=placement.season_id, county__in=placement.group.counties.all()).values_list(
            "region", "pk"
        )
    )
    return [
        Serving(
            placement=placement,
            person_id=pk_of(name),
            village_id=villages[site] if sort == VILLAGES else None,
            client_id=pk_of(site) if sort == CLIENTS else None,
            reason=reason,
        )
        for sort, rows in placement.result.items()
        for name, sites in rows.items()
        if names is None or name in names
        for site in sites
    ]
