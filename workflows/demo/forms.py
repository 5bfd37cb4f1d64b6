"""What a generated applicant types into a form, whatever the pack asks."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from apps.directory.models import Person
from apps.directory.states import UnitLevel
from apps.policies.facts import (
    BOOLEAN,
    CHOICE,
    CHOICES,
    COUNTY,
    DATE,
    FACTS,
    INTEGER,
    LONG_TEXT,
    SCALE,
    TEXT,
    UNIT,
    Fact,
)  # fmt: skip
from apps.policies.schema import Pack
from apps.policies.values import fields_of, options

PLAN = "每月到服务村现场指导不少于两次，围绕{specialty}开展技术培训和示范推广，带动农户掌握关键技术。（示例）"


def fill(person: Person, county: str, pack: Pack, chance: random.Random) -> dict[str, Any]:
    """Return what the person types, as typed: every fact of the form, the favourable value where there is a choice."""
    asked = [FACTS[field.fact] for field in fields_of(pack.processes.application)]
    return {fact.name: _typed(fact, person, county, pack, chance) for fact in asked}


def _typed(fact: Fact, person: Person, county: str, pack: Pack, chance: random.Random) -> Any:
    known: Mapping[str, Any] = {
        "person.name": person.name,
        "person.sex": person.sex,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.unit": str(person.unit_id),
        "person.specialty": person.specialty,
        "application.county": county,
    }
    if fact.name in known:
        return known[fact.name]
    by_type: Mapping[str, Callable[[], Any]] = {
        TEXT: lambda: "示例",
        LONG_TEXT: lambda: PLAN.format(specialty=person.specialty),
        INTEGER: lambda: str(chance.randint(10, 30)),
        BOOLEAN: lambda: "yes",
        DATE: lambda: "2015-09-01",
        SCALE: lambda: chance.choice(options(fact, pack)[-3:])[0],
        CHOICE: lambda: chance.choice(options(fact, pack))[0],
        CHOICES: lambda: [chance.choice(options(fact, pack))[0]],
        COUNTY: lambda: county,
        UNIT: lambda: str(person.unit_id),
    }
    return by_type[fact.type]()


def own_county(person: Person) -> str:
    """Return the county whose unit the person works in, empty for a unit of a higher level."""
    unit = person.unit
    if unit is None or unit.level not in (UnitLevel.COUNTY, UnitLevel.TOWNSHIP):
        return ""
    return unit.region.code
