"""Reads of papers; each takes the viewer and sees only his."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Count, F, Q, QuerySet

from apps.core import door, log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, OFFICE_ACTS, WRITING, DeskAction, DeskState
from apps.policies.acts import called

_PAPERS_LOOKED_BACK = 30

R = TypeVar("R", bound=DeskRecord)


def papers_of(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return the papers waiting on the viewer's desks, those due first, then the oldest (待办)."""
    waiting = Paper.objects.filter(desk__in=viewer.desks(at), done__isnull=True).exclude(state=DeskState.ON_NOTICE)
    return waiting.order_by(F("due").asc(nulls_last=True), "arrived", "pk")


def decidable(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return, of the papers waiting on the viewer's desks, those on which an office decides, in the same order."""
    return papers_of(viewer, at).filter(state__in=OFFICE_ACTS, latest=True)


def announceable(viewer: Actor, season: int, kind: str, at: datetime) -> QuerySet[Paper]:
    """Return the papers on the viewer's desks that wait to be put on a public list."""
    return Paper.objects.filter(
        season=season, kind=kind, desk__in=viewer.desks(at), done__isnull=True, state=DeskState.ON_NOTICE, due=None
    ).order_by("county", "arrived", "pk")


def papers_done_by(viewer: Actor) -> QuerySet[Paper]:
    """Return the papers the viewer has dealt with, newest first (已办)."""
    own = Paper.objects.filter(done_by=viewer.user_id) if viewer.user_id else Paper.objects.none()
    return own.filter(done__isnull=False).order_by("-done", "-pk")


def papers_started_by(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return the newest paper of each record started at the viewer's desks, or about himself (我发起的)."""
    mine = Q(starter__in=viewer.desks(at))
    if viewer.person_id is not None:
        mine |= Q(person=viewer.person_id) & ~Q(state=DeskState.DRAFT)
    return Paper.objects.filter(mine, latest=True).order_by("-arrived", "-pk")


def as_lines(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """Return papers with what a line of a list says of each, without the long texts of their seasons."""
    return papers.select_related("season").defer("season__pack_text", "season__source_text", "season__answers")


def latest_paper(kind: str, record: int) -> Paper | None:
    """Return the newest paper of a record."""
    return Paper.objects.filter(kind=kind, record=record, latest=True).first()


def paper_before(viewer: Actor, kind: str, record: int, at: datetime) -> Paper | None:
    """Return the paper of a record that waits on one of the viewer's desks, or else its newest."""
    asked = Paper.objects.filter(kind=kind, record=record, latest=False, done=None, desk__in=viewer.desks(at))
    return asked.order_by("pk").first() or latest_paper(kind, record)


def newest(kind: str, records: Collection[int]) -> list[Paper]:
    """Return the newest paper of each record, in one query."""
    return list(Paper.objects.filter(kind=kind, record__in=records, latest=True).order_by("record"))


def newest_papers(viewer: Actor, season: int, kind: str, counties: Collection[str], at: datetime) -> QuerySet[Paper]:
    """Return the newest paper of each record of a season in the viewer's counties, started at his desk, or about him.

    A draft is its starter's alone.
    """
    handed_in = Q(county__in=counties) | (Q(person=viewer.person_id) if viewer.person_id else Q(pk__in=[]))
    seen = Q(starter__in=viewer.desks(at)) | handed_in & ~Q(state=DeskState.DRAFT)
    return Paper.objects.filter(seen, season=season, kind=kind, latest=True)


def next_paper(viewer: Actor, after: Paper | None, at: datetime) -> Paper | None:
    """Return the paper to open after this one, None when the desk is clear."""
    waiting = papers_of(viewer, at)
    return (waiting.exclude(pk=after.pk) if after else waiting).first()


def neighbours(viewer: Actor, paper: Paper, at: datetime) -> tuple[Paper | None, Paper | None]:
    """Return the papers before and after this one among those waiting on the viewer's desks."""
    return papers_of(viewer, at).filter(_comes_before(paper)).last(), paper_after(viewer, paper, at)


def paper_after(viewer: Actor, paper: Paper, at: datetime) -> Paper | None:
    """Return the paper that comes after this one among those waiting on the viewer's desks."""
    return papers_of(viewer, at).filter(_comes_after(paper)).first()


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
    act_label: str
    desk: str
    status: str
    entry: LogEntry | None
    waiting_since: datetime | None


def steps_shown(record: DeskRecord, entries: Sequence[LogEntry], paper: Paper | None) -> list[StepShown]:
    """Return the record's route with who did what at each step since it was last put on its first desk."""
    done = _acts_by_step(record, entries)
    return [
        StepShown(
            label=step["label"],
            act_label=called(step),
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


def unfinished_since(season: int, since: datetime) -> QuerySet[Paper]:
    """Return the papers of a season that lay with their writers at a moment and whom nobody has reminded since."""
    writing = Paper.objects.filter(season=season, state__in=WRITING, done=None, arrived__lt=since)
    return writing.filter(Q(reminded=None) | Q(reminded__lt=since))


def writing_desks(season: int) -> list[str]:
    """Return the desks at which something of a season is being written, in one query."""
    writing = Paper.objects.filter(season=season, state__in=WRITING, done=None)
    return list(writing.order_by().values_list("desk", flat=True).distinct())


def overdue(season: int, kind: str, since: datetime) -> QuerySet[Paper]:
    """Return the papers of a kind that offices have had since before a moment, nobody reminded of them yet.

    A record on notice waits for its office only until it is on a list.
    """
    waiting = Paper.objects.filter(season=season, kind=kind, done=None, reminded=None, arrived__lt=since)
    return waiting.filter(Q(state__in=OFFICE_ACTS) | Q(state=DeskState.ON_NOTICE, due=None))


def by_desk(papers: QuerySet[Paper], at_most: int) -> dict[str, int]:
    """Return {desk: number of papers} for the first desks, in one query."""
    counted = papers.values("desk").annotate(number=Count("pk")).order_by("desk")
    return {row["desk"]: row["number"] for row in counted[:at_most]}


def notice_over(model: type[R], day: date, at_most: int) -> list[R]:
    """Return records whose notice period ended before a day, oldest first."""
    over = model._default_manager.filter(state=DeskState.ON_NOTICE, notice_until__lt=day)
    return list(over.order_by("notice_until", "pk")[:at_most])
