"""What proves an allocation: cut-offs, pairs that would rather have each other, seats short of the floors.

A cut-off exists only where all seats are taken: the standing of the last one in who is not pinned. Whoever is not
pinned has the first of his wishes whose cut-offs, the option's, its owner's and that of the cap over them, he reaches.
"""

from collections.abc import Callable, Collection, Iterator
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
    """The proof. `cutoffs` holds all rights, projects and caps that are full; None where only the pinned fill them."""

    cutoffs: dict[str, Standing | None]
    taken: dict[str, int]
    """Seats taken of every right, project and cap, pins included."""
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
    """Who sits in a right, a project or a cap: how many, the worst of all and the worst of those not pinned."""

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
        self.held = {name: _Held(seats) for name, seats in self._instance.seats().items()}
        self._within = {name: self._instance.within(name) for name in self.held.keys() - self._instance.caps.keys()}
        for i, name in enumerate(allocation.numbered.people):
            option = allocation.matching[name]
            if option is not None:
                self._take(i, option, name in self._instance.pins)

    def _take(self, i: int, option: str, is_pinned: bool) -> None:
        place = standing(self._allocation, i, self._instance.owner(option))
        for name in self._within[option]:
            self.held[name].take(place, is_pinned)

    def blocking(self) -> Iterator[tuple[tuple[str, str], bool]]:
        """Yield each blocking pair, and whether a pin explains it."""
        numbered = self._allocation.numbered
        for i, name in enumerate(numbered.people):
            had = self._allocation.matching[name]
            for option in self._preferred(name, had):
                tier = self._tier(i, option)
                own = self._within[had] if had is not None and tier <= self._tier(i, had) else ()
                if self._takes(option, own, partial(_Held.would_turn_out, tier=tier)):
                    turns_out = partial(_Held.would_turn_out_unpinned, tier=tier)
                    is_explained = name in self._instance.pins or not self._takes(option, own, turns_out)
                    yield (name, option), is_explained

    def _tier(self, i: int, option: str) -> int:
        tier = self._allocation.numbered.tier(self._instance.owner(option), i)
        return BEHIND_ALL if tier is None else tier + 1

    def _preferred(self, name: str, had: str | None) -> Iterator[str]:
        """Yield the wishes that a person puts strictly before what he has."""
        for tier in self._instance.left[name]:
            if had in tier:
                return
            yield from tier

    def _takes(self, option: str, own: Collection[str], turns_out: Callable[[_Held], bool]) -> bool:
        """Say whether an option would take a person: blocking pairs as in Abraham, Irving and Manlove.

        Where it is full at several levels, the innermost decides: who leaves that, leaves all. `own` are the levels at
        which he may give up his own seat for it, for he stands there no worse by the option than by what he has.
        """
        full = next((each for each in self._within[option] if self.held[each].is_full), None)
        return full is None or full in own or turns_out(self.held[full])
