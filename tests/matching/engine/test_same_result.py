"""The same content gives the same hash: whatever the order of rows, the process, its hash seed and its Python."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

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


OTHERS = tuple(f"3.{minor}" for minor in (11, 12, 13, 14) if minor != sys.version_info.minor)


@pytest.mark.long
@pytest.mark.parametrize("named", OTHERS)
def test_other_versions_of_python_find_the_same(named: str, tmp_path: Path):
    python = with_flows(python_of(named), tmp_path)
    for seed in range(3):
        given = written(shuffled(MARKET, seed))
        found = subprocess.run([python, "-c", PRINTED], cwd=ROOT, input=given, capture_output=True, check=True)
        assert found.stdout.decode().strip() == hashed(MARKET)


def python_of(named: str) -> str:
    """Return an interpreter of a version; skip the test where this machine has none."""
    for path in interpreters(named):
        told = subprocess.run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True)
        if told.stdout.decode().strip() == named:
            return path
    pytest.skip(f"no Python {named} on this machine to compare with")


def interpreters(named: str) -> Iterator[str]:
    """Yield what may be an interpreter of a version: on the path, or among those of pyenv."""
    if on_path := shutil.which(f"python{named}"):
        yield on_path
    yield from map(str, sorted(Path.home().glob(f".pyenv/versions/{named}.*/bin/python")))


def with_flows(python: str, folder: Path) -> str:
    """Return that interpreter in an environment with the packages of the engine; skip where they cannot be had."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    wanted = [f"{name}=={version(name)}" for name in ("numpy", "ortools")]
    own = str(folder / "bin" / "python")
    ran = subprocess.run([own, "-m", "pip", "install", "--quiet", *wanted], capture_output=True, text=True)
    if ran.returncode:
        pytest.skip(f"{' and '.join(wanted)} cannot be had for {python}: {ran.stderr[-300:]}")
    return own


def test_another_seed_draws_another_lottery():
    market = read(written(MARKET).decode())
    told = {solve(market, ties=Ties.LOTTERY, seed=seed).report["output_sha256"] for seed in ("1", "2")}
    assert len(told) == 2
