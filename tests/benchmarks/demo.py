"""The demonstration: 5,000 people on PostgreSQL, 300 on SQLite; then the proof of the log it left."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests.benchmarks.figures import Figure

MANY, FEW = 5_000, 300
_MANAGE = str(settings.BASE_DIR / "manage.py")


def measure() -> Iterator[Figure]:
    """Yield the figures of the demonstration, each run once."""
    with _place(os.environ["DATABASE_URL"]) as place:
        seconds, memory, _ = _run(place, "demo", "--no-serve", "--people", str(MANY))
        yield Figure(f"{MANY:,} people on PostgreSQL", [seconds], " s", "≤", 240)
        yield Figure(f"{MANY:,} people on PostgreSQL, most memory", [memory], " MB", "≤", 500)
        seconds, memory, said = _run(place, "audit", "verify")
        rows = int(re.findall(r"(\d+) 条日志", said)[0])
        yield Figure(f"audit verify, {rows:,} rows of the log, a second", [rows / seconds])
        yield Figure("audit verify, most memory", [memory], " MB")
    with _place("") as place:
        seconds, memory, _ = _run(place, "demo", "--no-serve", "--people", str(FEW))
        yield Figure(f"{FEW} people on SQLite", [seconds], " s", "≤", 60)
        yield Figure(f"{FEW} people on SQLite, most memory", [memory], " MB")


@contextmanager
def _place(database: str) -> Iterator[dict[str, str]]:
    """Yield the environment of a command with files of its own, and SQLite among them unless told a database."""
    with tempfile.TemporaryDirectory(prefix="ketepai-demo-") as folder:
        place = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")}
        place |= {"DATABASE_URL": database} if database else {}
        yield {
            **place,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "KETEPAI_VAR": folder,
            "KETEPAI_FONTS": str(settings.FONTS_DIR),
        }


def _run(place: dict[str, str], *words: str) -> tuple[float, float, str]:
    """Run a command; return its seconds by the clock, the most memory it held (MB), and what it said."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([sys.executable, _MANAGE, *words], env=place, stdout=out, cwd=Path(_MANAGE).parent)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read()
    assert process.returncode == 0, said[-2000:]
    return time.perf_counter() - began, used.ru_maxrss / 1024, said
