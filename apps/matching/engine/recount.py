"""The checker's own reading of a market and its own way to what must come out; it shares nothing with the solver.

People ask in rounds, all at once, and each right keeps the best of all who ask: no heaps, no lines. What a market
needs is small: names, tiers and seats as they stand in the file.
"""

import hmac
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

Standing = tuple[int, int, int]
"""Tier, priority and lottery place at a right, each from 1, the lower the better."""


class Recount:
    """A market from the data of its file, with the pins and the seed of an output."""

    def __init__(self, market: Mapping[str, Any], pins: Mapping[str, Any], ties: str, seed: str) -> None:
        self.pins, self.ties = pins, ties
        self.projects: Mapping[str, Any] = market.get("projects", {})
        self.caps: Mapping[str, Any] = market.get("caps", {})
        parts = (market["right"], self.projects, self.caps)
        self.upper = {name: row["upper"] for part in parts for name, row in part.items()}
        self._over = {right: name for name, row in self.caps.items() for right in row["members"]}
        self.lower = {name: row.get("lower", 0) for name, row in market["right"].items()}
        listed = {name: _numbered(row["prefs"]) for name, row in market["right"].items()}
        wishes = {name: [_names(entry) for entry in row] for name, row in market["left"].items()}
        self.wishes = {
            name: [[each for each in tier if name in listed[self.owner(each)]] for tier in tiers]
            for name, tiers in wishes.items()
        }
        self.tier: dict[str, dict[str, int]] = {name: {} for name in listed}
        """The tiers, from 1, of people at each right, mutual listings alone."""
        for name, tiers in self.wishes.items():
            for owner in {self.owner(each) for tier in tiers for each in tier}:
                self.tier[owner][name] = listed[owner][name]
        self.place = _places(market["left"], seed)
        seekers = Counter(option for tiers in self.wishes.values() for tier in tiers for option in tier)
        self.crowding = {option: seekers[option] / max(self._room(option), 1) for option in seekers}

    def owner(self, option: str) -> str:
        """Return the right that has the seats of an option."""
        return self.projects[option]["owner"] if option in self.projects else option

    def within(self, option: str) -> tuple[str, ...]:
        """Return all whose seats an option takes: itself, its owner where that is another, the cap if any."""
        owner = self.owner(option)
        return tuple(dict.fromkeys((option, owner, self._over.get(owner, owner))))

    def standing(self, name: str, option: str, is_promoted: bool) -> Standing | None:
        """Return where a person stands at the owner of an option, None when he is not in its list."""
        tier = self.tier[self.owner(option)].get(name)
        return None if tier is None else (tier, 1 if is_promoted else 2, self.place[name])

    def in_turn(self, name: str) -> list[str]:
        """Return the wishes of a person in a row; of tied ones, that with fewest seekers for a seat first."""
        return [each for tier in self.wishes[name] for each in sorted(tier, key=lambda one: (self.crowding[one], one))]

    def left_after_pins(self) -> dict[str, int]:
        """Return the seats that pinned people leave."""
        held = Counter(each for pin in self.pins.values() for each in self.within(pin["to"]))
        return {name: upper - held[name] for name, upper in self.upper.items()}

    def settled(self) -> tuple[dict[str, str | None], set[str]]:
        """Return who must be where, and who asked a second time."""
        rounds = _Rounds(self)
        while rounds.waiting:
            rounds.ask()
        found: dict[str, str | None] = dict.fromkeys(self.wishes)
        found |= {name: option for group in rounds.held.values() for _, name, option in group}
        return found | {name: pin["to"] for name, pin in self.pins.items()}, rounds.promoted

    def least_shortage(self, pins: Mapping[str, Any]) -> int:
        """Return how many seats below the floors stay empty however the wishes are granted, with these pins."""
        fixed = Counter(each for pin in pins.values() for each in self.within(pin["to"]))
        needs = {name: max(0, lower - fixed[name]) for name, lower in self.lower.items()}
        limits = {**self.projects, **self.caps}
        filled = _Filling(self, needs | {name: row["upper"] - fixed[name] for name, row in limits.items()})
        people = [name for name in self.wishes if name not in pins]
        return sum(needs.values()) - sum(map(filled.seat, people)) if any(needs.values()) else 0

    def _room(self, option: str) -> int:
        return min(self.upper[each] for each in self.within(option))


class _Rounds:
    """Who is held where, and who waits to ask again."""

    def __init__(self, count: Recount) -> None:
        self._count = count
        self._room = count.left_after_pins()
        self.waiting = [name for name in count.wishes if name not in count.pins and any(count.wishes[name])]
        self.promoted: set[str] = set()
        self.held: dict[str, list[tuple[Standing, str, str]]] = {}
        """Whom each cap holds, and each right that stands under none."""
        self._lists = {name: count.in_turn(name) for name in self.waiting}
        self._asked = dict.fromkeys(self.waiting, 0)

    def ask(self) -> None:
        """Let all who wait ask for their next wish, and each right or cap refuse whom it has no seat for."""
        groups: dict[str, list[tuple[Standing, str, str]]] = {}
        for name in self.waiting:
            option = self._next(name)
            if option is not None:
                place = self._count.standing(name, option, name in self.promoted)
                assert place is not None  # wishes hold mutual listings alone
                groups.setdefault(self._count.within(option)[-1], []).append((place, name, option))
        self.waiting = [name for outermost, new in groups.items() for name in self._refused(outermost, new)]

    def _next(self, name: str) -> str | None:
        if self._asked[name] == len(self._lists[name]):
            if self._count.ties != "promotion" or name in self.promoted:
                return None
            self.promoted.add(name)
            self._asked[name] = 0
        self._asked[name] += 1
        return self._lists[name][self._asked[name] - 1]

    def _refused(self, outermost: str, new: list[tuple[Standing, str, str]]) -> Iterator[str]:
        """Keep the best at a right or a cap, within its seats and those of all inside it; yield the others."""
        left: dict[str, int] = {}
        kept = []
        for each in sorted([*self.held.get(outermost, ()), *new]):
            within = self._count.within(each[2])
            if all(left.setdefault(name, self._room[name]) > 0 for name in within):
                kept.append(each)
                for name in within:
                    left[name] -= 1
            else:
                yield each[1]
        self.held[outermost] = kept


class _Filling:
    """Seats filled by augmenting paths; nobody's order matters."""

    def __init__(self, count: Recount, room: Mapping[str, int]) -> None:
        self._count = count
        self._room = dict(room)
        self._inside: dict[str, set[str]] = {name: set() for name in room}
        self._at: dict[str, str] = {}
        self._closed: set[str] = set()
        """Options from which no free seat can be reached, for good."""

    def seat(self, name: str) -> bool:
        """Seat one more person if others can make room, and say whether they could."""
        reached: dict[str, tuple[str, str]] = {}
        queue = deque(self._reach(name, "", reached))
        while queue:
            option = queue.popleft()
            full = next((each for each in self._count.within(option) if not self._room[each]), None)
            if full is None:
                self._move(option, reached)
                return True
            for other in self._inside[full]:
                queue.extend(self._reach(other, option, reached))
        self._closed.update(reached)
        return False

    def _reach(self, name: str, after: str, reached: dict[str, tuple[str, str]]) -> Iterator[str]:
        """Yield where a person could go so that a seat of the option `after` gets free."""
        for tier in self._count.wishes[name]:
            for option in tier:
                if option not in reached and option not in self._closed:
                    reached[option] = (name, after)
                    yield option

    def _move(self, option: str, reached: Mapping[str, tuple[str, str]]) -> None:
        """Move everybody on the path, the last one first."""
        while option:
            name, after = reached[option]
            if name in self._at:
                for each in self._count.within(self._at[name]):
                    self._inside[each].discard(name)
                    self._room[each] += 1
            self._at[name] = option
            for each in self._count.within(option):
                self._inside[each].add(name)
                self._room[each] -= 1
            option = after


def _names(entry: Any) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry)


def _numbered(prefs: list[Any]) -> dict[str, int]:
    return {name: number for number, entry in enumerate(prefs, 1) for name in _names(entry)}


def _places(people: Mapping[str, Any], seed: str) -> dict[str, int]:
    numbers = {name: hmac.new(seed.encode(), name.encode(), "sha256").hexdigest() for name in people}
    return {name: place for place, name in enumerate(sorted(numbers, key=numbers.__getitem__), 1)}
