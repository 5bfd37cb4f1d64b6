"""The registry of kinds of records: what the door must know of each, registered at start-up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from apps.core.actors import Actor, HeldPost
from apps.core.models import Recorded
from apps.core.refs import Ref
from apps.core.refusals import Refusal


@dataclass(frozen=True)
class Decision:
    """One act asked for: the action, by whom, when, with what words. `details` is plain data kept in the log.

    `own` is what of it is a single record's alone, by its key.
    """

    action: str
    by: Actor
    at: datetime
    opinion: str = ""
    ground: str = ""
    clause: str = ""
    token: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of one record: done in which post, or refused with reasons; `repeated` when a form was sent twice."""

    pk: int
    record: Any = None
    from_state: str = ""
    post: HeldPost | None = None
    refusals: tuple[Refusal, ...] = ()
    repeated: bool = False

    @property
    def done(self) -> bool:
        return not self.refusals


Guard = Callable[[Any, Any, Decision], Refusal | None]
Facts = Callable[[Sequence[Any], Decision], Mapping[int, Any]]
Follow = Callable[[Sequence[Outcome], Decision], None]
Objections = Callable[[Sequence[Any], Decision], Mapping[int, Refusal]]


def _no_facts(records: Sequence[Any], decision: Decision) -> Mapping[int, Any]:
    return {}


def _nothing_follows(outcomes: Sequence[Outcome], decision: Decision) -> None:
    return None


@dataclass(frozen=True)
class Kind:
    """A kind of record: its model, words, guards by action, facts for guards (fetched once, after the lock).

    `follow` writes what goes with every act in the same transaction (papers, effects). In the `editable` states the
    record's own text may change without an act; in all others it must be the text of the newest act. `related` names
    what is read together with a locked record. `labels` says what a state is called where `states` calls it otherwise,
    `public_labels` what it is called outside the offices, `tones` how it looks (muted, info, warning, success, danger).
    `page` names the address of its records where they have one
    of their own, beside the page that all walks over desks share. `acts_in` says what an action is called in a state,
    {(state, action): words}, where `actions` calls it otherwise.
    """

    name: str
    model: type[Recorded]
    label: str
    states: type[models.TextChoices]
    actions: type[models.TextChoices]
    guards: Mapping[str, Sequence[Guard]] = field(default_factory=dict)
    facts: Facts = _no_facts
    follow: Follow = _nothing_follows
    editable: frozenset[str] = frozenset()
    related: tuple[str | models.Prefetch, ...] = ()
    tones: Mapping[str, str] = field(default_factory=dict)
    public_labels: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    acts_in: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def act_called(self, action: str, state: str = "") -> str:
        """Return what an action is called where a record was in a state."""
        return self.acts_in.get((state, action)) or str(dict(self.actions.choices).get(action, action))

    def called(self, state: str) -> str:
        """Return what a state is called in the offices."""
        return self.labels.get(state) or str(dict(self.states.choices).get(state, state))

    def public_label(self, state: str) -> str:
        """Name a state as it is called outside the offices."""
        return self.public_labels.get(state) or self.called(state)

    def ref(self, record: Recorded) -> Ref:
        return Ref(self.name, str(record.pk))


_by_name: dict[str, Kind] = {}
_by_model: dict[type[Recorded], Kind] = {}
_objections: dict[str, list[Objections]] = {}


def register(kind: Kind) -> None:
    """Add a kind; raise ValueError when its name is taken by another model."""
    known = _by_name.get(kind.name)
    if known and known.model is not kind.model:
        raise ValueError(f"the kind {kind.name} is registered twice")
    _by_name[kind.name] = _by_model[kind.model] = kind


def object_to(name: str, objections: Objections) -> None:
    """Let a higher app say what it has against acts on the records of a kind below it.

    It is asked once for a batch, after the lock, of the records against which nothing else was found.
    """
    _objections.setdefault(name, []).append(objections)


def objections(kind: Kind, records: Sequence[Any], decision: Decision) -> dict[int, Refusal]:
    """Return what higher apps have against an act, by the keys of the records."""
    asked = _objections.get(kind.name, ()) if records else ()
    return {pk: refusal for found in asked for pk, refusal in found(records, decision).items()}


def of(model: type[Recorded]) -> Kind:
    """Return the kind of a model; raise KeyError when it was never registered."""
    return _by_model[model]


def named(name: str) -> Kind:
    """Return the kind of a name; raise KeyError for an unknown one."""
    return _by_name[name]


def every() -> Iterable[Kind]:
    return _by_name.values()


def page_of(name: str) -> str:
    """Return the name of the address of a kind's own pages, empty for one that has none or is not known."""
    known = _by_name.get(name)
    return known.page if known else ""


def title(name: str, record: int) -> str:
    """Write which record is meant, with the label of its kind where the kind is registered."""
    known = _by_name.get(name)
    return f"{known.label} {name}:{record}" if known else f"{name}:{record}"
