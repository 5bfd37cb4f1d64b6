"""Reading a market from data: everything that is wrong with it is found at once, each with its place in the file."""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

from apps.matching.engine.instance import Cap, Instance, Pin, Project, Right, Strict, Tiers, build
from apps.matching.engine.parsing import (
    MOST_FAULTS,
    MOST_SEATS,
    Fault,
    Malformed,
    Names,
    decoded,
    is_writable,
    parse,
    parse_report,
    shown,
)

__all__ = ["MOST_FAULTS", "Fault", "Malformed", "decoded", "is_writable", "of", "parse", "parse_report", "read"]

PARTS = ("left", "right", "projects", "pins", "caps")


def read(text: str) -> Instance:
    """Read a market from the text of a file; raise Malformed with all that is wrong."""
    data = parse(text)
    del text  # a large one need not lie beside what is made of it
    return of(data)


def of(data: Any) -> Instance:
    """Read a market from parsed JSON; raise Malformed with all that is wrong."""
    reader = _Reader()
    instance = reader.market(data)
    if reader.faults or instance is None:
        raise Malformed(reader.faults)
    return instance


class _Roster(dict[str, int]):
    """Names with their numbers; for lists with ties, one tier of each name alone."""

    def __init__(self, rows: Iterable[str]) -> None:
        self.names = tuple(rows)
        self._of_file: tuple[Sequence[str], list[int]] | None = None
        super().__init__(zip(self.names, count(), strict=False))

    def numbers_of(self, row: Sequence[Any]) -> "array[int]":
        """Return the numbers of the names in a list; raise LookupError, OverflowError or TypeError for what is none."""
        if isinstance(row, Names):
            return array("I", map(self._translated(row.known).__getitem__, row.numbers))
        return array("I", map(self.__getitem__, row))

    def _translated(self, known: Sequence[str]) -> list[int]:
        """Return the number here of each name of a file, -1 where it is not here."""
        if self._of_file is None or self._of_file[0] is not known:
            self._of_file = known, [self.get(name, -1) for name in known]
        return self._of_file[1]

    @cached_property
    def single(self) -> dict[str, tuple[str]]:
        return {name: (name,) for name in self.names}


class _Reader:
    """Collects what is wrong while it reads; what it returns counts only when nothing was."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def market(self, data: Any) -> Instance | None:
        """Read the whole."""
        if not self._is_object(data, "文件", PARTS, wanted=PARTS[:2]):
            return None
        left, right, projects, pins, caps = (self._rows(data.get(part, {}), part) for part in PARTS)
        people, groups, parts = map(_Roster, (left, right, projects))
        self._apart("projects", parts, {"名额方": groups})
        self._apart("caps", caps, {"名额方": groups, "项目": parts})
        caps_read = self._caps(caps, groups)
        capped = {member for cap in caps_read.values() for member in cap.members}
        options, kind = (parts, "项目（projects）") if parts else (groups, "名额方（right）")
        wishes = {
            name: self._tiers(row, options, f"left.{shown(name)}", kind) for name, row in left.items()
        }  # fmt: skip
        groups_read = {
            name: self._right(row, people, f"right.{shown(name)}", has_gaps=name in capped)
            for name, row in right.items()
        }
        projects_read = {name: self._project(row, groups, f"projects.{shown(name)}") for name, row in projects.items()}
        pins_read = {name: self._pin(name, row, people, _Roster([*groups, *parts])) for name, row in pins.items()}
        if self.faults:
            return None
        market = build(wishes, groups_read, projects_read, pins_read, caps_read)
        self._seats(market)
        return None if self.faults else market

    def _say(self, place: str, what: str, remedy: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(place, what, remedy))

    def _is_object(self, data: Any, place: str, known: Iterable[str], wanted: Iterable[str]) -> bool:
        """Say whether this is an object, and complain of keys that are unknown, repeated or missing."""
        if not isinstance(data, dict):
            self._say(place, f"应为对象，却是 {_value(data)}", "写成 {…}")
            return False
        known = tuple(known)
        for key in getattr(data, "repeated", ()):
            self._say(f"{place}.{shown(key)}", "写了两次", "只留一处")
        for key in data:
            if key not in known:
                self._say(f"{place}.{shown(key)}", "不认识这一项", f"只可有 {'、'.join(known)}")
        for key in wanted:
            if key not in data:
                self._say(place, f"缺少 {key}", "补上")
        return True

    def _rows(self, data: Any, part: str) -> dict[str, Any]:
        """Read an object whose keys are names."""
        if not isinstance(data, dict):
            self._say(part, f"应为对象，却是 {_value(data)}", "写成 {…}")
            return {}
        for name in getattr(data, "repeated", ()):
            self._say(f"{part}.{shown(name)}", "写了两次", "每个名称只写一行")
        for name in data:
            if not isinstance(name, str) or not name.strip() or not is_writable(name):
                self._say(f"{part}.{shown(str(name))}", "名称为空或含不成字的代码", "换一个名称")
        return data

    def _apart(self, part: str, names: Iterable[str], others: Mapping[str, Mapping[str, Any]]) -> None:
        for name in names:
            for kind, taken in others.items():
                if name in taken:
                    self._say(f"{part}.{shown(name)}", f"与{kind}同名", "换一个名称")

    def _tiers(self, row: Any, known: _Roster, place: str, kind: str, *, has_gaps: bool = False) -> Tiers:
        """Read a list of names, some of them tied, quickly where it is a plain list of known names.

        With `has_gaps`, an empty tie is a tier in which nobody stands.
        """
        if not isinstance(row, list | tuple | Names):
            self._say(place, f"应为名单，却是 {_value(row)}", "写成 […]，没有就写 []")
            return ()
        try:
            numbers = known.numbers_of(row)
            if len(set(numbers)) == len(row):
                return Strict(known.names, numbers)
        except (LookupError, OverflowError, TypeError):
            pass  # a name that is not known, or a tie: lists have no hash
        return self._tiers_one_by_one(row, known, place, kind, has_gaps)

    def _tiers_one_by_one(self, row: Any, known: _Roster, place: str, kind: str, has_gaps: bool) -> Tiers:
        tiers = []
        seen: dict[str, str] = {}
        for number, entry in enumerate(row):
            here = f"{place}[{number}]"
            tied = isinstance(entry, list | tuple)
            if tied and not entry and not has_gaps:
                self._say(here, "并列中没有名称", "删去空的 []")
            names = [(each, f"{here}[{k}]") for k, each in enumerate(entry)] if tied else [(entry, here)]
            tiers.append(tuple(name for name, at in names if self._is_name(name, known, at, kind, seen)))
        return tuple(known.single[tier[0]] if len(tier) == 1 else tier for tier in tiers)

    def _is_name(self, name: Any, known: Mapping[str, Any], place: str, kind: str, seen: dict[str, str]) -> bool:
        if not isinstance(name, str):
            self._say(place, f"应为名称，却是 {_value(name)}", "写成带引号的名称；并列只能嵌套一层")
        elif name not in known:
            self._say(place, f"没有名为{_value(name)}的{kind}", "改正名称，或先补上这一行")
        elif name in seen:
            self._say(place, f"{_value(name)} 在 {seen[name]} 已写过", "只留一处")
        else:
            seen[name] = place
            return True
        return False

    def _right(self, row: Any, people: _Roster, place: str, *, has_gaps: bool) -> Right:
        if not self._is_object(row, place, ("upper", "lower", "prefs"), wanted=("upper", "prefs")):
            return Right(0, 0, ())
        upper = self._seat_count(row.get("upper", 0), f"{place}.upper")
        lower = self._seat_count(row.get("lower", 0), f"{place}.lower")
        if lower > upper:
            self._say(f"{place}.lower", f"{lower} 大于 upper 的 {upper}", "下限不得高于上限")
        prefs = self._tiers(row.get("prefs", []), people, f"{place}.prefs", "人员（left）", has_gaps=has_gaps)
        return Right(upper, lower, prefs)

    def _caps(self, caps: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Cap]:
        seen: dict[str, str] = {}
        return {name: self._cap(row, groups, f"caps.{shown(name)}", seen) for name, row in caps.items()}

    def _cap(self, row: Any, groups: Mapping[str, Any], place: str, seen: dict[str, str]) -> Cap:
        """Read a cap; `seen` are the rights under it and those before, each with its place."""
        if not self._is_object(row, place, ("members", "upper"), wanted=("members", "upper")):
            return Cap((), 0)
        members = row.get("members", [])
        if not isinstance(members, list | tuple) or ("members" in row and not members):
            self._say(f"{place}.members", f"应写明名额方，却是 {_value(members)}", "写成 […]，至少一个")
            members = []
        rights = [
            name
            for number, name in enumerate(members)
            if self._is_name(name, groups, f"{place}.members[{number}]", "名额方（right）", seen)
        ]
        return Cap(tuple(rights), self._seat_count(row.get("upper", 0), f"{place}.upper"))

    def _project(self, row: Any, groups: Mapping[str, Any], place: str) -> Project:
        if not self._is_object(row, place, ("owner", "upper"), wanted=("owner", "upper")):
            return Project("", 0)
        owner = row.get("owner", "")
        if "owner" in row:
            self._is_name(owner, groups, f"{place}.owner", "名额方（right）", {})
        return Project(owner, self._seat_count(row.get("upper", 0), f"{place}.upper"))

    def _pin(self, name: str, row: Any, people: Mapping[str, Any], options: Mapping[str, Any]) -> Pin:
        place = f"pins.{shown(name)}"
        self._is_name(name, people, place, "人员（left）", {})
        if not self._is_object(row, place, ("to", "reason"), wanted=("to", "reason")):
            return Pin("", "")
        if "to" in row:
            self._is_name(row["to"], options, f"{place}.to", "名额方（right）或项目（projects）", {})
        reason = row.get("reason", "…")
        if not isinstance(reason, str) or not reason.strip() or not is_writable(reason):
            self._say(f"{place}.reason", f"应为事由，却是 {_value(reason)}", "写明为何预先安排")
        return Pin(row.get("to", ""), reason)

    def _seat_count(self, number: Any, place: str) -> int:
        if type(number) is not int:
            self._say(place, f"应为整数，却是 {_value(number)}", "写不带引号、不带小数的整数")
        elif not 0 <= number <= MOST_SEATS:
            self._say(place, f"{_value(number)} 不在 0 至 {MOST_SEATS} 之间", "改为这一范围内的数")
        else:
            return number
        return 0

    def _seats(self, market: Instance) -> None:
        """Complain of rights, projects and caps in which more people are pinned than have seats."""
        held = Counter(name for pin in market.pins.values() for name in market.within(pin.to))
        parts = {**dict.fromkeys(market.right, "right"), **dict.fromkeys(market.projects, "projects")}
        for name, seats in market.seats().items():
            if held[name] > seats:
                place = f"{parts.get(name, 'caps')}.{shown(name)}.upper"
                self._say(place, f"只有 {seats} 个名额，却已预先安排 {held[name]} 人", "增加名额或减少 pins")


def _value(value: Any) -> str:
    """Show a value in few characters."""
    if isinstance(value, str):
        value = shown(value) if len(value) <= 40 else f"{shown(value[:40])}…"
        return f"“{value}”"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict | list | tuple):
        return "对象" if isinstance(value, dict) else "名单"
    told = repr(value)
    return told if len(told) <= 40 else f"{told[:40]}…"
