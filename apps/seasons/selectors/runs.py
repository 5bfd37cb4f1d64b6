"""How the runs of the calendar stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from apps.seasons.models import Run, Season

MOST_RUNS = 8
SILENT_FOR = timedelta(minutes=10)
"""A run that gives no sign of life for so long has lost its process, or has none to run it."""


@dataclass(frozen=True)
class RunShown:
    """A run with how it stands: waiting, running, silent, failed or done."""

    run: Run
    status: str

    @property
    def is_underway(self) -> bool:
        return self.status in ("waiting", "running")


def run_of(pk: int) -> Run:
    """Return a run by key."""
    return Run.objects.get(pk=pk)


def runs_of(season: Season, at: datetime) -> list[RunShown]:
    """Return the newest runs that concern a season, in one query."""
    rows = Run.objects.filter(Q(season=season) | Q(season=None)).order_by("-asked", "-pk")
    return [RunShown(run, _run_status(run, at)) for run in rows[:MOST_RUNS]]


def _run_status(run: Run, at: datetime) -> str:
    if run.ended:
        return "failed" if run.error else "done"
    if at - (run.noted or run.asked) > SILENT_FOR:
        return "silent"
    return "running" if run.started else "waiting"
