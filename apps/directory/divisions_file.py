"""Reading a file of division codes."""

import csv
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


class DivisionsFault(ValueError):
    """Say where a file of divisions is wrong: `file:line: what`."""


def read(path: Path) -> list[Division]:
    """Read the divisions of a file, parents before parts.

    Raises DivisionsFault for an unknown parent, a code twice, or a code of another length than 2, 4, 6, 9 or 12.
    """
    seen: set[str] = set()
    found = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            fault = _fault(row, seen)
            if fault:
                raise DivisionsFault(f"{path.name}:{number}: {fault}")
            seen.add(row["code"])
            found.append(Division(row["code"], row["name"], _LEVEL_OF_LENGTH[len(row["code"])], row["parent"]))
    return sorted(found, key=lambda division: (len(division.code), division.code))


def _fault(row: dict[str, str], seen: set[str]) -> str:
    code, parent = row.get("code") or "", row.get("parent") or ""
    if not code.isdigit() or len(code) not in _LEVEL_OF_LENGTH:
        return f"区划代码“{code}”应为 2、4、6、9 或 12 位数字"
    if code in seen:
        return f"区划代码“{code}”重复"
    if not row.get("name"):
        return f"区划代码“{code}”没有名称"
    if parent and parent not in seen:
        return f"上级代码“{parent}”不在本行之前"
    return ""


def supervision() -> dict[str, str]:
    """Return {code: code of the office it reports to} for the units that do not follow their code."""
    with (FOLDER / "supervision.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: row["supervisor"] for row in csv.DictReader(lines)}
