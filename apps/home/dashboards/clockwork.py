"""How the calendar runs, and what the clock did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from apps.core import kinds, log, outbox
from apps.desks.states import DeskAction
from apps.seasons.models import Season
from apps.seasons.selectors import RunShown, runs_of

_ACTS_SHOWN_FOR = timedelta(days=30)
_MOST_MOMENTS = 10


@dataclass(frozen=True)
class Clockwork:
    """How the calendar runs: its newest runs, and how many effects were given up for a person to look at."""

    runs: Sequence[RunShown]
    parked: int

    @property
    def is_underway(self) -> bool:
        return any(shown.is_underway for shown in self.runs)


def clockwork(season: Season, at: datetime) -> Clockwork:
    """Return how the calendar runs, as the season's office sees it, in two queries."""
    return Clockwork(runs_of(season, at), outbox.parked().count())


@dataclass(frozen=True)
class ClockActs:
    """What the clock did at one moment, as (kind, action, number)."""

    at: datetime
    acts: Sequence[tuple[str, str, int]]


def clock_acts(at: datetime) -> list[ClockActs]:
    """Return the newest acts of the clock within a month, moment by moment, in one query."""
    acts = log.acts_of_the_clock(at - _ACTS_SHOWN_FOR, _MOST_MOMENTS * len(DeskAction))
    return [
        ClockActs(moment, [_act_in_words(act) for act in group])
        for moment, group in islice(groupby(acts, key=itemgetter("at")), _MOST_MOMENTS)
    ]


def _act_in_words(act: Mapping[str, Any]) -> tuple[str, str, int]:
    kind = kinds.named(act["kind"])
    return kind.label, str(kind.actions(act["action"]).label), act["number"]
