"""Every matching of a small market, one after the other, and what makes one stable, by the definitions alone."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product

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
    taken = _taken(instance, matching)
    uppers = {name: row.upper for part in (instance.right, instance.projects) for name, row in part.items()}
    return all(taken[name] <= upper for name, upper in uppers.items())


def blocking(instance: Instance, matching: Matching, left: Ranks, right: Ranks) -> Iterator[tuple[str, str]]:
    """Yield blocking pairs as in Abraham, Irving and Manlove 2007, in which pinned people neither go nor give way."""
    taken = _taken(instance, matching)
    for name in instance.left:
        had = matching[name]
        for option, rank in left[name].items():
            wants = had is None or rank < left[name].get(had, rank)
            if name not in instance.pins and wants and _would_take(instance, matching, right, name, option, taken):
                yield name, option


def _would_take(
    instance: Instance, matching: Matching, right: Ranks, name: str, option: str, taken: Counter[str]
) -> bool:
    owner = instance.owner(option)
    ranks = right[owner]
    movable = {other: at for other, at in matching.items() if at is not None and other not in instance.pins}
    here = [ranks[other] for other, at in movable.items() if at == option]
    with_owner = [ranks[other] for other, at in movable.items() if instance.owner(at) == owner]
    if option in instance.projects and taken[option] >= instance.projects[option].upper:
        return any(ranks[name] < other for other in here)
    if taken[owner] < instance.right[owner].upper:
        return True
    had = matching[name]
    is_inside = had is not None and option in instance.projects and instance.owner(had) == owner
    return is_inside or any(ranks[name] < other for other in with_owner)


def _taken(instance: Instance, matching: Matching) -> Counter[str]:
    return Counter(each for at in matching.values() if at is not None for each in {at, instance.owner(at)})
