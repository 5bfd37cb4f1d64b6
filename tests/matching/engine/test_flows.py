"""The least shortage is what trying everything finds, and its proof can be counted by hand."""

from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.flows import Shortage, shortage, shortage_bound
from apps.matching.engine.instance import Instance
from apps.matching.engine.reading import of
from tests.matching.engine.markets import Market, generated, shuffled
from tests.matching.engine.oracle import AssigningProgram, assignments, held, missing


@st.composite
def small_markets(draw: st.DrawFn) -> Market:
    return generated(
        draw(st.integers(1, 6)),
        draw(st.integers(1, 3)),
        wishes=draw(st.sampled_from([(0, 2), (1, 3)])),
        seats=draw(st.sampled_from([1.0, 1.5, 2.0])),
        floor=draw(st.sampled_from([0.5, 1.0])),
        right_ties=0.5,
        left_ties=draw(st.sampled_from([0.0, 0.5])),
        projects=draw(st.sampled_from([0, 0, 2])),
        pinned=draw(st.integers(0, 1)),
        caps=draw(st.sampled_from([0, 0, 1])),
        seed=draw(st.integers(0, 10**6)),
    )


def least_missing(instance: Instance) -> int:
    return min(sum(missing(instance, list(found.values())).values()) for found in assignments(instance))


@given(small_markets())
def test_the_bound_is_what_trying_everything_finds(market: Market):
    instance = of(market)
    assert shortage_bound(instance) == least_missing(instance)


def test_the_bound_of_a_larger_market_is_what_highs_finds():
    for seed in range(3):
        market = generated(300, 12, wishes=(1, 2), seats=1.2, floor=0.9, right_ties=0.5, left_ties=0.2, seed=seed)
        assert shortage_bound(of(market)) == AssigningProgram(market).least_shortage() > 0


@given(small_markets())
def test_the_proof_adds_up(market: Market):
    instance = of(market)
    proof = shortage(instance)
    nobody = missing(instance, [pin.to for pin in instance.pins.values()])
    pinned = [pin.to for pin in instance.pins.values()]
    room = sum(instance.projects[name].upper - pinned.count(name) for name in proof.projects)
    caps = [instance.caps[name] for name in proof.caps]
    room += sum(cap.upper - held(instance, pinned, *cap.members) for cap in caps)
    assert sum(nobody[group] for group in proof.groups) - len(proof.people) - room == proof.bound


@given(small_markets())
def test_nobody_else_can_come_into_the_groups_of_the_proof(market: Market):
    instance = of(market)
    proof = shortage(instance)
    others = instance.left.keys() - instance.pins.keys() - set(proof.people)
    ways = {option for name in others for tier in instance.left[name] for option in tier}
    capped = {member for name in proof.caps for member in instance.caps[name].members}
    open_groups = set(proof.groups) - capped
    assert {option for option in ways if instance.owner(option) in open_groups} <= set(proof.projects)


@given(small_markets(), st.integers())
def test_the_order_of_rows_makes_no_difference(market: Market, seed: int):
    assert shortage(of(shuffled(market, seed))) == shortage(of(market))


def test_two_groups_that_one_person_wishes_for_share_the_proof():
    market: Market = {
        "left": {"甲": ["东", "西"], "乙": ["南"]},
        "right": {name: {"upper": 2, "lower": 1, "prefs": ["甲", "乙"]} for name in "东西南"},
    }
    assert shortage(of(market)) == Shortage(1, groups=("东", "西"), people=("甲",))


def test_without_shortage_the_proof_is_empty():
    market: Market = {"left": {"甲": ["东"]}, "right": {"东": {"upper": 1, "lower": 1, "prefs": ["甲"]}}}
    assert shortage(of(market)) == Shortage(0)


def test_a_project_that_is_too_small_is_named():
    market: Market = {
        "left": {"甲": ["东茶"], "乙": ["东茶"]},
        "right": {"东": {"upper": 2, "lower": 2, "prefs": ["甲", "乙"]}},
        "projects": {"东茶": {"owner": "东", "upper": 1}},
    }
    assert shortage(of(market)) == Shortage(1, groups=("东",), projects=("东茶",))
