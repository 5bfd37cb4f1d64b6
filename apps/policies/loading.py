"""Reading packs: text to model, with the line of every fault."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.reader import ReaderError

from apps.policies.schema import Ask, Pack

FOLDER = Path(__file__).parent / "packs"
PACK_FILE = "pack.yaml"
MOST_BYTES = 1_000_000
DEEPEST = 40


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in a pack: file and line, where in the data, what is wrong and what to do."""

    file: str
    line: int
    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        advice = f" — {self.remedy}" if self.remedy else ""
        return f"{self.file}:{self.line}: {self.where}: {self.message}{advice}"


class PackError(ValueError):
    """Carry the faults of a pack that cannot be loaded."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class PackFiles:
    """A pack as it lies on disk: its text, the policy's text, and where it came from."""

    pack_text: str
    source_text: str
    path: Path


def installed() -> list[str]:
    """Return the ids of the packs shipped with the product."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{PACK_FILE}"))


def read(pack: str | Path) -> PackFiles:
    """Read a pack by id, folder or file; raise PackError when a file is missing, too large or not text."""
    path = _locate(pack)
    pack_text = _text(path, path.name)
    data = tree(pack_text, str(path))
    named = str((data.get("source") or {}).get("file", "")) if isinstance(data.get("source"), dict) else ""
    source = path.parent / named
    if not named or source.parent != path.parent or not source.is_file():
        line = line_of(data, ("source", "file"))
        raise PackError([Fault(str(path), line, "source.file", f"找不到政策原文“{named}”", "把原文放在包的同一目录下")])
    return PackFiles(pack_text, _text(source, source.name), path)


def _locate(pack: str | Path) -> Path:
    shipped = FOLDER / str(pack) / PACK_FILE
    path = shipped if re.fullmatch(r"[a-z0-9-]+", str(pack)) and shipped.is_file() else Path(pack)
    path = path / PACK_FILE if path.is_dir() else path
    if not path.is_file():
        known = "、".join(installed())
        raise PackError([Fault(str(pack), 1, "pack", "找不到政策包", f"给出目录或文件，或已有的包：{known}")])
    return path


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PackError([Fault(str(path), 1, shown, "文件超过 1 MB", "政策包只放规则与原文")])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError([Fault(str(path), 1, shown, "不是 UTF-8 文本", "另存为 UTF-8")]) from error
    except OSError as error:
        raise PackError([Fault(str(path), 1, shown, f"读不了文件：{error.strerror}", "检查文件权限")]) from error


class _Unwanted(Exception):
    """Carry the line of what no pack may hold, what is wrong and what to do."""


class _Mapping(dict):
    """Remember on which line each key stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[Any, int] = {}


class _Sequence(list):
    """Remember on which line each item stands."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class _Builder:
    """Make a tree of the events of a YAML text, with the line of everything.

    Words and numbers are those of YAML 1.2; dates stay text, so that the schema tells where a wrong one stands. It
    stops at anchors, aliases, tags and bottomless nesting before anything is built from them.
    """

    def __init__(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=yaml.CSafeLoader)

    def document(self) -> Any:
        """Return what the one document of the text holds."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        data = self._node(self._next(), depth=1)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Unwanted(_line(after), "只能有一份内容", "删去 --- 之后的部分，或另存一个文件")
        return data

    def _next(self) -> Any:
        event = next(self._events)
        if getattr(event, "anchor", None):
            raise _Unwanted(_line(event), "不允许使用锚点与别名", "把内容写全")
        if getattr(event, "tag", None):
            raise _Unwanted(_line(event), "不允许使用类型标记", "去掉以 ! 开头的标记")
        return event

    def _node(self, event: Any, depth: int) -> Any:
        if depth > DEEPEST:
            raise _Unwanted(_line(event), "嵌套过深", "按同类的包改写")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(depth)
        return _scalar(event)

    def _mapping(self, depth: int) -> _Mapping:
        data = _Mapping()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Unwanted(_line(event), "键应为一个词", "按同类的包改写")
            key = _scalar(event)
            if key in data:
                raise _Unwanted(_line(event), "同一个键写了两次", "合并，或删去一处")
            data.lines[key] = _line(event)
            data[key] = self._node(self._next(), depth + 1)
        return data

    def _sequence(self, depth: int) -> _Sequence:
        data = _Sequence()
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            data.lines.append(_line(event))
            data.append(self._node(event, depth + 1))
        return data


_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def _scalar(event: Any) -> Any:
    text, is_plain = event.value, event.implicit[0]
    if not is_plain:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _line(event: Any) -> int:
    return event.start_mark.line + 1


def tree(text: str, name: str) -> Any:
    """Return the YAML of a pack with line numbers; raise PackError for aliases, tags, double keys or bad syntax."""
    with _called(name):
        return _tree(text)


@contextmanager
def _called(name: str) -> Iterator[None]:
    """Put the name of the file before the faults found within."""
    try:
        yield
    except PackError as error:
        raise PackError([replace(fault, file=name) for fault in error.faults]) from error


@lru_cache(maxsize=32)
def _tree(text: str) -> Any:
    try:
        data = _Builder(text).document()
    except _Unwanted as error:
        raise _bad_yaml(*error.args) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _bad_yaml(line, f"格式有误：{error.problem}", "检查缩进、冒号和括号") from error
    except ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise _bad_yaml(line, "含有不可见的控制字符", "删去") from error
    except (yaml.YAMLError, ValueError) as error:
        raise _bad_yaml(1, f"格式有误：{error}", "检查文件是否完整") from error
    if not isinstance(data, dict):
        raise _bad_yaml(1, "内容应为键值对", "从已有的包开始改写")
    return data


def _bad_yaml(line: int, message: str, remedy: str) -> PackError:
    return PackError([Fault("", line, "YAML", message, remedy)])


def line_of(data: Any, where: Sequence[str | int]) -> int:
    """Return the line (from 1) of a place in the tree, or of the nearest mapping around it."""
    line = 1
    for key in where:
        try:
            line, data = data.lines[key], data[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def digest(pack_text: str, source_text: str) -> str:
    """Return the SHA-256 of a pack and its source text (64 hex digits)."""
    return hashlib.sha256(f"{len(pack_text)}\n{pack_text}{source_text}".encode()).hexdigest()


def parse(pack_text: str, name: str) -> Pack:
    """Read a pack's text into the model; raise PackError with the line of each unknown key or wrong type."""
    with _called(name):
        return _pack(pack_text)


@lru_cache(maxsize=64)
def _pack(pack_text: str) -> Pack:
    data = _tree(pack_text)
    try:
        return Pack.model_validate(plain(data))
    except ValidationError as error:
        raise PackError(list(_faults(error, data))) from error


def plain(node: Any) -> Any:
    """Return a YAML tree as plain dicts and lists."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node


def _is_echo(sort: str, where: tuple[int | str, ...], places: Sequence[tuple[int | str, ...]]) -> bool:
    """Tell whether one mistake is told a second time: of the list around it, or of the other form of a value."""
    if sort == "too_short":
        return any(len(place) > len(where) and place[: len(where)] == where for place in places)
    is_ask = sort == "model_type" and where[-1] == Ask.__name__
    return is_ask and any(place != where and place[:-1] == where[:-1] for place in places)


_MESSAGES = {
    "extra_forbidden": ("不认识的键", "检查拼写，或删去"),
    "missing": ("缺少必填的键", "补上"),
    "literal_error": ("值不在可选范围内", "可用：{expected}"),
    "string_type": ("应为文字", "加上引号"),
    "string_pattern_mismatch": ("写法不对", "应符合 {pattern}"),
    "string_too_short": ("不能为空", "补上"),
    "string_too_long": ("文字过长", "最多{max_length}字"),
    "int_type": ("应为整数", "更正"),
    "int_parsing": ("应为整数", "更正"),
    "bool_type": ("应为 true 或 false", "更正"),
    "bool_parsing": ("应为 true 或 false", "更正"),
    "greater_than_equal": ("数值过小", "不小于{ge}"),
    "less_than_equal": ("数值过大", "不大于{le}"),
    "too_short": ("至少要有一项", "补上"),
    "tuple_type": ("应为列表", "每项前加短横线"),
    "model_type": ("应为键值对", "按同类的包改写"),
    "mapping_type": ("应为键值对", "按同类的包改写"),
    "date_from_datetime_parsing": ("没有这一天", "写成 2023-07-26"),
}


def _faults(error: ValidationError, data: Any) -> Iterator[Fault]:
    errors = error.errors(include_url=False)
    places = [found["loc"] for found in errors]
    for found in errors:
        where = found["loc"]
        if _is_echo(found["type"], where, places):
            continue
        message, remedy = _MESSAGES.get(found["type"], (f"值不合要求：{found['msg']}", "按同类的包改写"))
        advice = remedy.format(**found.get("ctx", {}))
        yield Fault("", line_of(data, where), ".".join(str(part) for part in where) or "pack", message, advice)
