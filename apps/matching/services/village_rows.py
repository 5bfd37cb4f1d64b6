"""Village rows read out of a workbook, every fault with its cell."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.directory.models import Person, Region
from apps.directory.states import Level
from apps.matching.models import Village
from apps.matching.selectors.lists import counties_kept, industries_listed
from apps.matching.services.lists import VillageRow
from apps.policies.matching import placing_of
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import pack_of

CODE, KINDS, INDUSTRIES, LAST = COLUMNS = ("行政区划代码", "类别", "产业规模", "上年挂村人员")
"""What a workbook of villages calls the columns that are read."""
MOST_SCALE = 999_999
Cell = tuple[int, int]
_BETWEEN = re.compile(r"[、；;，,\s]+")
_SCALED = re.compile(r"(\D+?)(\d{1,6})")
_WITH_UNIT = re.compile(r"(.+?)（(.+)）")


class _Faulty(ValueError):
    """What is wrong in a cell."""


@dataclass(frozen=True)
class Known:
    """What rows are read by: codes of villages, labels of kinds, industries, people by name, and whose kinds stand."""

    villages: Collection[str]
    kinds: Mapping[str, str]
    industries: Collection[str]
    people: Mapping[str, Sequence[Person]]
    standing: Mapping[str, Sequence[str]] | None


def known_for(season: Season, cells: Sequence[Sequence[str]], by: Any, at: Any) -> Known:
    """Return what the rows of a sheet are read by, in a constant number of queries; kinds stand for a county."""
    pack = pack_of(season)
    placing = placing_of(pack)
    within = {county.pk for county in counties_kept(by, season, at)}
    regions = Region.objects.filter(code__in=_column(cells, CODE), level=Level.VILLAGE).values_list("code", "path")
    names = {_name(cell) for cell in _column(cells, LAST)}
    people = defaultdict(list)
    for person in Person.objects.filter(name__in=names).select_related("unit").order_by("pk"):
        people[person.name].append(person)
    standing = dict(Village.objects.filter(season=season).values_list("region", "kinds"))
    return Known(
        villages={code for code, path in regions if within.intersection(path.split("/"))},
        kinds={label: key for key, label in placing.villages.items()} if placing else {},
        industries=industries_listed(season),
        people=people,
        standing=None if manages_the_season(by, season, at) else standing,
    )


def _column(cells: Sequence[Sequence[str]], name: str) -> set[str]:
    """Return what stands in a column, nothing where there is no such column."""
    place = next((number for line in cells[:1] for number, text in enumerate(line) if text.strip() == name), None)
    return set() if place is None else {line[place].strip() for line in cells[1:] if place < len(line)}


def _name(cell: str) -> str:
    found = _WITH_UNIT.fullmatch(cell)
    return found[1] if found else cell


def villages_in(cells: Sequence[Sequence[str]], known: Known) -> tuple[list[VillageRow], dict[Cell, str]]:
    """Return the villages that a sheet gives, and its faults by (row, column) from 1."""
    head = [text.strip() for text in cells[0]] if cells else []
    if missing := [name for name in COLUMNS if name not in head]:
        return [], {(1, 1): f"首行缺少“{'”“'.join(missing)}”列，请用导出的工作簿填写"}
    place = {name: head.index(name) for name in COLUMNS}
    rows: dict[str, VillageRow] = {}
    faults: dict[Cell, str] = {}
    for number, line in enumerate(cells[1:], start=2):
        typed = {name: line[at].strip() if at < len(line) else "" for name, at in place.items()}
        if not any(typed.values()):
            continue
        said, wrong = _read(typed, known, rows)
        faults |= {(number, place[name] + 1): text for name, text in wrong.items()}
        rows[typed[CODE]] = VillageRow(typed[CODE], *(said.get(name) or default for name, default in _EMPTY.items()))
    return list(rows.values()), faults


_EMPTY: Mapping[str, Any] = {KINDS: (), INDUSTRIES: {}, LAST: None}


def _read(typed: Mapping[str, str], known: Known, rows: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the cells of a line say, and what is wrong with each."""
    readers: Mapping[str, Callable[[], Any]] = {
        CODE: lambda: _code(typed[CODE], known, rows),
        KINDS: lambda: _kinds(typed[KINDS], typed[CODE], known),
        INDUSTRIES: lambda: dict(_scales(typed[INDUSTRIES], known)),
        LAST: lambda: _person(typed[LAST], known),
    }
    said: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, read in readers.items():
        try:
            said[name] = read()
        except _Faulty as fault:
            wrong[name] = str(fault)
    return said, wrong


def _code(text: str, known: Known, rows: Collection[str]) -> str:
    if text in rows:
        raise _Faulty(f"“{text[:20]}”重复")
    if text not in known.villages:
        raise _Faulty(f"“{text[:20]}”不是您管理的村（社区）的区划代码")
    return text


def _kinds(text: str, code: str, known: Known) -> tuple[str, ...]:
    labels = [label for label in _BETWEEN.split(text) if label]
    if strange := [label for label in labels if label not in known.kinds]:
        raise _Faulty(f"没有“{strange[0][:20]}”这一类别，可填：{'、'.join(known.kinds)}，多个用顿号隔开")
    found = tuple(known.kinds[label] for label in labels)
    if known.standing is not None and set(found) != set(known.standing.get(code, ())):
        raise _Faulty("类别由协调办公室设定，请保持不变")
    return found


def _scales(text: str, known: Known) -> Iterator[tuple[str, int]]:
    for part in filter(None, _BETWEEN.split(text)):
        found = _SCALED.fullmatch(part)
        if found is None:
            raise _Faulty(f"“{part[:20]}”应写成“产业加规模”，例如“柑橘1200”，规模为不大于{MOST_SCALE}的整数")
        if found[1] not in known.industries:
            raise _Faulty(f"产业“{found[1][:20]}”不在本批次的产业清单中")
        yield found[1], int(found[2])


def _person(text: str, known: Known) -> int | None:
    if not text:
        return None
    found = _WITH_UNIT.fullmatch(text)
    people = [each for each in known.people.get(_name(text), ()) if not found or str(each.unit) == found[2]]
    if not people:
        raise _Faulty(f"没有“{text[:40]}”的人员档案")
    if len(people) > 1:
        raise _Faulty(f"有{len(people)}人同名，请写成“姓名（单位全称）”")
    return people[0].pk
