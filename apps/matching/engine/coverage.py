"""What today's wishes can fill, looked at while the windows are open, so that counties can invite in time."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from apps.matching.engine.flows import Seats, Shortage, Vacant, least_shortage
from apps.matching.engine.instance import Instance
from apps.matching.engine.network import FlowError, Network, Numbers


def floor_of(villages: int, *, most_villages: int, fixed: int) -> int:
    """Return how many people a group must still get: each serves so many villages at most, some are there anyway."""
    if villages < 0 or most_villages < 1 or fixed < 0:
        raise ValueError("villages and fixed people are counted from 0, villages of one person from 1")
    return max(0, -(-villages // most_villages) - fixed)


@dataclass(frozen=True)
class Short:
    """A group that stays short: of its floor, pinned people apart, with so many wishes, `missing` stay empty.

    So many more wishes fill it, when they come from people whose other wishes nobody waits for, and no cap is in the
    way: what a cap holds back, no invitation fills.
    """

    group: str
    floor: int
    wishes: int
    missing: int


@dataclass(frozen=True)
class Outlook:
    """All groups that stay short, and the proof that no assignment of today's wishes does better."""

    groups: tuple[Short, ...]
    proof: Shortage


def outlook(instance: Instance) -> Outlook:
    """Tell which groups stay short with today's wishes; what cannot be filled is spread as evenly as it can be."""
    seats = Seats(instance, sorted(instance.left))
    vacant = seats.vacant(instance.pins)
    proof = least_shortage(seats, vacant, np.ones(len(seats.who), bool))
    missing = _evenly_missing(seats, vacant) if proof.bound else np.zeros_like(vacant.floor)
    free = vacant.free[seats.who]
    wished = zip(seats.who[free].tolist(), seats.owner[seats.what[free]].tolist(), strict=True)
    seekers = Counter(right for _, right in set(wished))
    groups = (
        Short(seats.rights[right], int(vacant.floor[right]), seekers[right], int(missing[right]))
        for right in np.flatnonzero(missing).tolist()
    )
    return Outlook(tuple(groups), proof)


def _evenly_missing(seats: Seats, vacant: Vacant) -> Numbers:
    """Return what each right misses when as many seats as can be are filled, the emptiest rights first.

    The k-th empty seat of a right costs k, hence one right that misses much costs more than two that miss half.
    """
    people, options, rights, caps = map(len, (seats.people, seats.options, seats.rights, seats.caps))
    free = np.flatnonzero(vacant.free)
    first_right, first_cap, rest = people + options, people + options + rights, people + options + rights + caps
    seat_of = np.repeat(np.arange(rights), vacant.floor)
    still_empty = np.concatenate([np.arange(floor, 0, -1) for floor in vacant.floor])
    network = Network(rest + 1)
    network.add(free, rest, most=1)
    network.add(seats.who, people + seats.what, most=vacant.free[seats.who])
    network.add(people + np.arange(options), first_right + seats.owner, most=vacant.option_room)
    filled = network.add(first_right + seat_of, seats.above(first_cap, rest)[seat_of], most=1, cost=-still_empty)
    network.add(first_cap + np.arange(caps), rest, most=vacant.cap_room)
    flows = network.cheapest({**dict.fromkeys(free.tolist(), 1), rest: -len(free)})
    if flows is None:
        raise FlowError("people can always go without a seat")
    return vacant.floor - np.bincount(seat_of, weights=flows[filled], minlength=rights).astype(np.int64)
