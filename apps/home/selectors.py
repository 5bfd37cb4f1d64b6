"""Reads of the home: what its pages need, put together from the other apps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.masking import mask_number
from apps.core.models import LogEntry, Reveal
from apps.core.refusals import Refusal
from apps.core.words import MISSING
from apps.desks import permissions
from apps.desks import selectors as desks
from apps.desks.models import DeskRecord, Paper
from apps.desks.selectors import StepShown
from apps.desks.states import AWAITING, DeskAction, DeskState
from apps.desks.walks import Ground, Walk
from apps.directory.models import Person
from apps.directory.selectors import desk_labels
from apps.directory.services import REVEALABLE
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, open_seasons, status_on

_REVEALS_SHOWN = 50
T = TypeVar("T")


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

    `is_own` tells that it is about the viewer, `is_writer` that he writes in it, `is_written` that agreement needs
    words; `acts` are the actions open to him, `own_opinions` what he wrote lately; `returned_fields` the labels a
    return pointed at; `last` the newest row of the log.
    """

    paper: Paper | None
    log: Sequence[LogEntry]
    steps: Sequence[StepShown]
    desks: dict[str, str]
    acts: frozenset[str]
    own_opinions: Sequence[str]
    is_own: bool
    is_writer: bool
    is_written: bool
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
        is_own=viewer.person_id == record.person_id,
        is_writer=permissions.is_its_starter(viewer, record, at),
        is_written=record.state in AWAITING and bool(record.present_step().get("written")),
        is_concerned=permissions.is_concerned(viewer, record),
        last=last,
        returned_fields=_returned_fields(walk, record, last),
        before=before,
        after=after,
    )


@dataclass(frozen=True)
class Chosen:
    """Records of one process chosen for one act: the version seen of each, and what it is called.

    `grounds` and `fields` are those that all of them share.
    """

    walk: Walk
    seen: Mapping[int, int]
    titles: Mapping[int, str]
    grounds: Sequence[Ground]
    fields: Sequence[tuple[str, str]]


def chosen(walk: Walk, papers: Sequence[Paper], viewer: Actor, at: datetime) -> Chosen:
    """Return the records that lie under papers of one process, as far as the viewer may see them."""
    visible = walk.visible(viewer, at).order_by()
    titles = {paper.record: paper.title for paper in papers}
    seen = dict(visible.filter(pk__in=titles).values_list("pk", "version"))
    likes = {(paper.season_id, paper.office): paper.record for paper in papers if paper.record in seen}
    like = list(visible.filter(pk__in=likes.values()))
    return Chosen(
        walk=walk,
        seen={pk: seen[pk] for pk in titles if pk in seen},
        titles=titles,
        grounds=_shared([walk.grounds(record) for record in like]),
        fields=_shared([walk.fields(record) for record in like]),
    )


def _shared(offers: Sequence[Sequence[T]]) -> list[T]:
    """Return what all offers have, in the order of the first."""
    return [each for each in offers[0] if all(each in offer for offer in offers)] if offers else []


@dataclass(frozen=True)
class Result:
    """What became of one record of a batch; `title` is empty for one that the viewer may not see."""

    outcome: Outcome
    title: str

    @property
    def refusals(self) -> Sequence[Refusal]:
        """Return why nothing was done, without a word on a record that the viewer may not see."""
        return self.outcome.refusals if self.title else (MISSING,)


def results(walk: Walk, outcomes: Sequence[Outcome], viewer: Actor, at: datetime) -> list[Result]:
    """Return what to tell the viewer of each record of a batch, in its order; two queries."""
    pks = [outcome.pk for outcome in outcomes]
    visible = set(walk.visible(viewer, at).filter(pk__in=pks).order_by().values_list("pk", flat=True))
    titles = {paper.record: paper.title for paper in desks.newest(walk.kind.name, visible)}
    return [Result(outcome, titles.get(outcome.pk, "")) for outcome in outcomes]


def _returned_fields(walk: Walk, record: DeskRecord, last: LogEntry | None) -> list[str]:
    if record.state != DeskState.RETURNED or last is None:
        return []
    labels = dict(walk.fields(record))
    return [labels[key] for key in last.details.get("fields", []) if key in labels]
