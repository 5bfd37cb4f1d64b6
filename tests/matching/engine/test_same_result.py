"""The same content gives the same hash: whatever the order of rows, the process and its hash seed."""

import os
import subprocess
import sys
from pathlib import Path

from apps.matching.engine.propose import Ties
from apps.matching.engine.reading import of, read
from apps.matching.engine.solve import solve
from tests.matching.engine.markets import Market, generated, shuffled, written

ROOT = Path(__file__).parents[3]
MARKET = generated(
    300, 12, wishes=(1, 4), seats=0.8, floor=0.8, left_ties=0.3, right_ties=0.7, projects=2, pinned=9, seed=3
)  # fmt: skip
PRINTED = (
    "import sys; from apps.matching.engine.propose import Ties; from apps.matching.engine.reading import read; "
    "from apps.matching.engine.solve import solve; market = read(sys.stdin.read()); "
    "print(solve(market, ties=Ties.PROMOTION, seed='2023', balanced=True).report['output_sha256'])"
)


def hashed(market: Market) -> str:
    return str(solve(of(market), ties=Ties.PROMOTION, seed="2023", balanced=True).report["output_sha256"])


def test_twenty_shuffled_inputs_have_one_hash():
    assert {hashed(shuffled(MARKET, seed)) for seed in range(20)} == {hashed(MARKET)}


def test_other_processes_with_other_hash_seeds_find_the_same():
    found = {
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            cwd=ROOT,
            input=written(shuffled(MARKET, seed)),
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in (0, 1, 42)
    }
    assert found == {f"{hashed(MARKET)}\n"}


def test_another_seed_draws_another_lottery():
    market = read(written(MARKET).decode())
    told = {solve(market, ties=Ties.LOTTERY, seed=seed).report["output_sha256"] for seed in ("1", "2")}
    assert len(told) == 2
