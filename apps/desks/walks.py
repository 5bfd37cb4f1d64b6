"""The registry of processes that walk over desks: what screens and followers must know of each beside its kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet

from apps.core import kinds
from apps.core.actors import Actor
from apps.core.kinds import Kind
from apps.core.refusals import Basis
from apps.desks.models import DeskRecord


@dataclass(frozen=True)
class Ground:
    """A ground on which a record may be refused, with what it rests on."""

    key: str
    label: str
    basis: Basis


def _nothing_more(record: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class Walk:
    """A process of desks: who sees its records, how one is titled and shown, on what grounds it may be refused.

    `titled_by` names the relations that a title reads. `panel` is the template of the paper itself and `panel_facts`
    its context; `fields` names what a return may point at, as (key, label); `public_line` is what a public list says
    of a record, as {column: words}; `brings` says in words what passing brings about for a record,
    `listed` what an agenda or a list under seal says of one beside its title, as {column: words};
    `person` what the person concerned is called.
    """

    kind: Kind
    visible: Callable[[Actor, datetime], QuerySet[Any]]
    title: Callable[[Any], str]
    titled_by: tuple[str, ...]
    panel: str
    panel_facts: Callable[[Any, Actor, datetime], Mapping[str, Any]]
    grounds: Callable[[Any], Sequence[Ground]]
    fields: Callable[[Any], Sequence[tuple[str, str]]]
    edit_url: Callable[[Any], str]
    public_line: Callable[[Any], Mapping[str, str]]
    brings: Callable[[Any], str]
    listed: Callable[[Any], Mapping[str, str]] = _nothing_more
    person: str = "人选"

    @property
    def model(self) -> type[DeskRecord]:
        """Return the model of its records."""
        return cast(type[DeskRecord], self.kind.model)


_walks: dict[str, Walk] = {}


def register(walk: Walk) -> None:
    """Add a process, and its kind to the door."""
    kinds.register(walk.kind)
    _walks[walk.kind.name] = walk


def named(name: str) -> Walk | None:
    """Return the process of a kind's name, None for one that walks over no desks."""
    return _walks.get(name)


def every() -> Sequence[Walk]:
    return tuple(_walks.values())
