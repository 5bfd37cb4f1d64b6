"""Official documents as PDF: plain data in, bytes out; the same data gives the same bytes."""

import io
import json
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from queue import LifoQueue
from typing import Any, TypeVar, cast

import segno
import typst
from django.conf import settings

from apps.notices.fonts import shelf

_TEMPLATES = settings.BASE_DIR / "templates" / "notices"
LAYOUTS = ("official", "certificate", "receipt", "agreement")
_ROSTER_WIDTH = 36.0
_ROSTER_PADDING = 1.0
_QR_MASK = 6
"""Readers take any of the eight; to weigh them against each other is four fifths of the work on a code."""
_PROCESSORS = os.cpu_count() or 1

Content = Mapping[str, Any]
Kept = TypeVar("Kept")


class MissingGlyphs(Exception):
    """A text holds characters that no font can print; the text names them and says what to do."""

    def __init__(self, characters: str, folder: Path) -> None:
        names = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
        super().__init__(
            f"下列字符没有字体可以打印：{names}。请核对原文；确需使用的，请把收有这些字的字体放入 {folder} 后重新启动。"
        )


def render(content: Content) -> bytes:
    """Print one document; see `print_all`."""
    return render_many([content])[0]


def render_many(contents: Iterable[Content]) -> list[bytes]:
    """Print documents and return their bytes; see `print_all`."""
    return print_all(contents, bytes)


def print_all(contents: Iterable[Content], keep: Callable[[bytes], Kept]) -> list[Kept]:
    """Print documents as PDF, side by side on all processors, and return what `keep` makes of each, in their order.

    Raise MissingGlyphs before anything is printed, MissingFonts where the machine lacks a face, ValueError for
    an unknown layout. Text is handed over as data and never read as markup.
    """
    wanted = list(contents)
    for content in wanted:
        _check(content)
    if len(wanted) == 1:
        return [keep(_print(wanted[0]))]
    with ThreadPoolExecutor(_PROCESSORS) as printers:
        return list(printers.map(lambda content: keep(_print(content)), wanted))


def missing_characters(content: Content) -> str:
    """Return the characters of a document that cannot be printed, each once, in the order of their code points."""
    lacking = {ord(character) for text in _texts(content) for character in text} - _code_points(settings.FONTS_DIR)
    return "".join(character for character in map(chr, sorted(lacking)) if not _is_blank(character))


def column_widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Share the width of a roster among its columns, in characters.

    A column gets what its longest text needs as long as all fit; else the widest are cut to one common width,
    in which their texts wrap.
    """
    needed = [max(map(_characters, cells)) + _ROSTER_PADDING for cells in zip(columns, *rows, strict=True)]
    narrow = sorted(needed)
    left = _ROSTER_WIDTH
    for count, width in zip(range(len(narrow), 0, -1), narrow, strict=True):
        if width * count > left:
            return [min(need, left / count) for need in needed]
        left -= width
    return [need * _ROSTER_WIDTH / sum(needed) for need in needed]


def _check(content: Content) -> None:
    if content["layout"] not in LAYOUTS:
        raise ValueError(f"no layout is called {content['layout']!r}")
    missing = missing_characters(content)
    if missing:
        raise MissingGlyphs(missing, settings.FONTS_DIR)


def _print(content: Content) -> bytes:
    fonts = shelf(settings.FONTS_DIR)
    given = {**content, "fonts": fonts.families()}
    if content.get("roster"):
        given["widths"] = column_widths(content["roster"]["columns"], content["roster"]["rows"])
    address = content.get("verify_url")
    if address:
        given["code"] = address.rstrip("/").rpartition("/")[2]
        given["qr"] = _qr(address)
    template, words = _TEMPLATES / f"{content['layout']}.typ", json.dumps(given, ensure_ascii=False)
    with _compiler(settings.FONTS_DIR) as compiler:
        return cast(bytes, compiler.compile(str(template), sys_inputs={"content": words}))


@contextmanager
def _compiler(folder: Path) -> Iterator[typst.Compiler]:
    """Lend a compiler to one thread; there are as many as processors, made when they are first needed."""
    idle = _compilers(folder)
    compiler = idle.get()
    try:
        compiler = compiler or typst.Compiler(root=str(_TEMPLATES), font_paths=shelf(folder).fonts)
        yield compiler
    finally:
        idle.put(compiler)


@cache
def _compilers(folder: Path) -> LifoQueue[typst.Compiler | None]:
    """Return the compilers that stand idle, the one used last on top."""
    idle: LifoQueue[typst.Compiler | None] = LifoQueue()
    for _ in range(_PROCESSORS):
        idle.put(None)
    return idle


@cache
def _code_points(folder: Path) -> frozenset[int]:
    return shelf(folder).code_points()


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=_QR_MASK).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Sequence):
        for part in value:
            yield from _texts(part)


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _characters(text: str) -> float:
    """Return a text's width in characters: a Latin letter or digit takes half of one."""
    return sum(1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text)
