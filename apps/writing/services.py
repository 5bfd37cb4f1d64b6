"""What is done to write a record and to hand it in; the offices' further acts are those of the desks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from apps.core import door, files, log, sets
from apps.core.actors import Actor
from apps.core.characters import without_unseen
from apps.core.fields import storable
from apps.core.open_forms import WRITTEN_ELSEWHERE, OpenForm
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.desks.states import WRITING, DeskAction, DeskState
from apps.policies.schema import Attachment
from apps.policies.values import fields_of
from apps.writing import writings
from apps.writing.guards import LATE
from apps.writing.models import Submission, WrittenRecord
from apps.writing.permissions import may_write
from apps.writing.selectors import differs, form_of, standing
from apps.writing.selectors.paper import label_of
from apps.writing.writings import Writing

R = TypeVar("R", bound=WrittenRecord)

MOST_TYPED = 20_000
MOST_OF_A_REASON = 500


def begin(draft: R, *, find: Callable[[], R | None], by: Actor, at: datetime) -> R:
    """Create a draft, or return the one that somebody else began at the same moment, which `find` reads."""
    try:
        with transaction.atomic():
            return door.create([draft], by=by, at=at)[0]
    except IntegrityError:
        begun = find()
        if begun is None:
            raise
        return begun


@transaction.atomic
def save(
    *, record: R, typed: Mapping[str, Any], by: Actor, at: datetime, page: int = 0, opened: OpenForm | None = None
) -> R:
    """Keep what was typed, wrong or not, as long as its starter is the one writing and may still write.

    Only facts of the form are kept; the columns that entries name follow them. Raises Refused once handed in, and
    where the page it was typed on was `opened` before it was written otherwise in another window; its number is `page`.
    """
    mine = _locked(record, by, at)
    writing = writings.of(mine)
    known = {field.fact for field in fields_of(writing.form(mine))}
    kept = {name: storable(value) for name, value in typed.items() if name in known}
    is_other = any(differs(mine, name, value) for name, value in kept.items())
    if opened and is_other and _is_overtaken(opened, mine, page):
        raise Refused(WRITTEN_ELSEWHERE)
    if sum(len(str(value)) for value in kept.values()) > MOST_TYPED:
        raise Refused(_too_long(writing, mine, kept))
    mine.content = {**mine.content, **kept}
    if opened:
        mine.written = {**mine.written, str(page): opened.mark}
    mine.save(update_fields=["content", "written", *writing.settle(mine)])
    return mine


def _is_overtaken(opened: OpenForm, record: WrittenRecord, page: int) -> bool:
    return opened.is_overtaken(standing(record, form_of(record)[page - 1]), record.written.get(str(page)))


def _too_long(writing: Writing, record: WrittenRecord, typed: Mapping[str, Any]) -> Refusal:
    """Say which entry is the longest of those that are more than one page may hold."""
    longest = max(typed, key=lambda name: len(str(typed[name])))
    label = next(label_of(field) for field in fields_of(writing.form(record)) if field.fact == longest)
    size = len(str(typed[longest]))
    return Refusal(
        "too_long", f"本页所填内容超过{MOST_TYPED}字，未保存；其中“{label}”有{size}字。", f"请先精简“{label}”，再保存。"
    )


def _locked(record: R, by: Actor, at: datetime) -> R:
    """Return the record, locked, for its writer; raise Refused once he may no longer write in it."""
    rows = type(record)._default_manager.select_for_update(of=("self",))
    mine = rows.select_related("season__jurisdiction", "person").defer("season__source_text").get(pk=record.pk)
    if not may_write(by, mine, at):
        raise Refused(Refusal("read_only", "已提交，不能再修改。", "如需更正，请联系办理环节退回修改。"))
    closed = writings.of(mine).closed(mine, at)
    if closed:
        raise Refused(closed)
    return mine


@transaction.atomic
def attach(*, record: R, wanted: Attachment, accepted: Accepted, by: Actor, at: datetime) -> R:
    """Keep an uploaded document; raises Refused when there are as many as the pack allows."""
    mine = _locked(record, by, at)
    mine.files = files.added(mine.files, wanted.id, accepted, label=wanted.label, at_most=wanted.at_most_files)
    mine.save(update_fields=["files"])
    return mine


@transaction.atomic
def detach(*, record: R, wanted: str, digest: str, by: Actor, at: datetime) -> R:
    """Take a document off the record; the stored file stays, for earlier submissions may name it."""
    mine = _locked(record, by, at)
    mine.files = {**mine.files, wanted: [file for file in mine.files.get(wanted, []) if file["digest"] != digest]}
    mine.save(update_fields=["files"])
    return mine


@transaction.atomic
def submit(
    *,
    record: R,
    by: Actor,
    at: datetime,
    reasons: Mapping[str, str] | None = None,
    checked: str = "",
    token: str = "",
) -> R:
    """Hand the record in: judge it by the pack, freeze its route, lay it on the first desk, keep what was said.

    `reasons` says, for each rule that is only meant in principle and not met, why it is to be passed all the same,
    and under `LATE` why it comes after the window; they are kept and logged. `checked` is the digest of what was
    looked over.

    Raises Refused with what is missing, or the requirement not met and its clause.
    """
    given = {rule: without_unseen(reason).strip()[:MOST_OF_A_REASON] for rule, reason in (reasons or {}).items()}
    if given:
        late = {LATE: record.reasons[LATE]} if LATE in record.reasons else {}
        type(record)._default_manager.filter(pk=record.pk, state__in=WRITING).update(reasons=late | given)
    details = {name: said for name, said in (("reasons", given), ("checked", checked)) if said}
    moved = door.advance_one(record, DeskAction.SUBMIT, token_key=token, by=by, at=at, details=details)
    if moved.submitted and moved.state not in WRITING:
        kind = writings.of(moved).kind
        n = 1 if record.state == DeskState.DRAFT else _times_submitted(kind, moved.pk)
        said = {"content": moved.content, "files": moved.files, "at": moved.submitted}
        sets.insert([Submission(kind=kind, record=moved.pk, n=n, **said)], skip_known=True)
    return moved


def _times_submitted(kind: str, pk: int) -> int:
    return log.entries_of(Ref(kind, str(pk))).filter(action=DeskAction.SUBMIT).count()
