"""Reads explanations back: whoever holds them all can work out the whole allocation, and see that they agree."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NAME = r'(?:"(?:[^"\\]|\\.)*"|[^\s"“”：；，。、（）/=]+)'
LABEL = rf"{NAME}(?:（{NAME}）)?"
CAP = rf"城市名额（{NAME}）"
PART = r"（其中\d+个用于区级调整）"
FACT = rf"(?:(?:总?名额|{CAP})\d+(?:已满(?:{PART})?，(?:录取线=[^；，。]+|无录取线)|，录取\d+))"
WISH = re.compile(rf"志愿(\d+) ({LABEL})：(?:(对方未接受)|({FACT}(?:；{FACT})*)(?:；位次为([^；，。]+))?)，(未?录取)。")
FACTS = re.compile(rf"(总?名额|{CAP})(\d+)(?:已满({PART})?，(?:录取线=([^；，。]+)|无录取线)|，录取(\d+))")
MOVED = re.compile(rf"区级调整：安排到({LABEL})(?:；计入({CAP}))?，事由：.+。", re.DOTALL)
KEPT = re.compile(rf"保留原安排：({LABEL})(?:；计入({CAP}))?，.+。", re.DOTALL)
NO_MOVE = "区级调整：无。"
NO_WISH = "没有志愿。"


class Contradiction(ValueError):
    """An explanation cannot be read, or disagrees with itself or with another."""


@dataclass(frozen=True)
class Fact:
    """What is said of the seats of one option, of all seats of its owner, or of those of the cap over that.

    `moved` are those that went to people who were moved, told where all are taken.
    """

    place: str
    seats: int
    is_full: bool
    line: tuple[int, ...] | None
    taken: int
    moved: int

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
    told = _Told()
    found = {name: told.outcome(name, text) for name, text in explanations.items()}
    taken = Counter(place for label in found.values() if label for place in told.within(label))
    to = [label for name, label in found.items() if label and MOVED.fullmatch(explanations[name])]
    moved = Counter(place for label in to for place in told.within(label))
    for fact in told.facts.values():
        if taken[fact.place] != fact.taken:
            raise Contradiction(f"{fact.place}：说录取 {fact.taken} 人，各人的说明合计 {taken[fact.place]} 人")
        if fact.is_full and moved[fact.place] != fact.moved:
            raise Contradiction(f"{fact.place}：说调整 {fact.moved} 人，各人的说明合计 {moved[fact.place]} 人")
    return found


class _Told:
    """What the explanations read so far say of seats, and under which cap they put each owner, empty for none."""

    def __init__(self) -> None:
        self.facts: dict[str, Fact] = {}
        self._over: dict[str, str] = {}

    def outcome(self, name: str, text: str) -> str | None:
        """Work out where a person goes."""
        pinned = MOVED.fullmatch(text) or KEPT.fullmatch(text)
        if pinned:
            self._put_under(name, pinned[1], _sum_of(pinned[2]) if pinned[2] else "")
            return pinned[1]
        if not text.endswith(NO_MOVE):
            raise Contradiction(f"{name}：读不懂“{text}”")
        told = text.removesuffix(NO_MOVE)
        return None if told == NO_WISH else self._first_granted(name, told)

    def within(self, label: str) -> set[str]:
        """Return the places in which somebody with this label takes a seat."""
        owner = _owner(label)
        return {label, owner, self._over.get(owner, "")} - {""}

    def _first_granted(self, name: str, told: str) -> str | None:
        at, before, granted = 0, 0, None
        while at < len(told):
            wish = WISH.match(told, at)
            if wish is None or int(wish[1]) < before or granted:
                raise Contradiction(f"{name}：读不懂“{told[at:]}”")
            if self._is_granted(name, wish):
                granted = wish[2]
            at, before = wish.end(), int(wish[1])
        return granted

    def _is_granted(self, name: str, wish: re.Match[str]) -> bool:
        """Work out whether a wish was granted; compare with what the text says of it and others say of its seats."""
        mine = _numbers(wish[5]) if wish[5] else None
        told = list(_facts(wish[2], wish[4])) if wish[4] else []
        for fact in told:
            if self.facts.setdefault(fact.place, fact) != fact:
                raise Contradiction(f"{name}：关于 {fact.place} 的说明与别人的不同")
        is_granted = bool(told) and all(fact.lets_in(mine) for fact in told)
        if is_granted != (wish[6] == "录取"):
            raise Contradiction(f"{name}：志愿{wish[1]} 的结论与录取线不符")
        cap = next((fact.place for fact in told if fact.place not in (wish[2], _owner(wish[2]))), "")
        if is_granted or cap:
            self._put_under(name, wish[2], cap)
        return is_granted

    def _put_under(self, name: str, label: str, cap: str) -> None:
        """Note under which cap a label stands: whoever has a seat is told of it, as is whom it turned away."""
        if self._over.setdefault(_owner(label), cap) != cap:
            raise Contradiction(f"{name}：{label} 计入的城市名额与别人的不同")


def _facts(label: str, told: str) -> Iterator[Fact]:
    for what, seats, moved, line, taken in FACTS.findall(told):
        place = {"名额": label, "总名额": _owner(label)}.get(what) or _sum_of(what)
        drawn = _numbers(line) if line else None
        yield Fact(place, int(seats), not taken, drawn, int(taken or seats), sum(_numbers(moved)))


def _sum_of(cap: str) -> str:
    """Return the place that a cap is: not to be taken for an option, whose name may read the same."""
    return f"{cap}合计"


def _owner(label: str) -> str:
    found = re.match(NAME, label)
    return found[0] if found else label


def _numbers(told: str) -> tuple[int, ...]:
    """Return the numbers of a standing, one for each part of it."""
    return tuple(int(number) for number in re.findall(r"\d+", told))
