"""Flows keep their bounds, cost as little as linear programming says, and say so when there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.matching.engine.network import FlowError, Network, Numbers
from tests.matching.engine.oracle import Arc, cheapest_flow

NODES = 5


@st.composite
def arcs(draw: st.DrawFn) -> Arc:
    tail = draw(st.integers(0, NODES - 1))
    head = draw(st.integers(0, NODES - 1).filter(lambda node: node != tail))
    least = draw(st.integers(0, 2))
    return tail, head, least, least + draw(st.integers(0, 4)), draw(st.integers(-5, 9))


@st.composite
def supplies(draw: st.DrawFn) -> dict[int, int]:
    amounts = draw(st.lists(st.integers(-3, 3), min_size=NODES - 1, max_size=NODES - 1))
    return dict(enumerate([*amounts, -sum(amounts)]))


def network_of(rows: list[Arc]) -> Network:
    network = Network(NODES)
    tails, heads, least, most, cost = zip(*rows, strict=True)
    network.add(tails, heads, least=least, most=most, cost=cost)
    return network


def keeps_all(rows: list[Arc], supply: dict[int, int], flows: Numbers) -> bool:
    left = dict(supply)
    for (tail, head, *_), flow in zip(rows, flows.tolist(), strict=True):
        left[tail] -= flow
        left[head] += flow
    within = all(least <= flow <= most for (_, _, least, most, _), flow in zip(rows, flows, strict=True))
    return within and not any(left.values())


@given(st.lists(arcs(), min_size=1, max_size=12), supplies())
def test_the_cheapest_flow_costs_what_linear_programming_says(rows: list[Arc], supply: dict[int, int]):
    flows, best = network_of(rows).cheapest(supply), cheapest_flow(NODES, rows, supply)
    if flows is None:
        assert best is None
    else:
        assert keeps_all(rows, supply, flows)
        assert sum(int(flow) * cost for flow, (*_, cost) in zip(flows, rows, strict=True)) == best


@given(st.lists(arcs(), min_size=1, max_size=12), supplies())
def test_a_flow_is_found_exactly_where_there_is_one(rows: list[Arc], supply: dict[int, int]):
    flows, best = network_of(rows).feasible(supply), cheapest_flow(NODES, rows, supply)
    assert (flows is None) == (best is None)
    assert flows is None or keeps_all(rows, supply, flows)


@given(st.lists(arcs(), min_size=1, max_size=12))
def test_the_largest_flow_equals_the_cut_it_names(rows: list[Arc]):
    found = network_of(rows).largest(0, NODES - 1)
    crossing = sum(most for tail, head, _, most, _ in rows if tail not in found.behind and head in found.behind)
    assert (NODES - 1 in found.behind, 0 in found.behind, found.value) == (True, False, crossing)


def test_flows_of_an_arc_stand_where_adding_it_said():
    network = Network(3)
    network.add(0, 1, most=5)
    later = network.add([1, 1], 2, most=[2, 3], cost=[1, 0])
    flows = network.cheapest({0: 4, 2: -4})
    assert flows is not None
    assert flows[later].tolist() == [1, 3]


def test_a_network_without_arcs_carries_nothing():
    assert Network(2).largest(0, 1).value == 0
    assert Network(2).feasible({0: 1, 1: -1}) is None


@pytest.mark.parametrize(
    ("arc", "words"),
    [
        ({"tails": 0, "heads": 2, "most": 1}, "leaves the network"),
        ({"tails": -1, "heads": 1, "most": 1}, "leaves the network"),
        ({"tails": 0, "heads": 1, "most": 1, "least": -1}, "negative"),
        ({"tails": 0, "heads": 1, "most": 1, "least": 2}, "more than it may"),
        ({"tails": 0, "heads": 1, "most": -1}, "more than it may"),
    ],
)
def test_a_wrong_arc_is_refused(arc: dict[str, int], words: str):
    with pytest.raises(FlowError, match=words):
        Network(2).add(**arc)


def test_supplies_that_do_not_match_are_refused():
    network = Network(2)
    network.add(0, 1, most=1)
    with pytest.raises(FlowError, match="differ"):
        network.feasible({0: 1})


def test_costs_too_large_to_compute_with_are_refused():
    network = Network(2)
    network.add(0, 1, most=1, cost=np.iinfo(np.int64).max)
    with pytest.raises(FlowError, match="BAD_COST_RANGE"):
        network.cheapest({0: 1, 1: -1})
