"""What is found by a name, in characters or by its sound, of all that the viewer may see."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from apps.applications import selectors as applications
from apps.appointments import selectors as appointments
from apps.core.actors import Actor
from apps.directory import selectors as directory

SHOWN = 20
MOST_LETTERS = 50


@dataclass(frozen=True)
class Found:
    """One thing found: of what sort, what it is called, what is said of it, and where it leads."""

    sort: str
    title: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found of one sort; `more` leads to the rest, empty where all is shown or there is no list of it."""

    sort: str
    found: Sequence[Found]
    is_cut: bool
    more: str


@dataclass(frozen=True)
class _Source:
    sort: str
    rows: Callable[[Actor, datetime, str], QuerySet[Any]]
    line: Callable[[Any], tuple[str, str, str]]
    listed: str = ""


def groups(text: str, viewer: Actor, at: datetime) -> list[Group]:
    """Return what was found of each sort, a few of each, in a constant number of queries; nothing for no text."""
    found = [_group(source, text, viewer, at) for source in _SOURCES] if is_sought(text) else []
    return [group for group in found if group.found]


def every(text: str, viewer: Actor, at: datetime) -> Iterator[Found]:
    """Yield all that is found, sort by sort, read as it is asked for."""
    for source in _SOURCES if is_sought(text) else ():
        for row in source.rows(viewer, at, text).iterator():
            yield Found(source.sort, *source.line(row))


def is_sought(text: str) -> bool:
    """Tell whether a text is one that a name may hold."""
    return 0 < len(text) <= MOST_LETTERS and "\0" not in text


def _group(source: _Source, text: str, viewer: Actor, at: datetime) -> Group:
    rows = list(source.rows(viewer, at, text)[: SHOWN + 1])
    is_cut = len(rows) > SHOWN
    more = f"{reverse(source.listed)}?{urlencode({'text': text})}" if is_cut and source.listed else ""
    return Group(source.sort, [Found(source.sort, *source.line(row)) for row in rows[:SHOWN]], is_cut, more)


def _applications(viewer: Actor, at: datetime, text: str) -> QuerySet[Any]:
    return applications.matching(applications.listed(viewer, at), text)


def _application(row: Any) -> tuple[str, str, str]:
    note = " · ".join(filter(None, [row.number, str(row.unit or ""), str(row.county or ""), row.season.title]))
    return row.person.name, note, reverse("home:record", args=[applications.KIND, row.pk])


def _appointments(viewer: Actor, at: datetime, text: str) -> QuerySet[Any]:
    return appointments.matching(appointments.listed(viewer, at), text)


def _appointment(row: Any) -> tuple[str, str, str]:
    page = reverse("appointments:appointment", args=[row.pk])
    return row.person.name, f"{row.unit or ''} · {row.county} · {row.season.title}", page


def _persons(viewer: Actor, at: datetime, text: str) -> QuerySet[Any]:
    seen = directory.persons_seen(viewer, at).filter(directory.called(text))
    return seen.select_related("unit").order_by("name", "pk")


def _person(row: Any) -> tuple[str, str, str]:
    note = " · ".join(filter(None, [str(row.unit or ""), row.title, row.specialty]))
    return row.name, note, _listed(row.name)


def _organizations(viewer: Actor, at: datetime, text: str) -> QuerySet[Any]:
    seen = directory.organizations_seen(viewer, at).filter(directory.named(text))
    return seen.select_related("region").order_by("name", "pk")


def _organization(row: Any) -> tuple[str, str, str]:
    return row.name, f"{row.region} · {row.get_kind_display()}", _listed(row.name)


def _listed(name: str) -> str:
    return f"{reverse('applications:list')}?{urlencode({'text': name})}"


_SOURCES = (
    _Source("申请", _applications, _application, "applications:list"),
    _Source("受聘人员", _appointments, _appointment, "appointments:list"),
    _Source("人员", _persons, _person),
    _Source("单位", _organizations, _organization),
)
