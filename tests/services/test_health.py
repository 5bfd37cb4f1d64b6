"""`/healthz` tells what is away, and nothing else."""

from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test import Client

from apps.core import clock, outbox
from apps.core.models import Effect
from config import health
from tests.services.conftest import Broker

pytestmark = pytest.mark.django_db(transaction=True)
WELL = "Database(alias='default'): OK\nMigrations(): OK\nStorage(alias='default'): OK\nOutbox(): OK\n"


def healthz() -> tuple[int, str]:
    answer = Client().get("/healthz", headers={"accept": "text/html"})
    return answer.status_code, answer.content.decode()


def test_all_is_well_without_a_broker_where_none_is_set():
    assert healthz() == (200, WELL)


@pytest.mark.postgres
def test_a_broker_that_answers_is_well(broker: Broker, settings: Any):
    settings.CELERY_BROKER_URL = broker.address
    assert healthz() == (200, f"{WELL}Broker(): OK\n")


def test_a_broker_that_is_away_is_named_without_its_address_or_password(settings: Any):
    settings.CELERY_BROKER_URL = "redis://:secret@127.0.0.1:1/0"
    assert healthz() == (503, f"{WELL}Broker(): Unavailable: Unable to connect to Redis: Connection Error\n")


def test_a_database_that_is_away_is_named_without_its_address_or_password(monkeypatch: pytest.MonkeyPatch):
    def away(*asked: Any) -> None:
        raise OperationalError("connection failed: secret@127.0.0.1")

    monkeypatch.setattr(type(connections["default"]), "get_new_connection", away)
    status, said = healthz()
    assert (status, said.splitlines()) == (
        503,
        [
            "Database(alias='default'): Unavailable: connection failed",
            "Migrations(): Unavailable: no answer from the database",
            "Storage(alias='default'): OK",
            "Outbox(): Unavailable: no answer from the database",
        ],
    )


def test_tables_of_an_older_version_are_named(monkeypatch: pytest.MonkeyPatch):
    later = health.shipped_migrations() | {("core", "9999_later")}
    monkeypatch.setattr(health, "shipped_migrations", lambda: later)
    missing = "Migrations(): Unavailable: 1 migrations are not applied; run: manage.py migrate"
    assert healthz() == (503, WELL.replace("Migrations(): OK", missing))


def test_effects_that_nobody_does_are_counted_and_parked_ones_are_not():
    long_ago = clock.now() - 2 * health.LONGEST_WAIT
    for key, parked in (("a", None), ("b", None), ("c", long_ago)):
        Effect.objects.create(kind="x/y", key=key, payload={}, created=long_ago, due=long_ago, parked=parked)
    waiting = "Outbox(): Unavailable: 2 effects wait for more than 0:05:00; is a worker running?"
    assert healthz() == (503, WELL.replace("Outbox(): OK", waiting))
    assert outbox.parked().count() == 1
