"""The calendar on Prefect: it starts it, tries a failed step again, and shows what became of it. No logic here.

Prefect runs a flow in a process of its own that nobody has set up, so this file sets Django up itself. A flow keeps
nothing: killed anywhere and started again it comes to the same end.
"""

from typing import Any

import django
from prefect import flow, runtime, task
from prefect.states import Failed

django.setup()

from django.db import connection

from apps.core import clock
from apps.matching.selectors.places import groups_to_place
from apps.seasons import services as seasons
from workflows import steps
from workflows.steps import Done


@task(name="calendar-step", task_run_name="{label}", retries=2, retry_delay_seconds=[5, 30])
def do_step(label: str) -> int:
    """Do all that one step has due."""
    return steps.do_all(next(step for step in steps.STEPS if step.label == label), clock.now())


@flow(name="season-tick", retries=1, retry_delay_seconds=60)
def season_tick() -> Any:
    """Do everything that is due; a step that fails again and again keeps no other from being done."""
    run = seasons.begin_run(key=f"flow:{runtime.flow_run.id}", total=len(steps.STEPS), at=clock.now())
    report = []
    for step in steps.STEPS:
        state = do_step(step.label, return_state=True)
        report.append(_done(step.label, state.result(raise_on_failure=False)))
        steps.note(run.pk, report[-1], clock.now())
    seasons.end_run(run=run.pk, at=clock.now())
    failed = [done.step for done in report if done.error]
    return Failed(message="、".join(failed)) if failed else {done.step: done.number for done in report}


def _done(label: str, result: int | BaseException) -> Done:
    return steps.failed(label, result) if isinstance(result, BaseException) else Done(label, result)


@task(name="place-group", task_run_name="{run}-{group}", retries=2, retry_delay_seconds=[5, 30])
def place_group(run: int, group: int) -> bool:
    """Place the people of one group, in a thread of its own with a connection of its own."""
    try:
        return steps.place_group(run, group, clock.now())
    finally:
        connection.close()


@flow(name="allocation", retries=1, retry_delay_seconds=60)
def allocation() -> dict[str, int]:
    """Compute the allocations whose number was drawn, then place each group of those published, many at a time.

    Freezing, drawing and publishing are acts of persons; what they have done decides what there is to do here.
    """
    computed = do_step(steps.COMPUTING.label)
    waiting = groups_to_place()
    placed = place_group.map([run for run, _ in waiting], [group for _, group in waiting])
    return {steps.COMPUTING.label: computed, steps.PLACING.label: sum(placed.result())}
