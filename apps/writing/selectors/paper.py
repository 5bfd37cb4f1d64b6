"""How a record looks on paper: its pages in words, its documents, what a correction changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from apps.core import log
from apps.core.actors import Actor
from apps.core.refs import Ref
from apps.desks.permissions import is_its_starter
from apps.desks.states import DeskAction, DeskState
from apps.directory.models import Organization, Region
from apps.policies import values
from apps.policies.conditions import show_value
from apps.policies.facts import COUNTY, FACTS, LONG_TEXT, ORGANIZATIONS, TOWNSHIP
from apps.policies.schema import FormField, FormStep, Pack
from apps.seasons.selectors import pack_of
from apps.writing import writings
from apps.writing.models import Submission, WrittenRecord
from apps.writing.writings import Difference


@dataclass(frozen=True)
class Entry:
    """One line of the paper as shown: the fact, its label and its value in words."""

    key: str
    label: str
    value: str
    is_long: bool


def submissions_of(record: WrittenRecord) -> QuerySet[Submission]:
    """Return what was handed in, the newest first."""
    return Submission.objects.filter(kind=writings.of(record).kind, record=record.pk).order_by("-n")


def last_submission(record: WrittenRecord) -> Submission | None:
    """Return what was handed in last."""
    return submissions_of(record).first()


def handed_in(record: WrittenRecord, viewer: Actor, at: datetime) -> WrittenRecord | Submission:
    """Return what a viewer reads: while it is being corrected, others than its writer read what was handed in."""
    if record.state != DeskState.RETURNED or is_its_starter(viewer, record, at):
        return record
    return last_submission(record) or record


def form_of(record: WrittenRecord) -> Sequence[FormStep]:
    """Return the pages of the form as they are asked of who started a record."""
    return writings.of(record).form(record)


def shown(record: WrittenRecord, content: Mapping[str, Any] | None = None) -> list[tuple[str, list[Entry]]]:
    """Return the filled form page by page, as people read it."""
    pack = pack_of(record.season)
    filled = record.content if content is None else content
    return [(page.title, [_entry(field, filled, pack) for field in page.fields]) for page in form_of(record)]


def _entry(field: FormField, content: Mapping[str, Any], pack: Pack) -> Entry:
    fact = FACTS[field.fact]
    return Entry(fact.name, label_of(field), words(fact.name, content, pack), fact.type == LONG_TEXT)


def label_of(field: FormField) -> str:
    """Return what an entry is called: in the pack's own words if it has any."""
    return field.label or FACTS[field.fact].label


def words(name: str, content: Mapping[str, Any], pack: Pack) -> str:
    """Return one entry as people read it; what cannot be read is shown as it was typed."""
    typed = content.get(name)
    try:
        return place_name(name, typed) or show_value(name, values.read_value(FACTS[name], typed, pack), pack)
    except values.Mistyped:
        return str(typed)


def place_name(fact: str, code: Any) -> str:
    """Return the name of a place or an organization that a form holds by its key, empty for other facts."""
    if not (str(code).isdecimal() and len(str(code)) <= 12):
        return ""
    if FACTS[fact].type in (COUNTY, TOWNSHIP):
        return Region.objects.filter(pk=str(code)).values_list("name", flat=True).first() or ""
    if FACTS[fact].type in ORGANIZATIONS:
        return Organization.objects.filter(pk=int(code)).values_list("name", flat=True).first() or ""
    return ""


def changes(record: WrittenRecord) -> list[Difference]:
    """Compare the last two submissions, entry by entry and document by document; tell what a return named in vain."""
    last_two = list(submissions_of(record)[:2])
    if len(last_two) < 2:
        return []
    (new, old), pack, form = last_two, pack_of(record.season), form_of(record)
    changed = [
        Difference(label_of(field), words(field.fact, old.content, pack), words(field.fact, new.content, pack))
        for field in values.fields_of(form)
        if old.content.get(field.fact) != new.content.get(field.fact)
    ]
    return [*changed, *_changed_files(old, new, form), *_left(record, old, new, form, pack)]


def panel_facts(record: WrittenRecord, viewer: Actor, at: datetime) -> dict[str, Any]:
    """Return what the desks show of a filled form: what was handed in, what changed, how it stands to the pack."""
    said = handed_in(record, viewer, at)
    return {
        "pages": shown(record, said.content),
        "documents": documents(record, said.files),
        "changes": changes(record),
        "shortfalls": writings.of(record).judge(record, at).told,
        "reasons": record.reasons,
    }


def _named_before(handed_in: Submission) -> Sequence[str]:
    """Return what the last return before a submission, the newest of its record, had named."""
    acts = log.entries_of(Ref(handed_in.kind, str(handed_in.record)))
    rows = list(acts.filter(action__in=[DeskAction.SUBMIT, DeskAction.SEND_BACK]))
    newest = max(row.n for row in rows if row.action == DeskAction.SUBMIT)
    returns = [row for row in rows if row.action == DeskAction.SEND_BACK and row.n < newest]
    return returns[-1].details.get("fields", []) if returns else []


def _left(
    record: WrittenRecord, old: Submission, new: Submission, form: Sequence[FormStep], pack: Pack
) -> list[Difference]:
    """Return what the return between two submissions named and the second left as it was."""
    named = _named_before(new)
    entries = [
        (label_of(field), words(field.fact, new.content, pack))
        for field in values.fields_of(form)
        if field.fact in named and old.content.get(field.fact) == new.content.get(field.fact)
    ]
    files = [
        (each.label, _file_names(new.files.get(each.id)))
        for page in form
        for each in page.attachments
        if each.id in named and old.files.get(each.id) == new.files.get(each.id)
    ]
    return [Difference(label, said, said, is_left=True) for label, said in [*entries, *files]]


def _changed_files(old: Submission, new: Submission, form: Sequence[FormStep]) -> list[Difference]:
    wanted = [each for page in form for each in page.attachments]
    return [
        Difference(each.label, _file_names(old.files.get(each.id)), _file_names(new.files.get(each.id)))
        for each in wanted
        if old.files.get(each.id) != new.files.get(each.id)
    ]


def _file_names(files: Any) -> str:
    return "、".join(file["name"] for file in files or []) or "（无）"


@dataclass(frozen=True)
class Handed:
    """A document handed in, with the requirement it meets."""

    wanted: str
    label: str
    digest: str
    suffix: str
    name: str
    size: int


def documents(record: WrittenRecord, files: Mapping[str, Any] | None = None) -> list[Handed]:
    """Return the documents of a record in the order of the form."""
    kept = record.files if files is None else files
    return [
        Handed(wanted.id, wanted.label, file["digest"], file["suffix"], file["name"], file["size"])
        for page in form_of(record)
        for wanted in page.attachments
        for file in kept.get(wanted.id, [])
    ]


def file_of(record: WrittenRecord, digest: str) -> Handed | None:
    """Return the document of a digest, whether it is in the record now or was handed in earlier."""
    for files in [record.files, *(submission.files for submission in submissions_of(record))]:
        for document in documents(record, files):
            if document.digest == digest:
                return document
    return None
