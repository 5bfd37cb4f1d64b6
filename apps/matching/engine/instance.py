"""A market: people and their wishes on the left, groups with seats on the right."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain
from typing import Any

from apps.matching.engine.canonical import digest

Tiers = tuple[tuple[str, ...], ...]
"""Names in order of preference; names in one tier are tied. An empty tier stands where all of it was dropped."""

Matching = dict[str, str | None]
"""For each person the option: a project where the market has projects, else a right, or None; a pin may name either."""


@dataclass(frozen=True, slots=True)
class Right:
    """A group with at most `upper` and, if it can be, at least `lower` seats taken, and its order of people."""

    upper: int
    lower: int
    prefs: Tiers


@dataclass(frozen=True, slots=True)
class Project:
    """A part of its owner's seats with a limit of its own."""

    owner: str
    upper: int


@dataclass(frozen=True, slots=True)
class Pin:
    """Where a person was put beforehand, and why; he takes a seat there and leaves the market."""

    to: str
    reason: str


@dataclass(frozen=True)
class Instance:
    """A market whose lists hold mutually listed pairs alone; what one side alone listed is in `one_sided`.

    A tier keeps its number when names are dropped from it, so the wish numbered k is tier k - 1.
    `sha256` is that of the whole input, whatever pins are added later.
    """

    left: Mapping[str, Tiers]
    right: Mapping[str, Right]
    projects: Mapping[str, Project] = field(default_factory=dict)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    one_sided: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """For each person the wishes that were not answered: number of the tier, counted from 0, and option."""
    sha256: str = ""

    def owner(self, option: str) -> str:
        """Return the right that has the seats of an option."""
        return self.projects[option].owner if option in self.projects else option


def build(
    left: Mapping[str, Tiers],
    right: Mapping[str, Right],
    projects: Mapping[str, Project] | None = None,
    pins: Mapping[str, Pin] | None = None,
) -> Instance:
    """Make a market of lists as each side wrote them: keep the pairs that both listed.

    The names must be known and no list may repeat one; `reading` sees to that.
    """
    projects, pins = projects or {}, pins or {}
    owners = {name: project.owner for name, project in projects.items()} or {name: name for name in right}
    seekers: dict[str, list[str]] = {name: [] for name in right}
    note = {option: seekers[owner].append for option, owner in owners.items()}
    for person, tiers in left.items():
        for option in chain.from_iterable(tiers):
            note[option](person)
    refused, unsought = (dict.fromkeys(right, frozenset[str]()) for _ in range(2))
    for name, group in right.items():
        if not projects and len(seekers[name]) == len(left) == sum(map(len, group.prefs)):
            continue  # everybody on both sides
        wanted, listed = frozenset(seekers[name]), frozenset(chain.from_iterable(group.prefs))
        refused[name], unsought[name] = wanted - listed, listed - wanted
    kept = dict(left)
    one_sided = {}
    for person in set().union(*refused.values()):
        dropped = [(k, each) for k, tier in enumerate(left[person]) for each in tier if person in refused[owners[each]]]
        one_sided[person] = tuple(dropped)
        kept[person] = _without(left[person], {option for _, option in dropped})
    groups = {
        name: Right(group.upper, group.lower, _without(group.prefs, unsought[name])) if unsought[name] else group
        for name, group in right.items()
    }
    return Instance(kept, groups, projects, pins, one_sided, _digest(left, right, projects, pins))


def _without(tiers: Tiers, dropped: Collection[str]) -> Tiers:
    return tuple(tuple(name for name in tier if name not in dropped) for tier in tiers)


def _digest(
    left: Mapping[str, Tiers], right: Mapping[str, Right], projects: Mapping[str, Project], pins: Mapping[str, Pin]
) -> str:
    """Return the SHA-256 of a market as it was handed in: rows in any order, ties in any order."""
    groups = ((name, right[name]) for name in sorted(right))
    return digest(
        {
            "left": ((name, _plain(left[name])) for name in sorted(left)),
            "right": ((name, {"upper": g.upper, "lower": g.lower, "prefs": _plain(g.prefs)}) for name, g in groups),
            "projects": ((name, asdict(projects[name])) for name in sorted(projects)),
            "pins": ((name, asdict(pins[name])) for name in sorted(pins)),
        }
    )


def _plain(tiers: Tiers) -> list[Any]:
    """Return a list as it is written, a tie of one as its name; at once where nothing is tied."""
    names = list(chain.from_iterable(tiers))
    return names if len(names) == len(tiers) else [tier[0] if len(tier) == 1 else sorted(tier) for tier in tiers]
