"""Reads of adjustments: who is asked about a move, what was said, what it would bring about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.actors import APPLICANT, Actor
from apps.core.days import written_moment
from apps.core.door import BATCH_LIMIT
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal
from apps.desks.models import Paper
from apps.desks.permissions import acts_at
from apps.directory.models import Region
from apps.directory.states import Role
from apps.matching.engine.balance import Move
from apps.matching.models import Adjustment, AllocationRun
from apps.matching.selectors.market import (
    code_of,
    group_key,
    held_in,
    industry_of,
    levels_of,
    option_of,
    person_key,
    pk_of,
    seats_in,
)
from apps.matching.selectors.wishes import county_desk
from apps.matching.states import STANDING, AdjustmentAction, AdjustmentState, ConsentParty
from apps.seasons.selectors import managed_by

ADJUSTMENT = "adjustment"


@dataclass(frozen=True)
class MoveFacts:
    """In which state the run of a move is."""

    run_state: str


def facts_for_door(records: Sequence[Adjustment], decision: Decision) -> dict[int, Any]:
    """Return the state of each record's run; what takes a move out keeps the run as it is until that is written."""
    runs = AllocationRun.objects.order_by("pk")
    if decision.action == AdjustmentAction.WITHDRAW:
        runs = runs.select_for_update(no_key=True)
    states = dict(runs.filter(pk__in={each.run_id for each in records}).values_list("pk", "state"))
    return {each.pk: MoveFacts(states[each.run_id]) for each in records}


def parties_asked(adjustment: Adjustment) -> dict[str, list[str]]:
    """Return the desks of each party that has to consent to a move: any one of them speaks for it."""
    person, to = adjustment.person, adjustment.to
    unit = Ref("organization", str(person.unit_id))
    asked = {
        ConsentParty.PERSON: [desk(APPLICANT, Ref("person", str(person.pk)))],
        ConsentParty.UNIT: [desk(Role.DISPATCHING_UNIT, unit)] if person.unit_id else [],
        ConsentParty.COUNTY: sorted(county_desk(county.pk) for county in to.counties.all()),
    }
    return {party: desks for party, desks in asked.items() if desks}


def moves_asked(viewer: Actor, at: datetime) -> list[Adjustment]:
    """Return the moves about which a desk of the viewer is asked, the earliest first, no more than one batch."""
    lying = Paper.objects.filter(kind=ADJUSTMENT, desk__in=viewer.desks(at), done=None).values("record")
    rows = Adjustment.objects.filter(pk__in=lying, state=AdjustmentState.PROPOSED).order_by("pk")
    rows = rows.select_related("person__unit", "came_from", "to").prefetch_related("consents")
    return [each for each in rows[:BATCH_LIMIT] if desk_asked(viewer, each, at)]


def moves_to_answer(viewer: Actor, keys: Sequence[int], at: datetime) -> dict[str, dict[int, int]]:
    """Return those of some moves about which desks of the viewer are asked, by desk, with their versions."""
    rows = Adjustment.objects.filter(pk__in=keys, state=AdjustmentState.PROPOSED).order_by("pk")
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for each in rows.select_related("person").prefetch_related("consents"):
        if place := desk_asked(viewer, each, at):
            found[place][each.pk] = each.version
    return found


def desk_asked(viewer: Actor, adjustment: Adjustment, at: datetime) -> str:
    """Name the first desk at which the viewer has yet to answer, empty where there is none."""
    return next((each for each in adjustment.awaited_desks() if acts_at(each, viewer, adjustment, at)), "")


def answered_before(viewer: Actor, adjustment: Adjustment, at: datetime) -> Refusal | None:
    """Tell by whom and how it was answered for a party at whose desk the viewer sits, None while it was not."""
    said = adjustment.consents.exclude(word="")
    own = [each for each in said if any(acts_at(place, viewer, adjustment, at) for place in each.desks)]
    if not own:
        return None
    when = written_moment(own[0].at) if own[0].at else ""
    words = f"{own[0].get_party_display()}已于{when}由{own[0].by}答复“{own[0].get_word_display()}”，不能再次答复。"
    return Refusal("answered", words, "确需更改的，请联系协调办公室撤销这一调整后重新征求意见。")


def party_spoken_for(viewer: Actor, adjustment: Adjustment, at: datetime) -> str:
    """Return for whom the viewer would answer next, empty where he is not asked."""
    place = desk_asked(viewer, adjustment, at)
    return next((each.get_party_display() for each in adjustment.unanswered() if place in each.desks), "")


def standing_in(run: AllocationRun) -> QuerySet[Adjustment]:
    """Return the moves of a run that are asked about or hold."""
    return Adjustment.objects.filter(run=run, state__in=STANDING).order_by("pk")


def open_in(run: AllocationRun) -> QuerySet[Adjustment]:
    """Return the moves of a run about which somebody is still asked."""
    return Adjustment.objects.filter(run=run, state=AdjustmentState.PROPOSED).order_by("pk")


def no_room_for(run: AllocationRun, person: int, to: Any) -> Refusal | None:
    """Tell why somebody cannot be moved to a group: not in this allocation, moved already, its places held."""
    if person_key(person) not in run.market["left"] or group_key(to.pk) not in run.market["right"]:
        return Refusal("not_in_it", "此人或该县（市、区）不在本次分配中。", "请从列表中选择。")
    standing = standing_in(run)
    if standing.filter(person=person).exists():
        return Refusal("moved_already", "此人已有一项调整。", "请先撤销该项调整。")
    option = option_of(run.market, person, to.pk)
    held, seats = held_in(run), seats_in(run.market)
    full = [level for level in _levels_taken(run, person_key(person), option) if held[level] >= seats[level]]
    return _told_full(to, full[0], seats[full[0]]) if full else None


def _levels_taken(run: AllocationRun, name: str, option: str) -> list[str]:
    """Return where somebody who is moved takes a seat, his group first: where he is kept anyway he takes no other."""
    kept = run.market["pins"].get(name)
    levels = levels_of(run.market, option) - (levels_of(run.market, kept["to"]) if kept else set())
    return sorted(levels, key=lambda level: (level != group_key(pk_of(option)), level != option))


def _told_full(to: Any, level: str, seats: int) -> Refusal:
    """Tell that no seat is left in a group, an industry of it, or its city."""
    if level == group_key(to.pk):
        return Refusal("quota_full", f"{to}的名额已全部用于沿用和调整的人员。", "请改选其他县（市、区）。")
    if industry := industry_of(level):
        said = f"{to}“{industry}”的名额已全部用于沿用和调整的人员。"
        return Refusal("quota_full", said, "请改选其他县（市、区）。")
    said = f"{Region.objects.get(pk=code_of(level))}的总数{seats}已全部用于沿用和调整的人员。"
    return Refusal("quota_full", said, "请改选其他市的县（市、区），或先调整总数后重新冻结。")


def with_room(run: AllocationRun, moves: Iterable[Move]) -> list[Move]:
    """Return those of some moves for which there is room beside all whom the run holds, one after the other."""
    held, seats, found = held_in(run), seats_in(run.market), []
    for move in moves:
        levels = _levels_taken(run, move.person, move.to)
        if all(held[level] < seats[level] for level in levels):
            held.update(levels)
            found.append(move)
    return found


def adjustments_of(run: AllocationRun) -> QuerySet[Adjustment]:
    """Return what was adjusted in a run, with what everybody asked has said."""
    rows = Adjustment.objects.filter(run=run).select_related("person", "came_from", "to")
    return rows.prefetch_related("consents").order_by("pk")


def adjustments_for(viewer: Actor, at: datetime) -> QuerySet[Adjustment]:
    """Return the moves whose allocation the viewer runs, or about which one of his desks was asked."""
    asked = Paper.objects.filter(kind=ADJUSTMENT, desk__in=viewer.desks(at)).values("record")
    runs = managed_by(viewer, at).order_by().values("pk")
    return Adjustment.objects.filter(Q(run__season__in=runs) | Q(pk__in=asked))


def adjustment_for(viewer: Actor, pk: int, at: datetime) -> Adjustment | None:
    """Return a move that the viewer may open; None for others."""
    rows = adjustments_for(viewer, at).filter(pk=pk)
    rows = rows.select_related("run__season", "person__unit", "came_from", "to").prefetch_related("consents")
    return rows.defer("run__season__pack_text", "run__season__source_text").first()


def rank_wished(adjustment: Adjustment) -> int:
    """Return which wish of the person the move would grant, 0 for none."""
    market = adjustment.run.market
    wishes = market["left"].get(person_key(adjustment.person_id), [])
    to = option_of(market, adjustment.person_id, adjustment.to_id)
    return wishes.index(to) + 1 if to in wishes else 0
