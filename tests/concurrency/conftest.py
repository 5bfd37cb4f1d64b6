"""Acts at once on a real PostgreSQL, and the control without locks, which must go wrong."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction

from apps.applications.models import Application
from apps.core import door

LONG_ENOUGH = 0.8
"""Seconds for which an act is held, so that the others have surely begun."""


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """Return a function that runs acts at once, each on a connection of its own; a fault is its result."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        gate = Barrier(len(acts))

        def one(act: Callable[[], Any]) -> Any:
            try:
                gate.wait(10)
                return act()
            except Exception as fault:
                return fault
            finally:
                connection.close()

        with ThreadPoolExecutor(len(acts)) as pool:
            return [future.result(30) for future in [pool.submit(one, act) for act in acts]]

    return run


@pytest.fixture
def slow_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every act between its lock and its judgement."""
    lock = door.lock

    def held(*asked: Any) -> list[Any]:
        rows = lock(*asked)
        time.sleep(LONG_ENOUGH)
        return rows

    monkeypatch.setattr(door, "lock", held)


@pytest.fixture(params=[True, False], ids=["locked", "control without locks"])
def locked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run a test twice: as it is, and with every row lock of the product switched off."""
    if not request.param:
        monkeypatch.setattr(type(connection.features), "has_select_for_update", False)
    return request.param


@pytest.fixture
def held_elsewhere(transactional_db: None) -> Iterator[Callable[[Application], None]]:
    """Return a function by which another connection takes an application and keeps it until the test is over."""
    over = Event()

    def hold(application: Application, taken: Event) -> None:
        try:
            with transaction.atomic():
                Application.objects.select_for_update().get(pk=application.pk)
                taken.set()
                over.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:

        def take(application: Application) -> None:
            taken = Event()
            pool.submit(hold, application, taken)
            assert taken.wait(10)

        yield take
        over.set()
