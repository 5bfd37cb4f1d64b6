"""Every matching of a small market, one after the other, and what makes one stable, by the definitions alone.

What projects, rights and caps take of all who are theirs, is by definition the greedy choice: the best first, each as
long as there is room at every level. A pair blocks whose seat that choice would take beside all that are held.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from apps.matching.engine.instance import Instance, Matching, Tiers

Ranks = Mapping[str, Mapping[str, int]]


def ranks_of_tiers(instance: Instance) -> tuple[Ranks, Ranks]:
    """Rank both sides as they wrote it, ties and all."""
    left = {name: _ranks(tiers) for name, tiers in instance.left.items()}
    return left, {name: _ranks(group.prefs) for name, group in instance.right.items()}


def ranks_in_order(instance: Instance, asked: Mapping[str, list[str]], drawn: list[str]) -> tuple[Ranks, Ranks]:
    """Rank the left as it asks and the right by tier, then lottery: no ties are left."""
    place = {name: n for n, name in enumerate(drawn)}
    left = {name: {option: n for n, option in enumerate(its)} for name, its in asked.items()}
    right = {
        name: {person: tier * len(place) + place[person] for person, tier in _ranks(group.prefs).items()}
        for name, group in instance.right.items()
    }
    return left, right


def _ranks(tiers: Tiers) -> dict[str, int]:
    return {name: tier for tier, names in enumerate(tiers) for name in names}


def stable_matchings(instance: Instance, left: Ranks, right: Ranks) -> Iterator[Matching]:
    """Yield every feasible matching in which no pair without a pin blocks."""
    choices = [
        [instance.pins[name].to] if name in instance.pins else [*left[name], None] for name in instance.left
    ]  # fmt: skip
    for chosen in product(*choices):
        matching = dict(zip(instance.left, chosen, strict=True))
        if is_feasible(instance, matching) and not any(blocking(instance, matching, left, right)):
            yield matching


def best_of(name: str, every: list[Matching], left: Ranks) -> str | None:
    """Return the best that a person has in any of these matchings."""
    return min((each[name] for each in every), key=lambda at: left[name].get(at or "", len(left[name])))


def is_feasible(instance: Instance, matching: Matching) -> bool:
    """Say whether nothing holds more than its seats."""
    taken = Counter(each for at in matching.values() if at is not None for each in levels(instance, at))
    return all(taken[name] <= upper for name, upper in uppers(instance).items())


def uppers(instance: Instance) -> dict[str, int]:
    """Return the seats of all rights, projects and caps."""
    parts: list[Mapping[str, Any]] = [instance.right, instance.projects, instance.caps]
    return {name: row.upper for part in parts for name, row in part.items()}


def levels(instance: Instance, option: str) -> set[str]:
    """Return all in which somebody with this option takes a seat."""
    owner = instance.owner(option)
    return {option, owner} | {name for name, cap in instance.caps.items() if owner in cap.members}


def blocking(instance: Instance, matching: Matching, left: Ranks, right: Ranks) -> Iterator[tuple[str, str]]:
    """Yield blocking pairs, in which pinned people neither go nor give way.

    Without caps these are those of Abraham, Irving and Manlove 2007.
    """
    for name in instance.left:
        had = matching[name]
        for option, rank in left[name].items():
            wants = had is None or rank < left[name].get(had, rank)
            if name not in instance.pins and wants and _would_take(instance, matching, right, name, option):
                yield name, option


def _would_take(instance: Instance, matching: Matching, right: Ranks, name: str, option: str) -> bool:
    """Say whether the choice takes a further seat: after those of equal rank, but for the person's own, which he gives.

    He then has two seats for a moment, as when he is offered one more.
    """
    seats = [
        (right[instance.owner(at)][other], 2 if other == name else 0, other, at)
        for other, at in matching.items()
        if at is not None and other not in instance.pins
    ]
    wanted = (right[instance.owner(option)][name], 1, name, option)
    left = Counter(uppers(instance))
    left.subtract(each for pin in instance.pins.values() for each in levels(instance, pin.to))
    for seat in sorted([*seats, wanted]):
        if all(left[each] > 0 for each in levels(instance, seat[3])):
            left.subtract(levels(instance, seat[3]))
            if seat == wanted:
                return True
    return False
