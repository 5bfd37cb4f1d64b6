"""A market that goes on from an allocation: who had a place keeps it, and nobody else gets less than before."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.matching.engine.check import check
from apps.matching.engine.propose import Ties
from apps.matching.engine.reading import of
from apps.matching.engine.solve import solve
from tests.matching.engine.brute import blocking, ranks_of_tiers
from tests.matching.engine.markets import Market
from tests.matching.engine.strategies import markets, tied


@st.composite
def going_on(draw: st.DrawFn, ties: Ties) -> tuple[dict[str, Any], Market]:
    """Draw a market and its allocation, then one in which those left out wish anew and all others are pinned."""
    market = draw(markets())
    matching = solve(of(market), ties=ties, seed="2023").report["matching"]
    options = list(market.get("projects") or market["right"])
    left = {
        name: wishes if matching[name] else draw(st.lists(st.sampled_from(options), unique=True, max_size=3))
        for name, wishes in market["left"].items()
    }
    everybody = draw(st.permutations(list(left)))
    right = {name: {**row, "prefs": draw(tied(everybody, True))} for name, row in market["right"].items()}
    pins = {name: {"to": to, "reason": "沿用第1版"} for name, to in matching.items() if to}
    return matching, {**market, "left": left, "right": right, "pins": pins}


@given(st.data(), st.sampled_from(Ties))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_was_placed_stays_and_the_seats_left_are_given_stably(data: st.DataObject, ties: Ties):
    before, market = data.draw(going_on(ties))
    report = solve(of(market), ties=ties, seed="another").report
    after = report["matching"]
    assert check(market, report) == []
    assert {name: after[name] for name, to in before.items() if to} == {name: to for name, to in before.items() if to}
    assert list(blocking(of(market), after, *ranks_of_tiers(of(market)))) == []


@given(st.data(), st.sampled_from(Ties))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_floors_are_filled_from_those_who_were_left_out_alone(data: st.DataObject, ties: Ties):
    before, market = data.draw(going_on(ties))
    report = solve(of(market), ties=ties, seed="another", balanced=True).report
    assert check(market, report) == []
    assert all(report["matching"][name] == to for name, to in before.items() if to)
