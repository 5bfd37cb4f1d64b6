"""A market that is malformed is refused with every place and what to do; row order never matters."""

import json
from typing import Any

import pytest

from apps.matching.engine.instance import Instance
from apps.matching.engine.reading import MOST_FAULTS, Malformed, decoded, of, parse_report, read
from tests.matching.engine.markets import Market, generated, shuffled, written


def market(**changes: Any) -> Market:
    """Return a small sound market with some parts replaced."""
    return {
        "left": {"a1": ["h1", "h2"], "a2": ["h1"]},
        "right": {"h1": {"upper": 2, "lower": 0, "prefs": ["a1", "a2"]}, "h2": {"upper": 1, "prefs": ["a1"]}},
    } | changes


def with_h1(**changes: Any) -> Market:
    sound = market()
    sound["right"]["h1"] |= changes
    return sound


def places(data: Any) -> list[str]:
    with pytest.raises(Malformed) as caught:
        read(decoded(data if isinstance(data, bytes) else json.dumps(data).encode()))
    assert all(fault.what and fault.remedy for fault in caught.value.faults)
    return [fault.place for fault in caught.value.faults]


def cap(*members: Any, upper: Any = 1) -> Market:
    return {"members": list(members), "upper": upper}


PROJECTS = {"p1": {"owner": "h1", "upper": 1}}
WRONG: list[tuple[Any, list[str]]] = [
    (b"", ["第 1 行第 1 字"]),
    (b'{"left": {}, "right": {},}', ["第 1 行第 26 字"]),
    (b"\xff{}", ["第 0 字节"]),
    (b"[" * 100_000, ["文件"]),
    (b'{"left": {}, "right": {"h": {"upper": ' + b"9" * 5000 + b', "prefs": []}}}', ["文件"]),
    ([], ["文件"]),
    ({}, ["文件", "文件"]),
    (market(extra=1), ["文件.extra"]),
    (market(left=[]), ["left", "right.h1.prefs[0]", "right.h1.prefs[1]", "right.h2.prefs[0]"]),
    (market(left={"a1": "h1", "a2": None}), ["left.a1", "left.a2"]),
    (market(left={"a1": ["h1", "h2", "h9"], "a2": []}), ["left.a1[2]"]),
    (market(left={"a1": ["h1", "h1"], "a2": [["h1", "h2", "h1"]]}), ["left.a1[1]", "left.a2[0][2]"]),
    (market(left={"a1": [1, True, None, 1.5], "a2": []}), [f"left.a1[{n}]" for n in range(4)]),
    (market(left={"a1": [["h1", ["h2"]]], "a2": [[]]}), ["left.a1[0][1]", "left.a2[0]"]),
    (market(left={"a1": [{"h1": 1}], "a2": []}), ["left.a1[0]"]),
    (market(left={"a1": [], "a2": [], " ": []}), ['left." "']),
    (market(left={"a1": [], "a2": [], "\ud800": []}), ['left."\\ud800"']),
    (with_h1(upper=-1), ["right.h1.upper"]),
    (with_h1(upper=10**10), ["right.h1.upper"]),
    (with_h1(upper=True), ["right.h1.upper"]),
    (with_h1(upper=2.0), ["right.h1.upper"]),
    (with_h1(upper="2"), ["right.h1.upper"]),
    (with_h1(upper=float("nan")), ["right.h1.upper"]),
    (with_h1(upper=None, lower=float("inf")), ["right.h1.upper", "right.h1.lower"]),
    (with_h1(lower=3), ["right.h1.lower"]),
    (with_h1(prefs=["a9", ["a1", "a9"]]), ["right.h1.prefs[0]", "right.h1.prefs[1][1]"]),
    (with_h1(weight=1), ["right.h1.weight"]),
    (market(right={"h1": [], "h2": {}}), ["right.h1", "right.h2", "right.h2"]),
    (market(projects=PROJECTS), ["left.a1[0]", "left.a1[1]", "left.a2[0]"]),
    (market(left={"a1": ["p1"], "a2": []}, projects={"p1": {"owner": "h9", "upper": -1}}),
     ["projects.p1.owner", "projects.p1.upper"]),
    (market(left={"a1": ["h2"], "a2": []}, projects={"h2": {"owner": "h1", "upper": 1}}), ["projects.h2"]),
    (market(pins={"a9": {"to": "h9", "reason": " "}}), ["pins.a9", "pins.a9.to", "pins.a9.reason"]),
    (market(pins={"a1": {"to": "h1"}, "a2": "h1"}), ["pins.a1", "pins.a2"]),
    (market(pins={name: {"to": "h2", "reason": "续任"} for name in ("a1", "a2")}), ["right.h2.upper"]),
    (b'{"left": {"a": [], "a": []}, "right": {"h": {"upper": 1, "upper": 2, "prefs": []}}, "left": {"a": []}}',
     ["文件.left", "right.h.upper"]),
    (b'{"left": {"a": [], "a": []}, "right": {}}', ["left.a"]),
    (market(caps=[]), ["caps"]),
    (market(caps={"c1": [], "c2": {}, "c3": {"members": "h1", "upper": 1}, "c4": cap()}),
     ["caps.c1", "caps.c2", "caps.c2", "caps.c3.members", "caps.c4.members"]),
    (market(caps={"c1": cap("h9", 3, "h1", "h1")}), [f"caps.c1.members[{n}]" for n in (0, 1, 3)]),
    (market(caps={"c1": cap("h1", "h2"), "c2": cap("h2")}), ["caps.c2.members[0]"]),
    (market(caps={"c1": cap("h1", upper=-1), "c2": cap("h2", upper=True)}), ["caps.c1.upper", "caps.c2.upper"]),
    (market(caps={"c1": {**cap("h1"), "lower": 1}}), ["caps.c1.lower"]),
    (market(left={"a1": ["p1"], "a2": []}, projects=PROJECTS, caps={"h1": cap("h2"), "p1": cap("h1")}),
     ["caps.h1", "caps.p1"]),
    (market(left={"a1": ["p1"], "a2": []}, projects=PROJECTS, caps={"c1": cap("p1")}), ["caps.c1.members[0]"]),
    (market(caps={"c1": cap("h1", "h2")}, pins={name: {"to": "h1", "reason": "续任"} for name in ("a1", "a2")}),
     ["caps.c1.upper"]),
    (market(caps={"c1": cap("h1")}, pins={"a1": {"to": "c1", "reason": "续任"}}), ["pins.a1.to"]),
    ({**with_h1(prefs=["a1", [], "a2"]), "caps": {"c1": cap("h2")}}, ["right.h1.prefs[1]"]),
    (market(caps={"c1": cap("h1")}, left={"a1": [[]], "a2": []}), ["left.a1[0]"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), WRONG)
def test_each_fault_is_told_with_its_place(data: Any, expected: list[str]):
    assert places(data) == expected


def test_a_fault_reads_as_place_what_and_remedy():
    with pytest.raises(Malformed, match=r"left\.a1\[0\]：没有名为“h9”的名额方（right）。改正名称，或先补上这一行"):
        of(market(left={"a1": ["h9"], "a2": []}))


def test_a_hundred_thousand_faults_are_not_all_collected():
    assert len(places(market(left={"a1": list(range(100_000)), "a2": []}))) == MOST_FAULTS


@pytest.mark.long
def test_a_million_entries_are_read():
    data = market()
    data["left"] |= {f"b{n}": ["h1", "h2"] for n in range(250_000)}
    data["right"]["h1"]["prefs"] += [f"b{n}" for n in range(250_000)]
    data["right"]["h2"]["prefs"] += [f"b{n}" for n in range(250_000)]
    assert len(read(json.dumps(data)).left) == 250_002


def test_an_output_that_says_a_thing_twice_is_refused():
    with pytest.raises(Malformed, match="a：写了两次"):
        parse_report('{"matching": {"a": "h", "a": null}}')


def test_pairs_that_one_side_alone_listed_are_dropped_and_wishes_keep_their_number():
    instance = of(market(left={"a1": ["h2", ["h1", "h2"][:1]], "a2": ["h2", "h1"]}))
    assert instance.left == {"a1": (("h2",), ("h1",)), "a2": ((), ("h1",))}
    assert instance.one_sided == {"a2": ((0, "h2"),)}
    assert of(market(left={"a1": ["h1"], "a2": []})).right["h1"].prefs == (("a1",), ())


def sha(data: Market) -> str:
    return of(data).sha256


def test_the_hash_of_the_input_depends_on_its_content_alone():
    data = generated(40, 6, wishes=(1, 4), left_ties=0.5, right_ties=0.5, pinned=3)
    assert {sha(shuffled(data, seed)) for seed in range(5)} == {sha(data)}
    assert sha(market()) == sha(market(projects={}, pins={})) == sha(with_h1(lower=0))
    assert sha(market(left={"a1": [["h1"], "h2"], "a2": ["h1"]})) == sha(market())
    changed = [with_h1(upper=3), with_h1(lower=1), market(left={"a1": ["h2", "h1"], "a2": ["h1"]})]
    assert len({sha(data) for data in [*changed, market()]}) == 4


def test_the_hash_of_the_input_knows_caps_only_where_there_are_any():
    both = {name: market(caps={"c1": cap(*name)}) for name in (("h1", "h2"), ("h2", "h1"))}
    assert sha(market(caps={})) == sha(market())
    assert len({sha(data) for data in both.values()}) == 1
    changed = [*both.values(), market(), market(caps={"c1": cap("h1")}), market(caps={"c1": cap("h1", "h2", upper=2)})]
    assert len({sha(data) for data in changed}) == 4


def test_under_a_cap_a_tier_in_which_nobody_stands_keeps_its_number():
    data = {**with_h1(prefs=[[], "a1", [], "a2"]), "caps": {"c1": cap("h1", "h2", upper=2)}}
    instance = of(data)
    assert instance.right["h1"].prefs == ((), ("a1",), (), ("a2",))
    assert read(decoded(written(data))) == instance
    assert {option: instance.within(option) for option in ("h1", "h2")} == {"h1": ("h1", "c1"), "h2": ("h2", "c1")}


def test_reading_a_file_and_reading_its_data_give_the_same_market():
    data = generated(40, 6, wishes=(1, 4), left_ties=0.5, right_ties=0.5, pinned=3, projects=2)
    assert isinstance(of(data), Instance)
    assert read(decoded(written(data))) == of(data)
