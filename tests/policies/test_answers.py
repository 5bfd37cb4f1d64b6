"""Which open questions a season may answer, and with what."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.policies import answers
from apps.policies.values import Mistyped
from tests.policies.packs import guangxi

PACK = guangxi()
KINDS = {
    "notice_days": answers.DAYS,
    "closing_reminder": answers.DAYS,
    "overdue_after": answers.DAYS,
    "term_years": answers.YEARS,
    "term_begins": answers.DAY,
    "who_may_apply": answers.OPTION,
    "application_route": answers.OPTION,
    "leader_screening": answers.OPTION,
    "overdue_counting": answers.OPTION,
    "overdue_colleagues": answers.DAYS,
    "overdue_level_above": answers.DAYS,
    "overdue_stop": answers.DAYS,
    "urging_every": answers.DAYS,
    "urging_at_most": answers.NUMBER,
    "lapse_after": answers.DAYS,
    "late_days": answers.DAYS,
    "half_month": answers.DAYS,
    "county_teams_at_most": answers.NUMBER,
    "equal_standing": answers.OPTION,
    "weight_of_fit": answers.NUMBER,
    "weight_of_had": answers.NUMBER,
    "weight_of_further": answers.NUMBER,
    "weight_daily_points": answers.PERCENT,
    "weight_effect": answers.PERCENT,
    "weight_satisfaction": answers.PERCENT,
}


def test_questions_that_the_pack_runs_on_may_be_answered_and_no_others():
    assert answers.kinds(PACK) == KINDS
    assert answers.asked(PACK) == frozenset(KINDS)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("notice_days", " 7 ", 7),
        ("notice_days", "366", 366),
        ("term_years", "20", 20),
        ("term_begins", "08-15", "08-15"),
        ("term_begins", "2026-08-15", "2026-08-15"),
        ("application_route", "past_city", "past_city"),
    ],
)
def test_an_answer_that_fits_is_read(key: str, text: str, value: Any):
    assert answers.read(PACK, key, text) == value


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("notice_days", "0", "应填写1至366的整数（天）"),
        ("notice_days", "367", "应填写1至366的整数（天）"),
        ("notice_days", "五", "应填写1至366的整数（天）"),
        ("notice_days", "9" * 100_000, "应填写1至366的整数（天）"),
        ("term_years", "21", "应填写1至20的整数（年）"),
        ("term_begins", "02-30", "应写成 01-01 这样的月日"),
        ("application_route", "派出单位", "请从所列选项中选择"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_in_words(key: str, text: str, words: str):
    with pytest.raises(Mistyped) as refused:
        answers.read(PACK, key, text)
    assert str(refused.value) == words


@given(st.sampled_from([*KINDS]), st.text())
def test_any_text_is_read_or_refused(key: str, text: str):
    try:
        value = answers.read(PACK, key, text)
    except Mistyped:
        return
    assert answers.read(PACK, key, str(value)) == value


def test_answers_read_as_people_say_them():
    settled = {
        "application_window": "6月1日至7月15日",
        "application_form": "按本包表单",
        "document_wording": "按本包文本",
    }
    told = {key: answers.in_words(PACK, key, PACK.chosen(key, {})) for key in [*settled, *KINDS]}
    assert told == settled | {
        "who_may_apply": "年满18周岁的在职人员，有学历、职称或科技服务年限之一",
        "application_route": "派出单位推荐、县级审核、设区市审核、公示、自治区聘任",
        "notice_days": "5天",
        "weight_of_fit": "1",
        "weight_of_had": "1000",
        "weight_of_further": "500",
        "closing_reminder": "3天",
        "overdue_after": "7天",
        "term_begins": "1月1日",
        "term_years": "1年",
        "leader_screening": "县（市、区）、设区市先后筛选推荐，自治区选定",
        "overdue_counting": "按自然日",
        "overdue_colleagues": "10天",
        "overdue_level_above": "14天",
        "overdue_stop": "30天",
        "urging_every": "3天",
        "urging_at_most": "3",
        "lapse_after": "60天",
        "late_days": "15天",
        "half_month": "15天",
        "county_teams_at_most": "1",
        "equal_standing": "公开摇号",
        "weight_daily_points": "30%",
        "weight_effect": "60%",
        "weight_satisfaction": "10%",
    }
    assert answers.options(PACK, "notice_days") == []
