"""What a starter needs to know while he writes: how each page stands, what a return names, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.core import log
from apps.core.models import LogEntry
from apps.core.refusals import Problem
from apps.desks.selectors import latest_paper, reminded_after, to_be_back_by
from apps.desks.states import AWAITING, DeskState
from apps.directory.models import Organization, Region
from apps.directory.selectors import desk_labels, organizations_like
from apps.directory.states import Level
from apps.policies.acts import called
from apps.policies.facts import FACTS, HOST
from apps.policies.schema import FormStep, Pack
from apps.policies.values import fields_of
from apps.seasons.selectors import pack_of
from apps.writing import writings
from apps.writing.models import Submission, WrittenRecord
from apps.writing.selectors.paper import form_of, label_of, last_submission, words
from apps.writing.writings import Case

MOST_FOUND = 20
FEWEST_LETTERS, MOST_LETTERS = 2, 100


@dataclass(frozen=True)
class PageStatus:
    """How a page of the form stands: its number from 1, what it asks for, what is wrong in it, whether it was begun.

    `is_named` tells that a return names something in it that has not been touched since.
    """

    number: int
    title: str
    keys: Sequence[str]
    problems: Sequence[Problem]
    is_begun: bool
    is_named: bool

    @property
    def in_words(self) -> str:
        if not self.problems:
            return "退回时指出，尚未修改" if self.is_named else "已完成"
        return f"还有{len(self.problems)}处" if self.is_begun else "未填写"


def page_statuses(record: WrittenRecord, case: Case, given_back: "Return | None") -> list[PageStatus]:
    """Return how each page of the form stands."""
    left = given_back.untouched if given_back else frozenset[str]()
    return [_page_status(number, page, record, case, left) for number, page in enumerate(form_of(record), start=1)]


def _page_status(number: int, page: FormStep, record: WrittenRecord, case: Case, left: frozenset[str]) -> PageStatus:
    keys = keys_of(page)
    problems = [problem for problem in case.problems if problem.key in keys]
    is_begun = any(record.content.get(key) or record.files.get(key) for key in keys)
    return PageStatus(number, page.title, keys, problems, is_begun, not left.isdisjoint(keys))


def keys_of(page: FormStep) -> list[str]:
    """Return the facts and documents that a page asks for."""
    return [key for key, _ in labels_of(page)]


def labels_of(page: FormStep) -> list[tuple[str, str]]:
    """Return (key, label) of the entries and documents that a page asks for."""
    entries = [(field.fact, label_of(field)) for field in page.fields]
    return entries + [(wanted.id, wanted.label) for wanted in page.attachments]


def entries_of(record: WrittenRecord) -> list[tuple[str, str]]:
    """Return (key, label) of all that a return may point at."""
    return [each for page in form_of(record) for each in labels_of(page)]


@dataclass(frozen=True)
class Concerned:
    """An entry or document that a return names, with the number of its page."""

    key: str
    label: str
    page: int


@dataclass(frozen=True)
class Return:
    """Why a record was given back: the row of the log, what it names, the old words of what changed since,
    what it names and was left so far.

    `until` is the last day on which it may be handed in again, None where the policy sets none.
    """

    entry: LogEntry
    concerned: Sequence[Concerned]
    before: Mapping[str, str]
    untouched: frozenset[str]
    until: date | None

    def names(self, key: str) -> bool:
        return any(each.key == key for each in self.concerned)


def returned(record: WrittenRecord) -> Return | None:
    """Return why a record was given back, None unless it is being corrected."""
    if record.state != DeskState.RETURNED:
        return None
    pack, form = pack_of(record.season), form_of(record)
    entry = log.last_entries(writings.of(record).kind, [record.pk])[record.pk]
    submission = last_submission(record)
    before = _before(record.content, submission.content, form, pack) if submission else {}
    until = to_be_back_by(record.season, latest_paper(writings.of(record).kind, record.pk))
    named = entry.details.get("fields", [])
    left = frozenset(key for key in named if submission and _is_as_handed_in(key, record, submission))
    return Return(entry, _concerned(named, form), before, left, until)


def _is_as_handed_in(key: str, record: WrittenRecord, handed_in: Submission) -> bool:
    here, there = ({**each.content, **each.files} for each in (record, handed_in))
    return here.get(key) == there.get(key)


def _concerned(keys: Sequence[str], form: Sequence[FormStep]) -> list[Concerned]:
    return [
        Concerned(key, label, number)
        for number, page in enumerate(form, start=1)
        for key, label in labels_of(page)
        if key in keys
    ]


def _before(new: Mapping[str, Any], old: Mapping[str, Any], form: Sequence[FormStep], pack: Pack) -> dict[str, str]:
    asked = [field.fact for field in fields_of(form)]
    return {name: words(name, old, pack) for name in asked if old.get(name) != new.get(name)}


def organizations_for(record: WrittenRecord, fact: str, text: str) -> list[Organization]:
    """Return at most 20 organizations that fit an entry: a text of two characters or more stands in their names.

    A host lies where the season runs, a unit may lie anywhere.
    """
    if not is_searched_for(text):
        return []
    found = organizations_like(text.strip())
    if FACTS[fact].type == HOST:
        found = found.filter(region__path__startswith=record.season.jurisdiction.path)
    return list(found[:MOST_FOUND])


def is_searched_for(text: str) -> bool:
    """Tell whether a text is long enough to be looked for, and one that a name may hold."""
    return FEWEST_LETTERS <= len(text.strip()) <= MOST_LETTERS and "\0" not in text


def organization_of(key: Any) -> Organization | None:
    """Return an organization by the key that was typed, None for what is none."""
    text = str(key or "")
    if not (text.isdecimal() and len(text) < 12):
        return None
    return Organization.objects.filter(pk=int(text)).select_related("region").first()


def townships_of(record: WrittenRecord) -> list[Region]:
    """Return the townships of the county that a record serves, by code."""
    return list(Region.objects.filter(parent=record.county_id, level=Level.TOWNSHIP).order_by("code"))


@dataclass(frozen=True)
class NextStep:
    """What comes next: the office, its act, and the day by which it is due, None where the policy sets none.

    `asked` are those who have it at the same time for their word.
    """

    office: str
    act: str
    due: date | None
    reminded: date | None
    asked: Sequence[str]


def next_step(record: WrittenRecord) -> NextStep | None:
    """Return the act a record waits for, None when it waits for no office."""
    if record.state not in AWAITING:
        return None
    step, parties = record.present_step(), record.parties()
    paper = latest_paper(writings.of(record).kind, record.pk)
    names = desk_labels([step["desk"], *parties])
    office = names[step["desk"]] or step["label"]
    return NextStep(
        office,
        called(step),
        paper.due if paper else None,
        reminded_after(record.season, paper),
        [names[party] for party in parties],
    )
