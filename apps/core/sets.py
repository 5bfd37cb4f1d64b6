"""Rows locked, inserted and moved as sets: one statement for a table, whatever the number of rows.

On PostgreSQL many rows travel as one JSON document, so that the statement stays the same and is prepared once; their
columns hold what JSON knows: text, numbers, days, moments, truth, JSON. SQLite is served by the ORM.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any, TypeVar, cast

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)
_document = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def lock(model: type[M], keys: Sequence[Any], *, skip_taken: bool, by: str = "") -> list[M]:
    """Lock rows and return them in the order of their keys; with `skip_taken` without those that another holds.

    `by` names another column than the primary key to find them by.
    """
    if not keys:
        return []
    with connection.cursor() as cursor:
        has_locks = connection.features.has_select_for_update
        cursor.execute(_locking(model, by or model._meta.pk.name, len(keys), skip_taken, has_locks), keys)
        rows = [list(row) for row in cursor.fetchall()]
    for position, convert in _converters(model):
        for row in rows:
            row[position] = convert(row[position])
    names = [field.attname for field in model._meta.concrete_fields]
    return [model.from_db(connection.alias, names, row) for row in rows]


def insert(rows: Sequence[Model], *, skip_known: bool = False) -> None:
    """Insert rows of one table; they do not learn their keys. With `skip_known` a row that is there already stays."""
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor == "postgresql":
        names = [field.name for field in _written(model)]
        _run(_inserting(model, skip_known), [_rows(model, rows, names)])
    else:
        model._default_manager.bulk_create(rows, ignore_conflicts=skip_known)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write the named columns of rows of one table, each by its key."""
    model, key = type(rows[0]), rows[0]._meta.pk.name
    if len(rows) == 1:
        change(model, key, [rows[0].pk], {name: getattr(rows[0], _field(model, name).attname) for name in names})
    elif connection.vendor == "postgresql":
        _run(_updating(model, tuple(names)), [_rows(model, rows, [key, *names])])
    else:
        model._default_manager.bulk_update(rows, names)


def change(
    model: type[Model],
    column: str,
    keys: Sequence[int],
    values: Mapping[str, Any],
    *,
    given: Mapping[str, Any] | None = None,
    back: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Write the same values into all rows whose `column` is one of `keys`; return the columns `back` of each.

    `given` narrows the rows further, by equality.
    """
    given = given or {}
    names = tuple(values), tuple((name, value is True) for name, value in given.items()), tuple(back)
    wanted = [*values.items(), *((name, value) for name, value in given.items() if value is not True)]
    sent = [_field(model, name).get_db_prep_save(value, connection) for name, value in wanted]
    return _run(_changing(model, column, len(keys), *names), [*sent, *keys], answers=bool(back))


def _run(statement: str, values: Sequence[Any], *, answers: bool = False) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if answers else []


def _rows(model: type[Model], rows: Iterable[Model], names: Iterable[str]) -> str:
    """Write rows as one document, each value under the name of its column."""
    columns = [(_field(model, name).column, _field(model, name).attname) for name in names]
    return _document([{column: getattr(row, attribute) for column, attribute in columns} for row in rows])


@cache
def _converters(model: type[Model]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return, as (position, function), what makes the values of columns out of what the database sends."""
    return [
        (position, partial(convert, expression=column, connection=connection))
        for position, field in enumerate(model._meta.concrete_fields)
        for column in [field.get_col(model._meta.db_table)]
        for convert in [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]
    ]


@cache
def _locking(model: type[Model], by: str, number: int, skip_taken: bool, has_locks: bool) -> str:
    """Write the statement; a database without locks on rows, as SQLite, has locked the whole at BEGIN."""
    asked = "SELECT {columns} FROM {table} WHERE {by} IN ({marks}) ORDER BY {key}"
    lock = (" FOR UPDATE SKIP LOCKED" if skip_taken else " FOR UPDATE") if has_locks else ""
    columns = _columns(model._meta.concrete_fields)
    return _said(asked + lock, model, columns=columns, by=_column(_field(model, by)), marks=_marks(number))


@cache
def _inserting(model: type[Model], skip_known: bool) -> str:
    asked = "INSERT INTO {table} ({columns}) SELECT {columns} FROM json_to_recordset(%s::json) AS sent ({types})"
    fields = _written(model)
    unless = " ON CONFLICT DO NOTHING" if skip_known else ""
    return _said(asked + unless, model, columns=_columns(fields), types=_types(fields))


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> str:
    asked = "UPDATE {table} SET {moves} FROM json_to_recordset(%s::json) AS sent ({types})"
    fields = [_field(model, name) for name in names]
    moves = ", ".join(f"{_column(field)} = sent.{_column(field)}" for field in fields)
    types = _types([model._meta.pk, *fields])
    return _said(asked + " WHERE {table}.{key} = sent.{key}", model, moves=moves, types=types)


@cache
def _changing(
    model: type[Model],
    column: str,
    number: int,
    names: tuple[str, ...],
    given: tuple[tuple[str, bool], ...],
    back: tuple[str, ...],
) -> str:
    """Write the statement; what must be true is named as it stands, so that a partial index on it is used."""
    asked = "UPDATE {table} SET {moves} WHERE {given}{column} IN ({marks}){returning}"
    columns = {name: _column(_field(model, name)) for name in (column, *names, *dict(given), *back)}
    return _said(
        asked,
        model,
        moves=", ".join(f"{columns[name]} = %s" for name in names),
        given="".join(f"{columns[name]}{'' if is_true else ' = %s'} AND " for name, is_true in given),
        column=columns[column],
        marks=_marks(number),
        returning=" RETURNING " + ", ".join(columns[name] for name in back) if back else "",
    )


def _said(asked: str, model: type[Model], **parts: str) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    return asked.format(table=table, key=_column(model._meta.pk), **parts)


def _written(model: type[Model]) -> list[Field]:
    """Return the columns that a new row comes with; its key and what is generated the database adds."""
    return [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]


def _field(model: type[Model], name: str) -> Field:
    return cast(Field, model._meta.get_field(name))


def _column(field: Field) -> str:
    return connection.ops.quote_name(str(field.column))


def _columns(fields: Iterable[Field]) -> str:
    return ", ".join(map(_column, fields))


def _types(fields: Iterable[Field]) -> str:
    return ", ".join(f"{_column(field)} {field.db_type(connection)}" for field in fields)


def _marks(number: int) -> str:
    return ", ".join(["%s"] * number)
