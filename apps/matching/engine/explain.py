"""Why somebody got what he got, said from the certificate; `retell` reads the sentences back.

Officers, the public and the person himself read the same lines, so none of them is spoken to: the page of the person
says in its own words whom they are about.

志愿1 甲县（柑橘）：名额90已满（其中1个用于区级调整），录取线=第2层/摇号0412；位次为第3层，未录取。
志愿2 乙县：名额60，录取58；城市名额（丙市）200，录取190，录取。区级调整：无。
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from apps.matching.engine.certificate import Certificate, Standing, standing
from apps.matching.engine.propose import Allocation, Ties

NO_MOVE = "区级调整：无。"
MOVED = "区级调整：安排到"
KEPT = "保留原安排："
STANDING_AT = "位次为"
BARE = re.compile(r"[^\s\"“”：；，。、（）/=]+")
DIGITS = 4


def digits_of(people: int) -> int:
    """Return with how many digits places in the lottery of so many people are written."""
    return max(DIGITS, len(str(people)))


@dataclass(frozen=True)
class Words:
    """How names and tiers are called: names by name, tiers from the first, parts apart by a stroke.

    `tiers` are those of a right, or of a cap for all rights under it. `kept` are the pinned people who were
    not moved, but keep what an earlier allocation gave them.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    tiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kept: Collection[str] = frozenset()


class Explainer:
    """Says of an allocation why; its certificate must be that of the allocation."""

    def __init__(
        self, allocation: Allocation, certificate: Certificate, ties: Ties, words: Words | None = None
    ) -> None:
        self._allocation, self._certificate, self._ties = allocation, certificate, ties
        self._words = words or Words()
        self._numbered = allocation.numbered
        self._instance = allocation.numbered.instance
        self._seats = self._instance.seats()
        self._digits = digits_of(len(self._numbered.people))
        moved = (pin for name, pin in self._instance.pins.items() if name not in self._words.kept)
        self._moved = Counter(each for pin in moved for each in self._instance.within(pin.to))

    def of_person(self, name: str) -> str:
        """Say why a person got his option, or none."""
        if name in self._instance.pins:
            pin = self._instance.pins[name]
            over = self._instance.over.get(self._instance.owner(pin.to))
            to = f"{self.label(pin.to)}；计入{self._cap(over)}" if over else self.label(pin.to)
            if name in self._words.kept:
                return f"{KEPT}{to}，{pin.reason}。"
            return f"{MOVED}{to}，事由：{pin.reason}。"
        told = "".join(self._wishes(name)) or "没有志愿。"
        return f"{told}{NO_MOVE}"

    def of_right(self, name: str) -> str:
        """Say who was taken at a right and who was refused, each with his standing."""
        here = {option for option in self._numbered.names if self._instance.owner(option) == name} | {name}
        taken, refused = [], []
        for i, person in enumerate(self._numbered.people):
            had = self._allocation.matching[person]
            if had in here:
                taken.append(self._in_brief(i, person, name))
            elif person not in self._instance.pins and here & set(self._asked(i, had)):
                refused.append(self._in_brief(i, person, name))
        told = f"{self.label(name)}：{'；'.join(self._fact(*each) for each in self._levels(name))}。"
        return f"{told}录取：{'、'.join(taken) or '无'}。未录取：{'、'.join(refused) or '无'}。"

    def of_cap(self, name: str) -> str:
        """Say how far a cap is filled, and by which of the rights under it."""
        members = sorted(self._instance.caps[name].members)
        taken = "、".join(f"{self.label(each)} {self._certificate.taken[each]}人" for each in members)
        return f"{self._fact(name, self._cap(name))}。录取：{taken}。"

    def label(self, option: str) -> str:
        """Return how an option is called; a project with its owner before it."""
        owner = self._instance.owner(option)
        project = f"（{self._name(option)}）" if option != owner else ""
        return f"{self._name(owner)}{project}"

    def _wishes(self, name: str) -> Iterator[str]:
        """Yield a sentence for each wish, up to the one that was granted."""
        i, had = self._numbered.number[name], self._allocation.matching[name]
        asked = list(self._asked(i, had)) + ([had] if had is not None else [])
        ranks = {option: rank for rank, tier in enumerate(self._instance.left[name]) for option in tier}
        told = [(ranks[option], n, option) for n, option in enumerate(asked)]
        told += [(rank, -1, option) for rank, option in self._instance.one_sided.get(name, ())]
        for rank, n, option in sorted(told):
            if had is None or rank <= ranks[had]:
                said = self._verdict(i, option, had) if n >= 0 else "对方未接受，未录取"
                yield f"志愿{rank + 1} {self.label(option)}：{said}。"

    def _asked(self, i: int, had: str | None) -> Iterator[str]:
        """Yield the options that a person asked in vain."""
        for option in self._numbered.wishes[i]:
            if self._numbered.names[option] == had:
                return
            yield self._numbered.names[option]

    def _verdict(self, i: int, option: str, had: str | None) -> str:
        owner = self._instance.owner(option)
        place = standing(self._allocation, i, owner)
        within = self._levels(option)
        if option != had:
            within = [(name, what) for name, what in within if not self._reaches(place, name)][:1]
        facts = "；".join(self._fact(name, what) for name, what in within)
        lines = [self._certificate.cutoffs.get(name) for name, _ in within]
        mine = self._just_enough(owner, place, [line for line in lines if line is not None])
        return f"{facts}{f'；{STANDING_AT}{mine}' if mine else ''}，{'录取' if option == had else '未录取'}"

    def _levels(self, option: str) -> list[tuple[str, str]]:
        """Return all whose seats an option takes, the innermost first, and what these seats are called."""
        owner = self._instance.owner(option)
        called = {option: "名额"} if option == owner else {option: "名额", owner: "总名额"}
        return [(name, called.get(name) or self._cap(name)) for name in self._instance.within(option)]

    def _cap(self, name: str) -> str:
        return f"城市名额（{self._name(name)}）"

    def _reaches(self, place: Standing | None, name: str) -> bool:
        cutoffs = self._certificate.cutoffs
        line = cutoffs.get(name)
        return name not in cutoffs or (place is not None and line is not None and place <= line)

    def _fact(self, name: str, what: str) -> str:
        upper = self._seats[name]
        if name not in self._certificate.cutoffs:
            return f"{what}{upper}，录取{self._certificate.taken[name]}"
        line = self._certificate.cutoffs[name]
        drawn = f"录取线={'/'.join(self._parts(self._instance.owner(name), line))}" if line else "无录取线"
        moved = f"（其中{self._moved[name]}个用于区级调整）" if self._moved[name] else ""
        return f"{what}{upper}已满{moved}，{drawn}"

    def _just_enough(self, owner: str, place: Standing | None, lines: Sequence[Standing]) -> str:
        """Say a standing only as far as it takes to see on which side of the lines it is."""
        if place is None or not lines:
            return ""
        mine = self._parts(owner, place)
        needed = max(_first_difference(mine, self._parts(owner, line)) for line in lines)
        return "/".join(mine[:needed])

    def _parts(self, owner: str, place: Standing) -> list[str]:
        tiers = self._words.tiers.get(self._instance.over.get(owner, owner))
        tier = tiers[place.tier - 1].split("/") if tiers else [f"第{place.tier}层"]
        priority = [f"优先{place.priority}"] if self._ties is Ties.PROMOTION else []
        return [*tier, *priority, f"摇号{place.lottery:0{self._digits}}"]

    def _in_brief(self, i: int, person: str, right: str) -> str:
        place = standing(self._allocation, i, right)
        told = "/".join(self._parts(right, place)) if place else "名单之外"
        return f"{self._name(person)}（{told}{self._pinned(person)}）"

    def _pinned(self, person: str) -> str:
        if person not in self._instance.pins:
            return ""
        return "，保留原安排" if person in self._words.kept else "，预先安排"

    def _name(self, name: str) -> str:
        called = self._words.names.get(name, name)
        return called if BARE.fullmatch(called) else json.dumps(called, ensure_ascii=False)


def _first_difference(mine: Sequence[str], other: Sequence[str]) -> int:
    """Return how many parts it takes to tell two standings apart, all where they are one."""
    return next((n for n, pair in enumerate(zip(mine, other, strict=False), 1) if pair[0] != pair[1]), len(mine))
