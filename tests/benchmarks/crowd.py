"""Very many records for a benchmark of reads: made in SQL from a few that walked there through the services.

One in ten serves the county of the officer who is measured, the others any county of the region. People are marked
as generated; their names are made of two random characters behind a surname.
"""

from collections.abc import Mapping
from itertools import count

from django.db import connection
from django.db.models import Model

from apps.applications.models import Application
from apps.core.models import LogEntry
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory import divisions_file, services
from apps.directory.models import Region, User
from apps.directory.states import Level
from apps.notices.models import Message
from apps.writing.models import Submission
from tests.factories import Scene, make_application

WALKED = (
    (DeskState.AWAITING_CONSENT, "county"),
    (DeskState.AWAITING_REVIEW, "county"),
    (DeskState.AWAITING_REVIEW, "city"),
    (DeskState.AWAITING_FINALISATION, "county"),
    (DeskState.PASSED, "county"),
)
_FIRST_KEYS = count(1_000_000, 1_000_000)
_SURNAME = "substr('韦黄覃陆梁李蒙农莫罗周潘卢甘蓝', 1 + g %% 15, 1)"
_NAME = f"{_SURNAME} || chr(20000 + (g * 7919) %% 3000) || chr(20000 + (g * 104729) %% 2999)"


class Crowd:
    """A region full of applications, to be enlarged step by step; `size` is the number of papers in the table."""

    def __init__(self, scene: Scene) -> None:
        services.load_divisions(divisions_file.FOLDER / f"{scene.region.pk}.csv")
        self.scene = scene
        self.first = [make_application(scene, state, level=level) for state, level in WALKED]
        self.papers = [list(Paper.objects.filter(record=each.pk).order_by("pk")) for each in self.first]
        counties = Region.objects.filter(level=Level.COUNTY).exclude(pk=scene.county.pk)
        self.counties = "ARRAY[" + ",".join(f"'{code}'" for code in counties.values_list("pk", flat=True)) + "]"
        self.others = counties.count()

    @property
    def size(self) -> int:
        return Paper.objects.count()

    def grow_to(self, papers: int) -> None:
        """Add applications until the table of papers holds about so many rows."""
        of_one_each = sum(map(len, self.papers))
        number = round((papers - self.size) / of_one_each)
        for first, walked in zip(self.first, self.papers, strict=True):
            self._add(first, walked, number)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _add(self, first: Application, walked: list[Paper], number: int) -> None:
        keys = f"{next(_FIRST_KEYS)} + g"
        county = (
            f"CASE WHEN g %% 10 = 0 THEN '{self.scene.county.pk}' ELSE ({self.counties})[1 + g %% {self.others}] END"
        )
        starter = f"'applicant@person:' || {keys}"
        moved = f"replace(desk, '{self.scene.county.pk}', {county})"
        _copy(first.person, number, {"id": keys, "name": _NAME, "id_number_index": "NULL", "is_generated": "true"})
        mine = {"person_id": keys, "county_id": county, "starter": starter, "desk": moved}
        _copy(first, number, {**mine, "id": keys, "submitted": "submitted + g * interval '1 second'"})
        for paper in walked:
            title = f"{_NAME} || '的科技特派员申请'"
            moments = {name: f"{name} + g * interval '1 second'" for name in ("arrived", "done")}
            _copy(paper, number, {**mine, **moments, "record": keys, "title": title})
        for entry in LogEntry.objects.filter(kind="application", record=first.pk):
            _copy(entry, number, {"record": keys, "at": "at + g * interval '1 second'"})
        for submission in Submission.objects.filter(record=first.pk):
            _copy(submission, number, {"record": keys})
        for message in Message.objects.filter(key__startswith=f"application:{first.pk}:"):
            _copy(message, number, {"key": f"'generated:{message.pk}:' || {keys}"})

    def tell(self, user: User, number: int) -> None:
        """Leave so many unread messages for a user."""
        mark = f"generated:{next(_FIRST_KEYS)}"
        first = Message.objects.create(user=user, key=mark, text="有新事项到达", at=self.scene.at)
        _copy(first, number, {"key": f"'{mark}:' || g"})


def _copy(first: Model, number: int, changed: Mapping[str, str]) -> None:
    """Insert copies of one row; `changed` names columns with the SQL of their values, in which `g` counts from 1."""
    made_here = [field for field in first._meta.concrete_fields if not field.generated]
    fields = [field for field in made_here if not field.primary_key or field.column in changed]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(changed.get(field.column, f'"{field.column}"') for field in fields)
    table, key = first._meta.db_table, first._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}", generate_series(1, %s) g '
            f'WHERE "{table}"."{key}" = %s',
            [number, first.pk],
        )
