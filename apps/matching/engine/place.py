"""Places the people of one group at its sites: everything covered that can be, the worst site raised, then the sum.

A site is a village or a key client. In this order: fewest uncovered sites; fewest people left without a site; the
highest worth that every newly covered site is given by one of its people; the largest sum of worth. Groups do not
touch each other, so each can be placed in a task of its own.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np

from apps.matching.engine.board import Board, Flags
from apps.matching.engine.canonical import encode
from apps.matching.engine.ground import Ground
from apps.matching.engine.network import FlowError, Network, Numbers


@dataclass(frozen=True)
class Gap:
    """Why sites stay uncovered: `sites` can be served by `people` alone, who have fewer `seats` left."""

    sites: tuple[str, ...]
    people: tuple[str, ...]
    seats: int
    uncovered: tuple[str, ...]


@dataclass(frozen=True)
class Placement:
    """Who serves where; `worst` is the least that a newly covered site is given, None where none was to be covered."""

    sites: Mapping[str, tuple[str, ...]]
    worst: int | None
    total: int
    """The sum of worth, less what further sites cost."""
    gaps: tuple[Gap, ...]
    idle: tuple[str, ...]

    def canonical(self) -> str:
        """Write it as JSON: one text for one content."""
        return encode(asdict(self))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True)
class _Missing:
    """How many sites stay uncovered and how many people without a site, whatever is done."""

    sites: int
    people: int


def place(ground: Ground) -> Placement:
    """Place the people of a group; what is fixed stays, and nobody goes where he may not."""
    board = Board(ground)
    missing = _least_missing(board)
    worst = _highest_floor(board, missing) if board.due.sum() > missing.sites else None
    taken = _best(board, worst, missing)
    return Placement(
        sites={name: board.sites_in(row) for name, row in zip(board.people, taken, strict=True)},
        worst=worst,
        total=board.total(taken),
        gaps=tuple(_gaps(board, taken)) if missing.sites else (),
        idle=board.people_in(taken.sum(axis=1) == 0),
    )


def _least_missing(board: Board) -> _Missing:
    """Find the fewest uncovered sites, then the fewest people without a site."""
    people, sites = board.open.shape
    draft = _Draft(board, None, _Missing(sites, people), by_site=people + 1, by_person=1)
    flows = draft.solved()
    return _Missing(int(flows[draft.uncovered].sum()), int(flows[draft.idle].sum()))


def _highest_floor(board: Board, missing: _Missing) -> int:
    """Find the highest worth that all sites which can be covered are given by one of their people, by halving."""
    floors = np.unique(board.values[board.due[board.where]]).tolist()
    first_too_high = bisect_left(floors, True, lo=1, key=lambda floor: not _Draft(board, floor, missing).is_possible())
    return int(floors[first_too_high - 1])


def _best(board: Board, floor: int | None, missing: _Missing) -> Flags:
    """Return who serves where so that the sum of worth, less what further sites cost, is largest."""
    draft = _Draft(board, floor, missing, values=board.values, further=board.further)
    served = draft.solved()[draft.pairs] > 0
    taken = board.fixed.copy()
    taken[board.who[served], board.where[served]] = True
    return taken


class _Draft:
    """The network of one question: units run from a source over people and sites to a sink and back.

    A site that is due takes one unit through a gate, open to pairs worth the floor and to nobody, who stands for the
    person it lacks. A person sends one unit to a site, or into idleness.
    """

    def __init__(
        self,
        board: Board,
        floor: int | None,
        missing: _Missing,
        *,
        values: Numbers | int = 0,
        further: int = 0,
        by_site: int = 0,
        by_person: int = 0,
    ) -> None:
        people, sites = board.open.shape
        gates, self._nodes = people + sites, people + 2 * sites + 4
        source, sink, nobody, idleness = range(self._nodes - 4, self._nodes)
        everyone, everything, due = np.arange(people), people + np.arange(sites), np.flatnonzero(board.due)
        free = (board.seats == board.most).astype(np.int64)
        guarded = board.due[board.where] if floor is None else board.due[board.where] & (board.values >= floor)
        network = Network(self._nodes)
        network.add(source, everyone, least=free, most=free)
        network.add(source, everyone, most=board.seats - free, cost=further)
        self.pairs = network.add(board.who, np.where(guarded, gates, people) + board.where, most=1, cost=-values)
        network.add(gates + due, people + due, least=1, most=np.maximum(board.room[due], 1))
        network.add(everything, sink, most=board.room)
        network.add(source, nobody, most=missing.sites)
        self.uncovered = network.add(nobody, gates + due, most=1, cost=by_site)
        self.idle = network.add(everyone, idleness, most=free, cost=by_person)
        network.add(idleness, sink, most=missing.people)
        network.add(sink, source, most=int(board.seats.sum()) + sites)
        self._network = network

    def is_possible(self) -> bool:
        return self._network.feasible({}) is not None

    def solved(self) -> Numbers:
        """Return the cheapest flow; there is one, since nobody and idleness take what is missing."""
        flows = self._network.cheapest({})
        if flows is None:
            raise FlowError("no placement keeps what is missing at its least")
        return flows


def _gaps(board: Board, taken: Flags) -> Iterator[Gap]:
    """Yield the proofs of what is not covered, one for each part that hangs together."""
    left, bare = _behind_the_cut(board), taken.sum(axis=0) == 0
    while left.any():
        part = _part(board.open, left)
        people = board.open[:, part].sum(axis=1) > 0
        seats = int(board.seats[people].sum())
        yield Gap(board.sites_in(part), board.people_in(people), seats, board.sites_in(part & bare))
        left = left & ~part


def _behind_the_cut(board: Board) -> Flags:
    """Return the sites due that cannot all be covered: those on the sink's side of a least cut."""
    people, sites = board.open.shape
    source, sink = people + sites, people + sites + 1
    due = board.due[board.where]
    network = Network(sink + 1)
    network.add(source, np.arange(people), most=board.seats)
    network.add(board.who[due], people + board.where[due], most=1)
    network.add(people + np.flatnonzero(board.due), sink, most=1)
    behind = network.largest(source, sink).behind
    return board.due & np.isin(people + np.arange(sites), sorted(behind))


def _part(pairs: Flags, left: Flags) -> Flags:
    """Return the first of these sites with all that share people with it, directly or over others."""
    part = np.zeros_like(left)
    edge = np.arange(len(left)) == left.argmax()
    while edge.any():
        part |= edge
        edge = pairs[pairs[:, edge].any(axis=1)].any(axis=0) & left & ~part
    return part
