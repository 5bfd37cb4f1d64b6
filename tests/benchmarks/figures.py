"""Figures of a benchmark: measured in rounds, told as median and range beside the limit they are to keep."""

import operator
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.db import connection

_KEPT: dict[str, Callable[[float, float], bool]] = {"≤": operator.le, "≥": operator.ge, "": lambda value, limit: True}


@dataclass(frozen=True)
class Figure:
    """One figure: what it says, its value in each round, and the limit, `≤` or `≥` a number, where it has one."""

    name: str
    values: Sequence[float]
    unit: str = ""
    bound: str = ""
    limit: float = 0

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def is_kept(self) -> bool:
        return _KEPT[self.bound](self.median, self.limit)

    def line(self) -> str:
        """Write it as one row of a table: name, median, range, limit, kept or missed."""
        spread = f"{min(self.values):.4g} – {max(self.values):.4g}"
        asked = f"{self.bound} {self.limit:g}" if self.bound else "—"
        verdict = ("kept" if self.is_kept else "**missed**") if self.bound else ""
        return f"| {self.name} | {self.median:.4g}{self.unit} | {spread} | {asked} | {verdict} |"


@dataclass
class Spent:
    """What a stretch of work took, in seconds: by the clock, of this process's CPU, of the database server's."""

    wall: float = 0
    client: float = 0
    server: float = 0

    @property
    def cpu(self) -> float:
        return self.client + self.server


@contextmanager
def spent(backend: int) -> Iterator[Spent]:
    """Measure the work done inside, the server's part as that of one backend process."""
    found = Spent()
    began = time.perf_counter(), time.process_time(), _on_cpu(backend)
    yield found
    ended = time.perf_counter(), time.process_time(), _on_cpu(backend)
    found.wall, found.client, found.server = (after - before for before, after in zip(began, ended, strict=True))


def backend_of_django() -> int:
    """Return the process that serves Django's connection."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def _on_cpu(process: int) -> float:
    """Return the seconds a process has spent on a CPU, to the nanosecond where the kernel tells."""
    told = Path(f"/proc/{process}/schedstat")
    if told.exists():
        return int(told.read_text().split()[0]) / 1e9
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
