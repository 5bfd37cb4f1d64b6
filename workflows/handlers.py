"""A run asked for from a screen: a chain of effects, each does one set of one step and wishes for the next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.core import outbox
from apps.seasons import selectors
from apps.seasons import services as seasons
from workflows import steps
from workflows.steps import DUE, Step


def go_on(payload: Mapping[str, Any], at: datetime) -> None:
    """Do the next set of a run; a set that comes out empty, or fails, leads on to the next step.

    What was left in the outbox is no step here: this is an effect itself, and the sweep finds the others.
    """
    place, turn = payload.get("step", 0), payload.get("turn", 0)
    run = selectors.run_of(payload["run"])
    if not turn:
        seasons.begin_run(key=run.key, total=len(DUE), at=at)
    done = steps.attempt(DUE[place], _one_set, at)
    steps.note(run.pk, done, at)
    following = place if done.number else place + 1
    if following == len(DUE):
        seasons.end_run(run=run.pk, at=at)
        return
    wish = {"run": run.pk, "step": following, "turn": turn + 1}
    outbox.emit([outbox.Wish(seasons.RUN, f"{run.key}:{turn + 1}", wish)], at=at)


def _one_set(step: Step, at: datetime) -> int:
    with transaction.atomic():
        return step.some(at)
