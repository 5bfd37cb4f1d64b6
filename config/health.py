"""`/healthz`: 200 when all that the product needs is there, else 503 with what is away.

It is public, so it names checks and never addresses.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from health_check.base import HealthCheck
from health_check.contrib.redis import Redis
from health_check.exceptions import ServiceUnavailable
from health_check.views import HealthCheckView
from redis.asyncio import Redis as Client
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from apps.core import clock, outbox

LONGEST_WAIT = timedelta(minutes=5)
ANSWERS_WITHIN = 2


@cache
def shipped_migrations() -> frozenset[tuple[str, str]]:
    """Return every migration of this version of the product."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


@dataclass
class Migrations(HealthCheck):
    """Tell whether the tables are those of this version of the product."""

    def run(self) -> None:
        missing = shipped_migrations() - set(_asked(MigrationRecorder(connection).applied_migrations))
        if missing:
            raise ServiceUnavailable(f"{len(missing)} migrations are not applied; run: manage.py migrate")


@dataclass
class Outbox(HealthCheck):
    """Tell whether somebody does what acts bring about: a worker, or the tick."""

    def run(self) -> None:
        number = _asked(outbox.overdue(clock.now(), LONGEST_WAIT).count)
        if number:
            raise ServiceUnavailable(f"{number} effects wait for more than {LONGEST_WAIT}; is a worker running?")


def _asked(question: Any) -> Any:
    """Ask the database on a connection that is closed afterwards, for checks run in threads of their own."""
    try:
        with connection.temporary_connection():
            return question()
    except Error as error:
        raise ServiceUnavailable("no answer from the database") from error


class Broker(Redis):
    """Tell whether the broker takes messages."""

    def __repr__(self) -> str:
        return "Broker()"


def broker_client() -> Client:
    """Return a client that gives up soon and at once."""
    return Client.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=ANSWERS_WITHIN,
        socket_timeout=ANSWERS_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )


class HealthView(HealthCheckView):
    """Check database, tables, files, outbox and, where one is set, the broker; answer in plain text."""

    checks = ("health_check.checks.Database", Migrations, "health_check.checks.Storage", Outbox)

    def get_checks(self) -> Iterator[HealthCheck]:
        yield from super().get_checks()
        if settings.CELERY_BROKER_URL:
            yield Broker(client_factory=broker_client)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.results = await asyncio.gather(*(check.get_result() for check in self.get_checks()))
        return self.render_to_response_text(503 if any(result.error for result in self.results) else 200)
