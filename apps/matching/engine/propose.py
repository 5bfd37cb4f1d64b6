"""Deferred acceptance in which people propose: Gale and Shapley 1962, with ties, projects, caps and pins.

Many to one as in Gale and Shapley; projects share the seats of their owner as in Abraham, Irving and Manlove 2007, and
rights those of the cap over them. Seats within seats are a laminar family; to take the best by key as long as every
level has room is the greedy choice of its matroid, which never takes back whom it refused (Fleiner 2003). So every
order of proposals ends in the same stable result, the best for all people at once.
Ties of the right are broken by the lottery, or by promotion (Király 2011): whoever was refused by all his wishes
asks once more and then goes before people of the same tier who were not. The result is weakly stable, and holds at
least two thirds of the largest number that any weakly stable matching places, when the right alone has ties and
there are no projects and no caps. Ties of the left are put in a row beforehand (`numbered`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush

from apps.matching.engine.instance import Instance, Matching
from apps.matching.engine.numbered import Numbered


class Ties(StrEnum):
    """How people of one tier are put in order."""

    LOTTERY = "lottery"
    PROMOTION = "promotion"


@dataclass(frozen=True)
class Allocation:
    """Who goes where, pins included, who asked a second time, and the numbers it was computed with."""

    matching: Matching
    promoted: frozenset[str]
    numbered: Numbered = field(repr=False, compare=False)


def propose(instance: Instance, *, ties: Ties, seed: str) -> Allocation:
    """Allocate; pinned people sit before all others and take no part.

    Among people who are not pinned each gets the best option that he has in any stable matching of the market with
    the ties so broken. Every order of proposals gives the same result.
    """
    numbered = Numbered(instance, seed)
    seating = _Seating(numbered, promotes=ties is Ties.PROMOTION)
    for i in range(len(numbered.people)):
        out: int | None = i
        while out is not None:
            out = seating.place(out)
    return Allocation(seating.matching(), seating.promoted(), numbered)


FREE = 2**62
"""The line of what is not full: every key lies before it."""


class _Bin:
    """Seats of a right, a project or a cap, and the line: the key of the last one in where it is full."""

    __slots__ = ("heap", "line", "seats", "taken")

    def __init__(self, seats: int) -> None:
        self.seats = seats
        self.taken = 0
        self.heap: list[int] = []
        """Keys of those inside, the worst first, and of some who left."""
        self.line = FREE if seats else -1


class _Seating:
    """Who sits where at a moment. A person's key at an option orders tier, promotion and lottery in one number."""

    def __init__(self, numbered: Numbered, promotes: bool) -> None:
        count = len(numbered.people)
        pins = numbered.instance.pins
        self._numbered = numbered
        self._promotes = promotes
        self._count = count
        self._bins = _bins(numbered)
        self._asking = [iter(() if name in pins else numbered.wishes[i]) for i, name in enumerate(numbered.people)]
        self._later = [count + i for i in range(count)]
        """The lower digits of a person's key: his place in the lottery, after all who were promoted."""
        self._at: list[int] = [-1] * count
        self._keys = [0] * count

    def place(self, i: int) -> int | None:
        """Seat person i at the best wish that takes him; return whom to place next: one turned out, or i promoted."""
        tiers, bins, span, later = self._numbered.tiers, self._bins, 2 * self._count, self._later[i]
        for option in self._asking[i]:
            key = tiers[option][i] * span + later
            inside = bins[option]
            if key < inside[0].line and key < inside[-1].line and key < inside[len(inside) // 2].line:
                return self._seat(i, option, key)
        return self._promote(i)

    def matching(self) -> Matching:
        """Return for each person where he sits, pins included."""
        names = [*self._numbered.names, None]
        found = {name: names[self._at[i]] for i, name in enumerate(self._numbered.people)}
        return found | {name: pin.to for name, pin in self._numbered.instance.pins.items()}

    def promoted(self) -> frozenset[str]:
        """Return who was refused by all his wishes once."""
        return frozenset(name for i, name in enumerate(self._numbered.people) if self._later[i] < self._count)

    def _promote(self, i: int) -> int | None:
        wishes = self._numbered.wishes[i]
        if not self._promotes or self._later[i] < self._count or not wishes or self._is_pinned(i):
            return None
        self._later[i] = i
        self._asking[i] = iter(wishes)
        return i

    def _is_pinned(self, i: int) -> bool:
        return self._numbered.people[i] in self._numbered.instance.pins

    def _seat(self, i: int, option: int, key: int) -> int | None:
        self._at[i], self._keys[i] = option, key
        inside = self._bins[option]
        for each in inside:
            heappush(each.heap, -key)
            each.taken += 1
        full = next((each for each in inside if each.taken > each.seats), None)
        out = None if full is None else self._turn_out(full)
        for each in inside:
            self._draw_line(each)
        return out

    def _turn_out(self, full: _Bin) -> int:
        self._forget_who_left(full)
        out = -heappop(full.heap) % self._count
        inside = self._bins[self._at[out]]
        self._at[out] = -1
        for each in inside:
            each.taken -= 1
            self._draw_line(each)
        return out

    def _draw_line(self, each: _Bin) -> None:
        if each.taken < each.seats:
            each.line = FREE
        else:
            self._forget_who_left(each)
            each.line = -each.heap[0]

    def _forget_who_left(self, each: _Bin) -> None:
        """Take keys off the top whose people sit elsewhere by now."""
        while not self._sits(-each.heap[0], each):
            heappop(each.heap)

    def _sits(self, key: int, each: _Bin) -> bool:
        i = key % self._count
        return self._at[i] >= 0 and self._keys[i] == key and each in self._bins[self._at[i]]


def _bins(numbered: Numbered) -> list[tuple[_Bin, ...]]:
    """Return for each option the seats that it takes, the innermost first, without those of pinned people."""
    instance = numbered.instance
    left = instance.seats()
    for pin in instance.pins.values():
        for name in instance.within(pin.to):
            left[name] -= 1
    bins = {name: _Bin(seats) for name, seats in left.items()}
    return [tuple(bins[each] for each in instance.within(name)) for name in numbered.names]
