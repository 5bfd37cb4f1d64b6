"""Deferred acceptance gives what the definitions ask for, and what others compute."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.matching.engine.certificate import certify
from apps.matching.engine.instance import Instance
from apps.matching.engine.lottery import drawn
from apps.matching.engine.numbered import Numbered
from apps.matching.engine.propose import Ties, propose
from apps.matching.engine.reading import of
from tests.matching.engine.brute import best_of, blocking, ranks_in_order, ranks_of_tiers, stable_matchings
from tests.matching.engine.markets import Market
from tests.matching.engine.others import by_algmatch, by_matching, projects_by_algmatch, projects_by_matching
from tests.matching.engine.strategies import markets

SEED = "2023"
often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def matched(market: Market, ties: Ties = Ties.LOTTERY) -> dict[str, str | None]:
    return propose(of(market), ties=ties, seed=SEED).matching


def lists(instance: Instance) -> dict[str, list[str]]:
    numbered = Numbered(instance, SEED)
    return {name: [numbered.names[o] for o in numbered.wishes[i]] for i, name in enumerate(numbered.people)}


def wedding(men: dict[str, str], women: dict[str, str]) -> Market:
    right = {name: {"upper": 1, "prefs": list(prefs)} for name, prefs in women.items()}
    return {"left": {name: list(prefs) for name, prefs in men.items()}, "right": right}


def test_the_first_example_of_gale_and_shapley_gives_every_man_his_first_choice():
    market = wedding({"a": "ABC", "b": "BCA", "c": "CAB"}, {"A": "bca", "B": "cab", "C": "abc"})
    assert matched(market) == {"a": "A", "b": "B", "c": "C"}
    instance = of(market)
    assert len(list(stable_matchings(instance, *ranks_of_tiers(instance)))) == 3


def test_the_example_shipped_with_matching():
    market = wedding({"A": "DEF", "B": "DFE", "C": "FDE"}, {"D": "BCA", "E": "ACB", "F": "CBA"})
    assert matched(market) == {"A": "E", "B": "D", "C": "F"}


def test_the_example_of_residents_in_the_manual_of_matching():
    lists = {"M": "DLSJ", "C": "DASLJ", "G": "DJL"}
    right = {name: {"upper": 2, "prefs": list(prefs)} for name, prefs in lists.items()}
    wishes = {"A": "C", "S": "CM", "D": "CMG", "L": "MCG", "J": "CGM"}
    market = {"left": {name: list(its) for name, its in wishes.items()}, "right": right}
    assert matched(market) == {"A": "C", "S": "M", "D": "C", "L": "M", "J": "G"}


def test_the_example_of_projects_shipped_with_algmatch():
    market = {
        "left": {"s1": ["p1", "p2"], "s2": ["p2", "p3"], "s3": ["p3", "p1"], "s4": ["p4", "p1"]},
        "right": {
            "l1": {"upper": 2, "prefs": ["s3", "s1", "s2", "s4"]},
            "l2": {"upper": 2, "prefs": ["s2", "s4", "s3"]},
        },
        "projects": {
            "p1": {"owner": "l1", "upper": 1},
            "p2": {"owner": "l1", "upper": 1},
            "p3": {"owner": "l2", "upper": 1},
            "p4": {"owner": "l2", "upper": 1},
        },
    }
    assert matched(market) == {"s1": "p1", "s2": "p2", "s3": "p3", "s4": "p4"}


@given(
    markets(
        people=9,
        groups=4,
        projects=False,
        caps=False,
        left_ties=False,
        right_ties=False,
        pins=False,
        one_sided=False,
        fewest_seats=1,
    )
)
@settings(often, max_examples=300)
def test_algmatch_and_matching_place_everybody_alike(market: Market):
    assume(any(market["left"].values()))
    market = without_idle(market)
    ours = matched(market)
    assert {name: at or "" for name, at in ours.items()} == by_algmatch(market)
    assert {name: at for name, at in ours.items() if at} == by_matching(market)


def without_idle(market: Market) -> Market:
    """Leave out who wishes for nothing and who is wished for by nobody: the other packages do not take them."""
    left = {name: its for name, its in market["left"].items() if its}
    return {"left": left, "right": {name: row for name, row in market["right"].items() if row["prefs"]}}


@given(
    markets(
        people=8,
        groups=3,
        projects=True,
        fewest_projects=1,
        caps=False,
        left_ties=False,
        right_ties=False,
        pins=False,
        one_sided=False,
        fewest_seats=1,
    )
)
@settings(often, max_examples=300)
def test_algmatch_and_matching_share_out_projects_alike(market: Market):
    assume(any(market["left"].values()))
    market = with_seats_in_proportion(market)
    ours = matched(market)
    assert {name: at or "" for name, at in ours.items()} == projects_by_algmatch(market)
    assert {name: at for name, at in ours.items() if at} == projects_by_matching(market)


def with_seats_in_proportion(market: Market) -> Market:
    """Leave out who and what is idle, and give an owner between the most and the sum of its projects' seats."""
    left = {name: its for name, its in market["left"].items() if its}
    wished = {option for its in left.values() for option in its}
    projects = {name: row for name, row in market["projects"].items() if name in wished}
    right = {}
    for name, row in market["right"].items():
        seats = [project["upper"] for project in projects.values() if project["owner"] == name]
        if seats:
            right[name] = {"upper": min(max(row["upper"], *seats, 1), sum(seats)), "prefs": row["prefs"]}
    return {"left": left, "right": right, "projects": projects}


@given(markets())
@often
def test_with_a_lottery_everybody_has_the_best_of_all_stable_matchings(market: Market):
    instance = of(market)
    left, right = ranks_in_order(instance, lists(instance), drawn(instance.left, SEED))
    every = list(stable_matchings(instance, left, right))
    best = {name: best_of(name, every, left) for name in instance.left}
    assert propose(instance, ties=Ties.LOTTERY, seed=SEED).matching == best


@given(markets(), st.sampled_from(Ties))
@often
def test_no_pair_blocks_and_the_certificate_counts_as_the_definition_does(market: Market, ties: Ties):
    instance = of(market)
    allocation = propose(instance, ties=ties, seed=SEED)
    left, right = ranks_of_tiers(instance)
    assert list(blocking(instance, allocation.matching, left, right)) == []
    assert certify(allocation).undocumented == ()


@given(markets(people=6, projects=False, caps=False, left_ties=False, pins=False))
@often
def test_promotion_places_two_thirds_of_the_most_that_any_stable_matching_places(market: Market):
    instance = of(market)
    most = max(placed(each) for each in stable_matchings(instance, *ranks_of_tiers(instance)))
    assert 3 * placed(propose(instance, ties=Ties.PROMOTION, seed=SEED).matching) >= 2 * most


def placed(matching: dict[str, str | None]) -> int:
    return sum(at is not None for at in matching.values())


def test_promotion_places_whom_a_lottery_leaves_out():
    market = {
        "left": {"a": ["g", "h"], "b": ["g"]},
        "right": {"g": {"upper": 1, "prefs": [["a", "b"]]}, "h": {"upper": 1, "prefs": ["a"]}},
    }
    seed = next(str(n) for n in range(100) if drawn("ab", str(n))[0] == "a")
    assert propose(of(market), ties=Ties.LOTTERY, seed=seed).matching == {"a": "g", "b": None}
    assert propose(of(market), ties=Ties.PROMOTION, seed=seed).matching == {"a": "h", "b": "g"}


def test_of_tied_wishes_the_least_sought_is_asked_first():
    market = {
        "left": {"a": [["g", "h"]], "b": ["g"]},
        "right": {"g": {"upper": 1, "prefs": ["a", "b"]}, "h": {"upper": 1, "prefs": ["a"]}},
    }
    assert matched(market) == {"a": "h", "b": "g"}


def test_pinned_people_take_their_seat_first_and_the_pairs_they_block_are_explained():
    market = {
        "left": {"a": ["g"], "b": ["g", "h"]},
        "right": {"g": {"upper": 1, "prefs": ["a", "b"]}, "h": {"upper": 1, "prefs": ["b"]}},
        "pins": {"b": {"to": "g", "reason": "服务期未满"}},
    }
    allocation = propose(of(market), ties=Ties.LOTTERY, seed=SEED)
    certificate = certify(allocation)
    assert allocation.matching == {"a": None, "b": "g"}
    assert (certificate.blocking, certificate.undocumented) == ((("a", "g"),), ())


@pytest.mark.parametrize("ties", Ties)
def test_an_empty_market_is_allocated(ties: Ties):
    assert matched({"left": {}, "right": {}}, ties) == {}
    assert matched({"left": {"a": []}, "right": {"g": {"upper": 0, "prefs": []}}}, ties) == {"a": None}
