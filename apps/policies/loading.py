"""Reading packs: text to model, with the line of every fault."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from apps.policies.schema import Pack

FOLDER = Path(__file__).parent / "packs"
PACK_FILE = "pack.yaml"
MOST_BYTES = 1_000_000


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
    if path.stat().st_size > MOST_BYTES:
        raise PackError([Fault(str(path), 1, shown, "文件超过 1 MB", "政策包只放规则与原文")])
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PackError([Fault(str(path), 1, shown, "不是 UTF-8 文本", "另存为 UTF-8")]) from error


def tree(text: str, name: str) -> Any:
    """Return the YAML of a pack with line numbers; raise PackError for aliases, double keys or bad syntax."""
    if re.search(r"(?m)^[^#\n]*?[:\-\[,]\s*[*&][A-Za-z0-9_]", text):
        line = next(n for n, row in enumerate(text.splitlines(), 1) if re.search(r"[:\-\[,]\s*[*&][A-Za-z0-9_]", row))
        raise PackError([Fault(name, line, "YAML", "不允许使用锚点与别名", "把内容写全")])
    try:
        data = YAML(typ="rt", pure=True).load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError(
            [Fault(name, line, "YAML", f"格式有误：{error.problem}", "检查缩进、冒号和重复的键")]
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise PackError([Fault(name, 1, "YAML", f"格式有误：{error}", "检查文件是否完整")]) from error
    if not isinstance(data, dict):
        raise PackError([Fault(name, 1, "YAML", "内容应为键值对", "从已有的包开始改写")])
    return data


def line_of(data: Any, where: Sequence[str | int]) -> int:
    """Return the line (from 1) of a place in the tree, or of the nearest mapping around it."""
    line = 1
    for key in where:
        marks = getattr(data, "lc", None)
        try:
            position = marks.data[key] if marks is not None and marks.data else None
            line = position[0] + 1 if position else line
            data = data[key]
        except (KeyError, IndexError, TypeError):
            break
    return line


def digest(pack_text: str, source_text: str) -> str:
    """Return the SHA-256 of a pack and its source text (64 hex digits)."""
    return hashlib.sha256(f"{len(pack_text)}\n{pack_text}{source_text}".encode()).hexdigest()


@lru_cache(maxsize=64)
def parse(pack_text: str, source_text: str, name: str) -> Pack:
    """Read a pack's text into the model; raise PackError with the line of each unknown key or wrong type."""
    data = tree(pack_text, name)
    try:
        return Pack.model_validate(plain(data))
    except ValidationError as error:
        raise PackError(list(_faults(error, data, name))) from error


def plain(node: Any) -> Any:
    """Return a YAML tree as plain dicts and lists."""
    if isinstance(node, dict):
        return {key: plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node


_MESSAGES = {
    "extra_forbidden": ("不认识的键", "检查拼写，或删去"),
    "missing": ("缺少必填的键", "补上"),
}


def _faults(error: ValidationError, data: Any, name: str) -> Iterator[Fault]:
    for found in error.errors(include_url=False):
        where = tuple(part for part in found["loc"])
        message, remedy = _MESSAGES.get(found["type"], (f"值不合要求：{found['msg']}", "按同类的包改写"))
        yield Fault(name, line_of(data, where), ".".join(str(part) for part in where) or "pack", message, remedy)
