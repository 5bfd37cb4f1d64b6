"""Rows locked and written as sets are what the ORM would have read and written, in one statement."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.applications.models import Application
from apps.core import door, sets
from apps.core.models import Effect
from apps.desks import services
from apps.desks.models import Paper
from apps.desks.states import DeskState
from tests.factories import Scene, actor, make_application

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 10, 2, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def three(scene: Scene) -> list[Application]:
    return [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]


def values(record: Application) -> dict[str, Any]:
    return {field.attname: getattr(record, field.attname) for field in Application._meta.concrete_fields}


def effect(key: str, **changed: Any) -> Effect:
    return Effect(kind="x", key=key, payload={"says": "“是”\\ \n", "n": [1, None]}, created=AT, due=AT, **changed)


def test_locked_rows_are_those_the_orm_reads_in_the_order_of_their_keys(three: list[Application]):
    rows = sets.lock(Application, [each.pk for each in reversed(three)], skip_taken=False)
    assert [values(row) for row in rows] == [values(row) for row in Application.objects.order_by("pk")]
    assert not any(row._state.adding for row in rows)


@pytest.mark.parametrize("keys", [[], [10**9]])
def test_no_row_is_locked_where_there_is_none(db: None, keys: list[int]):
    assert sets.lock(Application, keys, skip_taken=True) == []


@pytest.mark.parametrize("number", [1, 3])
def test_inserted_rows_hold_what_was_said_whatever_their_number(db: None, number: int):
    rows = [effect(str(n), attempts=n, done=AT if n else None) for n in range(number)]
    with CaptureQueriesContext(connection) as queries:
        sets.insert(rows)
    assert len(queries) == 1
    columns = ("kind", "key", "payload", "created", "due", "attempts", "done", "parked", "error")
    said = [tuple(getattr(row, column) for column in columns) for row in rows]
    assert list(Effect.objects.order_by("key").values_list(*columns)) == said


def test_a_row_that_is_there_already_stays_and_the_others_come(db: None):
    sets.insert([effect("a", error="the first")])
    sets.insert([effect("a"), effect("b")], skip_known=True)
    assert list(Effect.objects.order_by("key").values_list("key", "error")) == [("a", "the first"), ("b", "")]


def test_no_rows_are_no_statement(django_assert_num_queries: Any, db: None):
    with django_assert_num_queries(0):
        sets.insert([])


@pytest.mark.parametrize("number", [1, 3])
def test_each_row_gets_its_own_values_and_no_other_column_is_touched(three: list[Application], number: int):
    before = {each.pk: each.content for each in three}
    for n, each in enumerate(three[:number]):
        each.version, each.notice_until, each.submitted, each.content = n + 10, date(2026, 6, n + 1), AT, {}
        each.route = [{"label": "“县”", "days": None}]
    with CaptureQueriesContext(connection) as queries:
        sets.update(three[:number], ["version", "notice_until", "submitted", "route"])
    assert len(queries) == 1
    rows = list(Application.objects.order_by("pk"))
    assert [row.version for row in rows[:number]] == [10, 11, 12][:number]
    assert [row.notice_until for row in rows[:number]] == [date(2026, 6, n + 1) for n in range(number)]
    assert [(row.submitted, row.route) for row in rows[:number]] == [(AT, three[0].route)] * number
    assert {row.pk: row.content for row in rows} == before


def test_a_change_reaches_the_rows_named_and_given_and_tells_of_them(three: list[Application]):
    given = {"kind": "application", "latest": True}
    keys = [each.pk for each in three[:2]]
    back = sets.change(Paper, "record", keys, {"due": date(2026, 6, 30)}, given=given, back=("record", "desk"))
    assert sorted(back) == [(each.pk, each.desk) for each in three[:2]]
    changed = Paper.objects.filter(due=date(2026, 6, 30)).order_by("record")
    assert [(paper.record, paper.latest) for paper in changed] == [(key, True) for key in keys]


@pytest.mark.parametrize("number", [1, 3])
def test_an_act_on_one_or_many_is_at_most_eight_statements(scene: Scene, three: list[Application], number: int):
    by, seen = actor(scene.officers.unit), {each.pk: each.version for each in three[:number]}
    with CaptureQueriesContext(connection) as queries:
        assert all(outcome.done for outcome in door.advance(Application, seen, "pass_up", by=by, at=scene.at))
    said = [query["sql"] for query in queries]
    framing = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    assert len([sql for sql in said if not sql.startswith(framing)]) == 7


def test_only_the_columns_that_moved_are_written(scene: Scene, three: list[Application]):
    with CaptureQueriesContext(connection) as queries:
        services.pass_up(record=three[0], by=actor(scene.officers.unit), at=scene.at, opinion="同意")
    (written,) = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "applications_application"')]
    assert ('"state"' in written, '"desk"' in written, '"route"' in written) == (True, True, False)
