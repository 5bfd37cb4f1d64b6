"""Reading a file of division codes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.directory.states import Level

FOLDER = Path(__file__).parent / "divisions"
_LEVEL_OF_LENGTH = {2: Level.REGION, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}


@dataclass(frozen=True)
class Division:
    """One row: official code, name, level, code of the unit it is part of (empty at the top)."""

    code: str
    name: str
    level: str
    parent: str


def find(code: str, beside: Path) -> Path | None:
    """Return the file that holds a division: one named by its code beside a pack, or the shipped one around it."""
    around = [FOLDER / f"{code[:length]}.csv" for length in (6, 4, 2) if length <= len(code)]
    return next((path for path in [beside / f"{code}.csv", *around] if path.is_file()), None)


class DivisionsFault(ValueError):
    """Say where a file of divisions is wrong: `file:line: what`."""


def read(path: Path) -> list[Division]:
    """Read the divisions of a file, parents before parts.

    Raises DivisionsFault for an unknown parent, a code twice, or a code of another length than 2, 4, 6, 9 or 12.
    """
    seen: set[str] = set()
    found = []
    for number, row in enumerate(csv.DictReader(_lines(path)), start=2):
        fault = _fault(row, seen)
        if fault:
            raise DivisionsFault(f"{path.name}:{number}: {fault}")
        seen.add(row["code"])
        found.append(Division(row["code"], row["name"], _LEVEL_OF_LENGTH[len(row["code"])], row["parent"]))
    return sorted(found, key=lambda division: (len(division.code), division.code))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DivisionsFault(f"{path.name}:1: 不是 UTF-8 文本") from error


def _fault(row: dict[str, str], seen: set[str]) -> str:
    code, parent = row.get("code") or "", row.get("parent") or ""
    if not (code.isascii() and code.isdecimal()) or len(code) not in _LEVEL_OF_LENGTH:
        return f"区划代码“{code}”应为 2、4、6、9 或 12 位数字"
    if code in seen:
        return f"区划代码“{code}”重复"
    if not row.get("name"):
        return f"区划代码“{code}”没有名称"
    if seen and parent not in seen:
        return f"上级代码“{parent}”不在本行之前"
    return ""


def supervisors(divisions: Sequence[Division]) -> dict[str, str]:
    """Return {code: code of the office it reports to}: its parent, but for the few that do not follow their code."""
    known = {division.code for division in divisions}
    listed = csv.DictReader(_lines(FOLDER / "supervision.csv"))
    others = {row["code"]: row["supervisor"] for row in listed if {row["code"], row["supervisor"]} <= known}
    return {division.code: division.parent for division in divisions} | others
