"""A city over its groups is a level of its own: kept, stable, proved, told, and of no matter where it never binds."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.matching.engine.balance import balance
from apps.matching.engine.check import check
from apps.matching.engine.coverage import Short, outlook
from apps.matching.engine.explain import Explainer
from apps.matching.engine.flows import Shortage, shortage
from apps.matching.engine.lottery import drawn
from apps.matching.engine.numbered import Numbered
from apps.matching.engine.propose import Ties, propose
from apps.matching.engine.reading import of
from apps.matching.engine.retell import Contradiction, retell
from apps.matching.engine.solve import solve
from tests.matching.engine.brute import best_of, blocking, ranks_in_order, ranks_of_tiers, stable_matchings
from tests.matching.engine.markets import Market, generated, shuffled
from tests.matching.engine.strategies import markets

SEED = "2023"
often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def city(upper: int, *members: str) -> Market:
    return {"members": list(members), "upper": upper}


MARKET: dict[str, Any] = {
    "left": {"甲": ["东县"], "乙": ["西县"], "丙": ["西县", "南县"], "丁": ["东县"]},
    "right": {
        "东县": {"upper": 2, "prefs": ["甲", [], "丁"]},
        "西县": {"upper": 2, "prefs": [[], "乙", "丙"]},
        "南县": {"upper": 1, "prefs": ["丙"]},
    },
    "caps": {"北市": city(2, "东县", "西县")},
}


def test_a_city_that_is_full_turns_away_whom_its_counties_had_room_for():
    report = solve(of(MARKET), ties=Ties.LOTTERY, seed=SEED).report
    assert report["matching"] == {"甲": "东县", "乙": "西县", "丙": "南县", "丁": None}
    assert {name: line["tier"] for name, line in report["cutoffs"].items()} == {"北市": 2, "南县": 1}
    assert (report["blocking_pairs"], check(MARKET, report)) == (0, [])


def test_a_seat_of_the_city_goes_by_the_standing_at_the_county_that_it_is_wished_for():
    """The first stands in the third tier of his first wish: he holds the city's seat by his second, and by no other."""
    market = {
        "left": {"甲": ["东县", "西县"], "乙": ["南县"]},
        "right": {
            "东县": {"upper": 1, "prefs": [[], [], "甲"]},
            "西县": {"upper": 1, "prefs": ["甲"]},
            "南县": {"upper": 1, "prefs": [[], "乙"]},
        },
        "caps": {"北市": city(1, "东县", "西县", "南县")},
    }
    report = solve(of(market), ties=Ties.LOTTERY, seed=SEED).report
    assert report["matching"] == {"甲": "西县", "乙": None}
    assert (report["undocumented_blocking_pairs"], check(market, report)) == (0, [])


@given(markets(people=5, groups=4, caps=True))
@settings(often, max_examples=400)
def test_with_caps_everybody_has_the_best_of_all_stable_matchings(market: Market):
    instance = of(market)
    numbered = Numbered(instance, SEED)
    asked = {name: [numbered.names[o] for o in numbered.wishes[i]] for i, name in enumerate(numbered.people)}
    left, right = ranks_in_order(instance, asked, drawn(instance.left, SEED))
    every = list(stable_matchings(instance, left, right))
    best = {name: best_of(name, every, left) for name in instance.left}
    assert propose(instance, ties=Ties.LOTTERY, seed=SEED).matching == best


@given(markets(people=7, groups=4, caps=True), st.sampled_from(Ties), st.booleans())
@settings(often, max_examples=400)
def test_with_caps_the_checker_passes_what_is_solved_and_its_explanations_are_the_allocation(
    market: Market, ties: Ties, balanced: bool
):
    solution = solve(of(market), ties=ties, seed=SEED, balanced=balanced)
    assert check(market, solution.report) == []
    pinned = of({**market, "pins": solution.report["pins"]})
    assert list(blocking(pinned, solution.allocation.matching, *ranks_of_tiers(pinned))) == []
    says = Explainer(solution.allocation, solution.certificate, ties)
    where = {name: at and says.label(at) for name, at in solution.allocation.matching.items()}
    assert retell({name: says.of_person(name) for name in market["left"]}) == where


@given(markets(people=7, groups=4, caps=False), st.sampled_from(Ties), st.booleans())
@often
def test_caps_that_never_bind_change_nothing(market: Market, ties: Ties, balanced: bool):
    seats = sum(row["upper"] for row in market["right"].values())
    capped = {**market, "caps": {"c": city(seats + 1, *market["right"])}}
    plain, found = (solve(of(each), ties=ties, seed=SEED).report for each in (market, capped))
    other = {"input_sha256", "output_sha256", "seconds"}
    assert {key: found[key] for key in found.keys() - other} == {key: plain[key] for key in plain.keys() - other}
    assert check(capped, solve(of(capped), ties=ties, seed=SEED, balanced=balanced).report) == []


@given(markets(people=7, caps=False, floors=False), st.sampled_from(Ties), st.data())
@often
def test_a_cap_over_one_group_is_the_same_as_a_smaller_quota(market: Market, ties: Ties, data: st.DataObject):
    group = data.draw(st.sampled_from(sorted(market["right"])))
    right, projects = market["right"][group], market.get("projects", {})
    pinned = sum(projects.get(pin["to"], {"owner": pin["to"]})["owner"] == group for pin in market["pins"].values())
    upper = data.draw(st.integers(pinned, right["upper"]))
    smaller = {**market, "right": {**market["right"], group: {**right, "upper": upper}}}
    capped = {**market, "caps": {"c": city(upper, group)}}
    found, expected = (propose(of(each), ties=ties, seed=SEED) for each in (capped, smaller))
    assert (found.matching, found.promoted) == (expected.matching, expected.promoted)


LARGE = generated(
    300, 12, wishes=(1, 4), floor=0.7, left_ties=0.3, right_ties=0.7, projects=2, pinned=9, caps=3, seed=3
)  # fmt: skip


def hashed(market: Market) -> str:
    return str(solve(of(market), ties=Ties.PROMOTION, seed=SEED, balanced=True).report["output_sha256"])


def test_twenty_shuffled_inputs_with_caps_have_one_hash():
    assert {hashed(shuffled(LARGE, seed)) for seed in range(20)} == {hashed(LARGE)}
    assert solve(of(LARGE), ties=Ties.PROMOTION, seed=SEED).report["cutoffs"].keys() >= {"c0", "c1", "c2"}


def without_the_caps(draw: random.Random, market: Market) -> None:
    market["caps"] = {}


def without_one_cap(draw: random.Random, market: Market) -> None:
    del market["caps"][draw.choice(sorted(market["caps"]))]


def with_one_seat_more(draw: random.Random, market: Market) -> None:
    market["caps"][draw.choice(sorted(market["caps"]))]["upper"] += 1


def with_one_seat_less(draw: random.Random, market: Market) -> None:
    cap = market["caps"][draw.choice(sorted(market["caps"]))]
    cap["upper"] -= 1


def with_a_member_forgotten(draw: random.Random, market: Market) -> None:
    cap = market["caps"][draw.choice(sorted(market["caps"]))]
    cap["members"].remove(draw.choice(cap["members"]))


FORGETS = (without_the_caps, without_one_cap, with_one_seat_more, with_one_seat_less, with_a_member_forgotten)
HEADS = ("input_sha256", "output_sha256")


@pytest.mark.parametrize("forget", FORGETS)
@pytest.mark.parametrize("balanced", [False, True])
def test_the_result_of_other_caps_is_caught_however_right_all_else_is(
    forget: Callable[[random.Random, Market], None], balanced: bool
):
    for seed in range(12):
        ties, draw = list(Ties)[seed % 2], random.Random(seed)
        market = generated(80, 8, wishes=(2, 3), right_ties=0.5, floor=0.4, pinned=3, caps=2, seed=seed)
        other = copy.deepcopy(market)
        forget(draw, other)
        report = solve(of(other), ties=ties, seed=SEED, balanced=balanced).report
        true = solve(of(market), ties=ties, seed=SEED, balanced=balanced).report
        wrong = check(market, {**report, "input_sha256": true["input_sha256"]})
        assert [line for line in wrong if not line.startswith(HEADS)], (forget.__name__, seed)


def test_one_more_in_a_city_than_it_has_seats_is_told_with_its_name():
    report = solve(of(MARKET), ties=Ties.LOTTERY, seed=SEED).report
    report["matching"]["丁"] = "东县"
    assert "北市 有 3 人，超过名额 2" in check(MARKET, report)


def explainer(market: Market) -> Explainer:
    solution = solve(of(market), ties=Ties.LOTTERY, seed=SEED)
    return Explainer(solution.allocation, solution.certificate, Ties.LOTTERY)


def test_who_was_turned_away_by_the_city_is_told_so_and_the_county_too():
    says = explainer({**MARKET, "pins": {"乙": {"to": "西县", "reason": "续任"}}})
    line = says.of_person("丁").partition("录取线=")[2].partition("；")[0]
    full = f"城市名额（北市）2已满（其中1个用于区级调整），录取线={line}"
    assert says.of_person("丁") == (f"志愿1 东县：{full}；位次为第3层，未录取。区级调整：无。")
    assert says.of_person("甲") == (f"志愿1 东县：名额2，录取1；{full}；位次为{line}，录取。区级调整：无。")
    assert says.of_person("乙") == "区级调整：安排到西县；计入城市名额（北市），事由：续任。"
    assert says.of_right("东县").startswith(f"东县：名额2，录取1；{full}。录取：甲")
    assert says.of_cap("北市") == f"{full}。录取：东县 1人、西县 1人。"


def test_names_of_cities_with_marks_of_their_own_are_read_back_too():
    market = copy.deepcopy(MARKET)
    market["caps"] = {"城市名额（北市）9，录取1；": city(2, "东县", "西县")}
    says = explainer(market)
    texts = {name: says.of_person(name) for name in market["left"]}
    assert retell(texts) == {"甲": "东县", "乙": "西县", "丙": "南县", "丁": None}


FULL = "城市名额（市）1已满，录取线=第1层/摇号0002"
FAIR = {
    "a": f"志愿1 h：名额3，录取1；{FULL}；位次为第1层/摇号0002，录取。区级调整：无。",
    "b": f"志愿1 k：{FULL}；位次为第2层，未录取。志愿2 m：名额3，录取2，录取。区级调整：无。",
    "c": "区级调整：安排到m，事由：续任。",
}


def test_fair_explanations_of_a_city_are_believed():
    assert retell(FAIR) == {"a": "h", "b": "m", "c": "m"}


@pytest.mark.parametrize(
    "text",
    [
        "区级调整：安排到m；计入城市名额（市），事由：续任。",
        "区级调整：安排到k，事由：续任。",
        "区级调整：安排到k；计入城市名额（市），事由：续任。",
        "保留原安排：k；计入城市名额（市），沿用。",
        f"志愿1 k：{FULL}；位次为第1层/摇号0001，未录取。区级调整：无。",
        f"志愿1 k：名额3，录取1；{FULL}；位次为第1层/摇号0001，录取。区级调整：无。",
        "志愿1 h：名额3，录取1，录取。区级调整：无。",
    ],
)
def test_an_explanation_that_contradicts_another_about_a_city_is_not_believed(text: str):
    with pytest.raises(Contradiction):
        retell({**FAIR, "c": text})


def short_city() -> Market:
    """Return a market whose first county has the city's one seat, and whose second needs it."""
    return {
        "left": {"甲": ["东县"], "乙": ["西县"]},
        "right": {
            "东县": {"upper": 1, "prefs": ["甲"]},
            "西县": {"upper": 1, "lower": 1, "prefs": [[], "乙"]},
        },
        "caps": {"北市": city(1, "东县", "西县")},
    }


def test_under_a_full_city_a_floor_goes_before_seats_beyond_the_floors():
    found = balance(of(short_city()), ties=Ties.LOTTERY, seed=SEED)
    assert [(move.person, move.to) for move in found.moves] == [("乙", "西县")]
    assert (found.allocation.matching, found.bound) == ({"甲": None, "乙": "西县"}, 0)


def test_of_two_who_could_fill_it_the_one_is_asked_who_costs_nobody_his_seat():
    market = short_city()
    market["left"]["甲"].append("西县")
    market["right"]["西县"]["prefs"].append("甲")
    found = balance(of(market), ties=Ties.LOTTERY, seed=SEED)
    assert [(move.person, move.came_from, move.to) for move in found.moves] == [("甲", "东县", "西县")]


def test_a_city_that_is_full_of_what_its_floors_ask_for_is_no_proof_of_any_shortage():
    market = short_city()
    assert shortage(of(market)) == Shortage(0)
    market["right"]["南县"] = {"upper": 1, "lower": 1, "prefs": []}
    assert shortage(of(market)) == Shortage(1, groups=("南县",))


def test_floors_that_a_city_has_no_seats_for_are_short_with_the_city_as_proof():
    market = short_city()
    market["right"]["东县"]["lower"] = 1
    assert shortage(of(market)) == Shortage(1, groups=("东县", "西县"), caps=("北市",))
    assert outlook(of(market)).groups == (Short("东县", floor=1, wishes=1, missing=1),)
    assert balance(of(market), ties=Ties.LOTTERY, seed=SEED).moves == ()
