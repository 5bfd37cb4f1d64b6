"""Migrations in which a table comes with its indexes and constraints: a database is made in less than half of the time.

Django writes each as an operation of its own, before which it builds every model anew that is related to the table.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations import AddConstraint, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation


def gathered(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations in which what is put on a table that they make is made with it, where its columns are there."""
    made = {each.name_lower: each for each in operations if isinstance(each, CreateModel)}
    return [each for each in operations if not _is_taken_in(each, made)]


def _is_taken_in(operation: Any, made: dict[str, CreateModel]) -> bool:
    """Put an index or a constraint into the making of its table; tell whether it has become part of it."""
    if not isinstance(operation, AddIndex | AddConstraint):
        return False
    kind, one = (
        ("indexes", operation.index) if isinstance(operation, AddIndex) else ("constraints", operation.constraint)
    )
    table = made.get(operation.model_name_lower)
    if table is None or not _columns(one) <= {name for name, _ in table.fields}:
        return False
    table.options.setdefault(kind, []).append(one)
    return True


def _columns(one: Any) -> set[str]:
    """Return the columns that an index or a constraint speaks of."""
    names = (*getattr(one, "fields", ()), *(getattr(one, "include", None) or ()))
    return {name.lstrip("-") for name in names} | set(one.condition.referenced_base_fields if one.condition else ())


class Gathering(MigrationAutodetector):
    """Find what has changed, and gather what is put on a new table into its making."""

    def arrange_for_graph(self, *args: Any, **options: Any) -> Any:
        changes = super().arrange_for_graph(*args, **options)
        for migration in (each for migrations in changes.values() for each in migrations):
            vars(migration)["operations"] = gathered(migration.operations)
        return changes
