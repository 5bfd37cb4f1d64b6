"""Reads of the home: what its pages need, put together from the other apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.masking import mask_number
from apps.core.models import LogEntry, Reveal
from apps.desks import permissions
from apps.desks import selectors as desks
from apps.desks.models import DeskRecord, Paper
from apps.desks.selectors import StepShown
from apps.desks.states import DeskAction, DeskState
from apps.desks.walks import Walk
from apps.directory.models import Person
from apps.directory.selectors import desk_labels
from apps.directory.services import REVEALABLE
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, open_seasons, status_on

_REVEALS_SHOWN = 50


def seasons_in_progress(at: datetime) -> list[tuple[Season, list[WindowStatus]]]:
    """Return the open seasons with how their windows stand, those not yet over; two queries."""
    day = timezone.localdate(at)
    return [
        (season, [status for window in season.windows.all() if not _is_over(status := status_on(window, day))])
        for season in open_seasons().prefetch_related("windows")
    ]


def _is_over(status: WindowStatus) -> bool:
    return not status.is_open and not status.is_before


def own_file(viewer: Actor) -> Person | None:
    """Return the viewer's own file, None where he has none."""
    return Person.objects.select_related("unit").get(pk=viewer.person_id) if viewer.person_id else None


def reveals_of(viewer: Actor) -> QuerySet[Reveal]:
    """Return who lately read the viewer's numbers in full."""
    return Reveal.objects.filter(ref=f"person:{viewer.person_id}").order_by("-at", "-pk")[:_REVEALS_SHOWN]


def masked(person: Person | None) -> dict[str, str]:
    """Return a person's numbers with their middles hidden."""
    return {name: mask_number(getattr(person, name)) for name in REVEALABLE} if person else {}


def record_for(walk: Walk, pk: int, viewer: Actor, at: datetime) -> Any:
    """Return a record the viewer may see, None for any other."""
    return walk.visible(viewer, at).filter(pk=pk).first()


@dataclass(frozen=True)
class RecordShown:
    """All that the page of a record says besides the paper itself.

    `acts` are the actions open to the viewer, `own_opinions` what he wrote lately; `returned_fields` the labels a
    return pointed at; `last` the newest row of the log.
    """

    paper: Paper | None
    log: Sequence[LogEntry]
    steps: Sequence[StepShown]
    desks: dict[str, str]
    acts: frozenset[str]
    own_opinions: Sequence[str]
    is_own: bool
    is_concerned: bool
    last: LogEntry | None
    returned_fields: Sequence[str]
    before: Paper | None
    after: Paper | None

    @property
    def may_decide(self) -> bool:
        return DeskAction.PASS_UP in self.acts


def shown(walk: Walk, record: DeskRecord, viewer: Actor, at: datetime) -> RecordShown:
    """Return what stands around a paper, for one viewer."""
    entries = desks.log_of(record, walk.kind.name)
    paper = desks.latest_paper(walk.kind.name, record.pk)
    last = entries[-1] if entries else None
    before, after = desks.neighbours(viewer, paper, at) if paper else (None, None)
    acts = desks.acts_open(record, paper, viewer, at)
    return RecordShown(
        paper=paper,
        log=entries,
        steps=desks.steps_shown(record, entries, paper),
        desks=desk_labels({step["desk"] for step in record.route}),
        acts=acts,
        own_opinions=desks.opinions_of(viewer, walk.kind.name) if DeskAction.PASS_UP in acts else [],
        is_own=permissions.is_its_starter(viewer, record, at),
        is_concerned=permissions.is_concerned(viewer, record),
        last=last,
        returned_fields=_returned_fields(walk, record, last),
        before=before,
        after=after,
    )


def _returned_fields(walk: Walk, record: DeskRecord, last: LogEntry | None) -> list[str]:
    if record.state != DeskState.RETURNED or last is None:
        return []
    labels = dict(walk.fields(record))
    return [labels[key] for key in last.details.get("fields", []) if key in labels]
