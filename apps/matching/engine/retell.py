"""Reads explanations back: whoever holds them all can work out the whole allocation, and see that they agree."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NAME = r'(?:"(?:[^"\\]|\\.)*"|[^\s"“”：；，。、（）/=]+)'
LABEL = rf"{NAME}(?:（{NAME}）)?"
FACT = r"(?:总?名额\d+(?:已满，(?:录取线=[^；，。]+|无录取线)|，录取\d+))"
WISH = re.compile(rf"志愿(\d+) ({LABEL})：(?:(对方未接受)|({FACT}(?:；{FACT})*)(?:；您为([^；，。]+))?)，(未?录取)。")
FACTS = re.compile(r"(总?名额)(\d+)(?:已满，(?:录取线=([^；，。]+)|无录取线)|，录取(\d+))")
MOVED = re.compile(rf"区级调整：安排到({LABEL})，事由：.+。", re.DOTALL)
KEPT = re.compile(rf"保留原安排：({LABEL})，.+。", re.DOTALL)
NO_MOVE = "区级调整：无。"
NO_WISH = "没有志愿。"


class Contradiction(ValueError):
    """An explanation cannot be read, or disagrees with itself or with another."""


@dataclass(frozen=True)
class Fact:
    """What is said of the seats of one option, or of all seats of its owner."""

    place: str
    seats: int
    is_full: bool
    line: tuple[int, ...] | None
    taken: int

    def lets_in(self, mine: tuple[int, ...] | None) -> bool:
        """Say whether somebody with this standing, told as far as needed, is let in."""
        if not self.is_full:
            return True
        if self.line is None:
            return False
        if mine is None or (mine == self.line[: len(mine)] and len(mine) < len(self.line)):
            raise Contradiction(f"{self.place}：没有说明名次，看不出是否达到录取线")
        return mine <= self.line[: len(mine)]


def retell(explanations: Mapping[str, str]) -> dict[str, str | None]:
    """Work out from the explanations of all people where each goes; raise Contradiction where they disagree.

    What a text concludes is not believed but worked out from seats, lines and standings, and compared.
    """
    facts: dict[str, Fact] = {}
    found = {name: _outcome(name, text, facts) for name, text in explanations.items()}
    taken = Counter(place for label in found.values() if label for place in {label, _owner(label)})
    for fact in facts.values():
        if taken[fact.place] != fact.taken:
            raise Contradiction(f"{fact.place}：说录取 {fact.taken} 人，各人的说明合计 {taken[fact.place]} 人")
    return found


def _outcome(name: str, text: str, facts: dict[str, Fact]) -> str | None:
    pinned = MOVED.fullmatch(text) or KEPT.fullmatch(text)
    if pinned:
        return pinned[1]
    if not text.endswith(NO_MOVE):
        raise Contradiction(f"{name}：读不懂“{text}”")
    told = text.removesuffix(NO_MOVE)
    return None if told == NO_WISH else _first_granted(name, told, facts)


def _first_granted(name: str, told: str, facts: dict[str, Fact]) -> str | None:
    at, before, granted = 0, 0, None
    while at < len(told):
        wish = WISH.match(told, at)
        if wish is None or int(wish[1]) < before or granted:
            raise Contradiction(f"{name}：读不懂“{told[at:]}”")
        if _is_granted(name, wish, facts):
            granted = wish[2]
        at, before = wish.end(), int(wish[1])
    return granted


def _is_granted(name: str, wish: re.Match[str], facts: dict[str, Fact]) -> bool:
    """Work out whether a wish was granted, and compare with what the text says of it and others say of its seats."""
    mine = _numbers(wish[5]) if wish[5] else None
    told = list(_facts(wish[2], wish[4])) if wish[4] else []
    for fact in told:
        if facts.setdefault(fact.place, fact) != fact:
            raise Contradiction(f"{name}：关于 {fact.place} 的说明与别人的不同")
    is_granted = bool(told) and all(fact.lets_in(mine) for fact in told)
    if is_granted != (wish[6] == "录取"):
        raise Contradiction(f"{name}：志愿{wish[1]} 的结论与录取线不符")
    return is_granted


def _facts(label: str, told: str) -> Iterator[Fact]:
    for what, seats, line, taken in FACTS.findall(told):
        place = label if what == "名额" else _owner(label)
        yield Fact(place, int(seats), not taken, _numbers(line) if line else None, int(taken or seats))


def _owner(label: str) -> str:
    found = re.match(NAME, label)
    return found[0] if found else label


def _numbers(told: str) -> tuple[int, ...]:
    """Return the numbers of a standing, one for each part of it."""
    return tuple(int(number) for number in re.findall(r"\d+", told))
