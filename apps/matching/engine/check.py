"""The checker: every guarantee of an allocation, recounted from its files; it shares nothing with the solver."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from apps.matching.engine.recount import Recount, Standing

MOST = 20
"""So many of one kind are named, the rest is counted."""
KINDS: dict[str, type | tuple[type, ...]] = {
    "matching": dict, "placed": int, "blocking_pairs": int, "undocumented_blocking_pairs": int, "shortage": int,
    "shortage_bound": int, "pins": dict, "cutoffs": dict, "ties": str, "seed": str, "balanced": bool,
    "promoted": list, "input_sha256": str, "output_sha256": str, "seconds": (int, float),
}  # fmt: skip
LAST = 2**62
"""The tier of whoever is in no list: a pinned person may be such."""
UNHASHED = ("seconds", "output_sha256")


def check(market: Mapping[str, Any], report: Any) -> list[str]:
    """Return in words all that is wrong with the output of an allocation; the market itself must be well-formed."""
    wrong = list(_misshapen(market, report))
    return wrong or [line for kind in _Check(market, report).kinds() for line in _shortened(list(kind))]


def _shortened(lines: list[str]) -> list[str]:
    more = [f"……同类还有 {len(lines) - MOST} 处"] if len(lines) > MOST else []
    return lines[:MOST] + more


def _misshapen(market: Mapping[str, Any], report: Any) -> Iterator[str]:
    """Yield what keeps an output from being read at all."""
    if not isinstance(report, dict):
        yield "输出应为一个对象"
        return
    for key in sorted(map(str, KINDS.keys() ^ report.keys())):
        yield f"输出{'缺少' if key in KINDS else '不应有'} {key}"
    for key, kind in KINDS.items():
        value = report.get(key)
        if key in report and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            yield f"{key} 的类型不对"
    if report.get("ties") not in ("lottery", "promotion"):
        yield "ties 应为 lottery 或 promotion"
    if not _is_text(report):
        yield "输出含不成字的代码"
    options = {*market["right"], *market.get("projects", {})}
    if isinstance(report.get("pins"), dict):
        yield from _misshapen_pins(market, report["pins"], options)
    if isinstance(report.get("promoted"), list) and not all(isinstance(each, str) for each in report["promoted"]):
        yield "promoted 应为名单"
    if isinstance(report.get("matching"), dict):
        yield from _misshapen_matching(market, report["matching"], options)


def _misshapen_pins(market: Mapping[str, Any], pins: Mapping[str, Any], options: set[str]) -> Iterator[str]:
    for name, pin in pins.items():
        is_pin = isinstance(pin, dict) and set(pin) == {"to", "reason"} and set(map(type, pin.values())) == {str}
        if not is_pin:
            yield f"pins.{name} 应写明 to 与 reason"
        elif name not in market["left"] or pin["to"] not in options:
            yield f"pins.{name}：没有此人或没有此去处"


def _misshapen_matching(market: Mapping[str, Any], matching: Mapping[str, Any], options: set[str]) -> Iterator[str]:
    for name in sorted(matching.keys() ^ market["left"].keys()):
        yield f"matching {'缺少' if name in market['left'] else '多出'} {name}"
    for name, option in matching.items():
        if option is not None and (not isinstance(option, str) or option not in options):
            yield f"{name} 被安排到不存在的 {option}"


class _Check:
    """One output against its market."""

    def __init__(self, market: Mapping[str, Any], report: Mapping[str, Any]) -> None:
        self._market, self._report = market, report
        self._pins, self._matching = report["pins"], report["matching"]
        self._promoted = set(report["promoted"])
        self._count = Recount(market, self._pins, report["ties"], report["seed"])
        self._inside: dict[str, list[str]] = {name: [] for name in self._count.upper}
        for name, option in self._matching.items():
            for each in self._count.within(option) if option is not None else ():
                self._inside[each].append(name)
        self._full = {name for name, its in self._inside.items() if len(its) >= self._count.upper[name]}
        self._last = {name: self._last_in(name) for name in self._full}

    def kinds(self) -> Iterator[Iterator[str]]:
        """Yield the guarantees one by one, each as what breaks it."""
        for broken in self.GUARANTEES:
            yield broken(self)

    def _hashes(self) -> Iterator[str]:
        if self._report["input_sha256"] != _sha256(_canonical(self._market)):
            yield "input_sha256 与输入不符"
        if self._report["output_sha256"] != _sha256({k: v for k, v in self._report.items() if k not in UNHASHED}):
            yield "output_sha256 与输出不符"

    def _numbers(self) -> Iterator[str]:
        placed = sum(option is not None for option in self._matching.values())
        if self._report["placed"] != placed:
            yield f"placed 写 {self._report['placed']}，实有 {placed} 人"
        if not self._report["seconds"] >= 0 or self._report["seconds"] == float("inf"):
            yield "seconds 不是用时"
        if self._report["promoted"] != sorted(self._promoted):
            yield "promoted 未按名称排列，或有重复"

    def _pairs(self) -> Iterator[str]:
        for name, option in self._matching.items():
            if option is not None and name not in self._pins and not self._is_wished(name, option):
                yield f"{name} 与 {option} 没有互选"

    def _seats(self) -> Iterator[str]:
        for name, its in self._inside.items():
            if len(its) > self._count.upper[name]:
                yield f"{name} 有 {len(its)} 人，超过名额 {self._count.upper[name]}"

    def _pinned(self) -> Iterator[str]:
        before = self._market.get("pins", {})
        for name, pin in before.items():
            if self._pins.get(name) != pin:
                yield f"{name} 的预先安排被改动或丢失"
        for name, pin in self._pins.items():
            if self._matching[name] != pin["to"]:
                yield f"{name} 应预先安排到 {pin['to']}，却在 {self._matching[name]}"
            if not pin["reason"].strip():
                yield f"{name} 的调整没有事由"
            if name not in before and not (self._report["balanced"] and self._is_wished(name, pin["to"])):
                yield f"{name} 被调整到 {pin['to']}，既非预先安排，也非互选后的调整"

    def _cutoffs(self) -> Iterator[str]:
        told = self._report["cutoffs"]
        for name in sorted(told.keys() ^ self._full):
            yield f"{name} 已满而没有录取线" if name in self._full else f"{name} 未满而有录取线"
        for name in sorted(told.keys() & self._full):
            last = self._last[name]
            right = dict(zip(("tier", "priority", "lottery"), last, strict=True)) if last else None
            if _typed(told[name]) != _typed(right):
                yield f"{name} 的录取线应为 {right}，却写 {told[name]}"

    def _best_reached(self) -> Iterator[str]:
        for name in self._market["left"]:
            if name not in self._pins:
                best = next((each for each in self._count.in_turn(name) if self._reaches(name, each)), None)
                if best != self._matching[name]:
                    yield f"{name} 达到录取线的第一个志愿是 {best}，却在 {self._matching[name]}"

    def _reaches(self, name: str, option: str) -> bool:
        place = self._standing(name, option)
        lines = [self._last[each] for each in self._count.within(option) if each in self._full]
        return place is not None and all(line is not None and place <= line for line in lines)

    def _blocking(self) -> Iterator[str]:
        everybody, unpinned = self._worst(self._pins.keys()), self._worst(())
        found = [(name, option) for name in self._market["left"] for option in self._blocked(name, everybody)]
        open_to = [(name, option) for name in dict(found) for option in self._blocked(name, unpinned)]
        open_to = [pair for pair in open_to if pair[0] not in self._pins]
        for key, pairs in (("blocking_pairs", found), ("undocumented_blocking_pairs", open_to)):
            if self._report[key] != len(pairs):
                yield f"{key} 写 {self._report[key]}，实为 {len(pairs)}"
        for name, option in sorted(open_to):
            yield f"{name} 与 {option} 都更愿选对方，而没有调整说明"

    def _worst(self, pinned: Collection[str]) -> dict[str, int]:
        """Return the tier of the last one in, of these pinned people and all others; the unlisted come last."""
        return {
            each: max((self._own_tier(name) for name in its if name not in self._pins or name in pinned), default=0)
            for each, its in self._inside.items()
        }

    def _own_tier(self, name: str) -> int:
        """Return the tier in which somebody holds what he has, behind all others where he has nothing."""
        had = self._matching[name]
        return LAST if had is None else self._tier(name, had)

    def _tier(self, name: str, option: str) -> int:
        return self._count.tier[self._count.owner(option)].get(name, LAST)

    def _blocked(self, name: str, worst: Mapping[str, int]) -> Iterator[str]:
        """Yield the options that a person strictly prefers and that have a seat, or would make one free, for him."""
        had = self._matching[name]
        for tier in self._count.wishes[name]:
            if had in tier:
                return
            for option in tier:
                full = next((each for each in self._count.within(option) if each in self._full), None)
                if full is None or self._tier(name, option) < worst[full] or self._swaps(name, option, full):
                    yield option

    def _swaps(self, name: str, option: str, full: str) -> bool:
        """Say whether somebody could give up a seat of his own in what is full, and stand there no worse."""
        had = self._matching[name]
        is_inside = had is not None and full in self._count.within(had)
        return is_inside and self._tier(name, option) <= self._own_tier(name)

    def _shortage(self) -> Iterator[str]:
        short = sum(max(0, lower - len(self._inside[name])) for name, lower in self._count.lower.items())
        least = self._count.least_shortage(self._market.get("pins", {}))
        for key, number in (("shortage", short), ("shortage_bound", least)):
            if self._report[key] != number:
                yield f"{key} 写 {self._report[key]}，实为 {number}"
        if self._report["balanced"] and short > least:
            yield f"已作调整，仍缺 {short} 人，而可以只缺 {least} 人"

    def _settled(self) -> Iterator[str]:
        if any(seats < 0 for seats in self._count.left_after_pins().values()):
            yield "预先安排的人多于名额"
            return
        best, promoted = self._count.settled()
        for name, option in best.items():
            if self._matching[name] != option:
                yield f"{name} 在对人员最优的稳定结果中去 {option}，却在 {self._matching[name]}"
        for name in sorted(promoted ^ self._promoted):
            yield f"{name} {'应' if name in promoted else '不应'}在 promoted 中"

    def _is_wished(self, name: str, option: str) -> bool:
        return any(option in tier for tier in self._count.wishes[name])

    def _standing(self, name: str, option: str) -> Standing | None:
        return self._count.standing(name, option, name in self._promoted)

    def _last_in(self, each: str) -> Standing | None:
        """Return the standing of the last one in who is not pinned."""
        its = [(name, self._matching[name]) for name in self._inside[each] if name not in self._pins]
        places = [self._standing(name, option) for name, option in its if option is not None]
        return max((place for place in places if place is not None), default=None)

    GUARANTEES = (
        _hashes, _numbers, _pairs, _seats, _pinned, _cutoffs, _best_reached, _blocking, _shortage, _settled
    )  # fmt: skip


GUARANTEES = len(_Check.GUARANTEES)
"""How many things are checked of an output."""


def _is_text(value: Any) -> bool:
    """Say whether all of it can be written as UTF-8: half a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False, default=repr).encode()
    except UnicodeEncodeError:
        return False
    return True


def _typed(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(market: Mapping[str, Any]) -> dict[str, Any]:
    """Return a market with ties and members of caps in order and nothing left out; without caps no word of them."""
    right = {
        name: {"upper": row["upper"], "lower": row.get("lower", 0), "prefs": list(map(_sorted, row["prefs"]))}
        for name, row in market["right"].items()
    }
    left = {name: list(map(_sorted, row)) for name, row in market["left"].items()}
    parts = {"left": left, "right": right, "projects": market.get("projects", {}), "pins": market.get("pins", {})}
    caps = {
        name: {"members": sorted(row["members"]), "upper": row["upper"]} for name, row in market.get("caps", {}).items()
    }
    return parts | ({"caps": caps} if caps else {})


def _sorted(entry: Any) -> Any:
    if isinstance(entry, str):
        return entry
    return entry[0] if len(entry) == 1 else sorted(entry)
