"""Counting by day without asking the database for its calendar, which costs more than the counting."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Func, IntegerField

from apps.core.days import start_of

_FIRST = date(2000, 1, 1)


class DayNumber(Func):
    """Number the local day of a moment; days are of equal length, as they are wherever clocks are not changed."""

    arity = 1
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"FLOOR((DATE_PART('epoch', %(expressions)s) - {_seconds()}) / 86400)::integer"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"((STRFTIME('%%%%s', %(expressions)s) - {_seconds()}) / 86400)"
        return self.as_sql(compiler, connection, template=template, **extra)


def _seconds() -> int:
    return int(start_of(_FIRST).timestamp())


def day_of(number: int) -> date:
    """Return the day of a number."""
    return _FIRST + timedelta(days=number)
