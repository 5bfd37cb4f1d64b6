"""Reads of papers; each takes the viewer and sees only his."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from apps.core import door, log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks import permissions
from apps.desks.models import DeskRecord, Docket, DocketItem, Paper, Urge
from apps.desks.states import (
    AWAITING,
    ENDED,
    GIVEN_UP,
    OFFICE_ACTS,
    WRITING,
    DeskAction,
    DeskState,
    DocketPurpose,
    DocketState,
)
from apps.policies.acts import called
from apps.policies.reminding import Limit, by_hand
from apps.seasons.selectors import last_day_after, pack_of

DOCKET = "docket"
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
    """Return the papers on the viewer's desks, of one kind or for an empty one of any, that wait for a list."""
    waiting = Paper.objects.filter(
        season=season, desk__in=viewer.desks(at), done__isnull=True, state=DeskState.ON_NOTICE, due=None
    )
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


def docket_holding(kind: str, record: DeskRecord) -> int:
    """Return the open docket on which a record stands, 0 for none."""
    item = DocketItem.objects.filter(kind=kind, record=record.pk, is_open=True).first()
    return item.docket_id if item else 0


def dockets_of(viewer: Actor, at: datetime) -> QuerySet[Docket]:
    """Return the dockets drawn up at the viewer's desks, newest first."""
    return Docket.objects.filter(desk__in=viewer.desks(at)).select_related("season").order_by("-created", "-pk")


def newest(kind: str, records: Collection[int]) -> list[Paper]:
    """Return the newest paper of each record, in one query."""
    return list(Paper.objects.filter(kind=kind, record__in=records, latest=True).order_by("record"))


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


@dataclass(frozen=True)
class Age:
    """A span of days for which a paper has lain on a desk, both inclusive; None leaves the end open."""

    least: int
    most: int | None

    @property
    def key(self) -> str:
        return f"{self.least}-{'' if self.most is None else self.most}"

    @property
    def label(self) -> str:
        return f"{self.least}天以上" if self.most is None else f"{self.least}至{self.most}天"

    def holds(self, days: int) -> bool:
        return self.least <= days and (self.most is None or days <= self.most)


IN_HAND = Age(0, None)
"""What lies on a desk for however long."""
AGES = (Age(0, 3), Age(4, 7), Age(8, 14), Age(15, None))


def of_age(age: Age, today: date) -> Q:
    """Return the condition that a paper has lain on its desk for so many days."""
    youngest = Q(since__lte=today - timedelta(days=age.least))
    return youngest if age.most is None else youngest & Q(since__gte=today - timedelta(days=age.most))


def is_overdue(after_days: int, today: date) -> Q:
    """Return the condition that a paper is past its day, or, where it has none, was on its desk for so many days.

    With 0 days only a day counts; a public notice runs as long as it runs.
    """
    late = Q(due__lt=today)
    if after_days:
        late |= Q(due=None, since__lte=today - timedelta(days=after_days))
    return late & ~Q(state=DeskState.ON_NOTICE)


def on_their_way(persons: Collection[int]) -> QuerySet[Paper]:
    """Return the newest paper of each record about some people that was handed in and not given up."""
    newest = Paper.objects.filter(person__in=persons, latest=True)
    return newest.exclude(state__in=(DeskState.DRAFT, *GIVEN_UP))


IS_PUT_OFF = Q(state=DeskState.AWAITING_MEETING, done=None, put_off__isnull=False)
"""That a paper waits for a meeting that has left it undecided before."""


def put_off(season: int, kind: str) -> QuerySet[Paper]:
    """Return the papers of a kind that a meeting has left undecided and that still wait for one."""
    return Paper.objects.filter(IS_PUT_OFF, season=season, kind=kind, latest=True)


@dataclass(frozen=True)
class PutOff:
    """By which meeting a record was left undecided, what was noted on it, and the row of the log that closed it."""

    docket: Docket
    note: str
    entry: LogEntry


def put_off_by(record: DeskRecord, paper: Paper | None) -> PutOff | None:
    """Return by which meeting a record was left undecided last, None for what was not; two queries, or none."""
    if paper is None or not paper.is_put_off:
        return None
    items = DocketItem.objects.filter(kind=paper.kind, record=record.pk, word="", docket__state=DocketState.CLOSED)
    held = items.filter(docket__purpose=DocketPurpose.MEETING).select_related("docket").order_by("docket__held", "pk")
    item = held.last()
    entry = log.entries_of(Ref(DOCKET, str(item.docket_id))).last() if item else None
    return PutOff(item.docket, item.note, entry) if item and entry else None


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
            entry=done.get(number) if _status(record, number) in ("done", "stopped") else None,
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
        elif entry.action == DeskAction.REOPEN:
            step = entry.details["resume_at"]
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


def overdue(
    season: int, kind: str, states: Collection[str], rung: int, since: datetime, stop: datetime | None = None
) -> QuerySet[Paper]:
    """Return the papers of a kind that desks have had since before a moment, and that wait for a rung of the ladder.

    `states` are those in which they wait. What they have had since before `stop` is left alone. A record on notice
    waits for its office only until it is on a list.
    """
    waiting = Paper.objects.filter(season=season, kind=kind, done=None, rung=rung - 1, arrived__lt=since)
    if stop is not None:
        waiting = waiting.filter(arrived__gte=stop)
    return waiting.filter(Q(state__in=states) | Q(state=DeskState.ON_NOTICE, due=None))


def by_desk(papers: QuerySet[Paper], at_most: int) -> dict[str, int]:
    """Return {desk: number of papers} for the first desks, in one query."""
    counted = papers.values("desk").annotate(number=Count("pk")).order_by("desk")
    return {row["desk"]: row["number"] for row in counted[:at_most]}


def by_county(papers: QuerySet[Paper], desks: Collection[str]) -> list[tuple[str, str | None, int]]:
    """Return (desk, county, number of papers) for desks, in one query."""
    counted = papers.filter(desk__in=desks).order_by().values_list("desk", "county")
    return list(counted.annotate(number=Count("pk")).order_by("desk", "county"))


@dataclass(frozen=True)
class Urging:
    """How a record stands to being urged: the limit of its pack, the urges on its paper, whether the viewer may.

    `limit` is None where nothing is to be urged: the pack knows no urging, or the record lies on no office's desk.
    """

    limit: Limit | None = None
    urges: Sequence[Urge] = ()
    is_yours: bool = False
    from_day: date | None = None

    @property
    def left(self) -> int:
        return max(0, self.limit.at_most - len(self.urges)) if self.limit else 0

    @property
    def is_open(self) -> bool:
        return self.is_yours and self.left > 0 and self.from_day is None


def urging(record: DeskRecord, paper: Paper | None, viewer: Actor, at: datetime) -> Urging:
    """Return how a record stands to being urged; `from_day` is set while it is too soon.

    It costs one query or none, and one more where working days count.
    """
    if paper is None or paper.done or not paper.latest or not (record.state in OFFICE_ACTS or _waits_for_list(record)):
        return Urging()
    limit = by_hand(pack_of(record.season), record.season.answers)
    if limit is None:
        return Urging()
    urges = list(Urge.objects.filter(paper=paper).order_by("at", "pk"))
    again = last_day_after(record.season_id, timezone.localdate(urges[-1].at), limit.every) if urges else None
    from_day = again if again and timezone.localdate(at) < again else None
    return Urging(limit, urges, permissions.may_urge_it(viewer, record, at), from_day)


def _waits_for_list(record: DeskRecord) -> bool:
    return record.state == DeskState.ON_NOTICE and record.notice_until is None


def given_back_before(season: int, kind: str, since: datetime, at_most: int) -> list[int]:
    """Return the records of a kind that were given back before a moment and not handed in again, oldest first."""
    papers = Paper.objects.filter(season=season, kind=kind, state=DeskState.RETURNED, done=None, latest=True)
    return list(papers.filter(arrived__lt=since).order_by("arrived", "pk").values_list("record", flat=True)[:at_most])


def notice_over(model: type[R], day: date, at_most: int) -> list[R]:
    """Return records whose notice period ended before a day, oldest first."""
    over = model._default_manager.filter(state=DeskState.ON_NOTICE, notice_until__lt=day)
    return list(over.order_by("notice_until", "pk")[:at_most])
