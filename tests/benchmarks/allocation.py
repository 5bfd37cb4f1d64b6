"""The allocation at real size: each case in a process of its own that knows the engine alone, beside other packages.

A process reads the file, allocates and proves; its memory is its peak, which Linux tells. `algmatch` and `matching`
are timed on the smallest case, for they know neither ties nor floors and take minutes for the others; HiGHS says how
few seats below the floors stay empty at least.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.matching.engine.check import check
from apps.matching.engine.flows import shortage_bound
from apps.matching.engine.reading import of
from tests.benchmarks.figures import Figure
from tests.matching.engine.markets import generated, written
from tests.matching.engine.oracle import AssigningProgram
from tests.matching.engine.others import by_algmatch, by_matching

ROUNDS = 5
ROOT = Path(__file__).parents[2]
ALONE = """
import json, re, sys, time
from pathlib import Path
from apps.matching.engine.propose import Ties
from apps.matching.engine.reading import decoded, read
from apps.matching.engine.solve import solve
began = time.perf_counter()
path, ties, balanced, checked = Path(sys.argv[1]), Ties(sys.argv[2]), sys.argv[3] == "True", sys.argv[4] == "True"
report = solve(read(decoded(path.read_bytes())), ties=ties, seed="2023", balanced=balanced).report
wrong = []
if checked:
    from apps.matching.engine.check import check
    wrong = check(json.loads(path.read_bytes()), report)
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
spent = time.process_time()
print(json.dumps({"all": time.perf_counter() - began, "cpu": spent, "peak": peak, "wrong": wrong, "report": report}))
"""


@dataclass(frozen=True)
class Case:
    """A market, how it is allocated, and the limits: seconds in all or of the engine alone, megabytes."""

    name: str
    shape: dict[str, Any]
    seconds: float
    megabytes: float
    ties: str = "lottery"
    balanced: bool = False
    checked: bool = False
    timed: str = "all"
    further: Callable[[Path, dict[str, Any]], Iterator[Figure]] | None = field(default=None)


def measure() -> Iterator[Figure]:
    """Yield the figures of every case."""
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            path = Path(folder) / "in.json"
            path.write_bytes(written(generated(**case.shape)))
            yield from _measured(case, path)


def _measured(case: Case, path: Path) -> Iterator[Figure]:
    rounds = [_alone(case, path) for _ in range(ROUNDS)]
    last = rounds[-1]
    seconds = [each["all"] if case.timed == "all" else each["report"]["seconds"] for each in rounds]
    what = "read, allocate, prove" if case.timed == "all" else "allocate, prove"
    yield Figure(f"{case.name}: {what}{', check' if case.checked else ''}", seconds, " s", "≤", case.seconds)
    yield Figure(f"{case.name}: CPU of the whole process", [each["cpu"] for each in rounds], " s")
    yield Figure(f"{case.name}: peak", [each["peak"] for each in rounds], " MB", "≤", case.megabytes)
    undocumented = last["report"]["undocumented_blocking_pairs"]
    yield Figure(f"{case.name}: undocumented blocking pairs", [undocumented], "", "≤", 0)
    wrong = last["wrong"] if case.checked else check(json.loads(path.read_bytes()), last["report"])
    yield Figure(f"{case.name}: found by the checker", [len(wrong)], "", "≤", 0)
    if case.further is not None:
        yield from case.further(path, last["report"])


def _alone(case: Case, path: Path) -> dict[str, Any]:
    words = [str(path), case.ties, str(case.balanced), str(case.checked)]
    ran = subprocess.run([sys.executable, "-c", ALONE, *words], cwd=ROOT, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _against_others(path: Path, report: dict[str, Any]) -> Iterator[Figure]:
    market = json.loads(path.read_bytes())
    for name, theirs in (("algmatch", by_algmatch), ("matching", by_matching)):
        began = time.perf_counter()
        found = theirs(market)
        took = time.perf_counter() - began
        same = sum(found.get(person, "") == (at or "") for person, at in report["matching"].items())
        yield Figure(
            f"{name} on the same: {took:.1f} s; as many times slower", [took / report["seconds"]], " ×", "≥", 20
        )
        yield Figure(f"people whom {name} places alike", [same], "", "≥", len(market["left"]))


def _against_largest(path: Path, report: dict[str, Any]) -> Iterator[Figure]:
    """Compare with the largest number that any matching places: floors raised to all seats, nobody stays out."""
    market = json.loads(path.read_bytes())
    for row in market["right"].values():
        row["lower"] = row["upper"]
    seats = sum(row["upper"] for row in market["right"].values())
    most = seats - shortage_bound(of(market))
    yield Figure(f"placed of at most {most}", [100 * report["placed"] / most], " %", "≥", 97)


def _balance(path: Path, report: dict[str, Any]) -> Iterator[Figure]:
    market = json.loads(path.read_bytes())
    least = AssigningProgram(market).least_shortage()
    yield Figure(f"shortage beyond the bound of {least} that HiGHS finds", [report["shortage"] - least], "", "≤", 0)
    yield Figure("pins of balancing", [len(report["pins"])])


CASES = (
    Case("4,000 × 35, full", {"people": 4_000, "groups": 35}, 0.2, 60, timed="engine", further=_against_others),
    Case("50,000 × 35, full", {"people": 50_000, "groups": 35}, 3, 250),
    Case(
        "10,000 × 111, 1–3 wishes, ties",
        {"people": 10_000, "groups": 111, "wishes": (1, 3), "right_ties": 0.8, "seats": 0.9, "pinned": 99},
        2, 200, checked=True,
    ),
    Case("10,000 × 111, full", {"people": 10_000, "groups": 111}, 15, 600),
    Case(
        "10,000 × 10,000, ties of the right, promotion",
        {"people": 10_000, "groups": 10_000, "wishes": (10, 10), "right_ties": 0.5, "skew": 1},
        5, 600, ties="promotion", further=_against_largest,
    ),
    Case(
        "10,000 × 10,000, ties of both, promotion",
        {"people": 10_000, "groups": 10_000, "wishes": (10, 10), "right_ties": 0.5, "left_ties": 0.5, "skew": 1},
        5, 600, ties="promotion", further=_against_largest,
    ),
    Case(
        "10,000 × 111, balance",
        {"people": 10_000, "groups": 111, "wishes": (1, 3), "right_ties": 0.8, "floor": 0.9},
        15, 1024, balanced=True, further=_balance,
    ),
)  # fmt: skip
