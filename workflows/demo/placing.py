"""How people come to their villages in the demonstration: lists kept, placed, handed in, confirmed, bases chosen.

Which villages must be covered, what grows there and who is a key client is generated, and marked so.
"""

import hashlib
from typing import Any

from apps.directory.models import Region, User
from apps.directory.selectors import actor_for
from apps.directory.states import Level
from apps.matching.models import AllocationRun, Outcome, Participant, Placement, Serving
from apps.matching.selectors.coverage import coverage_of, together
from apps.matching.selectors.places import least_uncovered
from apps.matching.selectors.wishes import industries_of
from apps.matching.services import places
from apps.matching.services.lists import ClientRow, VillageRow, keep_clients, keep_villages
from apps.matching.states import PlacementState
from apps.policies.matching import placing_of
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.selectors import pack_of
from workflows import steps
from workflows.demo.play import Play

VILLAGES_A_PERSON = 1.1
SCALE = (1, 10)
GROWN = 2
AT_THE_BORDER = 0.1
CONFIRMED = 40
"""How many groups are handed in and confirmed; the others stay with their counties, for the newcomer to try."""
BASES = 10
"""How many bind an assessment base."""


def list_villages(play: Play, participants: int) -> int:
    """Put villages from everywhere into the season's list, in proportion to the people there are; return how many."""
    placing = placing_of(pack_of(play.season))
    if placing is None:
        return 0
    first, *others = placing.villages
    industries = _industries(play.season)
    there = Region.objects.filter(path__startswith=play.season.jurisdiction.path, level=Level.VILLAGE)
    known = [(pk, str(county)) for pk, county in there.order_by("pk").values_list("pk", "parent__parent")]
    drawn = play.chance.sample(known, min(len(known), round(VILLAGES_A_PERSON * participants)))
    rows = []
    for village, county in sorted(drawn):
        grown = play.chance.sample(industries[county], min(GROWN, len(industries[county])))
        kinds = (first, *(kind for kind in others if play.chance.random() < AT_THE_BORDER))
        rows.append(VillageRow(village, kinds, {each: play.chance.randint(*SCALE) for each in grown}))
    return keep_villages(season=play.season, rows=rows, by=play.office, at=play.at, is_generated=True).added


def _industries(season: Season) -> dict[str, list[str]]:
    """Return the industries of each county's group."""
    known = industries_of(season)
    rows = ServiceGroup.objects.filter(season=season).values_list("counties", "pk")
    return {str(county): known[group] for county, group in rows}


def place_all(play: Play, run: AllocationRun) -> None:
    """Let the clock place every group; of some the county hands that in, and the region confirms it."""
    _list_clients(play, run)
    while steps.place_groups(play.at):
        pass
    play.sleep(1)
    for placement in _placements(run, PlacementState.IN_HAND)[:CONFIRMED]:
        places.submit(placement=placement, by=play.holder_of(placement.desks[0]), at=play.at)
    play.sleep(1)
    handed_in = _placements(run, PlacementState.AWAITING_CONFIRMATION)
    for placement in handed_in:
        places.confirm(placement=placement, by=play.office, at=play.at)
    _bind_bases(play, run)
    told = figures(run)
    proved = f"，另{told['proved']}个证明人手不足" if told["proved"] else ""
    play.say(f"已安排{told['groups']}个县（市、区）挂村，其中{len(handed_in)}个已由县报送、自治区确认")
    play.say(f"须覆盖{told['needed']}个村，已覆盖{told['covered']}个{proved}")


def _placements(run: AllocationRun, state: str) -> list[Placement]:
    """Return the placements in a state; season and run are read once for all."""
    rows = Placement.objects.filter(run=run, state=state).select_related("group").order_by("group")
    return list(rows.prefetch_related("season", "run__season"))


def _list_clients(play: Play, run: AllocationRun) -> None:
    """Register one key client for each person in the county where he serves."""
    kinds = list(getattr(placing_of(pack_of(play.season)), "clients", {}).items())
    fixed = Participant.objects.filter(season=play.season).exclude(county=None).values_list("county", flat=True)
    sent = Outcome.objects.filter(run=run).exclude(group=None).values_list("group__counties", flat=True)
    industries, rows = _industries(play.season), []
    for number, county in enumerate(sorted([*fixed, *sent]), 1):
        key, label = kinds[number % len(kinds)]
        rows.append(ClientRow(county, f"示例{label}{number}", key, play.chance.choice(industries[county])))
    keep_clients(season=play.season, rows=rows, by=play.office, at=play.at, is_generated=True)


def _bind_bases(play: Play, run: AllocationRun) -> None:
    """Let some people bind a key client that they look after as their assessment base."""
    confirmed = Serving.objects.filter(placement__run=run, placement__state=PlacementState.CONFIRMED)
    looked_after = confirmed.exclude(client=None).order_by("pk").values_list("person", "client")
    clients: dict[int, int] = {}
    for person, client in looked_after:
        if client is not None and person not in clients and client not in clients.values():
            clients[person] = client
    users = {user.person_id: user for user in User.objects.filter(person__in=list(clients)[:BASES])}
    for person in list(clients)[:BASES]:
        places.choose_base(season=play.season, client=clients[person], by=actor_for(users[person]), at=play.at)


def figures(run: AllocationRun) -> dict[str, Any]:
    """Return how far the villages are covered, how many cannot be as is proved, and the hash of all, for scripts."""
    counties = ServiceGroup.objects.filter(season=run.season_id).values_list("counties", flat=True)
    whole = together(run.season.jurisdiction, coverage_of(run.season, list(counties)))
    placed = list(Placement.objects.filter(run=run).order_by("group"))
    digests = "".join(placement.output_digest for placement in placed)
    return {
        "groups": len(placed),
        "needed": whole.needed,
        "covered": whole.covered,
        "proved": sum(map(least_uncovered, placed)),
        "by_kind": {label: {"covered": covered, "of": number} for label, covered, number in whole.by_kind},
        "output_sha256": hashlib.sha256(digests.encode()).hexdigest(),
    }
