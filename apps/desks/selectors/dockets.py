"""Dockets of a desk, and what their meetings have left undecided."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from apps.core import log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.models import DeskRecord, Docket, DocketItem, Paper
from apps.desks.states import DeskState, DocketPurpose, DocketState

DOCKET = "docket"


def docket_holding(kind: str, record: DeskRecord) -> int:
    """Return the open docket on which a record stands, 0 for none."""
    item = DocketItem.objects.filter(kind=kind, record=record.pk, is_open=True).first()
    return item.docket_id if item else 0


def dockets_of(viewer: Actor, at: datetime) -> QuerySet[Docket]:
    """Return the dockets drawn up at the viewer's desks, newest first."""
    return Docket.objects.filter(desk__in=viewer.desks(at)).select_related("season").order_by("-created", "-pk")


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
