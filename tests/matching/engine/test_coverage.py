"""While windows are open a county learns how many wishes it still needs."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.matching.engine.coverage import Short, floor_of, outlook
from apps.matching.engine.reading import of
from tests.matching.engine.markets import Market, shuffled
from tests.matching.engine.oracle import assignments, missing
from tests.matching.engine.test_flows import small_markets


@pytest.mark.parametrize(
    ("villages", "most", "fixed", "floor"),
    [(0, 2, 0, 0), (5, 2, 0, 3), (6, 2, 0, 3), (6, 2, 2, 1), (6, 2, 9, 0), (5, 1, 1, 4)],
)
def test_a_floor_counts_people_that_the_villages_still_need(villages: int, most: int, fixed: int, floor: int):
    assert floor_of(villages, most_villages=most, fixed=fixed) == floor


@pytest.mark.parametrize(("villages", "most", "fixed"), [(-1, 2, 0), (1, 0, 0), (1, 2, -1)])
def test_a_floor_of_impossible_numbers_is_refused(villages: int, most: int, fixed: int):
    with pytest.raises(ValueError, match="counted from"):
        floor_of(villages, most_villages=most, fixed=fixed)


@given(small_markets())
def test_what_is_missing_adds_up_to_the_least_shortage_and_is_spread_most_evenly(market: Market):
    instance = of(market)
    found = [list(missing(instance, list(each.values())).values()) for each in assignments(instance)]
    best = min((sum(each), sum(number * (number + 1) for number in each)) for each in found)
    told = [short.missing for short in outlook(instance).groups]
    assert (sum(told), sum(number * (number + 1) for number in told)) == best


@given(small_markets())
def test_so_many_more_wishes_fill_every_group(market: Market):
    names = (f"新{number}" for number in range(100))
    assume(not market.get("projects") and not market.get("caps"))
    for short in outlook(of(market)).groups:
        for name in [next(names) for _ in range(short.missing)]:
            market["left"][name] = [short.group]
            market["right"][short.group]["prefs"].append(name)
    assert outlook(of(market)).groups == ()


@given(small_markets(), st.integers())
def test_the_order_of_rows_makes_no_difference(market: Market, seed: int):
    assert outlook(of(shuffled(market, seed))) == outlook(of(market))


def test_it_tells_floor_and_wishes_of_each_group_that_stays_short():
    people = ["甲", "乙", "丙"]
    market: Market = {
        "left": {"甲": ["东", "西"], "乙": ["东", "西"], "丙": ["南"]},
        "right": {name: {"upper": 9, "lower": 2, "prefs": people} for name in "东西"},
        "pins": {"丙": {"to": "西", "reason": "县级人员"}},
    }
    market["right"]["南"] = {"upper": 9, "lower": 0, "prefs": people}
    assert outlook(of(market)).groups == (Short("东", floor=2, wishes=2, missing=1),)
    assert outlook(of(market)).proof.groups == ("东", "西")
