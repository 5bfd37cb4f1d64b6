"""How an application looks on paper: its pages in words, its documents, what a correction changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.applications.models import Application, Submission
from apps.applications.selectors.cases import starts_of
from apps.core.actors import Actor
from apps.desks.permissions import is_its_starter
from apps.desks.states import DeskState
from apps.directory.models import Organization, Region
from apps.policies import values
from apps.policies.applying import pages
from apps.policies.conditions import show_value
from apps.policies.facts import FACTS, LONG_TEXT, ORGANIZATIONS
from apps.policies.schema import FormField, Pack
from apps.seasons.selectors import pack_of


@dataclass(frozen=True)
class Entry:
    """One line of the paper as shown: the fact, its label and its value in words."""

    key: str
    label: str
    value: str
    is_long: bool


def last_submission(application: Application) -> Submission | None:
    """Return what was handed in last."""
    return Submission.objects.filter(application=application).order_by("-n").first()


def handed_in(application: Application, viewer: Actor, at: datetime) -> Application | Submission:
    """Return what a viewer reads: while it is being corrected, others than its writer read what was handed in."""
    if application.state != DeskState.RETURNED or is_its_starter(viewer, application, at):
        return application
    return last_submission(application) or application


def shown(application: Application, content: Mapping[str, Any] | None = None) -> list[tuple[str, list[Entry]]]:
    """Return the filled form page by page, as people read it."""
    pack = pack_of(application.season)
    filled = application.content if content is None else content
    form = pages(pack.processes.application, starts_of(application))
    return [(step.title, [_entry(field, filled, pack) for field in step.fields]) for step in form]


def _entry(field: FormField, content: Mapping[str, Any], pack: Pack) -> Entry:
    fact = FACTS[field.fact]
    return Entry(fact.name, field.label or fact.label, words(fact.name, content, pack), fact.type == LONG_TEXT)


def words(name: str, content: Mapping[str, Any], pack: Pack) -> str:
    """Return one entry as people read it; what cannot be read is shown as it was typed."""
    typed = content.get(name)
    try:
        return place_name(name, typed) or show_value(name, values.read_value(FACTS[name], typed, pack), pack)
    except values.Mistyped:
        return str(typed)


def place_name(fact: str, code: Any) -> str:
    """Return the name of a county or an organization that a form holds by its key, empty for other facts."""
    if fact == "application.county":
        return Region.objects.filter(pk=str(code)).values_list("name", flat=True).first() or ""
    if FACTS[fact].type in ORGANIZATIONS and str(code).isdecimal() and len(str(code)) < 12:
        return Organization.objects.filter(pk=int(code)).values_list("name", flat=True).first() or ""
    return ""


@dataclass(frozen=True)
class Change:
    """What a correction changed: label, old words, new words."""

    label: str
    old: str
    new: str


def changes(application: Application) -> list[Change]:
    """Compare the last two submissions, entry by entry."""
    last_two = list(Submission.objects.filter(application=application).order_by("-n")[:2])
    if len(last_two) < 2:
        return []
    new, old = last_two
    pack = pack_of(application.season)
    changed = [
        Change(
            field.label or FACTS[field.fact].label,
            words(field.fact, old.content, pack),
            words(field.fact, new.content, pack),
        )
        for field in values.fields_of(pack.processes.application)
        if old.content.get(field.fact) != new.content.get(field.fact)
    ]
    return changed + _changed_files(old, new, pack)


def _changed_files(old: Submission, new: Submission, pack: Pack) -> list[Change]:
    wanted = [each for step in pack.processes.application.form for each in step.attachments]
    return [
        Change(each.label, _file_names(old.files.get(each.id)), _file_names(new.files.get(each.id)))
        for each in wanted
        if old.files.get(each.id) != new.files.get(each.id)
    ]


def _file_names(files: Any) -> str:
    return "、".join(file["name"] for file in files or []) or "（无）"


@dataclass(frozen=True)
class Handed:
    """A document handed in, with the requirement it meets; `application` is the key of its application."""

    application: int
    wanted: str
    label: str
    digest: str
    suffix: str
    name: str
    size: int


def documents(application: Application, files: Mapping[str, Any] | None = None) -> list[Handed]:
    """Return the documents of an application in the order of the form."""
    kept = application.files if files is None else files
    return [
        Handed(application.pk, wanted.id, wanted.label, file["digest"], file["suffix"], file["name"], file["size"])
        for step in pack_of(application.season).processes.application.form
        for wanted in step.attachments
        for file in kept.get(wanted.id, [])
    ]


def file_of(application: Application, digest: str) -> Handed | None:
    """Return the document of a digest, whether it is in the application now or was handed in earlier."""
    earlier = Submission.objects.filter(application=application).order_by("-n")
    for files in [application.files, *(submission.files for submission in earlier)]:
        for document in documents(application, files):
            if document.digest == digest:
                return document
    return None
