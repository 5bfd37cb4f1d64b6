"""Divisions: put in place from a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import transaction

from apps.directory import divisions_file
from apps.directory.divisions_file import Division
from apps.directory.models import Region

_BATCH = 2000


@transaction.atomic
def load_divisions(path: Path) -> int:
    """Put the divisions of a file in place and return how many; doing it again changes nothing.

    Raises DivisionsFault with file and line for a faulty file, and leaves everything as it was.
    """
    rows = divisions_file.read(path)
    supervisors = divisions_file.supervisors(rows)
    paths = _paths(rows, supervisors)
    with transaction.atomic():
        for start in range(0, len(rows), _BATCH):
            _put(rows[start : start + _BATCH], supervisors, paths)
    return len(rows)


def _put(rows: Sequence[Division], supervisors: Mapping[str, str], paths: Mapping[str, str]) -> None:
    Region.objects.bulk_create(
        (
            Region(
                code=row.code,
                name=row.name,
                level=row.level,
                parent_id=row.parent or None,
                supervisor_id=supervisors[row.code] or None,
                path=paths[row.code],
            )
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent", "supervisor", "path"],
    )


def _paths(rows: Sequence[Division], supervisors: Mapping[str, str]) -> dict[str, str]:
    """Return the chain of supervision of each code; rows come parents first."""
    paths: dict[str, str] = {}
    for row in rows:
        paths[row.code] = f"{paths.get(supervisors[row.code], '/')}{row.code}/"
    return paths
