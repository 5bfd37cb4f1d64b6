"""Fonts of printed documents: which faces in which order, and the characters that they can print."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import typst
from fontTools.ttLib import TTFont

_CODE_POINTS = frozenset[int]


class Face(NamedTuple):
    """A font face that official documents need, and the Debian package it comes from."""

    family: str
    weight: int
    package: str


_FANDOL, _NOTO, _WENKAI = "texlive-lang-chinese", "fonts-noto-cjk", Face("LXGW WenKai", 300, "fonts-lxgw-wenkai")
_SERIF, _SANS = Face("Noto Serif CJK SC", 400, _NOTO), Face("Noto Sans CJK SC", 400, _NOTO)

STYLES: Mapping[str, tuple[Face, ...]] = {
    "fang": (Face("FandolFang R", 400, _FANDOL), _WENKAI, _SERIF),
    "kai": (Face("FandolKai", 400, _FANDOL), _WENKAI, _SERIF),
    "hei": (Face("FandolHei", 400, _FANDOL), _SANS, _WENKAI),
    "song": (Face("FandolSong", 400, _FANDOL), _SERIF, _WENKAI),
    "title": (Face("FandolSong", 700, _FANDOL), Face("Noto Serif CJK SC", 700, _NOTO), _WENKAI),
}
"""The official face of each style, then those that have the rare characters of names and places."""


class MissingFonts(Exception):
    """Faces that official documents need are not on this machine; the text says where to get them."""

    def __init__(self, faces: list[Face], folder: Path) -> None:
        names = "、".join(f"{face.family}（{face.weight}）" for face in faces)
        packages = "、".join(sorted({face.package for face in faces}))
        super().__init__(
            f"缺少打印公文的字体：{names}。请运行 make setup，或从 Debian 软件包 {packages} 取得后放入 {folder}。"
        )


class Shelf:
    """The fonts of one folder; no others are ever used.

    A family in the folder that no style names stands behind every style, so that an office can add a font for a
    character that the others lack.
    """

    def __init__(self, folder: Path) -> None:
        places = [folder] if folder.is_dir() else []
        self.fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)
        self._found = {(f.family, f.weight): f for f in self.fonts.fonts() if f.style == "normal"}
        needed = {face for faces in STYLES.values() for face in faces}
        missing = sorted(face for face in needed if face[:2] not in self._found)
        if missing:
            raise MissingFonts(missing, folder)
        families = {face.family for face in needed}
        files = {self._found[face[:2]].path for face in needed}
        self._added = sorted(k for k, font in self._found.items() if k[0] not in families and font.path not in files)

    def families(self) -> dict[str, list[str]]:
        """Return the families of each style, in the order in which a character is looked for."""
        return {style: [family for family, _ in self._chain(style)] for style in STYLES}

    def code_points(self) -> _CODE_POINTS:
        """Return the code points that every style can print."""
        read = cache(self._read)
        return frozenset.intersection(*(_CODE_POINTS().union(*map(read, self._chain(style))) for style in STYLES))

    def _chain(self, style: str) -> Iterator[tuple[str, int]]:
        yield from (face[:2] for face in STYLES[style])
        yield from self._added

    def _read(self, key: tuple[str, int]) -> _CODE_POINTS:
        """Read a face's characters; the names of its glyphs, which nobody asks for, would take a hundred megabytes."""
        with TTFont(self._found[key].path, fontNumber=self._found[key].index, lazy=True) as font:
            font.setGlyphOrder([""] * font["maxp"].numGlyphs)
            return frozenset(font.getBestCmap())


@cache
def shelf(folder: Path) -> Shelf:
    """Return the fonts of a folder, read once in a process."""
    return Shelf(folder)
