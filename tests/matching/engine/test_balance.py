"""Floors are filled as far as they can be, by moves that people are asked for and may refuse."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.balance import Balanced, Move, balance, go_on
from apps.matching.engine.certificate import certify
from apps.matching.engine.instance import Pin
from apps.matching.engine.lottery import drawn
from apps.matching.engine.propose import Ties, propose
from apps.matching.engine.reading import of
from tests.matching.engine.brute import best_of, ranks_in_order, stable_matchings
from tests.matching.engine.markets import Market, generated, shuffled
from tests.matching.engine.oracle import missing
from tests.matching.engine.strategies import markets
from tests.matching.engine.test_flows import least_missing, small_markets

CHOSEN: dict[str, Any] = {"ties": Ties.LOTTERY, "seed": "0412"}
either = st.sampled_from(Ties)


def market_of(wishes: dict[str, list[str]], rights: dict[str, tuple[int, int]]) -> Market:
    """Write a market whose rights, by upper and lower, rank their people as they come."""
    prefs = {name: [person for person, its in wishes.items() if name in its] for name in rights}
    right = {name: {"upper": upper, "lower": lower, "prefs": prefs[name]} for name, (upper, lower) in rights.items()}
    return {"left": wishes, "right": right}


def short_of(found: Balanced) -> int:
    return sum(missing(found.instance, list(found.allocation.matching.values())).values())


def middling(seed: int = 7) -> Market:
    """Return a market in which some people have to move and others follow them."""
    return generated(300, 12, wishes=(1, 3), seats=1.0, floor=0.9, right_ties=0.8, seed=seed)


@given(small_markets(), either)
def test_no_floor_is_emptier_than_it_must_be(market: Market, ties: Ties):
    instance = of(market)
    found = balance(instance, ties=ties, seed="0412")
    assert (short_of(found), found.remaining.bound, found.bound) == (least_missing(instance),) * 3


@pytest.mark.parametrize("projects", [0, 3])
@pytest.mark.parametrize("seed", range(3))
def test_everybody_who_was_not_moved_stands_where_a_run_around_the_moved_puts_him(seed: int, projects: int):
    market = generated(200, 9, wishes=(1, 3), floor=0.9, right_ties=0.8, projects=projects, pinned=9, seed=seed)
    instance = of(market)
    found = balance(instance, **CHOSEN)
    assert {move.person: move.pin for move in found.moves} == dict(found.instance.pins.items() - instance.pins.items())
    assert found.allocation.matching == propose(found.instance, **CHOSEN).matching
    assert certify(found.allocation).undocumented == ()
    assert all(any(move.to in tier for tier in instance.left[move.person]) for move in found.moves)


@given(markets(people=4))
def test_around_the_moved_everybody_has_the_best_of_all_stable_matchings(market: Market):
    found = balance(of(market), **CHOSEN)
    instance, numbered = found.instance, found.allocation.numbered
    asked = {name: [numbered.names[o] for o in numbered.wishes[i]] for i, name in enumerate(numbered.people)}
    left, right = ranks_in_order(instance, asked, drawn(instance.left, CHOSEN["seed"]))
    every = list(stable_matchings(instance, left, right))
    assert found.allocation.matching == {name: best_of(name, every, left) for name in instance.left}


@given(small_markets(), either)
def test_a_market_with_full_floors_is_left_alone(market: Market, ties: Ties):
    for right in market["right"].values():
        right["lower"] = 0
    found = balance(of(market), ties=ties, seed="0412")
    assert (found.moves, found.rounds) == ((), 1)


def test_a_person_moves_from_where_there_are_enough():
    wishes = {"甲": ["东"], "乙": ["东", "西"], "丙": ["北", "西"]}
    found = balance(of(market_of(wishes, {"东": (2, 1), "西": (2, 1), "北": (2, 1)})), **CHOSEN)
    assert found.moves == (Move("乙", came_from="东", to="西", floor="西"),)
    assert found.instance.pins == {"乙": Pin("西", "补足西下限，原为东")}


def test_of_two_who_could_move_the_one_with_the_earlier_wish_is_asked():
    wishes = {"甲": ["东", "北", "西"], "乙": ["东", "西"], "丙": ["东"]}
    found = balance(of(market_of(wishes, {"东": (3, 1), "西": (1, 1), "北": (1, 0)})), **CHOSEN)
    assert [(move.person, move.to) for move in found.moves] == [("乙", "西")]


def test_who_follows_into_the_seat_is_moved_only_where_he_empties_a_floor():
    wishes = {"甲": ["东", "西"], "乙": ["东", "北"], "丙": ["东"]}
    found = balance(of(market_of(wishes, {"东": (1, 0), "西": (1, 1), "北": (1, 1)})), **CHOSEN)
    assert [(move.person, move.came_from, move.to) for move in found.moves] == [("甲", "东", "西"), ("乙", "东", "北")]
    assert found.allocation.matching == {"甲": "西", "乙": "北", "丙": "东"}


def test_of_two_who_could_take_a_seat_the_one_who_has_none_is_asked_however_late_his_wish():
    """The first in the small project moves to the other one, and somebody must come after him."""
    wishes = {"甲": ["东茶", "东桑"], "乙": ["北茶", "东茶"], "丙": ["西茶", "南茶", "中茶", "东茶"]}
    wishes |= {"丁": ["西茶"], "戊": ["南茶"], "己": ["中茶"]}
    prefs = {"东": ["甲", "乙", "丙"], "北": ["乙"], "西": ["丁", "丙"], "南": ["戊", "丙"], "中": ["己", "丙"]}
    market: Market = {
        "left": wishes,
        "right": {name: {"upper": 2 if name == "东" else 1, "prefs": its} for name, its in prefs.items()},
        "projects": {f"{name}茶": {"owner": name, "upper": 1} for name in prefs},
    }
    market["right"]["东"]["lower"] = 2
    market["projects"]["东桑"] = {"owner": "东", "upper": 1}
    found = balance(of(market), **CHOSEN)
    asked = {(move.person, move.came_from, move.to) for move in found.moves}
    assert asked == {("甲", "东茶", "东桑"), ("丙", None, "东茶")}


def test_nobody_is_asked_to_take_a_seat_that_is_taken_anyway():
    found = balance(of(market_of({"甲": ["东", "西"], "乙": ["东"]}, {"东": (1, 1), "西": (1, 1)})), **CHOSEN)
    assert [move.person for move in found.moves] == ["甲"]
    assert found.allocation.matching == {"甲": "西", "乙": "东"}


def test_what_cannot_be_filled_is_told_with_its_proof():
    found = balance(of(market_of({"甲": ["东", "西"]}, {"东": (2, 2), "西": (1, 1)})), **CHOSEN)
    assert (found.remaining.bound, found.remaining.groups, found.remaining.people) == (2, ("东", "西"), ("甲",))


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_another_order_give_the_same_moves(seed: int):
    found, again = balance(of(middling()), **CHOSEN), balance(of(shuffled(middling(), seed)), **CHOSEN)
    assert (again.moves, again.allocation.matching) == (found.moves, found.allocation.matching)
    assert len(found.moves) > 10


def test_a_middling_market_asks_few_more_than_the_seats_that_are_filled():
    for seed in range(5):
        instance = of(middling(seed))
        before = sum(missing(instance, list(propose(instance, **CHOSEN).matching.values())).values())
        found = balance(instance, **CHOSEN)
        assert len(found.moves) <= 1.4 * (before - found.remaining.bound)


def test_a_refused_move_goes_to_another():
    wishes = {"甲": ["东", "西"], "乙": ["东", "北", "西"], "丙": ["东"]}
    before = balance(of(market_of(wishes, {"东": (3, 1), "西": (1, 1), "北": (1, 0)})), **CHOSEN)
    after = go_on(before, **CHOSEN, consents=[], refusals=["甲"])
    assert [move.person for move in before.moves] == ["甲"]
    assert [move.person for move in after.moves] == ["乙"]
    assert (after.remaining.bound, after.allocation.matching["甲"]) == (0, "东")


def test_when_all_refuse_nobody_moves_and_the_proof_says_so():
    found = balance(of(middling()), **CHOSEN)
    first = sum(missing(found.instance, list(propose(of(middling()), **CHOSEN).matching.values())).values())
    while found.moves:
        found = go_on(found, **CHOSEN, consents=[], refusals=[move.person for move in found.moves])
    assert found.allocation.matching == propose(of(middling()), **CHOSEN).matching
    assert found.remaining.bound == short_of(found) == first > found.bound


@pytest.mark.parametrize("seed", range(4))
def test_answers_in_any_mixture_come_to_an_end(seed: int):
    draw = random.Random(seed)
    found = balance(of(middling(seed)), **CHOSEN)
    agreed: dict[str, str] = {}
    refused: set[tuple[str, str]] = set()
    while open_moves := [move for move in found.moves if move.person not in agreed]:
        answered = {move: draw.choice(["yes", "no", ""]) for move in open_moves}
        agreed |= {move.person: move.to for move, word in answered.items() if word == "yes"}
        refused |= {(move.person, move.to) for move, word in answered.items() if word == "no"}
        yes, no = ([move.person for move, word in answered.items() if word == wanted] for wanted in ("yes", "no"))
        found = go_on(found, **CHOSEN, consents=yes, refusals=no)
        assert agreed.items() <= {(move.person, move.to) for move in found.moves}
        assert not refused & {(move.person, move.to) for move in found.moves}
        assert short_of(found) == found.remaining.bound >= found.bound
        assert certify(found.allocation).undocumented == ()
    assert {(move.person, move.to) for move in found.moves} == set(agreed.items())


def test_a_move_without_an_answer_gives_way_when_it_keeps_a_floor_empty():
    wishes = {"甲": ["东", "西", "北"], "乙": ["东", "北"], "丙": ["东", "南", "西"], "丁": ["东"]}
    rights = {"东": (4, 0), "西": (1, 1), "北": (1, 1), "南": (1, 0)}
    before = balance(of(market_of(wishes, rights)), **CHOSEN)
    after = go_on(before, **CHOSEN, consents=[], refusals=["乙"])
    assert {move.person: move.to for move in before.moves} == {"甲": "西", "乙": "北"}
    assert {move.person: move.to for move in after.moves} == {"甲": "北", "丙": "西"}


def test_a_move_that_was_agreed_to_stays_even_then():
    wishes = {"甲": ["东", "西", "北"], "乙": ["东", "北"], "丙": ["东", "南", "西"], "丁": ["东"]}
    rights = {"东": (4, 0), "西": (1, 1), "北": (1, 1), "南": (1, 0)}
    before = balance(of(market_of(wishes, rights)), **CHOSEN)
    after = go_on(before, **CHOSEN, consents=["甲"], refusals=["乙"])
    assert {move.person: move.to for move in after.moves} == {"甲": "西"}
    assert (after.remaining.bound, after.remaining.groups, after.bound) == (1, ("北",), 0)


@pytest.mark.parametrize(
    ("consents", "refusals", "words"),
    [(["丁"], [], "nobody asked 丁"), ([], ["丁"], "nobody asked 丁"), (["甲"], ["甲"], "甲 cannot both")],
)
def test_answers_that_make_no_sense_are_refused(consents: list[str], refusals: list[str], words: str):
    market = of(market_of({"甲": ["东", "西"], "丁": ["东"]}, {"东": (2, 0), "西": (1, 1)}))
    with pytest.raises(ValueError, match=words):
        go_on(balance(market, **CHOSEN), **CHOSEN, consents=consents, refusals=refusals)


def test_who_agreed_cannot_refuse_later():
    market = of(market_of({"甲": ["东", "西"], "丁": ["东"]}, {"东": (2, 0), "西": (1, 1)}))
    found = go_on(balance(market, **CHOSEN), **CHOSEN, consents=["甲"], refusals=[])
    with pytest.raises(ValueError, match="甲 cannot both"):
        go_on(found, **CHOSEN, consents=[], refusals=["甲"])
