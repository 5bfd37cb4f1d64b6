"""Balancing and placing at real size, each in a process of its own; some groups are placed by HiGHS too.

Balancing is measured on floors that unpopular groups miss by far and on floors near all seats. How many people must
be asked for each seat depends on the floors: where they equal the seats, whoever follows into a seat empties another.
"""

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure
from tests.matching.engine.markets import generated, written

ROUNDS = 5
ROOT = Path(__file__).parents[2]
GROUPS, PEOPLE, VILLAGES = 111, 10_000, 5_379
BY_HIGHS = 5
"""So many of the groups."""
MARKETS: dict[str, dict[str, Any]] = {
    "floors half of the seats": {"wishes": (1, 2), "seats": 1.5, "floor": 0.5},
    "floors nine tenths": {"wishes": (1, 3), "seats": 1.0, "floor": 0.9},
    "long lists": {"wishes": (20, 30), "seats": 1.1, "floor": 0.85},
}
PEAK = """
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({**told, "seconds": seconds, "peak": peak}))
"""
BALANCE = f"""
import json, re, sys, time
from pathlib import Path
from apps.matching.engine.balance import balance
from apps.matching.engine.certificate import certify
from apps.matching.engine.propose import Ties, propose
from apps.matching.engine.reading import decoded, read
market = read(decoded(Path(sys.argv[1]).read_bytes()))
before = certify(propose(market, ties=Ties.LOTTERY, seed="2023")).shortage
began = time.perf_counter()
found = balance(market, ties=Ties.LOTTERY, seed="2023")
seconds = time.perf_counter() - began
after = certify(found.allocation)
told = {{"before": before, "after": after.shortage, "bound": found.bound, "moves": len(found.moves),
        "rounds": found.rounds, "undocumented": len(after.undocumented)}}
{PEAK}"""
PLACE = f"""
import json, re, sys, time
from pathlib import Path
from apps.matching.engine.ground import of
from apps.matching.engine.place import place
groups = json.loads(Path(sys.argv[1]).read_bytes())
began = time.perf_counter()
placed = [place(of(group)) for group in groups]
seconds = time.perf_counter() - began
told = {{"uncovered": sum(len(gap.uncovered) for each in placed for gap in each.gaps),
        "answers": [[each.worst, each.total] for each in placed]}}
{PEAK}"""

BY_PROGRAM = """
import json, sys
from pathlib import Path
from apps.matching.engine.ground import of
from tests.matching.engine.oracle import PlacingProgram
groups = json.loads(Path(sys.argv[1]).read_bytes())
print(json.dumps({"answers": [PlacingProgram(of(group)).answer()[2:] for group in groups]}))
"""


def measure() -> Iterator[Figure]:
    """Yield the figures of balancing, then of placing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.json"
        for name, shape in MARKETS.items():
            path.write_bytes(written(generated(PEOPLE, GROUPS, right_ties=0.8, **shape)))
            yield from _balanced(f"balance {PEOPLE:,} × {GROUPS}, {name}", path)
        groups = list(_groups())
        path.write_text(json.dumps(groups), encoding="utf-8")
        yield from _placed(groups, path)


def _balanced(name: str, path: Path) -> Iterator[Figure]:
    rounds = [_alone(BALANCE, path) for _ in range(ROUNDS)]
    last = rounds[-1]
    closed = last["before"] - last["after"]
    yield Figure(f"{name}", [each["seconds"] for each in rounds], " s", "≤", 15)
    yield Figure(f"{name}: peak", [each["peak"] for each in rounds], " MB", "≤", 1024)
    yield Figure(f"{name}: shortage beyond the bound of {last['bound']}", [last["after"] - last["bound"]], "", "≤", 0)
    yield Figure(f"{name}: {last['moves']} pins close {closed}", [last["moves"] / max(closed, 1)], "", "≤", 1.4)
    yield Figure(f"{name}: undocumented blocking pairs", [last["undocumented"]], "", "≤", 0)
    yield Figure(f"{name}: rounds", [last["rounds"]])


def _placed(groups: list[dict[str, Any]], path: Path) -> Iterator[Figure]:
    rounds = [_alone(PLACE, path) for _ in range(ROUNDS)]
    last = rounds[-1]
    name = f"place {PEOPLE:,} people in {VILLAGES:,} villages"
    yield Figure(name, [each["seconds"] for each in rounds], " s", "≤", 10)
    yield Figure(f"{name}: peak", [each["peak"] for each in rounds], " MB")
    yield Figure(f"{name}: uncovered", [last["uncovered"]], "", "≤", 0)
    path.write_text(json.dumps(groups[:BY_HIGHS]), encoding="utf-8")
    theirs = _alone(BY_PROGRAM, path)["answers"]
    same = sum(its == ours for its, ours in zip(theirs, last["answers"], strict=False))
    yield Figure(f"{name}: groups of {BY_HIGHS} with the objective of HiGHS", [same], "", "≥", BY_HIGHS)


def _alone(script: str, path: Path) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def _groups() -> Iterator[dict[str, Any]]:
    draw = random.Random(5379)
    industries = [f"产业{number}" for number in range(30)]
    for number in range(GROUPS):
        people = PEOPLE * (number + 1) // GROUPS - PEOPLE * number // GROUPS
        villages = VILLAGES * (number + 1) // GROUPS - VILLAGES * number // GROUPS
        yield {
            "people": {f"人{k}": _person(draw, industries, villages) for k in range(people)},
            "sites": {f"村{k}": _village(draw, industries) for k in range(villages)},
            "rules": {"most": 2, "fit": 10, "had": 300, "travel": 1, "further": 200},
        }


def _person(draw: random.Random, industries: list[str], villages: int) -> dict[str, Any]:
    had = [f"村{draw.randrange(villages)}"] if draw.random() < 0.4 else []
    return {"industries": draw.sample(industries, draw.randint(1, 2)), "at": _point(draw), "had": had}


def _village(draw: random.Random, industries: list[str]) -> dict[str, Any]:
    its = {name: draw.randint(1, 100) for name in draw.sample(industries, draw.randint(1, 4))}
    return {"industries": its, "at": _point(draw), "most": 4}


def _point(draw: random.Random) -> list[int]:
    return [draw.randint(0, 300), draw.randint(0, 300)]
