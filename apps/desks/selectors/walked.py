"""A record on its way: which acts are open to a viewer, who did what at which step, its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.core import door, log
from apps.core.actors import Actor
from apps.core.kinds import Kind
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, PUT_OFF, STATE_OF_ACT, STATES_LISTED, DeskAction, DeskState
from apps.desks.steps import acts_by_step, place_of
from apps.policies.acts import called
from apps.policies.routing import drawings
from apps.seasons.selectors import policies_around

_PROCESSES = {"change": "appointments"}
"""The processes of packs whose records have another name."""


def acts_open(record: DeskRecord, paper: Paper | None, viewer: Actor, at: datetime) -> frozenset[str]:
    """Return the actions that a page may offer the viewer; the door judges again."""
    found = ((action, door.transition_of(record, action)) for action in DeskAction)
    acts = {action for action, way in found if way and way.custom["may"](viewer, record, at)}
    if record.notice_until is not None or (paper and paper.opened):
        acts -= {DeskAction.RECALL}
    if record.notice_until is not None:
        acts -= {DeskAction.ANNOUNCE}
    return frozenset(acts)


@dataclass(frozen=True)
class StepShown:
    """One step of the process graph: `status` is done, lit, todo or stopped."""

    label: str
    act_label: str
    desk: str
    status: str
    entry: LogEntry | None
    waiting_since: datetime | None


def steps_shown(record: DeskRecord, entries: Sequence[LogEntry], paper: Paper | None) -> list[StepShown]:
    """Return the record's route with who did what at each step since it was last put on its first desk."""
    done = acts_by_step(record, entries)
    return [
        StepShown(
            label=step["label"],
            act_label=called(step),
            desk=step["desk"],
            status=_status(record, number),
            entry=done.get(number) if _status(record, number) in ("done", "stopped") else None,
            waiting_since=paper.arrived if paper and number == record.step and record.state in AWAITING else None,
        )
        for number, step in enumerate(record.route)
    ]


def _status(record: DeskRecord, number: int) -> str:
    at = place_of(record)
    if number < at:
        return "done"
    if record.state in ENDED or record.state == DeskState.RETURNED:
        return "stopped" if number == at else "todo"
    return "lit" if number == at and record.state in AWAITING else "todo"


def log_of(record: DeskRecord, kind: str) -> list[LogEntry]:
    """Return the log of a record, oldest first."""
    return list(log.entries_of(Ref(kind, str(record.pk))))


def states_around(viewer: Actor, at: datetime, kind: Kind | None = None) -> list[tuple[str, str]]:
    """Return by which states a viewer may narrow a list: those that the policies with which he deals can reach.

    As a kind of record calls them, of which there is a process of that name; those of all processes for none.
    """
    walked = {_PROCESSES.get(kind.name, kind.name)} if kind else {*_PROCESSES.values(), "application", "recognition"}
    routes = [each.route for pack in policies_around(viewer, at) for each in drawings(pack) if each.process in walked]
    reached: set[str | None] = {STATE_OF_ACT.get(step.act) for route in routes for step in route.steps}
    if DeskState.AWAITING_MEETING in reached:
        reached.add(PUT_OFF)
    return [
        (state, kind.called(state) if kind and state != PUT_OFF else label)
        for state, label in STATES_LISTED
        if state in reached or state not in (*AWAITING, PUT_OFF)
    ]
