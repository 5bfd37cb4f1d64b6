"""What proves an allocation: cut-offs, pairs that would rather have each other, seats short of the floors.

A cut-off exists only where all seats are taken: the standing of the last one in who is not pinned. Whoever is not
pinned has the first of his wishes whose cut-offs, the option's and its owner's, he reaches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from apps.matching.engine.instance import Instance
from apps.matching.engine.propose import Allocation

BEHIND_ALL = 2**62
"""The tier of one who is not in the list; a pinned person may be such."""


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """Where a person stands at a right, counted from 1, the lower the better; his lottery place decides last.

    `priority` is 1 for one who was promoted and 2 for others.
    """

    tier: int
    priority: int
    lottery: int


@dataclass(frozen=True)
class Certificate:
    """The proof. `cutoffs` holds every right and project that is full; None where pinned people or nobody fill it."""

    cutoffs: dict[str, Standing | None]
    taken: dict[str, int]
    """Seats taken of every right and project, pins included."""
    blocking: tuple[tuple[str, str], ...]
    """Pairs of person and option that strictly prefer each other to what they have."""
    undocumented: tuple[tuple[str, str], ...]
    """Those of them that no pin explains: neither the person is pinned nor all whom he would replace."""
    shortage: int


def certify(allocation: Allocation) -> Certificate:
    """Draw up the proof of an allocation."""
    seats = _Seats(allocation)
    blocking = tuple(seats.blocking())
    taken = {name: held.taken for name, held in seats.held.items()}
    return Certificate(
        cutoffs={name: held.last for name, held in sorted(seats.held.items()) if held.is_full},
        taken=taken,
        blocking=tuple(pair for pair, _ in blocking),
        undocumented=tuple(pair for pair, is_explained in blocking if not is_explained),
        shortage=sum(max(0, row.lower - taken[name]) for name, row in allocation.numbered.instance.right.items()),
    )


def standing(allocation: Allocation, i: int, right: str) -> Standing | None:
    """Return where person i stands at a right, or None when he is not in its list."""
    tier = allocation.numbered.tier(right, i)
    is_promoted = allocation.numbered.people[i] in allocation.promoted
    return None if tier is None else Standing(tier + 1, 1 if is_promoted else 2, i + 1)


class _Held:
    """Who sits in a right or a project: how many, the worst of all and the worst of those not pinned."""

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.taken = 0
        self.worst = 0
        """The tier, from 1, behind which nobody sits; that of an unlisted person is behind all."""
        self.last: Standing | None = None

    @property
    def is_full(self) -> bool:
        return self.taken >= self.seats

    def take(self, place: Standing | None, is_pinned: bool) -> None:
        """Seat one more."""
        self.taken += 1
        self.worst = max(self.worst, BEHIND_ALL if place is None else place.tier)
        if place is not None and not is_pinned:
            self.last = place if self.last is None else max(self.last, place)

    def would_turn_out(self, tier: int) -> bool:
        """Say whether somebody sits here behind this tier."""
        return tier < self.worst

    def would_turn_out_unpinned(self, tier: int) -> bool:
        """Say the same of those who are not pinned."""
        return self.last is not None and tier < self.last.tier


class _Seats:
    """An allocation by seats."""

    def __init__(self, allocation: Allocation) -> None:
        self._instance: Instance = allocation.numbered.instance
        self._allocation = allocation
        self.held = {name: _Held(group.upper) for name, group in self._instance.right.items()}
        self.held |= {name: _Held(project.upper) for name, project in self._instance.projects.items()}
        for i, name in enumerate(allocation.numbered.people):
            option = allocation.matching[name]
            if option is not None:
                self._take(i, option, name in self._instance.pins)

    def _take(self, i: int, option: str, is_pinned: bool) -> None:
        owner = self._instance.owner(option)
        place = standing(self._allocation, i, owner)
        for name in {option, owner}:
            self.held[name].take(place, is_pinned)

    def blocking(self) -> Iterator[tuple[tuple[str, str], bool]]:
        """Yield each blocking pair, and whether a pin explains it."""
        numbered = self._allocation.numbered
        for i, name in enumerate(numbered.people):
            had = self._allocation.matching[name]
            for option in self._preferred(name, had):
                owner = self._instance.owner(option)
                tier = (numbered.tier(owner, i) or 0) + 1
                is_inside = had is not None and self._instance.owner(had) == owner
                if self._takes(option, owner, is_inside, partial(_Held.would_turn_out, tier=tier)):
                    turns_out = partial(_Held.would_turn_out_unpinned, tier=tier)
                    is_explained = name in self._instance.pins or not self._takes(option, owner, is_inside, turns_out)
                    yield (name, option), is_explained

    def _preferred(self, name: str, had: str | None) -> Iterator[str]:
        """Yield the wishes that a person puts strictly before what he has."""
        for tier in self._instance.left[name]:
            if had in tier:
                return
            yield from tier

    def _takes(self, option: str, owner: str, is_inside: bool, turns_out: Callable[[_Held], bool]) -> bool:
        """Say whether an option and its owner would take a person: blocking pairs as in Abraham, Irving and Manlove."""
        if self.held[option].is_full:
            return turns_out(self.held[option])
        return not self.held[owner].is_full or is_inside or turns_out(self.held[owner])
