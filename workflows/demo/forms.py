"""What a generated applicant types into a form, whatever the pack asks."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from apps.directory.models import Organization, Person
from apps.directory.states import UnitLevel
from apps.policies.conditions import facts_of
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
from apps.policies.schema import Condition, Pack, Rule
from apps.policies.values import fields_of, options
from apps.policies.walking import walk

PLAN = "每月到服务村现场指导不少于两次，围绕{specialty}开展技术培训和示范推广，带动农户掌握关键技术。（示例）"


REASON = "虽无登记在册的成果，但长期在基层服务，群众认可。（示例）"
FALLS_SHORT = 0.15


def fill(person: Person, county: str, host: Organization | None, pack: Pack, chance: random.Random) -> dict[str, Any]:
    """Return what is typed for a person, as typed: every fact of the form, favourable values where there is a choice.

    What is only wanted in principle is sometimes left empty.
    """
    asked = [FACTS[field.fact] for field in fields_of(pack.processes.application)]
    filled = {fact.name: _typed(fact, person, county, host, pack, chance) for fact in asked}
    for rule in _in_principle(pack):
        if chance.random() < FALLS_SHORT:
            filled |= dict.fromkeys(facts_of(rule.require), "")
    return filled


def _in_principle(pack: Pack) -> list[Rule]:
    return [rule for rule in pack.processes.application.eligibility if rule.strength == "in_principle"]


def reasons(content: Mapping[str, Any], pack: Pack) -> dict[str, str]:
    """Return why a person is to be appointed though something wanted in principle is empty, by rule."""
    return {
        rule.id: REASON
        for rule in _in_principle(pack)
        if any(content.get(name) == "" for name in facts_of(rule.require))
    }


def _favoured(fact: Fact, pack: Pack) -> list[str]:
    """Return the values of a choice that a requirement names, all where none does."""
    named = [
        value
        for rule in pack.processes.application.eligibility
        for _, node in walk(rule.require)
        if isinstance(node, Condition) and node.fact == fact.name
        for value in (node.in_ or [node.is_])
        if value is not None
    ]
    return named or [value for value, _ in options(fact, pack)]


def _typed(
    fact: Fact, person: Person, county: str, host: Organization | None, pack: Pack, chance: random.Random
) -> Any:
    known: Mapping[str, Any] = {
        "person.name": person.name,
        "person.sex": person.sex,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.unit": str(person.unit_id),
        "person.specialty": person.specialty,
        "application.county": county,
        "application.host": str(host.pk) if host else "",
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
        CHOICE: lambda: chance.choice(_favoured(fact, pack)),
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
