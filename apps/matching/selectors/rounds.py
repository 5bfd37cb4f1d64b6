"""Supplementary rounds of wishes: whom an allocation left without a place, which seats are free, what is left to do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from apps.matching.models import AllocationRun, Participant, Wish, WishList
from apps.matching.selectors.caps import caps_in
from apps.matching.selectors.market import person_key, pk_of, project_key, quotas_in
from apps.matching.states import RunState, WishListState
from apps.seasons.models import Season
from apps.seasons.selectors import parts_of, seats_of


@dataclass(frozen=True)
class Round:
    """A supplementary round of a run: who may wish anew, how many seats are free in each group that has any.

    A group has no more than its city has, where that has a total; so `free`, the seats in all, may be fewer than those
    of the groups together. `parts` holds what is free of industries with places of their own, by (group, industry).
    """

    run: AllocationRun
    people: frozenset[int]
    seats: Mapping[int, int]
    parts: Mapping[tuple[int, str], int]
    free: int

    @property
    def until(self) -> date | None:
        """Return the last day, None before the round is open."""
        return self.run.until

    def has_room(self, group: int, industry: str) -> bool:
        """Tell whether somebody may still wish for an industry of a group."""
        return group in self.seats and self.parts.get((group, industry), 1) > 0


def round_of(run: AllocationRun) -> Round:
    """Return the round that a run has, or would have: those who choose and have no place, and the seats left today."""
    placed = {name: to for name, to in run.report["matching"].items() if to}
    choosing = Participant.objects.filter(season=run.season_id, county=None).order_by("pk")
    in_group, in_part = Counter(map(pk_of, placed.values())), Counter(placed.values())
    rows = quotas_in(run.season)
    vacant = {row.group_id: max(0, seats_of(row) - in_group[row.group_id]) for row in rows}
    left = [(cap, max(0, cap.seats - sum(in_group[each] for each in cap.groups))) for cap in caps_in(run.season, rows)]
    beyond = {cap.city: sum(vacant[each] for each in cap.groups) - seats for cap, seats in left}
    free = sum(vacant.values()) - sum(max(0, number) for number in beyond.values())
    for cap, seats in left:
        vacant |= {each: min(vacant[each], seats) for each in cap.groups}
    return Round(
        run=run,
        people=frozenset(pk for pk in choosing.values_list("person", flat=True) if person_key(pk) not in placed),
        seats={group: seats for group, seats in vacant.items() if seats},
        free=free,
        parts={
            (row.group_id, industry): places - in_part[project_key(row.group_id, industry)]
            for row in rows
            for industry, places in parts_of(row).items()
        },
    )


def run_with_round(season: int) -> AllocationRun | None:
    """Return the run of a season whose round is open."""
    return AllocationRun.objects.filter(season=season, state=RunState.SUPPLEMENTING).defer("market").first()


def round_in(season: Season) -> Round | None:
    """Return the round that is open in a season, None where there is none."""
    run = run_with_round(season.pk)
    if run is None:
        return None
    run.season = season
    return round_of(run)


def round_for(season: Season, person: int) -> Round | None:
    """Return the round in which a person may wish anew, None where there is none for him."""
    found = round_in(season)
    return found if found and person in found.people else None


@dataclass(frozen=True)
class LeftToDo:
    """How many have not wished anew since a round was opened, and how many of their wishes no county has judged."""

    lacking: int
    unjudged: int

    def __bool__(self) -> bool:
        return bool(self.lacking or self.unjudged)


def left_to_do(found: Round) -> LeftToDo:
    """Return what a round still waits for."""
    handed_in = {"season": found.run.season_id, "state": WishListState.SUBMITTED}
    anew = WishList.objects.filter(**handed_in, submitted__gte=found.run.asked).values_list("person", flat=True)
    unjudged = Wish.objects.filter(word="", **{f"list__{name}": value for name, value in handed_in.items()})
    return LeftToDo(
        lacking=len(found.people.difference(anew.order_by())),
        unjudged=sum(person in found.people for person in unjudged.order_by().values_list("list__person", flat=True)),
    )
