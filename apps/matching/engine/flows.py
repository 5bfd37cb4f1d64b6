"""A market as a flow: every wish an arc, every right with its room and its floor, caps behind them.

The least shortage and its proof.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.instance import Instance, Pin
from apps.matching.engine.network import Network, Numbers

Flags = NDArray[np.bool_]


class Seats:
    """People, options and rights by number; `who`, `what` and `rank` tell person, option and tier of each wish.

    People stand in the order given, which decides between flows that are equally good; options, rights and caps stand
    in the order of their names.
    """

    def __init__(self, instance: Instance, people: Sequence[str]) -> None:
        self.instance = instance
        self.people = tuple(people)
        self.options, self.rights = sorted(instance.projects or instance.right), sorted(instance.right)
        self.number = {name: number for number, name in enumerate(self.people)}
        self.option = {name: number for number, name in enumerate(self.options)}
        self.right = {name: number for number, name in enumerate(self.rights)}
        self.owner: Numbers = np.array([self.right[instance.owner(name)] for name in self.options], np.int64)
        self.caps = sorted(instance.caps)
        cap = {name: number for number, name in enumerate(self.caps)}
        over = [cap.get(instance.over.get(name, ""), len(self.caps)) for name in self.rights]
        self.cap: Numbers = np.array(over, np.int64)
        """The cap over each right, as many as there are where none is."""
        wishes = [
            (who, self.option[name], rank)
            for who, person in enumerate(self.people)
            for rank, tier in enumerate(instance.left[person])
            for name in sorted(tier)
        ]
        self.who, self.what, self.rank = np.array(wishes, np.int64).reshape(-1, 3).T

    def vacant(self, pins: Mapping[str, Pin]) -> "Vacant":
        """Return what pinned people leave to the others."""
        to = [pin.to for pin in pins.values()]
        held = Counter(each for name in to for each in self.instance.within(name))
        groups = [(self.instance.right[name], held[name]) for name in self.rights]
        in_option = Counter(to)
        projects = self.instance.projects
        return Vacant(
            free=~np.isin(np.arange(len(self.people)), self.numbers(pins)),
            room=np.array([group.upper - taken for group, taken in groups], np.int64),
            floor=np.array([max(0, group.lower - taken) for group, taken in groups], np.int64),
            option_room=np.array(
                [projects[name].upper - in_option[name] for name in self.options]
                if projects
                else [group.upper - taken for group, taken in groups],
                np.int64,
            ),
            cap_room=np.array([self.instance.caps[name].upper - held[name] for name in self.caps], np.int64),
        )

    def above(self, first_cap: int, beyond: int) -> Numbers:
        """Return the node into which each right leads: its cap, where the first has this node, or what lies beyond."""
        return np.append(first_cap + np.arange(len(self.caps)), beyond)[self.cap]

    def numbers(self, people: Iterable[str]) -> list[int]:
        """Return the numbers of people."""
        return [self.number[name] for name in people]


@dataclass(frozen=True)
class Vacant:
    """Who is not pinned, and the room and the floor that pinned people leave of each right, option and cap."""

    free: Flags
    room: Numbers
    floor: Numbers
    option_room: Numbers
    cap_room: Numbers


@dataclass(frozen=True)
class Shortage:
    """The least sum of empty seats below the floors, and its proof.

    The floors of `groups` ask, beside pinned people, for `bound` more than there are `people` and room in `projects`
    and `caps`: those of them that stand under none of these caps were else wished for through these projects alone.
    Without shortage all four are empty.
    """

    bound: int
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    caps: tuple[str, ...] = ()


def least_shortage(seats: Seats, vacant: Vacant, allowed: Flags) -> Shortage:
    """Find the least shortage over all assignments within the wishes allowed; the proof is a least cut."""
    people, options, rights, caps = map(len, (seats.people, seats.options, seats.rights, seats.caps))
    first_right, first_cap = people + options, people + options + rights
    source, sink = first_cap + caps, first_cap + caps + 1
    network = Network(sink + 1)
    network.add(source, np.flatnonzero(vacant.free), most=1)
    network.add(seats.who[allowed], people + seats.what[allowed], most=1)
    network.add(people + np.arange(options), first_right + seats.owner, most=vacant.option_room)
    network.add(first_right + np.arange(rights), seats.above(first_cap, sink), most=vacant.floor)
    network.add(first_cap + np.arange(caps), sink, most=_room_that_binds(seats, vacant))
    found = network.largest(source, sink)
    behind = np.isin(np.arange(network.nodes), sorted(found.behind))
    options_behind, caps_behind = behind[people:first_right], behind[first_cap:source]
    short = behind[first_right:first_cap]
    asked = np.unique(seats.who[allowed & vacant.free[seats.who] & options_behind[seats.what]])
    return Shortage(
        bound=int(vacant.floor.sum()) - found.value,
        groups=tuple(
            seats.rights[number] for number in np.flatnonzero(short | ~np.append(caps_behind, True)[seats.cap])
        ),
        people=tuple(sorted(seats.people[number] for number in asked)),
        projects=tuple(seats.options[number] for number in np.flatnonzero(short[seats.owner] & ~options_behind)),
        caps=tuple(seats.caps[number] for number in np.flatnonzero(~caps_behind)),
    )


def _room_that_binds(seats: Seats, vacant: Vacant) -> Numbers:
    """Return the room of each cap, endless where the floors under it do not ask for more."""
    asked = np.bincount(seats.cap, weights=vacant.floor, minlength=len(seats.caps) + 1)[:-1].astype(np.int64)
    return np.where(vacant.cap_room < asked, vacant.cap_room, asked + 1)


def shortage(instance: Instance) -> Shortage:
    """Find the least shortage that any assignment within wishes, seats and pins can reach, with its proof."""
    seats = Seats(instance, sorted(instance.left))
    return least_shortage(seats, seats.vacant(instance.pins), np.ones(len(seats.who), bool))


def shortage_bound(instance: Instance) -> int:
    """Return how many seats below the floors stay empty whatever is done within wishes, seats and pins."""
    return shortage(instance).bound
