"""Text read as data: JSON taken strictly, row by row, so that a large market takes little memory."""

import json
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from json.decoder import JSONObject  # type: ignore[attr-defined]  # the same as the standard decoder's own
from sys import intern
from typing import Any

MOST_BYTES = 256 * 2**20
MOST_SEATS = 10**9
MOST_FAULTS = 1000
"""No more faults are collected: nobody reads on, and a file of a million entries may hold a million."""

Scan = Callable[[str, int], tuple[Any, int]]


@dataclass(frozen=True)
class Fault:
    """One mistake in a market: its place, what is wrong and what to do."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.what}。{self.remedy}"


class Malformed(ValueError):
    """Carry the faults of a text that is no market."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)))


class _Object(dict[str, Any]):
    """An object of JSON that remembers which keys it was given twice."""

    repeated: tuple[str, ...] = ()


@dataclass(frozen=True)
class _NoNumber:
    """NaN or an infinity, which JSON does not know."""

    written: str

    def __repr__(self) -> str:
        return self.written


def decoded(raw: bytes) -> str:
    """Return the text of a file; raise Malformed when it is too long or none."""
    if len(raw) > MOST_BYTES:
        raise Malformed([Fault("文件", f"超过 {MOST_BYTES} 字节", "分成几次计算")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed([Fault(f"第 {error.start} 字节", "不是 UTF-8 文字", "另存为 UTF-8")]) from error


def parse(text: str) -> Any:
    """Read JSON strictly; raise Malformed where it is none. Repeated keys are remembered for `of` to complain of."""
    return _parsed(text, _Decoder())


def parse_report(text: str) -> Any:
    """Read the output of an allocation; raise Malformed where it is no JSON or says a thing twice."""
    decoder = _Decoder()
    report = _parsed(text, decoder)
    if decoder.repeated:
        raise Malformed([Fault(shown(key), "写了两次", "只留一处") for key in decoder.repeated[:MOST_FAULTS]])
    return report


def _parsed(text: str, decoder: "_Decoder") -> Any:
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 字"
        raise Malformed([Fault(place, f"不是 JSON（{error.msg}）", "改正此处的写法")]) from error
    except RecursionError as error:
        raise Malformed([Fault("文件", "括号嵌套太深", "名单只能嵌套一层，表示并列")]) from error
    except ValueError as error:
        raise Malformed([Fault("文件", "有一个位数过多的数", f"数不得大于 {MOST_SEATS}")]) from error


class Names(Sequence[str]):
    """A list of names as numbers into all names of its file: four bytes for a name, which lies there once."""

    __slots__ = ("known", "numbers")

    def __init__(self, known: Sequence[str], numbers: "array[int]") -> None:
        self.known, self.numbers = known, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self.known.__getitem__, self.numbers)

    def __getitem__(self, k: Any) -> Any:
        return list(self)[k]


class _Known(dict[str, int]):
    """Names, numbered as they are met."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __missing__(self, name: Any) -> int:
        if type(name) is not str:
            raise TypeError(f"{name!r} is no name")
        self.names.append(name)
        return self.setdefault(name, len(self))


class _Decoder(json.JSONDecoder):
    """Reads the parts of a file row by row, and keeps the lists of a market as numbers as soon as each is read."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=self._made, parse_constant=_NoNumber)
        self.repeated: list[str] = []
        self._known = _Known()
        self._value: Scan = self.scan_once
        self.scan_once: Scan = lambda text, at: self._object_of(self._part, text, at)

    def _part(self, text: str, at: int) -> tuple[Any, int]:
        return self._object_of(self._row, text, at)

    def _row(self, text: str, at: int) -> tuple[Any, int]:
        value, end = self._value(text, at)
        if type(value) is _Object and "prefs" in value:
            value["prefs"] = self._compact(value["prefs"])
        return self._compact(value), end

    def _object_of(self, scan: Scan, text: str, at: int) -> tuple[Any, int]:
        """Read an object whose values `scan` reads, or whatever else stands there."""
        if text[at : at + 1] != "{":
            return self._value(text, at)
        return JSONObject((text, at + 1), self.strict, scan, None, self.object_pairs_hook)

    def _made(self, pairs: list[tuple[str, Any]]) -> _Object:
        made = _Object(pairs)
        if len(made) < len(pairs):
            made.repeated = tuple(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
            self.repeated += made.repeated
        return made

    def _compact(self, value: Any) -> Any:
        """Return a list of names as numbers, a list with ties with one text for each name, all else as it is."""
        if type(value) is not list:
            return value
        try:
            return Names(self._known.names, array("I", map(self._known.__getitem__, value)))
        except TypeError:
            return [_shared(each) for each in value]


def _shared(entry: Any) -> Any:
    """Put one text for each name in an entry of a list, a name or a tie."""
    if type(entry) is list:
        return [intern(each) if type(each) is str else each for each in entry]
    return intern(entry) if type(entry) is str else entry


def shown(name: str) -> str:
    """Write a name so that its ends can be seen."""
    return name if re.fullmatch(r"[\w-]+", name) else json.dumps(name, ensure_ascii=not is_writable(name))


def is_writable(name: str) -> bool:
    """Say whether a text can be written as UTF-8: half a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in name)
