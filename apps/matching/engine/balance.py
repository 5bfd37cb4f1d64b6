"""Fills floors that deferred acceptance leaves empty: a flow proposes moves, each becomes a pin, all others run again.

By the rural hospitals theorem every stable matching leaves the same seats empty, so somebody has to be asked to
move. Each flow keeps all pins, closes all shortage that can be closed and asks, in this order, for the fewest moves,
those counted that they are likely to cause, for people who have nothing yet, for early wishes; equals stand in the
order of the lottery. Whoever has a seat keeps one, but under a cap that is full: there a floor goes before seats beyond
the floors. A round adds at least one pin and takes none away, so there are at most as many rounds as people.
The last flow finds nothing left to close, and its least cut proves it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from apps.matching.engine.flows import Flags, Seats, Shortage, least_shortage
from apps.matching.engine.following import CERTAIN, reopening
from apps.matching.engine.instance import Instance, Pin
from apps.matching.engine.lottery import drawn
from apps.matching.engine.network import FlowError, Network, Numbers
from apps.matching.engine.propose import Allocation, Ties, propose

NOWHERE = -1


@dataclass(frozen=True)
class Move:
    """A proposal to person, unit and county: where the run had put him, where he is asked to go, for whose floor."""

    person: str
    came_from: str | None
    to: str
    floor: str

    @property
    def pin(self) -> Pin:
        """Return the pin that the move becomes."""
        return Pin(self.to, f"补足{self.floor}下限，原为{self.came_from or '未录取'}")


@dataclass(frozen=True)
class Balanced:
    """An allocation whose floors are filled as far as they can be; `instance` is the market with the moves as pins.

    `remaining` proves what stays empty under pins, consents and refusals; `bound` is what the wishes alone allow.
    """

    instance: Instance
    allocation: Allocation
    moves: tuple[Move, ...]
    remaining: Shortage
    bound: int
    rounds: int
    agreed: frozenset[str] = frozenset()
    refused: frozenset[tuple[str, str]] = frozenset()


def balance(instance: Instance, *, ties: Ties, seed: str) -> Balanced:
    """Allocate, then propose moves until no floor is emptier than it must be."""
    return _Rounds(instance, ties, seed).run([])


def go_on(before: Balanced, *, ties: Ties, seed: str, consents: Collection[str], refusals: Collection[str]) -> Balanced:
    """Go on after answers of the people asked: who consents stays moved, who refuses is not asked to go there again.

    Moves that nobody answered stay, unless more floors can be filled without them.
    """
    asked = {move.person for move in before.moves}
    if unknown := sorted({*consents, *refusals} - asked):
        raise ValueError(f"nobody asked {', '.join(unknown)} to move")
    if both := sorted(({*consents} | before.agreed) & {*refusals}):
        raise ValueError(f"{', '.join(both)} cannot both consent and refuse")
    pins = {person: pin for person, pin in before.instance.pins.items() if person not in asked}
    agreed = before.agreed | {*consents}
    refused = before.refused | {(move.person, move.to) for move in before.moves if move.person in refusals}
    rounds = _Rounds(replace(before.instance, pins=pins), ties, seed, agreed, refused)
    return rounds.run([move for move in before.moves if move.person not in refusals])


class _Rounds:
    """The runs of one market: its own pins, who agreed to a move, who refused which."""

    def __init__(
        self,
        instance: Instance,
        ties: Ties,
        seed: str,
        agreed: frozenset[str] = frozenset(),
        refused: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        self._instance, self._ties, self._seed = instance, ties, seed
        self._agreed, self._refused = agreed, refused
        self._seats = Seats(instance, drawn(instance.left, seed))
        self._open = self._not_refused()

    def run(self, moves: list[Move]) -> Balanced:
        """Run, propose and run again until nothing more can be closed."""
        moves = self._worth_keeping(moves)
        rounds = 0
        while True:
            rounds += 1
            market = self._with(moves)
            allocation = propose(market, ties=self._ties, seed=self._seed)
            plan = _Plan(self._seats, allocation, self._open)
            if plan.closes == 0:
                break
            moves += plan.moves()
        bound = self._least([], np.ones_like(self._open)).bound
        return Balanced(market, allocation, tuple(moves), plan.remaining, bound, rounds, self._agreed, self._refused)

    def _not_refused(self) -> Flags:
        seats = self._seats
        refused = {(seats.number[person], seats.option[to]) for person, to in self._refused}
        return np.array(
            [pair not in refused for pair in zip(seats.who.tolist(), seats.what.tolist(), strict=True)], bool
        )

    def _with(self, moves: Iterable[Move]) -> Instance:
        return replace(self._instance, pins={**self._instance.pins, **{move.person: move.pin for move in moves}})

    def _least(self, moves: Iterable[Move], allowed: Flags) -> Shortage:
        return least_shortage(self._seats, self._seats.vacant(self._with(moves).pins), allowed)

    def _worth_keeping(self, moves: list[Move]) -> list[Move]:
        firm = [move for move in moves if move.person in self._agreed]
        return firm if self._least(firm, self._open).bound < self._least(moves, self._open).bound else moves


class _Plan:
    """What one flow proposes to the people whom a run has seated."""

    def __init__(self, seats: Seats, allocation: Allocation, may_ask: Flags) -> None:
        self._seats = seats
        self._vacant = seats.vacant(allocation.numbered.instance.pins)
        self._allocation = allocation
        self._at = np.array([seats.option.get(allocation.matching[name] or "", NOWHERE) for name in seats.people])
        stays = self._at[seats.who] == seats.what
        arcs = self._vacant.free[seats.who] & (may_ask | stays)
        self.remaining = least_shortage(seats, self._vacant, arcs)
        self.closes = int(np.maximum(self._vacant.floor - self._taken(), 0).sum()) - self.remaining.bound
        self._who, self._what, self._rank = seats.who[arcs], seats.what[arcs], seats.rank[arcs]
        self._moves = ~stays[arcs]

    def moves(self) -> Iterator[Move]:
        """Yield the moves into rights that are short now; whoever should follow into the seats left is seen later."""
        seats, came_from = self._seats, self._at[self._who]
        guess = reopening(seats, self._vacant, self._allocation, self._at, self._taken())
        likely = np.where(self._moves, CERTAIN + guess[came_from], 0)
        most = int(likely @ self._cheapest(likely, 0)) // CERTAIN
        early = most * (int(self._rank.max()) + 1) + 1
        changes = 3 * most if seats.caps else most  # for whoever comes under a full cap, another one may leave
        badness = likely * early * (changes + 1) + self._rank - early * (came_from == NOWHERE)
        chosen = (self._cheapest(np.where(self._moves, badness, 0), 2 * early) > 0) & self._moves
        chosen &= (self._taken() < self._vacant.floor)[seats.owner[self._what]]
        for who, what in zip(self._who[chosen], self._what[chosen], strict=True):
            person, to = seats.people[who], seats.options[what]
            yield Move(person, self._allocation.matching[person], to, seats.rights[seats.owner[what]])

    def _taken(self) -> Numbers:
        """Count who is seated in each right, pinned people apart."""
        seated = self._seats.owner[self._at[self._vacant.free & (self._at >= 0)]]
        return np.bincount(seated, minlength=len(self._seats.rights))

    def _cheapest(self, cost: Numbers, leaving: int) -> Numbers:
        """Return the flow of each wish in the cheapest way to fill floors; to lose a seat costs so much."""
        seats = self._seats
        people, options, rights = len(seats.people), len(seats.options), len(seats.rights)
        network = Network(people + options + rights + len(seats.caps) + 2)
        wishes = network.add(self._who, people + self._what, most=1, cost=cost)
        network.add(people + np.arange(options), people + options + seats.owner, most=self._vacant.option_room)
        if seats.caps:
            dearest = int(np.abs(cost).max(initial=0)) + leaving
            short = self._fill_as_far_as_caps_allow(network, leaving, 2 * people * dearest + 1)
        else:
            short = self._fill_but_for_the_least_shortage(network)
        free, rest = np.flatnonzero(self._vacant.free).tolist(), network.nodes - 1
        flows = network.cheapest({**dict.fromkeys(free, 1), rest - 1: short, rest: -len(free) - short})
        if flows is None:
            raise FlowError("no moves reach the least shortage")
        return flows[wishes]

    def _fill_but_for_the_least_shortage(self, network: Network) -> int:
        """Let every right have its floor, and nobody stand in for what stays short; return how much that is."""
        rights, rest = self._rights(), network.nodes - 1
        network.add(rights, rest, least=self._vacant.floor, most=self._vacant.room)
        network.add(rest - 1, rights, most=self._vacant.floor)
        network.add(np.flatnonzero(self._vacant.free & (self._at < 0)), rest, most=1)
        return self.remaining.bound

    def _fill_as_far_as_caps_allow(self, network: Network, leaving: int, worth: int) -> int:
        """Make each seat of a floor worth more than all else; nobody could stand in, for he would count in the cap."""
        seats, vacant, rights, rest = self._seats, self._vacant, self._rights(), network.nodes - 1
        first_cap = len(seats.people) + len(seats.options) + len(seats.rights)
        above, free = seats.above(first_cap, rest), np.flatnonzero(vacant.free)
        network.add(rights, above, most=vacant.floor, cost=-worth)
        network.add(rights, above, most=vacant.room - vacant.floor)
        network.add(first_cap + np.arange(len(seats.caps)), rest, most=vacant.cap_room)
        network.add(free, rest, most=1, cost=np.where(self._at[free] < 0, 0, leaving))
        return 0

    def _rights(self) -> Numbers:
        first = len(self._seats.people) + len(self._seats.options)
        return first + np.arange(len(self._seats.rights))
