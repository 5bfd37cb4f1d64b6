"""Guesses what a seat that somebody leaves sets going: somebody follows, and may empty a floor behind him.

A guess only ranks moves that close the same shortage; what really follows is computed by the next run. Whole numbers
throughout, so that every machine guesses alike.
"""

from collections.abc import Iterable, Iterator
from heapq import nsmallest

import numpy as np

from apps.matching.engine.flows import Seats, Vacant
from apps.matching.engine.network import Numbers
from apps.matching.engine.propose import Allocation

CERTAIN = 10
"""What the guess says where a floor is emptied for sure."""
IN_LINE = 8
"""So many who would follow are looked at for each right, and so many seats along the way of a vacancy."""
FINE = 1000

Wish = tuple[int, int]


def reopening(seats: Seats, vacant: Vacant, allocation: Allocation, at: Numbers, taken: Numbers) -> Numbers:
    """Return for each option, and for having none as the last, how likely leaving it empties a floor, up to CERTAIN.

    `at` is the option of each person, -1 for none; `taken` counts people in each right, pinned people apart.
    """
    rights = len(seats.rights)
    full = taken >= vacant.room
    bare = np.where(~full & (taken <= vacant.floor), FINE * CERTAIN, 0)
    leaves = np.append(seats.owner, rights)
    follows = np.zeros((rights, rights + 1), np.int64)
    for right, people in _lines(seats, allocation, _better(seats, vacant, at)):
        np.add.at(follows[right], leaves[at[people]], FINE // len(people))
    likely = np.append(bare, 0)
    for _ in range(IN_LINE):
        likely = np.append(np.where(full, follows @ likely // FINE, bare), 0)
    return (likely // FINE)[leaves]


def _better(seats: Seats, vacant: Vacant, at: Numbers) -> Iterable[Wish]:
    """Return the wishes, as person and option, that people who are not pinned put before what they have."""
    had = np.full(len(seats.people), np.iinfo(np.int64).max)
    has = at[seats.who] == seats.what
    had[seats.who[has]] = seats.rank[has]
    better = vacant.free[seats.who] & (seats.rank < had[seats.who])
    return zip(seats.who[better].tolist(), seats.what[better].tolist(), strict=True)


def _lines(seats: Seats, allocation: Allocation, wishes: Iterable[Wish]) -> Iterator[tuple[int, list[int]]]:
    """Yield for each right the first who would follow into a seat, in its own order and that of the lottery."""
    numbered, promoted = allocation.numbered, allocation.promoted
    lines: dict[int, set[tuple[int, bool, int]]] = {}
    for who, what in wishes:
        standing = numbered.tiers[what][who], seats.people[who] not in promoted, who
        lines.setdefault(int(seats.owner[what]), set()).add(standing)
    yield from ((right, [who for _, _, who in nsmallest(IN_LINE, line)]) for right, line in sorted(lines.items()))
