"""A market in numbers: people by their place in the lottery, options in order of name, tiers in tables."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count

from apps.matching.engine.instance import Instance, Strict, Tiers
from apps.matching.engine.lottery import drawn

DENSE = 8
"""A table is an array when at least one person in so many is in it, else a dict."""


class Numbered:
    """What both the allocation and its certificate look up again and again.

    Of option o: `names[o]`, `owners[o]` its right, `tiers[o]` the tier of each person in its right's order.
    `wishes[i]` are the options of person i in the order in which he asks for them.
    """

    def __init__(self, instance: Instance, seed: str) -> None:
        self.instance = instance
        self.people = drawn(instance.left, seed)
        self.number = {name: i for i, name in enumerate(self.people)}
        self.names = sorted(instance.projects or instance.right)
        self.option = {name: o for o, name in enumerate(self.names)}
        self.owners = [instance.owner(name) for name in self.names]
        self._of_roster = list(map(self.number.__getitem__, instance.left))
        self._tables = {name: self._table(group.prefs) for name, group in instance.right.items()}
        self.tiers = [self._tables[owner] for owner in self.owners]
        crowding = _crowding(instance) if _left_is_tied(instance) else {}
        options = list(map(self.option.__getitem__, instance.projects or instance.right))
        self.wishes = [self._asked(instance.left[name], options, crowding) for name in self.people]

    def tier(self, right: str, i: int) -> int | None:
        """Return the tier, from 0, of person i in the order of a right, or None when he is not in it."""
        table = self._tables[right]
        tier = table[i] if isinstance(table, array) else table.get(i, -1)
        return tier if tier >= 0 else None

    def _asked(self, tiers: Tiers, options: Sequence[int], crowding: Mapping[str, float]) -> tuple[int, ...]:
        if isinstance(tiers, Strict):
            return tuple(map(options.__getitem__, tiers.numbers))
        return tuple(map(self.option.__getitem__, _in_turn(tiers, crowding)))

    def _table(self, prefs: Tiers) -> "array[int] | dict[int, int]":
        """Map people to their tiers; in an array, -1 stands for whoever is not in the list."""
        placed = self._tiers_of(prefs)
        number = len(prefs) if isinstance(prefs, Strict) else sum(map(len, prefs))
        if number * DENSE < len(self.people):
            return dict(placed)
        table = array("i", [-1]) * len(self.people)
        for i, tier in placed:
            table[i] = tier
        return table

    def _tiers_of(self, prefs: Tiers) -> Iterable[tuple[int, int]]:
        """Return the number of each person in a list with that of his tier."""
        if isinstance(prefs, Strict):
            return zip(map(self._of_roster.__getitem__, prefs.numbers), count(), strict=False)
        return ((self.number[name], tier) for tier, names in enumerate(prefs) for name in names)


def _left_is_tied(instance: Instance) -> bool:
    return any(len(tier) > 1 for tiers in instance.left.values() if not isinstance(tiers, Strict) for tier in tiers)


def _crowding(instance: Instance) -> dict[str, float]:
    """Return how many people seek each seat of an option."""
    seekers = Counter(chain.from_iterable(chain.from_iterable(instance.left.values())))
    seats = instance.seats()
    least = {name: min(seats[each] for each in instance.within(name)) for name in seekers}
    return {name: seekers[name] / max(least[name], 1) for name in seekers}


def _in_turn(tiers: Tiers, crowding: Mapping[str, float]) -> list[str]:
    """Put tied wishes in a row: the one that fewest people seek for a seat comes first."""
    if not crowding:
        return list(chain.from_iterable(tiers))
    return [name for tier in tiers for name in sorted(tier, key=lambda name: (crowding[name], name))]
