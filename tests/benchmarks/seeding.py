"""Many records for a benchmark, copied from one that walked there through the services."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, TypeVar

from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from apps.applications.models import Application
from apps.core.actors import APPLICANT
from apps.core.models import LogEntry
from apps.core.refs import Ref, desk
from apps.desks.models import Paper
from apps.directory.models import Person
from tests.factories import Scene, build_scene, make_application

M = TypeVar("M", bound=Model)
_AT_ONCE = 2000


def new_world() -> Scene:
    """Make the tables in an empty database and one small world in them."""
    call_command("migrate", verbosity=0)
    return build_scene()


def copies(scene: Scene, state: str, number: int, *, level: str = "county") -> list[Application]:
    """Return `number` applications in a state, each of its own applicant, with their papers and their logs.

    They are returned as a list shows them, by key and version, so that a long list weighs little.
    """
    first = make_application(scene, state, level=level)
    people = _many([_copy(first.person, name=f"{first.person.name}{n}", id_number="") for n in range(number)])
    made = _many([_copy(first, person_id=person.pk, starter=f"applicant@person:{person.pk}") for person in people])
    papers, rows = Paper.objects.filter(record=first.pk), LogEntry.objects.filter(record=first.pk)
    _many(
        [_copy(paper, record=new.pk, person_id=new.person_id, starter=new.starter) for new in made for paper in papers]
    )
    _many([_copy(row, record=new.pk) for new in made for row in rows])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return [Application(pk=new.pk, version=first.version) for new in made]


def _desk(person: Person) -> str:
    return desk(APPLICANT, Ref("person", str(person.pk)))


def _copy(first: M, **changed: Any) -> M:
    """Return a new row with the columns of another, some of them changed."""
    values = {field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields}
    return type(first)(**{**values, "id": None, **changed})


def _many(rows: Sequence[M]) -> Sequence[M]:
    left = iter(rows)
    while part := list(islice(left, _AT_ONCE)):
        type(part[0])._default_manager.bulk_create(part)
    return rows
