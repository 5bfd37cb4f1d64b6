"""Papers on desks: what waits for a viewer, what he has done, what he started, what lies or ended where."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet

from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, ENDED, GIVEN_UP, OFFICE_ACTS, DeskState

_PAPERS_LOOKED_BACK = 30
R = TypeVar("R", bound=DeskRecord)


def papers_of(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return the papers waiting on the viewer's desks, those due first, then the oldest (待办)."""
    waiting = Paper.objects.filter(desk__in=viewer.desks(at), done__isnull=True).exclude(state=DeskState.ON_NOTICE)
    return waiting.order_by(F("due").asc(nulls_last=True), "arrived", "pk")


def decidable(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return, of the papers waiting on the viewer's desks, those on which an office decides, in the same order."""
    return papers_of(viewer, at).filter(state__in=OFFICE_ACTS, latest=True)


def awaiting_a_list(viewer: Actor, at: datetime) -> QuerySet[Paper]:
    """Return the papers on the viewer's desks that wait to be put on a public list, in whatever season."""
    return Paper.objects.filter(desk__in=viewer.desks(at), done__isnull=True, state=DeskState.ON_NOTICE, due=None)


def announceable(viewer: Actor, season: int, kind: str, at: datetime) -> QuerySet[Paper]:
    """Return the papers on the viewer's desks, of one kind or for an empty one of any, that wait for a list."""
    waiting = awaiting_a_list(viewer, at).filter(season=season)
    return (waiting.filter(kind=kind) if kind else waiting).order_by("county", "arrived", "pk")


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


def due_on(kind: str, records: Collection[int], desks: Collection[str]) -> dict[tuple[int, str], date]:
    """Return the last days of the papers of some records that wait on some desks and have one, in one query."""
    waiting = Paper.objects.filter(kind=kind, record__in=records, desk__in=desks, done=None, due__isnull=False)
    return {(record, desk): due for record, desk, due in waiting.values_list("record", "desk", "due") if due}


def newest_papers(
    viewer: Actor, season: int, kind: str, counties: Collection[str] | None, at: datetime
) -> list[QuerySet[Paper]]:
    """Return the newest paper of each record of a season in the viewer's counties, and apart those near him elsewhere.

    Near him is what started at his desk, or is about him. A draft is its starter's alone. Without `counties` he sees
    all of the season. The parts share no paper, and each is found by an index.
    """
    newest = Paper.objects.filter(season=season, kind=kind, latest=True)
    handed_in = ~Q(state=DeskState.DRAFT)
    there = handed_in if counties is None else Q(county__in=counties) & handed_in
    about_him = Q(person=viewer.person_id) & handed_in if viewer.person_id else Q(pk__in=[])
    near = Q(starter__in=viewer.desks(at)) | about_him
    return [newest.filter(there), newest.filter(near).exclude(there)]


def newest_among(season: int, kind: str, records: QuerySet[Any, Any]) -> QuerySet[Paper]:
    """Return the newest paper of each of some records of a season, whose keys a query gives."""
    return Paper.objects.filter(season=season, kind=kind, latest=True, record__in=records)


def first_of(papers: QuerySet[Paper], at_most: int) -> QuerySet[Paper]:
    """Return so many of some papers, to be counted no further."""
    return Paper.objects.filter(pk__in=papers.values("pk")[:at_most])


def on_their_way(persons: Collection[int]) -> QuerySet[Paper]:
    """Return the newest paper of each record about some people that was handed in and not given up."""
    newest = Paper.objects.filter(person__in=persons, latest=True)
    return newest.exclude(state__in=(DeskState.DRAFT, *GIVEN_UP))


def lying(kind: str, condition: Q) -> QuerySet[Paper]:
    """Return the newest papers of a kind that lie on a desk and meet a condition."""
    return Paper.objects.filter(condition, kind=kind, latest=True, done=None, state__in=AWAITING)


def ended(kind: str, condition: Q) -> QuerySet[Paper]:
    """Return the newest papers of a kind with which a record ended and that meet a condition."""
    return Paper.objects.filter(condition, kind=kind, latest=True, state__in=ENDED)


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


def opinions_of(viewer: Actor, kind: str) -> dict[str, list[str]]:
    """Return the words the viewer wrote on his latest papers of a kind, by act, each once, newest first."""
    done = papers_done_by(viewer).filter(kind=kind).values_list("record", flat=True)[:_PAPERS_LOOKED_BACK]
    said = LogEntry.objects.filter(kind=kind, record__in=list(done), actor_id=viewer.user_id).exclude(opinion="")
    found: dict[str, list[str]] = {}
    for action, opinion in dict.fromkeys(said.order_by("-at", "-pk").values_list("action", "opinion")):
        found.setdefault(action, []).append(opinion)
    return found


def by_desk(papers: QuerySet[Paper], at_most: int) -> dict[str, int]:
    """Return {desk: number of papers} for the first desks, in one query."""
    counted = papers.values("desk").annotate(number=Count("pk")).order_by("desk")
    return {row["desk"]: row["number"] for row in counted[:at_most]}


def by_county(papers: QuerySet[Paper], desks: Collection[str]) -> list[tuple[str, str | None, int]]:
    """Return (desk, county, number of papers) for desks, in one query."""
    counted = papers.filter(desk__in=desks).order_by().values_list("desk", "county")
    return list(counted.annotate(number=Count("pk")).order_by("desk", "county"))


def notice_over(model: type[R], day: date, at_most: int) -> list[R]:
    """Return records whose notice period ended before a day, oldest first."""
    over = model._default_manager.filter(state=DeskState.ON_NOTICE, notice_until__lt=day)
    return list(over.order_by("notice_until", "pk")[:at_most])
