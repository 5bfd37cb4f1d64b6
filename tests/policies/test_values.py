"""What was typed is read as it was meant, or refused in words: never an error, never a value that cannot be kept."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.refusals import Problem
from apps.policies.facts import (
    BOOLEAN,
    CHOICE,
    CHOICES,
    COUNTY,
    DATE,
    DERIVED,
    FACTS,
    INTEGER,
    LONG_TEXT,
    SCALE,
    TEXT,
    UNIT,
    Fact,
)
from apps.policies.values import Mistyped, fields_of, missing_files, options, read_form, read_value
from tests.factories import FILLED
from tests.policies.packs import guangxi

PACK = guangxi()
FORM = PACK.processes.application.form
TYPED = [fact for fact in FACTS.values() if fact.provider != DERIVED]
TYPES = {
    TEXT: str, LONG_TEXT: str, SCALE: str, CHOICE: str, COUNTY: str, UNIT: str, INTEGER: int, BOOLEAN: bool,
    DATE: date, CHOICES: list,
}  # fmt: skip
CHARACTERS = st.characters(codec=None)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(CHARACTERS), st.binary(), st.dates()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=2)),
    max_leaves=5,
)


def said_of(fact: Fact, typed: Any) -> tuple[Any, str]:
    """Return the value read, and the words of the refusal."""
    try:
        return read_value(fact, typed, PACK), ""
    except Mistyped as error:
        return None, str(error)


@given(st.sampled_from(TYPED), ANYTHING)
def test_whatever_is_typed_is_read_or_refused_in_words(fact: Fact, typed: Any):
    value, words = said_of(fact, typed)
    assert words == "" or words.startswith(fact.label)
    assert value is None or type(value) is TYPES[fact.type]
    assert "\0" not in str(value).encode().decode()


@given(st.dictionaries(st.sampled_from([*FACTS, "person.wealth"]), ANYTHING))
def test_whatever_a_form_holds_it_is_read(content: dict[str, Any]):
    facts, problems = read_form(FORM, content, PACK)
    asked = [field.fact for field in fields_of(FORM)]
    assert [name for name in asked if name not in facts and name not in {each.key for each in problems}] == []
    assert [name for name in facts if name not in asked] == []


def read(name: str, typed: Any) -> Any:
    return read_value(FACTS[name], typed, PACK)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("person.name", "  韦测试 ", "韦测试"),
        ("person.name", "㐂\U00030edd\U00031350", "㐂\U00030edd\U00031350"),
        ("person.years_of_service", "５", 5),
        ("person.years_of_service", "0", 0),
        ("person.birth_date", "1985-03-21", date(1985, 3, 21)),
        ("person.in_service", "no", False),
        ("application.industries", "citrus", ["citrus"]),
        ("application.industries", ["tea", "citrus", "tea"], ["tea", "citrus"]),
        ("application.plan", "一、\r\n\t二、", "一、\r\n\t二、"),
        ("application.plan", "字" * 2000, "字" * 2000),
        ("application.county", "450126", "450126"),
        ("person.education", "硕士", "硕士"),
        ("person.name", "   ", None),
        ("person.name", None, None),
        ("application.industries", [], None),
    ],
)
def test_what_was_meant_is_read(name: str, typed: Any, value: Any):
    assert read(name, typed) == value


UNSEEN = "姓名含有不可见或无法印出的字符"


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("person.name", "韦\0测试", UNSEEN),
        ("person.name", "韦\x1b[31m", UNSEEN),
        ("person.name", "韦\n测试", UNSEEN),
        ("person.name", "韦\u202e试测", UNSEEN),
        ("person.name", "韦\u200b测试", UNSEEN),
        ("person.name", "韦\ud800", UNSEEN),
        ("person.name", "韦\ue000", UNSEEN),
        ("person.name", "字" * 51, "姓名最多50字，现有51字"),
        ("application.plan", "字" * 1_000_000, "服务计划最多2000字，现有1000000字"),
        ("person.name", ["韦", "测试"], "姓名的格式不对"),
        ("person.name", {"a": 1}, "姓名的格式不对"),
        ("person.name", 5, "姓名的格式不对"),
        ("person.years_of_service", "9" * 400, "从事科技服务年限应填写整数"),
        ("person.years_of_service", "-1", "从事科技服务年限应填写整数"),
        ("person.years_of_service", "1e3", "从事科技服务年限应填写整数"),
        ("person.years_of_service", "²", "从事科技服务年限应填写整数"),
        ("person.years_of_service", "71", "从事科技服务年限不能大于70"),
        ("person.birth_date", "1985-02-30", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "19850321", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "1985-W12-4", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "0001-01-01", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "1899-12-31", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "2101-01-01", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.birth_date", "9999-12-31", "出生日期应写成 1985-03-21 这样的日期"),
        ("person.in_service", "true", "是否在职应选择是或否"),
        ("person.education", "院士", "学历“院士”不在可选范围内"),
        ("person.sex", "x" * 400, f"性别“{'x' * 20}”不在可选范围内"),
        ("application.industries", ["citrus", "gold"], "服务产业“gold”不在可选范围内"),
        ("application.industries", [["citrus"]], "服务产业的格式不对"),
        ("application.industries", {"citrus": 1}, "服务产业的格式不对"),
        ("application.industries", 5, "服务产业的格式不对"),
        ("application.county", "450126; drop", "服务县（市、区）请从列表中选择"),
        ("application.county", "4" * 13, "服务县（市、区）请从列表中选择"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(name: str, typed: Any, words: str):
    with pytest.raises(Mistyped) as refused:
        read(name, typed)
    assert str(refused.value) == words


def test_a_complete_form_has_no_problems():
    facts, problems = read_form(FORM, {**FILLED, "application.county": "450126", "person.unit": "7"}, PACK)
    assert problems == []
    assert facts["application.achievements"] is None
    assert facts["person.birth_date"] == date(1985, 3, 21)


def test_problems_stand_in_the_order_of_the_form_and_say_what_to_do():
    content = {**FILLED, "application.county": "450126", "person.unit": "7", "person.name": "", "person.title": "院士"}
    _, problems = read_form(FORM, content | {"application.joins_county_team": None}, PACK)
    assert problems == [
        Problem("person.name", "姓名没有填写。", "请补填。"),
        Problem("person.title", "职称“院士”不在可选范围内。", "请更正。"),
        Problem("application.joins_county_team", "我将加入服务县的“一县一团”没有填写。", "请补填。"),
    ]


def test_only_required_documents_are_missed():
    assert missing_files(FORM, {}) == [Problem("diploma", "缺少附件“学历或职称证书”。", "请上传。")]
    assert missing_files(FORM, {"diploma": [{"digest": "0"}]}) == []


def test_the_values_to_choose_from_are_the_packs():
    assert options(FACTS["unit.level"], PACK) == [
        ("township", "乡镇"), ("county", "县（市、区）"), ("city", "设区市"), ("region", "自治区"), ("central", "中央"),
    ]  # fmt: skip
    assert options(FACTS["person.sex"], PACK) == [("男", "男"), ("女", "女")]
    assert options(FACTS["person.name"], PACK) == []
