"""Reads of the home: what its pages need, put together from the other apps."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Avg, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.log import digest_of
from apps.core.masking import mask_number
from apps.core.models import LogEntry, Reveal
from apps.core.refusals import Refusal
from apps.core.words import MISSING
from apps.desks import permissions, walks
from apps.desks import selectors as desks
from apps.desks.facts import (
    Candidate,
    candidates,
    days_that_count,
    is_on_docket,
    purpose_of,
    silence_of,
    standing_of,
    verdicts_of,
)
from apps.desks.joint import Standing
from apps.desks.models import DeskRecord, Docket, DocketItem, Paper, Verdict
from apps.desks.selectors import PutOff, StepShown, Urging
from apps.desks.states import AWAITING, JOINT, REFUSABLE, DeskAction, DeskState, DocketPurpose, Word
from apps.desks.walks import Ground, Walk
from apps.directory.models import Person
from apps.directory.selectors import desk_labels
from apps.directory.services import REVEALABLE
from apps.policies.acts import called
from apps.policies.calendar import last_day
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
    return not (status.is_open or status.is_before or status.is_late)


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

    `purpose` is that of the docket that alone decides the step awaited, `docket` the one on which the record stands,
    `joint` the joint act awaited, `heard` what was said at those that are over. `is_own` tells that it is about the
    viewer, `is_writer` that he writes in it, `is_written` that agreement needs words; `acts` are the actions open to
    him, `own_opinions` what he wrote lately; `returned_fields` the labels a return pointed at; `last` the newest row of
    the log; `passed_before` the step at which he passed it up already; `put_off` by which meeting it was left
    undecided, whose minutes he may read or not.
    """

    paper: Paper | None
    log: Sequence[LogEntry]
    steps: Sequence[StepShown]
    desks: dict[str, str]
    acts: frozenset[str]
    own_opinions: Mapping[str, Sequence[str]]
    is_own: bool
    is_writer: bool
    is_written: bool
    is_concerned: bool
    last: LogEntry | None
    returned_fields: Sequence[str]
    before: Paper | None
    after: Paper | None
    joint: "JointShown | None"
    heard: "Sequence[tuple[str, Sequence[Party]]]"
    purpose: str
    docket: int
    record_keys: Sequence[int]
    urging: Urging
    put_off: PutOff | None
    reads_minutes: bool
    passed_before: str

    @property
    def is_on_docket(self) -> bool:
        """Tell whether the step awaited is decided on a docket only."""
        return bool(self.purpose)

    @property
    def may_reject(self) -> bool:
        """Tell whether the viewer may turn it down here and now, by himself."""
        return DeskAction.REJECT in self.acts and self.purpose != DocketPurpose.MEETING

    @property
    def may_decide(self) -> bool:
        return DeskAction.PASS_UP in self.acts


@dataclass(frozen=True)
class Party:
    """One who is asked: what he is called, and his verdict as far as the viewer may read it."""

    label: str
    verdict: Verdict


@dataclass(frozen=True)
class JointShown:
    """A joint act as one viewer sees it: by what rule it is judged, how it stands, how many have spoken.

    `standing` and `parties` are empty for who may not read what others say: those asked read only their own word, the
    person concerned none. `candidates` are whom the viewer may ask, `party` is the desk for which he may speak,
    `until` the last day before his silence means something.
    """

    asked: Mapping[str, Any]
    spoken: int
    recused: int
    number: int
    standing: Standing | None
    parties: Sequence[Party]
    candidates: Sequence[Candidate]
    party: str
    own: Verdict | None
    digest: str
    until: date | None


def joint(record: DeskRecord, kind: str, viewer: Actor, at: datetime) -> JointShown | None:
    """Return the joint act that a record awaits, None where it awaits another."""
    if record.state not in JOINT:
        return None
    verdicts = verdicts_of(kind, [record]).get(record.pk, [])
    reads_all = reads_verdicts(record, viewer, at)
    asks = permissions.holds_its_desk(viewer, record, at)
    own = next((each for each in verdicts if viewer.sits_at(each.party, at)), None)
    may_speak = own is not None and permissions.is_asked(viewer, record, at)
    labels = desk_labels([each.party for each in verdicts]) if reads_all else {}
    return JointShown(
        asked=record.present_step()["verdicts"],
        spoken=sum(each.word not in ("", Word.RECUSE) for each in verdicts),
        recused=sum(each.word == Word.RECUSE for each in verdicts),
        number=len(verdicts),
        standing=standing_of(record, verdicts, at, days_that_count([record])) if reads_all else None,
        parties=[Party(labels[each.party], each) for each in verdicts] if reads_all else [],
        candidates=candidates(record, at) if asks and record.present_step()["verdicts"]["among"] else [],
        party=own.party if own and may_speak else "",
        own=own,
        digest=digest_of(record.subject()),
        until=_silent_until(record, own) if own and not own.word else None,
    )


def _silent_until(record: DeskRecord, own: Verdict) -> date | None:
    """Return the last day on which one who is asked may be silent without a meaning, None where it never means any."""
    silence, days = silence_of(record), days_that_count([record])
    return last_day(timezone.localdate(own.asked), silence, days.get(record.season_id)) if silence else None


def heard(record: DeskRecord, kind: str, viewer: Actor, at: datetime) -> list[tuple[str, list[Party]]]:
    """Return what was said at the joint acts that are over, act by act, to who may read it."""
    over = [number for number, step in enumerate(record.route[: record.step or 0]) if step.get("verdicts")]
    if not over or not reads_verdicts(record, viewer, at):
        return []
    rows = Verdict.objects.filter(kind=kind, record=record.pk, step__in=over, void=None).order_by("step", "party")
    labels = desk_labels([row.party for row in rows])
    said = {number: [Party(labels[row.party], row) for row in rows if row.step == number] for number in over}
    return [(called(record.route[number]), parties) for number, parties in said.items()]


def reads_verdicts(record: DeskRecord, viewer: Actor, at: datetime) -> bool:
    """Tell whether a viewer may read what those asked have said: the offices, not who is asked nor who is concerned."""
    if viewer.person_id == record.person_id or viewer.sits_at(record.person_desk(), at):
        return False
    return permissions.holds_its_desk(viewer, record, at) or not permissions.is_asked(viewer, record, at)


def readable(entries: Sequence[LogEntry], record: DeskRecord, viewer: Actor, at: datetime) -> list[LogEntry]:
    """Return the rows of a log that a viewer may read: who reads no verdicts reads none there either."""
    if reads_verdicts(record, viewer, at):
        return list(entries)
    hidden = (DeskAction.ASK, DeskAction.GIVE_VERDICT)
    return [entry for entry in entries if entry.action not in hidden or entry.actor_id == viewer.user_id]


def steps_back(record: DeskRecord, until: int | None = None) -> list[tuple[int, str]]:
    """Return the steps before the one a record lies at, or before a number, as (number, words)."""
    end = until if until is not None else record.step or 0
    return [(number, f"{number + 1}. {step['label']}{called(step)}") for number, step in enumerate(record.route[:end])]


def shown(walk: Walk, record: DeskRecord, viewer: Actor, at: datetime) -> RecordShown:
    """Return what stands around a paper, for one viewer."""
    entries = desks.log_of(record, walk.kind.name)
    paper = desks.paper_before(viewer, walk.kind.name, record.pk, at)
    put_off = desks.put_off_by(record, paper)
    last = entries[-1] if entries else None
    before, after = desks.neighbours(viewer, paper, at) if paper else (None, None)
    acts = desks.acts_open(record, paper, viewer, at)
    return RecordShown(
        paper=paper,
        log=readable(entries, record, viewer, at),
        steps=desks.steps_shown(record, entries, paper),
        desks=desk_labels({step["desk"] for step in record.route}),
        acts=acts,
        own_opinions=desks.opinions_of(viewer, walk.kind.name) if DeskAction.PASS_UP in acts else {},
        is_own=viewer.person_id == record.person_id,
        is_writer=permissions.is_its_starter(viewer, record, at),
        is_written=record.state in AWAITING and bool(record.present_step().get("written")),
        is_concerned=permissions.is_concerned(viewer, record, at),
        last=last,
        returned_fields=_returned_fields(walk, record, last),
        before=before,
        after=after,
        joint=joint(record, walk.kind.name, viewer, at),
        heard=heard(record, walk.kind.name, viewer, at),
        purpose=purpose_of(record),
        docket=desks.docket_holding(walk.kind.name, record) if is_on_docket(record) else 0,
        record_keys=(record.pk,),
        urging=desks.urging(record, paper, viewer, at),
        put_off=put_off,
        passed_before=desks.step_passed(record, entries, viewer.user_id) if DeskAction.PASS_UP in acts else "",
        reads_minutes=put_off is not None and permissions.keeps_it(viewer, put_off.docket, at),
    )


@dataclass(frozen=True)
class Chosen:
    """Records of one process chosen for one act: the version seen of each, and what it is called.

    `grounds` and `fields` are those that all of them share; `purpose` that of the docket that alone decides them;
    `pass_label` what passing them up is called.
    """

    walk: Walk
    seen: Mapping[int, int]
    titles: Mapping[int, str]
    grounds: Sequence[Ground]
    fields: Sequence[tuple[str, str]]
    purpose: str = ""
    may_reject: bool = True
    pass_label: str = ""


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
        purpose=purpose_of(like[0]) if len({purpose_of(record) for record in like}) == 1 else "",
        pass_label="、".join(dict.fromkeys(walk.kind.act_called(DeskAction.PASS_UP, each.state) for each in like)),
        may_reject=all(record.state in REFUSABLE and not purpose_of(record) for record in like),
    )


def _shared(offers: Sequence[Sequence[T]]) -> list[T]:
    """Return what all offers have, in the order of the first."""
    return [each for each in offers[0] if all(each in offer for offer in offers)] if offers else []


@dataclass(frozen=True)
class DocketLine:
    """One record of a docket: what it is called and whom it concerns, and what was decided on it.

    `more` is what else a list says of it, as {column: words}: what its process does, and what experts gave it.
    """

    item: DocketItem
    title: str
    person: str
    unit: str
    more: Mapping[str, str]


def docket_lines(docket: Docket, viewer: Actor, at: datetime) -> list[DocketLine]:
    """Return the records of a docket in its order, those that the viewer may still see with their names."""
    items = list(docket.items.all())
    walk = walks.named(docket.kind)
    assert walk is not None
    records = walk.visible(viewer, at).order_by().in_bulk([item.record for item in items])
    titles = {paper.record: paper.title for paper in desks.newest(docket.kind, records)}
    scores = _scores(docket.kind, records)
    more = {pk: {**walk.listed(record), **scores.get(pk, {})} for pk, record in records.items()}
    return [
        DocketLine(item, titles.get(item.record, ""), *_named(records.get(item.record)), more.get(item.record, {}))
        for item in items
    ]


def _scores(kind: str, records: Collection[int]) -> dict[int, dict[str, str]]:
    """Return the mean of the points that experts gave each record, where they gave any."""
    given = Verdict.objects.filter(kind=kind, record__in=records, void=None, points__isnull=False)
    means = given.order_by().values_list("record").annotate(Avg("points"))
    return {record: {"专家平均分": f"{mean:.1f}"} for record, mean in means}


def _named(record: Any) -> tuple[str, str]:
    return (record.person.name, str(getattr(record, "unit", None) or "")) if record else ("", "")


def docket_grounds(docket: Docket, viewer: Actor, at: datetime) -> list[Ground]:
    """Return the grounds on which the records of a docket may be turned down."""
    walk = walks.named(docket.kind)
    first = docket.items.first()
    record = walk.visible(viewer, at).filter(pk=first.record).first() if walk and first else None
    return list(walk.grounds(record)) if walk and record else []


def acts(record: DeskRecord, viewer: Actor, at: datetime) -> frozenset[str]:
    """Return the actions open to a viewer on a record."""
    return desks.acts_open(record, None, viewer, at)


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
