"""Packs for tests: the shipped one, copies of it with a fault planted, and one of quite another kind."""

import shutil
from pathlib import Path

from apps.policies import checking, loading
from apps.policies.schema import Pack

SHIPPED = loading.FOLDER / "guangxi-2023"


def guangxi() -> Pack:
    """Return the first shipped pack."""
    return _shipped("guangxi-2023")


def jinzhong() -> Pack:
    """Return the pack of a city, with two ways to start."""
    return _shipped("jinzhong")


def every() -> list[Pack]:
    """Return all shipped packs."""
    return [_shipped(name) for name in loading.installed()]


def _shipped(name: str) -> Pack:
    files = loading.read(name)
    return loading.parse(files.pack_text, str(files.path))


def edited(folder: Path, *edits: tuple[str, str], of: Path = SHIPPED) -> Path:
    """Copy a pack, replace texts that stand there exactly once, and return the copy's pack file."""
    shutil.copytree(of, folder, dirs_exist_ok=True)
    path = folder / "pack.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"stands there {text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def line_with(path: Path, words: str) -> int:
    """Return the line (from 1) on which some words first stand."""
    text = path.read_text(encoding="utf-8")
    return text[: text.index(words)].count("\n") + 1


def uncited(name: str) -> list[str]:
    """Return how the paragraphs begin of which the check notes that no rule cites them."""
    told = "没有规则引用："
    return [note.removeprefix(told) for note in checking.check(name).notes if note.startswith(told)]


TWO_DESKS = Path(__file__).parent / "packs" / "two-desks"
"""A pack of another region: two desks, a joint step, other names of levels, no consent of a unit, working days."""


def two_desks(folder: Path) -> Path:
    """Copy the pack of another region out of the repository, and return where it lies."""
    shutil.copytree(TWO_DESKS, folder, dirs_exist_ok=True)
    return folder
