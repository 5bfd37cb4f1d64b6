"""The database itself keeps the log append-only."""

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core import triggers
from apps.core.models import LogEntry
from tests.factories import Scene, make_application

ACTS = [
    "UPDATE core_logentry SET opinion = '改'",
    "UPDATE core_logentry SET opinion = opinion",
    "DELETE FROM core_logentry",
    "DELETE FROM core_logentry WHERE n = 1",
]


def refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="the log is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ACTS)
def test_a_row_cannot_be_changed_or_taken_away(scene: Scene, statement: str):
    rows = list(LogEntry.objects.order_by("pk").values())
    refused(statement)
    assert list(LogEntry.objects.order_by("pk").values()) == rows


@pytest.mark.django_db
@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["TRUNCATE core_logentry", "TRUNCATE core_logentry CASCADE"])
def test_the_table_cannot_be_emptied_at_once(scene: Scene, statement: str):
    refused(statement)


@pytest.mark.django_db
def test_the_log_can_still_be_added_to(scene: Scene):
    before = LogEntry.objects.count()
    make_application(scene)
    assert LogEntry.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_flush_between_tests_leaves_an_empty_log_and_standing_triggers(turn: int):
    assert (LogEntry.objects.count(), triggers.missing()) == (0, [])
    LogEntry.objects.create(
        kind="x", record=turn, n=1, action="create", to_state="draft", version=1, at="2026-06-10T10:00:00+08:00",
        actor="甲", subject_digest="", digest="",
    )  # fmt: skip
    refused("DELETE FROM core_logentry")
