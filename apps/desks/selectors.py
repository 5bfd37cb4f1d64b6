"""Reads of papers; each takes the viewer and sees only his."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet

from apps.core import log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, DeskState


def papers_of(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return the papers waiting on the viewer's desks, those due first, then the oldest (待办)."""
    waiting = Paper.objects.filter(desk__in=viewer.desks(at), done__isnull=True).exclude(state=DeskState.ON_NOTICE)
    return waiting.order_by(F("due").asc(nulls_last=True), "arrived", "pk")


def announceable(viewer: Actor, season: int, kind: str, at: datetime) -> QuerySet[Paper]:
    """Return the papers on the viewer's desks that wait to be put on a public list."""
    return Paper.objects.filter(
        season=season, kind=kind, desk__in=viewer.desks(at), done__isnull=True, state=DeskState.ON_NOTICE, due=None
    ).order_by("county", "arrived", "pk")


def papers_done_by(viewer: Actor) -> QuerySet[Paper]:
    """Return the papers the viewer has dealt with, newest first (已办)."""
    return Paper.objects.filter(done_by=viewer.user_id, done__isnull=False).order_by("-done", "-pk")


def papers_started_by(viewer: Actor) -> QuerySet[Paper]:
    """Return the newest paper of each record the viewer started (我发起的)."""
    return Paper.objects.filter(starter=viewer.person_id, latest=True).order_by("-arrived", "-pk")


def latest_paper(kind: str, record: int) -> Paper | None:
    """Return the newest paper of a record."""
    return Paper.objects.filter(kind=kind, record=record, latest=True).first()


def trail(kind: str, record: int) -> QuerySet[Paper]:
    """Return all papers of a record, oldest first."""
    return Paper.objects.filter(kind=kind, record=record).order_by("arrived", "pk")


@dataclass(frozen=True)
class PaperFacts:
    """Whether the desk a record lies on has opened it."""

    opened: bool


def opened_facts(kind: str, records: Sequence[DeskRecord]) -> Mapping[int, PaperFacts]:
    """Return for each record whether its paper was opened, in one query."""
    rows = Paper.objects.filter(kind=kind, record__in=[record.pk for record in records], latest=True)
    return {record: PaperFacts(opened is not None) for record, opened in rows.values_list("record", "opened")}


def counts(season: int, kind: str) -> QuerySet[Paper, dict[str, Any]]:
    """Return {state, county, number} over the newest papers of a season, in one query."""
    newest = Paper.objects.filter(season=season, kind=kind, latest=True)
    return newest.values("state", "county").annotate(number=Count("pk")).order_by("state", "county")


def next_paper(viewer: Actor, after: Paper | None, at: datetime) -> Paper | None:
    """Return the paper to open after this one, None when the desk is clear."""
    waiting = papers_of(viewer, at)
    return (waiting.exclude(pk=after.pk) if after else waiting).first()


@dataclass(frozen=True)
class StepShown:
    """One step of the process graph: `status` is done, lit, todo or stopped."""

    label: str
    act: str
    desk: str
    status: str
    entry: LogEntry | None
    waiting_since: datetime | None


def steps_shown(record: DeskRecord, entries: Sequence[LogEntry], paper: Paper | None) -> list[StepShown]:
    """Return the record's route with who did what at each step since it was last put on its first desk."""
    done = _acts_by_step(entries)
    return [
        StepShown(
            label=step["label"],
            act=step["act"],
            desk=step["desk"],
            status=_status(record, number),
            entry=done.get(number) if _status(record, number) != "todo" else None,
            waiting_since=paper.arrived if paper and number == record.step and record.state in AWAITING else None,
        )
        for number, step in enumerate(record.route)
    ]


def _acts_by_step(entries: Sequence[LogEntry]) -> dict[int, LogEntry]:
    """Replay the acts: which row of the log closed which step."""
    closed: dict[int, LogEntry] = {}
    step, resume = 0, 0
    for entry in entries:
        if entry.action == "submit":
            step = resume if entry.details.get("resumes") else 0
        elif entry.action == "pass_up":
            closed[step] = entry
            step += 1
        elif entry.action in ("send_back", "reject"):
            closed[step] = entry
            resume = entry.details.get("resume_at", 0)
        elif entry.action == "recall":
            step -= 1
    return closed


def _status(record: DeskRecord, number: int) -> str:
    at = record.step if record.step is not None else record.resume_at or 0
    if number < at:
        return "done"
    if record.state in ENDED or record.state == DeskState.RETURNED:
        return "stopped" if number == at else "todo"
    return "lit" if number == at and record.state in AWAITING else "todo"


def log_of(record: DeskRecord, kind: str) -> list[LogEntry]:
    """Return the log of a record, oldest first."""
    return list(log.entries_of(Ref(kind, str(record.pk))))
