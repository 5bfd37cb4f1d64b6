"""Explanations say why in the words of the certificate, and all together they are the allocation."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.matching.engine.explain import Explainer, Words
from apps.matching.engine.propose import Ties
from apps.matching.engine.reading import of
from apps.matching.engine.retell import Contradiction, retell
from apps.matching.engine.solve import solve
from tests.matching.engine.markets import Market, generated
from tests.matching.engine.strategies import markets


def explainer(market: Market, ties: Ties = Ties.LOTTERY, words: Words | None = None) -> Explainer:
    solution = solve(of(market), ties=ties, seed="2023")
    return Explainer(solution.allocation, solution.certificate, ties, words)


def all_told(market: Market, ties: Ties = Ties.LOTTERY) -> tuple[dict[str, str], dict[str, str | None]]:
    """Return every explanation, and where everybody is."""
    solution = solve(of(market), ties=ties, seed="2023")
    says = Explainer(solution.allocation, solution.certificate, ties)
    where = {name: at and says.label(at) for name, at in solution.allocation.matching.items()}
    return {name: says.of_person(name) for name in market["left"]}, where


MARKET: dict[str, Any] = {
    "left": {"甲": ["东县", "西县"], "乙": ["东县"], "丙": ["南县", "西县"], "丁": [], "戊": ["西县"]},
    "right": {
        "东县": {"upper": 1, "prefs": ["乙", "甲"]},
        "西县": {"upper": 3, "prefs": [["甲", "丙"], "戊"]},
        "南县": {"upper": 1, "prefs": []},
    },
    "pins": {"戊": {"to": "南县", "reason": "服务期未满，继续服务"}},
}


def test_each_outcome_is_explained_in_the_wording_agreed():
    says = explainer(MARKET)
    line = says.of_person("乙").partition("录取线=")[2].partition("；")[0]
    assert says.of_person("甲") == (
        f"志愿1 东县：名额1已满，录取线={line}；位次为第2层，未录取。志愿2 西县：名额3，录取2，录取。区级调整：无。"
    )
    assert says.of_person("丙") == "志愿1 南县：对方未接受，未录取。志愿2 西县：名额3，录取2，录取。区级调整：无。"
    assert says.of_person("丁") == "没有志愿。区级调整：无。"
    assert says.of_person("戊") == "区级调整：安排到南县，事由：服务期未满，继续服务。"


def test_a_right_learns_whom_it_got_and_whom_it_did_not():
    said = explainer(MARKET).of_right("东县")
    assert said.startswith("东县：名额1已满，录取线=第1层/摇号000")
    assert "录取：乙（第1层/摇号000" in said
    assert "未录取：甲（第2层/摇号000" in said


def test_names_and_tiers_are_called_as_the_office_calls_them():
    market = {
        "left": {"a": ["x1"], "b": ["x1"]},
        "right": {"h": {"upper": 9, "prefs": ["a", "b"]}},
        "projects": {"x1": {"owner": "h", "upper": 1}},
    }
    words = Words({"h": "武鸣", "x1": "柑橘"}, {"h": ("第1层/匹配1", "第1层/匹配2")})
    says = explainer(market, words=words)
    line = says.of_person("a").partition("录取线=")[2].partition("；")[0]
    assert line.startswith("第1层/匹配1/摇号")
    assert says.of_person("b") == (
        f"志愿1 武鸣（柑橘）：名额1已满，录取线={line}；位次为第1层/匹配2，未录取。区级调整：无。"
    )


@given(markets(), st.sampled_from(Ties))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_all_explanations_together_are_the_allocation(market: Market, ties: Ties):
    texts, where = all_told(market, ties)
    assert retell(texts) == where


def test_who_keeps_what_an_earlier_version_gave_him_is_told_so_and_read_back():
    pins = {**MARKET["pins"], "丙": {"to": "西县", "reason": "沿用第1版：按第2志愿录取"}}
    says = explainer({**MARKET, "pins": pins}, words=Words(kept={"丙"}))
    assert says.of_person("丙") == "保留原安排：西县，沿用第1版：按第2志愿录取。"
    assert "丙（第1层/" in says.of_right("西县")
    assert "，保留原安排）" in says.of_right("西县")
    assert "戊（名单之外，预先安排）" in says.of_right("南县")
    texts = {name: says.of_person(name) for name in MARKET["left"]}
    assert retell(texts) == {"甲": "西县", "乙": "东县", "丙": "西县", "丁": None, "戊": "南县"}


@given(markets(), st.sampled_from(Ties))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_explanations_of_people_kept_are_read_back(market: Market, ties: Ties):
    solution = solve(of(market), ties=ties, seed="2023")
    words = Words(kept=set(market["pins"]))
    says = Explainer(solution.allocation, solution.certificate, ties, words)
    where = {name: at and says.label(at) for name, at in solution.allocation.matching.items()}
    assert retell({name: says.of_person(name) for name in market["left"]}) == where


AWKWARD = ["，", "a：b", "x；录取。", '引"号', "a/第1层", "（县）", "名 额", "志愿1 甲：名额3，录取2，录取。"]


def test_names_with_marks_of_their_own_are_read_back_too():
    market = {
        "left": dict.fromkeys(AWKWARD, AWKWARD),
        "right": {name: {"upper": 1, "prefs": [AWKWARD]} for name in AWKWARD},
        "pins": {"，": {"to": "a：b", "reason": "录取。\n区级调整：无。"}},
    }
    texts, where = all_told(market)
    assert retell(texts) == where


@pytest.mark.parametrize("ties", Ties)
def test_a_thousand_explanations_are_read_back(ties: Ties):
    market = generated(1000, 20, wishes=(1, 3), seats=0.8, right_ties=0.8, pinned=20)
    texts, where = all_told(market, ties)
    assert retell(texts) == where
    assert len({*where.values()}) == 21
    assert "您" not in "".join(texts.values())


@pytest.mark.long
@pytest.mark.parametrize("ties", Ties)
def test_ten_thousand_explanations_are_read_back(ties: Ties):
    texts, where = all_told(generated(10_000, 111, wishes=(1, 3), seats=0.8, right_ties=0.8, pinned=99), ties)
    assert retell(texts) == where


FAIR = {
    "a": "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第1层/摇号0002，录取。区级调整：无。",
    "b": "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第2层，未录取。区级调整：无。",
}


def test_fair_explanations_are_believed():
    assert retell(FAIR) == {"a": "h", "b": None}


@pytest.mark.parametrize(
    "text",
    [
        "随便写的。",
        "志愿1 h：未录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第1层，未录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0002，未录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第1层/摇号0001，未录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第2层，录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0003；位次为第2层，未录取。区级调整：无。",
        "志愿1 h：名额1已满（其中1个用于区级调整），录取线=第1层/摇号0002；位次为第2层，未录取。区级调整：无。",
        "志愿1 h：名额2，录取1，未录取。区级调整：无。",
        "志愿1 h：名额1已满，录取线=第1层/摇号0002；位次为第1层/摇号0001，录取。区级调整：无。",
        "志愿2 h：对方未接受，未录取。志愿1 k：对方未接受，未录取。区级调整：无。",
        "志愿1 k：名额9，录取2，录取。区级调整：无。",
    ],
)
def test_an_explanation_that_contradicts_itself_or_another_is_not_believed(text: str):
    with pytest.raises(Contradiction):
        retell({**FAIR, "b": text})
