"""What a request asks of the database: statements, rows sent, objects made of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.models import Model


@dataclass
class Load:
    """How many statements were run, rows received (not told by SQLite) and model instances built from rows."""

    statements: int = 0
    rows: int = 0
    instances: int = 0


@contextmanager
def loads() -> Iterator[Load]:
    """Count what the work done inside asks of the database."""
    found = Load()
    build = Model.from_db.__func__  # type: ignore[attr-defined]

    def counted(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found.statements += 1
        result = execute(sql, params, many, context)
        found.rows += max(0, context["cursor"].rowcount)
        return result

    def built(cls: type[Model], *row: Any) -> Model:
        found.instances += 1
        made: Model = build(cls, *row)
        return made

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(counted))
        stack.enter_context(patch.object(Model, "from_db", classmethod(built)))
        yield found
