"""`python -m tests.benchmarks [case …]`: measure on a throw-away PostgreSQL and print figures beside their limits."""

import importlib
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import django

from tests.postgres import cluster

CASES = ("door", "lists", "approval", "demo", "allocation", "placing", "selection")
_ONE = "--in-this-process"


def main(words: list[str]) -> int:
    """Run the cases named, or all; return 1 when a figure misses its limit, so that nobody overlooks it."""
    if words[:1] == [_ONE]:
        return _run(words[1])
    wanted = words or list(CASES)
    unknown = sorted(set(wanted) - set(CASES))
    if unknown:
        sys.exit(f"no such case: {', '.join(unknown)}; there are: {', '.join(CASES)}")
    _say(f"{time.strftime('%Y-%m-%d')} · {_machine()}\n")
    return max([_on_its_own(case) for case in wanted])


def _on_its_own(case: str) -> int:
    """Run a case in a process of its own, on a PostgreSQL that writes to the disk as one in use does."""
    with cluster(options="") as address:
        place = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        return subprocess.run([sys.executable, "-m", "tests.benchmarks", _ONE, case], env=place).returncode


def _run(case: str) -> int:
    django.setup()
    _say(f"### {case}\n| figure | median | range | limit | |\n| --- | --- | --- | --- | --- |")
    missed = 0
    for figure in importlib.import_module(f"tests.benchmarks.{case}").measure():
        _say(figure.line())
        missed |= not figure.is_kept
    _say("")
    return missed


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _machine() -> str:
    """Say on what it was measured: processor, cores, memory, load when it began, versions."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, Django {django.get_version()}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
