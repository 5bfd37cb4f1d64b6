"""Reads of papers; each takes the viewer and sees only his."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet

from apps.core import door, log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, DeskAction, DeskState
from apps.policies.acts import ACTS

_PAPERS_LOOKED_BACK = 30

R = TypeVar("R", bound=DeskRecord)


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
    own = Paper.objects.filter(done_by=viewer.user_id) if viewer.user_id else Paper.objects.none()
    return own.filter(done__isnull=False).order_by("-done", "-pk")


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


def counts(season: int, kind: str) -> Sequence[Mapping[str, Any]]:
    """Return {state, county, number} over the newest papers of a season, in one query."""
    newest = Paper.objects.filter(season=season, kind=kind, latest=True)
    return list(newest.values("state", "county").annotate(number=Count("pk")).order_by("state", "county"))


def next_paper(viewer: Actor, after: Paper | None, at: datetime) -> Paper | None:
    """Return the paper to open after this one, None when the desk is clear."""
    waiting = papers_of(viewer, at)
    return (waiting.exclude(pk=after.pk) if after else waiting).first()


def neighbours(viewer: Actor, paper: Paper, at: datetime) -> tuple[Paper | None, Paper | None]:
    """Return the papers before and after this one among those waiting on the viewer's desks."""
    waiting = papers_of(viewer, at)
    return waiting.filter(_comes_before(paper)).last(), waiting.filter(_comes_after(paper)).first()


def _comes_before(paper: Paper) -> Q:
    same = Q(due=paper.due) & (Q(arrived__lt=paper.arrived) | Q(arrived=paper.arrived, pk__lt=paper.pk))
    return same | (Q(due__lt=paper.due) if paper.due else Q(due__isnull=False))


def _comes_after(paper: Paper) -> Q:
    same = Q(due=paper.due) & (Q(arrived__gt=paper.arrived) | Q(arrived=paper.arrived, pk__gt=paper.pk))
    return same | Q(due__gt=paper.due) | Q(due__isnull=True) if paper.due else same


def acts_open(record: DeskRecord, paper: Paper | None, viewer: Actor, at: datetime) -> frozenset[str]:
    """Return the actions that a page may offer the viewer; the door judges again."""
    found = ((action, door.transition_of(record, action)) for action in DeskAction)
    acts = {action for action, way in found if way and way.custom["may"](viewer, record, at)}
    if record.notice_until is not None or (paper and paper.opened):
        acts -= {DeskAction.RECALL}
    if record.notice_until is not None:
        acts -= {DeskAction.ANNOUNCE}
    return frozenset(acts)


def opinions_of(viewer: Actor, kind: str) -> list[str]:
    """Return the words the viewer wrote on his latest papers of a kind, each once, newest first."""
    done = papers_done_by(viewer).filter(kind=kind).values_list("record", flat=True)[:_PAPERS_LOOKED_BACK]
    said = LogEntry.objects.filter(kind=kind, record__in=list(done), actor_id=viewer.user_id).exclude(opinion="")
    return list(dict.fromkeys(said.order_by("-at", "-pk").values_list("opinion", flat=True)))


@dataclass(frozen=True)
class StepShown:
    """One step of the process graph: `status` is done, lit, todo or stopped."""

    label: str
    act: str
    desk: str
    status: str
    entry: LogEntry | None
    waiting_since: datetime | None

    @property
    def act_label(self) -> str:
        return ACTS[self.act].label


def steps_shown(record: DeskRecord, entries: Sequence[LogEntry], paper: Paper | None) -> list[StepShown]:
    """Return the record's route with who did what at each step since it was last put on its first desk."""
    done = _acts_by_step(record, entries)
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


def _acts_by_step(record: DeskRecord, entries: Sequence[LogEntry]) -> dict[int, LogEntry]:
    """Follow the acts backwards from where the record is now: which row of the log closed which step last."""
    closed: dict[int, LogEntry] = {}
    step, taken_back = _place(record), 0
    for entry in reversed(entries):
        if entry.action == DeskAction.RECALL:
            step, taken_back = step + 1, taken_back + 1
        elif entry.action == DeskAction.PASS_UP:
            step -= 1
            if not taken_back:
                closed.setdefault(step, entry)
            taken_back = max(0, taken_back - 1)
        elif entry.action in (DeskAction.SEND_BACK, DeskAction.REJECT):
            step = entry.details.get("resume_at", step)
            closed.setdefault(step, entry)
    return closed


def _place(record: DeskRecord) -> int:
    return record.step if record.step is not None else record.resume_at or 0


def _status(record: DeskRecord, number: int) -> str:
    at = _place(record)
    if number < at:
        return "done"
    if record.state in ENDED or record.state == DeskState.RETURNED:
        return "stopped" if number == at else "todo"
    return "lit" if number == at and record.state in AWAITING else "todo"


def log_of(record: DeskRecord, kind: str) -> list[LogEntry]:
    """Return the log of a record, oldest first."""
    return list(log.entries_of(Ref(kind, str(record.pk))))


def notice_over(model: type[R], day: date, at_most: int) -> list[R]:
    """Return records whose notice period ended before a day, oldest first."""
    over = model._default_manager.filter(state=DeskState.ON_NOTICE, notice_until__lt=day)
    return list(over.order_by("notice_until", "pk")[:at_most])
