"""Conditions are judged as anybody would read them, and always can be written in words."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies.checking.found import values_of
from apps.policies.conditions import Finding, evaluate, facts_of, render, show_value
from apps.policies.facts import BOOLEAN, CHOICE, CHOICES, DATE, FACTS, INTEGER, SCALE, Fact
from apps.policies.schema import Condition
from tests.policies.packs import guangxi

PACK = guangxi()
ORDER = {
    "at_least": lambda found, wanted: found >= wanted,
    "at_most": lambda found, wanted: found <= wanted,
    "above": lambda found, wanted: found > wanted,
    "below": lambda found, wanted: found < wanted,
}


def _operands(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.type == INTEGER:
        return st.integers(-5, 80)
    if fact.type == BOOLEAN:
        return st.booleans()
    if fact.type in (SCALE, CHOICE, CHOICES):
        return st.sampled_from(values_of(fact.options, PACK))
    return st.text(max_size=5)


def _leaves(fact: Fact) -> st.SearchStrategy[Condition]:
    several = st.lists(_operands(fact), min_size=1, max_size=3).map(lambda some: {"in": some})
    ops = [several] if fact.type == CHOICES else [several, _operands(fact).map(lambda one: {"is": one})]
    if fact.type in (SCALE, INTEGER):
        ops += [_operands(fact).map(lambda one, op=op: {op: one}) for op in ORDER]
    return st.one_of(ops).map(lambda said: Condition(fact=fact.name, **said))


LEAVES = st.sampled_from(list(FACTS.values())).flatmap(_leaves)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Condition(all=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Condition(any=tuple(parts))),
        inner.map(lambda part: Condition.model_validate({"not": part})),
    ),
    max_leaves=8,
)
ODD = st.one_of(st.none(), st.just(""), st.booleans(), st.integers(), st.text(max_size=5), st.just([]))


def _found(fact: Fact) -> st.SearchStrategy[Any]:
    return st.lists(_operands(fact), max_size=3) if fact.type == CHOICES else _operands(fact)


CASES = st.fixed_dictionaries({}, optional={fact.name: st.one_of(_found(fact), ODD) for fact in FACTS.values()})


def read_by_hand(condition: Condition, facts: dict[str, Any]) -> bool:
    """Judge a condition word by word."""
    if condition.all is not None:
        return not [part for part in condition.all if not read_by_hand(part, facts)]
    if condition.any is not None:
        return [part for part in condition.any if read_by_hand(part, facts)] != []
    if condition.negate is not None:
        return not read_by_hand(condition.negate, facts)
    fact, found = FACTS[condition.fact], facts.get(condition.fact)
    if found in (None, ""):
        return False
    if condition.is_ is not None:
        return found == condition.is_
    if condition.in_ is not None:
        return bool({*found} & {*condition.in_}) if isinstance(found, list) else found in [*condition.in_]
    ((op, wanted),) = [(op, said) for op in ORDER if (said := getattr(condition, op)) is not None]
    if fact.type == SCALE:
        scale = [*PACK.scales[fact.options]]
        return found in [value for place, value in enumerate(scale) if ORDER[op](place, scale.index(wanted))]
    return type(found) is int and ORDER[op](found, wanted)


@given(CONDITIONS, CASES)
def test_a_condition_comes_out_as_it_reads(condition: Condition, facts: dict[str, Any]):
    assert evaluate(condition, facts, PACK).holds == read_by_hand(condition, facts)


@given(CONDITIONS, CASES)
def test_a_condition_depends_on_the_facts_it_names_and_on_no_others(condition: Condition, facts: dict[str, Any]):
    named = {name: value for name, value in facts.items() if name in set(facts_of(condition))}
    assert evaluate(condition, named, PACK) == evaluate(condition, facts, PACK)


@given(CONDITIONS)
def test_every_condition_can_be_written_and_names_its_facts(condition: Condition):
    assert [name for name in facts_of(condition) if FACTS[name].label not in render(condition, PACK)] == []


@given(st.text(max_size=20), st.recursive(ODD, lambda inner: st.lists(inner, max_size=3)))
def test_any_value_of_any_fact_can_be_shown(name: str, value: Any):
    assert show_value(name, value, PACK) != ""


def _condition(**data: Any) -> Condition:
    return Condition.model_validate(data)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"fact": "person.education", "at_least": "本科"}, "学历不低于本科"),
        ({"fact": "person.age", "at_least": 18, "at_most": 60}, "年龄不少于18、不多于60"),
        ({"fact": "unit.level", "in": ["county", "township"]}, "派出单位层级为县（市、区）、乡镇之一"),
        ({"fact": "person.in_service", "is": True}, "是否在职为是"),
        ({"fact": "application.plan", "present": True}, "服务计划不为空"),
        ({"not": {"fact": "person.in_service", "is": True}}, "并非（是否在职为是）"),
        (
            {"any": [{"fact": "person.age", "below": 60}, {"all": [{"fact": "person.title", "above": "初级"}]}]},
            "年龄少于60；或（职称高于初级）",
        ),
    ],
)
def test_conditions_in_plain_words(condition: dict[str, Any], words: str):
    assert render(_condition(**condition), PACK) == words


def test_a_finding_tells_what_was_wanted_and_what_was_found():
    either = _condition(
        any=[{"fact": "person.education", "at_least": "大专"}, {"fact": "person.years_of_service", "at_least": 5}]
    )
    schooling = Finding(False, "学历不低于大专，实际为高中及以下")
    service = Finding(False, "从事科技服务年限不少于5年，而从事科技服务年限未填写")
    found = evaluate(either, {"person.education": "高中及以下"}, PACK)
    assert found == Finding(False, f"{schooling.text}；或{service.text}", (schooling, service))


@pytest.mark.parametrize(
    ("plan", "found"), [("每月下乡", (True, "服务计划已填写")), ("", (False, "服务计划不为空，而服务计划未填写"))]
)
def test_presence_is_judged_without_repeating_what_was_written(plan: str, found: tuple[bool, str]):
    finding = evaluate(_condition(fact="application.plan", present=True), {"application.plan": plan}, guangxi())
    assert (finding.holds, finding.text) == found


def test_dates_lists_and_gaps_are_shown_as_people_write_them():
    assert show_value("person.birth_date", date(1985, 3, 2), PACK) == "1985年3月2日"
    assert show_value("application.industries", ["citrus", "tea"], PACK) == "柑橘、茶叶"
    assert show_value("person.in_service", False, PACK) == "否"
    assert show_value("person.name", None, PACK) == "（未填写）"
    assert FACTS["person.birth_date"].type == DATE
