"""One world for all requests of a module: each request is undone once it is answered."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.template import engines

from apps.home import middleware
from tests.permissions.asking import Asker
from tests.permissions.watching import Watch
from tests.permissions.world import NOW, World


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asker]:
    """Return what sends requests into the world; who somebody is, is read once, for nothing of it changes."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        world = World()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(middleware, "actor_for", cache(middleware.actor_for))
            yield Asker(world)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch(asker: Asker) -> Iterator[Watch]:
    """Return what looks on while requests are answered."""
    looking = Watch()
    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(looking):
        patch.setattr(engines["django"].engine, "string_if_invalid", looking.unknown)
        yield looking
