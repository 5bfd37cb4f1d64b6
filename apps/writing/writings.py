"""The registry of records that are written: what the screens must know of each beside its walk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse

from apps.core.actors import Actor
from apps.core.refusals import Basis, Problem, Refusal
from apps.desks import walks
from apps.desks.states import WRITING
from apps.desks.walks import Walk
from apps.directory.selectors import desk_labels
from apps.policies.acts import called
from apps.policies.applying import Shortfall
from apps.policies.schema import FormStep
from apps.seasons.selectors import WindowStatus
from apps.writing.models import WrittenRecord


@dataclass(frozen=True)
class Case:
    """How a record stands to the pack: what is missing, what falls short, where it would go.

    `told` are those of the shortfalls that filling in what is empty does not mend. `closed` says why nothing may be
    written any more, `early` why it may not be handed in yet. `late_basis` says what late entry rests on, where the
    policy speaks of it.
    """

    problems: tuple[Problem, ...]
    route: list[dict[str, Any]]
    resumes: bool
    no_route: Refusal | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    shortfalls: tuple[Shortfall, ...] = ()
    told: tuple[Shortfall, ...] = ()
    closed: Refusal | None = None
    early: Refusal | None = None
    window: WindowStatus | None = None
    late_basis: Basis | None = None


@dataclass(frozen=True)
class Difference:
    """What differs: label, old words, new words; `is_left` tells what was to be corrected and stayed as it was."""

    label: str
    old: str
    new: str
    is_left: bool = False


def _says_who_has_it(record: Any, case: Case) -> Sequence[str]:
    step = case.route[record.first_step(case.route, resumes=case.resumes)]
    office = desk_labels([step["desk"]])[step["desk"]] or step["label"]
    return [f"提交后由“{office}”办理“{called(step)}”，退回前不能再改；通过前可随时撤回。"]


@dataclass(frozen=True)
class Writing:
    """What the screens must know of a kind of record that is written in a form.

    `written_at` reads what was begun at a viewer's desks. `form` returns the pages that are asked, `judge` how a record
    stands to the pack, `closed` why it may not be written in any more. `settle` lets the columns that the entries name
    follow them and returns the names of these columns. `heading` names the form, `head` is what a receipt says of a
    record, as (label, words). `alters` tells what a record is to change in what stands, `promises` what its starter is
    told before he hands it in.
    """

    walk: Walk
    written_at: Callable[[Actor, datetime], QuerySet[Any]]
    form: Callable[[Any], Sequence[FormStep]]
    judge: Callable[[Any, datetime], Case]
    closed: Callable[[Any, datetime], Refusal | None]
    settle: Callable[[Any], Sequence[str]]
    heading: Callable[[Any], str]
    head: Callable[[Any], Sequence[tuple[str, str]]]
    alters: Callable[[Any], Sequence[Difference]] = lambda record: ()
    promises: Callable[[Any, Case], Sequence[str]] = _says_who_has_it

    @property
    def kind(self) -> str:
        """Return the name of its kind."""
        return self.walk.kind.name

    @property
    def label(self) -> str:
        """Return what a record of its kind is called."""
        return self.walk.kind.label

    @property
    def model(self) -> type[WrittenRecord]:
        """Return the model of its records."""
        return cast(type[WrittenRecord], self.walk.kind.model)


_writings: dict[str, Writing] = {}


def register(writing: Writing) -> None:
    """Add a kind of record that is written, and its walk to the desks."""
    walks.register(writing.walk)
    _writings[writing.kind] = writing


def named(kind: str) -> Writing | None:
    """Return what is known of a kind by its name, None for one that nobody writes."""
    return _writings.get(kind)


def of(record: WrittenRecord) -> Writing:
    """Return what is known of the kind of a record."""
    return next(each for each in _writings.values() if each.model is type(record))


def first_page(record: WrittenRecord) -> str:
    """Return where a record is written."""
    return reverse("writing:form", args=[of(record).kind, record.pk, 1])


def page_of(record: WrittenRecord) -> str:
    """Return where its starter finds a record: on its form, or once it is handed in on its receipt."""
    return (
        first_page(record) if record.state in WRITING else reverse("writing:receipt", args=[of(record).kind, record.pk])
    )


def numbered(number: str) -> tuple[Writing, int] | None:
    """Return the kind and the key of the record whose receipt bears a number, None for what is no such number."""
    for writing in _writings.values():
        key = key_of(number, writing.model)
        if key is not None:
            return writing, key
    return None


def key_of(number: str, model: type[WrittenRecord]) -> int | None:
    """Return the key of a record of a model from the number on its receipt, None for what is no such number."""
    prefix, digits = model.PREFIX, number.strip().upper().removeprefix(model.PREFIX)
    is_one = number.strip().upper().startswith(prefix) and len(digits) == 12 and digits.isascii() and digits.isdigit()
    return int(digits[4:]) if is_one else None
