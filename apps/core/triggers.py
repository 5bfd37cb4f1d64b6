"""Triggers that keep the log append-only; put in place after every migration, taken away around a test's flush."""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.core.models import LogEntry

_TABLE = LogEntry._meta.db_table
_REFUSAL = "the log is append-only"
NAMES = {
    "sqlite": ("log_refuses_update", "log_refuses_delete"),
    "postgresql": ("log_refuses_change", "log_refuses_truncate"),
}
_INSTALL = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS log_refuses_{act.lower()} BEFORE {act} ON {_TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION log_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        f"DROP TRIGGER IF EXISTS log_refuses_change ON {_TABLE}",
        f"CREATE TRIGGER log_refuses_change BEFORE UPDATE OR DELETE ON {_TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION log_refuses()",
        f"DROP TRIGGER IF EXISTS log_refuses_truncate ON {_TABLE}",
        f"CREATE TRIGGER log_refuses_truncate BEFORE TRUNCATE ON {_TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION log_refuses()",
    ],
}
_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    "postgresql": "SELECT tgname FROM pg_trigger "
    "WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled <> 'D'",
}


def install(using: BaseDatabaseWrapper | None = None, **signal: Any) -> None:
    """Put the triggers in place; doing it again changes nothing."""
    database = using if isinstance(using, BaseDatabaseWrapper) else connection
    if _TABLE not in database.introspection.table_names():
        return
    with database.cursor() as cursor:
        for statement in _INSTALL[database.vendor]:
            cursor.execute(statement)


def remove() -> None:
    """Take the triggers away, for a test run that empties its tables."""
    with connection.cursor() as cursor:
        for name in NAMES[connection.vendor]:
            on = f" ON {_TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing() -> list[str]:
    """Return the names of triggers that should stand and do not."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor], [_TABLE])
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES[connection.vendor] if name not in present]
