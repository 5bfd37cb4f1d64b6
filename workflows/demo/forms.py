"""What a generated applicant types into a form, whatever the pack asks."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from apps.directory.models import Organization, Person
from apps.directory.states import UnitLevel
from apps.policies.conditions import evaluate, facts_of
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
from apps.policies.values import fields_of, options, read_form
from apps.policies.walking import walk

PLAN = "每月到服务村现场指导不少于两次，围绕{specialty}开展技术培训和示范推广，带动农户掌握关键技术。（示例）"


REASON = "虽无登记在册的成果，但长期在基层服务，群众认可。（示例）"
FALLS_SHORT = 0.15


def fill(person: Person, county: str, host: Organization | None, pack: Pack, chance: random.Random) -> dict[str, Any]:
    """Return what is typed for a person, as typed: every fact of the form, favourable values where there is a choice.

    What is only wanted in principle is sometimes left empty, or is the least there is.
    """
    asked = [FACTS[field.fact] for field in fields_of(pack.processes.application.form)]
    filled = {fact.name: _typed(fact, person, county, host, pack, chance) for fact in asked}
    known = _known(filled, person, county, pack)
    chosen = [fact for fact in asked if fact.type == CHOICE and filled[fact.name]]
    filled |= {fact.name: _fitting(fact, known, pack, chance) for fact in chosen}
    for rule in _in_principle(pack):
        if chance.random() < FALLS_SHORT:
            filled |= {name: _short(name, pack) for name in facts_of(rule.require) if name in filled}
    return filled


def _short(name: str, pack: Pack) -> str:
    """Return what falls short of any requirement: the least of a scale, or nothing."""
    fact = FACTS[name]
    return options(fact, pack)[0][0] if fact.type == SCALE else ""


def _in_principle(pack: Pack) -> list[Rule]:
    return [rule for rule in pack.processes.application.eligibility if rule.strength == "in_principle"]


def reasons(content: Mapping[str, Any], pack: Pack) -> dict[str, str]:
    """Return why a person is to be appointed though something wanted in principle falls short, by rule."""
    return {
        rule.id: REASON
        for rule in _in_principle(pack)
        if any(content.get(name) == _short(name, pack) for name in facts_of(rule.require))
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


def _known(filled: Mapping[str, Any], person: Person, county: str, pack: Pack) -> dict[str, Any]:
    """Return what is known of a person with a filled form, as far as a choice may hang on it."""
    facts, _ = read_form(pack.processes.application.form, filled, pack)
    unit = person.unit
    works = {"unit.kind": unit.kind, "unit.level": unit.level} if unit else {}
    return {**facts, **works, "application.serves_own_county": own_county(person) == county}


def _fitting(fact: Fact, known: Mapping[str, Any], pack: Pack, chance: random.Random) -> Any:
    """Return the value of a choice, or another one if the person falls short of what is required of that one."""
    chosen = known.get(fact.name)
    if not _falls_short(fact, chosen, known, pack):
        return chosen
    fitting = [value for value in _favoured(fact, pack) if not _falls_short(fact, value, known, pack)]
    return chance.choice(fitting) if fitting else chosen


def _falls_short(fact: Fact, value: Any, known: Mapping[str, Any], pack: Pack) -> bool:
    facts = {**known, fact.name: value}
    return any(
        evaluate(rule.when, facts, pack).holds and not evaluate(rule.require, facts, pack).holds
        for rule in pack.processes.application.eligibility
        if rule.when is not None and fact.name in facts_of(rule.when)
    )


def _typed(
    fact: Fact, person: Person, county: str, host: Organization | None, pack: Pack, chance: random.Random
) -> Any:
    known: Mapping[str, Any] = {
        "person.name": person.name,
        "person.sex": person.sex,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.unit": str(person.unit_id or ""),
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
        UNIT: lambda: str(person.unit_id or ""),
    }
    return by_type[fact.type]()


def own_county(person: Person) -> str:
    """Return the county whose unit the person works in, empty for a unit of a higher level."""
    unit = person.unit
    if unit is None or unit.level not in (UnitLevel.COUNTY, UnitLevel.TOWNSHIP):
        return ""
    return unit.region.code
