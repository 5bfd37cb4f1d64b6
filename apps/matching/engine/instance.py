"""A market: people and their wishes on the left, groups with seats on the right."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from apps.matching.engine.canonical import digest, encode

Tiers = Sequence[tuple[str, ...]]
"""Names in order of preference; names in one tier are tied. An empty tier stands where all of it was dropped."""

Matching = dict[str, str | None]
"""For each person the option: a project where the market has projects, else a right, or None; a pin may name either."""


class Strict(Sequence[tuple[str, ...]]):
    """Tiers of one name each, kept as numbers: four bytes for a name, and no name to be looked up again.

    `numbers` count in `roster`: all people, or all that can be wished for, in the order of the market.
    """

    __slots__ = ("numbers", "roster")

    def __init__(self, roster: Sequence[str], numbers: "array[int]") -> None:
        self.roster, self.numbers = roster, numbers

    def names(self) -> list[str]:
        """Return the names alone."""
        return list(map(self.roster.__getitem__, self.numbers))

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return zip(self.names(), strict=True)

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, k: Any) -> Any:
        return tuple(self)[k]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Strict | tuple) else NotImplemented


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
class Cap:
    """What several rights may hold together, as a city over its groups; no right stands under two.

    Who goes before whom is asked by the tiers of the rights, so a tier must mean the same at each of them.
    """

    members: tuple[str, ...]
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
    caps: Mapping[str, Cap] = field(default_factory=dict)
    one_sided: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    """For each person the wishes that were not answered: number of the tier, counted from 0, and option."""
    sha256: str = ""

    def owner(self, option: str) -> str:
        """Return the right that has the seats of an option."""
        return self.projects[option].owner if option in self.projects else option

    def within(self, option: str) -> tuple[str, ...]:
        """Return all whose seats an option takes, the innermost first: a project, its right, the cap over that."""
        owner = self.owner(option)
        own = (option,) if option == owner else (option, owner)
        return (*own, self.over[owner]) if owner in self.over else own

    @cached_property
    def over(self) -> Mapping[str, str]:
        """Return the cap over each right that stands under one."""
        return {member: name for name, cap in self.caps.items() for member in cap.members}

    def seats(self) -> dict[str, int]:
        """Return the seats of every right, project and cap."""
        rights = {name: right.upper for name, right in self.right.items()}
        projects = {name: project.upper for name, project in self.projects.items()}
        return rights | projects | {name: cap.upper for name, cap in self.caps.items()}


def build(
    left: Mapping[str, Tiers],
    right: Mapping[str, Right],
    projects: Mapping[str, Project] | None = None,
    pins: Mapping[str, Pin] | None = None,
    caps: Mapping[str, Cap] | None = None,
) -> Instance:
    """Make a market of lists as each side wrote them: keep the pairs that both listed.

    The names must be known and no list may repeat one; `reading` sees to that.
    """
    projects, pins, caps = projects or {}, pins or {}, caps or {}
    owners = {name: project.owner for name, project in projects.items()} or {name: name for name in right}
    refused, unsought = (dict.fromkeys(right, frozenset[str]()) for _ in range(2))
    if not _lists_all(left.values(), len(owners)) or not _lists_all((row.prefs for row in right.values()), len(left)):
        seekers = _seekers(left, owners, right)
        for name, group in right.items():
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
    sha256 = _digest(left, right, projects, pins, caps)
    return Instance(kept, groups, projects, pins, caps, one_sided, sha256)


def _lists_all(lists: Iterable[Tiers], number: int) -> bool:
    """Say whether all lists are strict and name everybody."""
    return all(isinstance(tiers, Strict) and len(tiers) == number for tiers in lists)


def _seekers(left: Mapping[str, Tiers], owners: Mapping[str, str], rights: Iterable[str]) -> dict[str, list[str]]:
    """Return who wishes for each right; nobody can for one that has no project where others have."""
    found: dict[str, list[str]] = {name: [] for name in rights}
    note = {option: found[owner].append for option, owner in owners.items()}
    for person, tiers in left.items():
        for option in chain.from_iterable(tiers):
            note[option](person)
    return found


def _without(tiers: Tiers, dropped: Collection[str]) -> Tiers:
    return tuple(tuple(name for name in tier if name not in dropped) for tier in tiers)


def _digest(
    left: Mapping[str, Tiers],
    right: Mapping[str, Right],
    projects: Mapping[str, Project],
    pins: Mapping[str, Pin],
    caps: Mapping[str, Cap],
) -> str:
    """Return the SHA-256 of a market as it was handed in: rows in any order, ties and members of a cap in any order.

    Without caps there is no word of them in the text.
    """
    people, options = (list(map(encode, names)) for names in (left, projects or right))
    parts: dict[str, Iterable[tuple[str, str]]] = {
        "left": ((name, _text(left[name], options)) for name in sorted(left)),
        "right": ((name, _text_of(right[name], people)) for name in sorted(right)),
        "projects": ((name, encode(asdict(projects[name]))) for name in sorted(projects)),
        "pins": ((name, encode(asdict(pins[name]))) for name in sorted(pins)),
    }
    return digest(parts | {"caps": ((name, _text_of_cap(caps[name])) for name in sorted(caps))} if caps else parts)


def _text_of_cap(cap: Cap) -> str:
    return encode({"members": sorted(cap.members), "upper": cap.upper})


def _text_of(right: Right, people: Sequence[str]) -> str:
    return f'{{"lower":{right.lower},"prefs":{_text(right.prefs, people)},"upper":{right.upper}}}'


def _text(tiers: Tiers, roster: Sequence[str]) -> str:
    """Write a list as canonical JSON, a tie of one as its name; `roster` holds the names as JSON writes them."""
    if isinstance(tiers, Strict):
        return f"[{','.join(map(roster.__getitem__, tiers.numbers))}]"
    return encode([tier[0] if len(tier) == 1 else sorted(tier) for tier in tiers])
