"""The checker passes what the solver makes and catches every seeded falsification of it, hashes made good."""

import copy
import hashlib
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.matching.engine.canonical import encode
from apps.matching.engine.check import check
from apps.matching.engine.propose import Ties
from apps.matching.engine.reading import of
from apps.matching.engine.solve import solve
from tests.matching.engine.markets import Market, generated
from tests.matching.engine.strategies import markets

Report = dict[str, Any]
Mutate = Callable[[random.Random, Market, Report], None]
SHAPES: dict[str, dict[str, Any]] = {
    "lottery": {"ties": Ties.LOTTERY, "wishes": (1, 3), "right_ties": 0.6, "pinned": 3},
    "promotion": {"ties": Ties.PROMOTION, "wishes": (1, 3), "right_ties": 0.8, "left_ties": 0.3, "pinned": 3},
    "projects": {"ties": Ties.PROMOTION, "wishes": (2, 4), "right_ties": 0.5, "projects": 2, "pinned": 3},
    "balanced": {
        "ties": Ties.LOTTERY,
        "wishes": (1, 3),
        "right_ties": 0.6,
        "floor": 0.9,
        "balanced": True,
        "pinned": 3,
    },
    "caps": {"ties": Ties.LOTTERY, "wishes": (1, 3), "right_ties": 0.6, "caps": 2, "pinned": 3},
}
ROUNDS = 3


def solved(shape: str) -> tuple[Market, Report]:
    given = dict(SHAPES[shape])
    ties, balanced = given.pop("ties"), given.pop("balanced", False)
    market = generated(60, 8, seats=0.7, seed=5, **given)
    return market, solve(of(market), ties=ties, seed="2023", balanced=balanced).report


SOLVED = {shape: solved(shape) for shape in SHAPES}


def sealed(report: Report) -> Report:
    hashed = {key: value for key, value in report.items() if key not in ("seconds", "output_sha256")}
    return {**report, "output_sha256": hashlib.sha256(encode(hashed).encode()).hexdigest()}


def options(market: Market) -> list[str]:
    return list(market.get("projects") or market["right"])


def free(report: Report) -> list[str]:
    return sorted(name for name in report["matching"] if name not in report["pins"])


def move(draw: random.Random, market: Market, report: Report) -> None:
    name = draw.choice(free(report))
    report["matching"][name] = draw.choice([at for at in options(market) if at != report["matching"][name]])


def move_and_count(draw: random.Random, market: Market, report: Report) -> None:
    move(draw, market, report)
    report["placed"] = sum(at is not None for at in report["matching"].values())


def move_within_wishes(draw: random.Random, market: Market, report: Report) -> None:
    wishes = {name: [each for each in market["left"][name] if isinstance(each, str)] for name in free(report)}
    name = draw.choice([name for name, its in wishes.items() if set(its) - {report["matching"][name]}])
    report["matching"][name] = draw.choice([each for each in wishes[name] if each != report["matching"][name]])
    report["placed"] = sum(at is not None for at in report["matching"].values())


def turn_out(draw: random.Random, market: Market, report: Report) -> None:
    report["matching"][draw.choice([name for name in free(report) if report["matching"][name]])] = None
    report["placed"] -= 1


def swap(draw: random.Random, market: Market, report: Report) -> None:
    matching = report["matching"]
    one = draw.choice(free(report))
    other = draw.choice([name for name in free(report) if matching[name] != matching[one]])
    matching[one], matching[other] = matching[other], matching[one]


def number_off(key: str) -> Mutate:
    def mutate(draw: random.Random, market: Market, report: Report) -> None:
        report[key] += draw.choice([-1, 1, 7])

    return mutate


def line_off(draw: random.Random, market: Market, report: Report) -> None:
    line = draw.choice([line for line in report["cutoffs"].values() if line])
    line[draw.choice(sorted(line))] += draw.choice([-1, 1])


def line_lost(draw: random.Random, market: Market, report: Report) -> None:
    del report["cutoffs"][draw.choice(sorted(report["cutoffs"]))]


def line_void(draw: random.Random, market: Market, report: Report) -> None:
    report["cutoffs"][draw.choice([name for name, line in report["cutoffs"].items() if line])] = None


def line_without_need(draw: random.Random, market: Market, report: Report) -> None:
    names = [*market["right"], *market.get("projects", {}), "nobody"]
    name = draw.choice([name for name in names if name not in report["cutoffs"]])
    report["cutoffs"][name] = {"tier": 1, "priority": 2, "lottery": 1}


def line_of_another_type(draw: random.Random, market: Market, report: Report) -> None:
    line = draw.choice([line for line in report["cutoffs"].values() if line])
    line["tier"] = draw.choice([float(line["tier"]), str(line["tier"]), [line["tier"]]])


def pin_lost(draw: random.Random, market: Market, report: Report) -> None:
    del report["pins"][draw.choice(sorted(report["pins"]))]


def pin_without_reason(draw: random.Random, market: Market, report: Report) -> None:
    report["pins"][draw.choice(sorted(report["pins"]))]["reason"] = draw.choice(["", " "])


def pin_moved(draw: random.Random, market: Market, report: Report) -> None:
    pin = report["pins"][draw.choice(sorted(report["pins"]))]
    pin["to"] = draw.choice([at for at in options(market) if at != pin["to"]])


def pin_invented(draw: random.Random, market: Market, report: Report) -> None:
    name = draw.choice(free(report))
    wished = {each for entry in market["left"][name] for each in ([entry] if isinstance(entry, str) else entry)}
    to = draw.choice([at for at in options(market) if at not in wished])
    report["pins"][name] = {"to": to, "reason": "领导安排"}
    report["matching"][name] = to
    report["placed"] = sum(at is not None for at in report["matching"].values())


def pinned_sits_elsewhere(draw: random.Random, market: Market, report: Report) -> None:
    name = draw.choice(sorted(report["pins"]))
    report["matching"][name] = draw.choice([at for at in options(market) if at != report["pins"][name]["to"]])


def promoted_off(draw: random.Random, market: Market, report: Report) -> None:
    name = draw.choice(sorted(report["matching"]))
    report["promoted"] = sorted({*report["promoted"]} ^ {name})


def another_seed(draw: random.Random, market: Market, report: Report) -> None:
    report["seed"] += draw.choice("0123456789")


def another_rule(draw: random.Random, market: Market, report: Report) -> None:
    report["ties"] = {"lottery": "promotion", "promotion": "lottery"}[report["ties"]]


def another_input(draw: random.Random, market: Market, report: Report) -> None:
    report["input_sha256"] = hashlib.sha256(draw.randbytes(8)).hexdigest()


def key_lost(draw: random.Random, market: Market, report: Report) -> None:
    del report[draw.choice(sorted(report))]


def key_invented(draw: random.Random, market: Market, report: Report) -> None:
    report["remark"] = "无"


def type_off(draw: random.Random, market: Market, report: Report) -> None:
    report[draw.choice(sorted(report))] = draw.choice([None, True, [1], {"a": {}}])


def person_lost(draw: random.Random, market: Market, report: Report) -> None:
    del report["matching"][draw.choice(sorted(report["matching"]))]


def person_invented(draw: random.Random, market: Market, report: Report) -> None:
    report["matching"]["nobody"] = draw.choice([None, *options(market)])


def place_invented(draw: random.Random, market: Market, report: Report) -> None:
    report["matching"][draw.choice(free(report))] = draw.choice(["nowhere", 3, ["g1"], ""])


def time_off(draw: random.Random, market: Market, report: Report) -> None:
    report["seconds"] = draw.choice([-1, float("nan"), float("inf")])


COUNTED = ("placed", "blocking_pairs", "undocumented_blocking_pairs", "shortage", "shortage_bound")
MUTATIONS: dict[str, Mutate] = {
    each.__name__: each
    for each in (
        move, move_and_count, move_within_wishes, turn_out, swap, line_off, line_lost, line_void, line_without_need,
        line_of_another_type, pin_lost, pin_without_reason, pin_moved, pin_invented, pinned_sits_elsewhere,
        promoted_off, another_seed, another_rule, another_input, key_lost, key_invented, type_off, person_lost,
        person_invented, place_invented, time_off,
    )
} | {f"{key}_off": number_off(key) for key in COUNTED}  # fmt: skip


def mutants() -> Iterator[tuple[str, str, int]]:
    yield from ((shape, name, n) for shape in SHAPES for name in MUTATIONS for n in range(ROUNDS))


MUTANTS = list(mutants())


@pytest.mark.parametrize("shape", SHAPES)
def test_what_the_solver_makes_passes(shape: str):
    assert check(*SOLVED[shape]) == []


def test_there_are_two_hundred_mutants_and_people_without_a_place_among_them():
    assert len(MUTANTS) >= 200
    assert all(None in report["matching"].values() and report["pins"] for _, report in SOLVED.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_every_mutant_is_caught(shape: str):
    missed = []
    for its_shape, name, n in MUTANTS:
        if its_shape == shape:
            market, report = SOLVED[shape]
            mutant = copy.deepcopy(report)
            MUTATIONS[name](random.Random(f"{shape} {name} {n}"), market, mutant)
            assert repr(mutant) != repr(report)
            if not check(market, mutant if name == "time_off" else resealed(mutant)):
                missed.append((name, n))
    assert missed == []


def resealed(mutant: Report) -> Report:
    return sealed(mutant) if "output_sha256" in mutant and isinstance(mutant["output_sha256"], str) else mutant


def test_an_output_that_is_no_object_or_cannot_be_written_is_refused_in_words():
    market, report = SOLVED["lottery"]
    assert check(market, [report]) == ["输出应为一个对象"]
    assert "输出含不成字的代码" in check(market, {**report, "seed": "\ud800"})


def test_an_output_changed_by_one_character_no_longer_carries_its_hash():
    market, report = SOLVED["lottery"]
    assert check(market, {**report, "output_sha256": "0" * 64}) == ["output_sha256 与输出不符"]


@given(markets(), st.sampled_from(Ties), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_checker_and_the_solver_agree_on_markets_of_every_shape(market: Market, ties: Ties, balanced: bool):
    assert check(market, solve(of(market), ties=ties, seed="2023", balanced=balanced).report) == []
