"""One world for all requests of a module: each request is undone once it is answered."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.template import engines
from django.test import override_settings

from apps.home import middleware
from apps.notices import selectors as notices
from tests.permissions.asking import Asker
from tests.permissions.watching import Watch
from tests.permissions.world import NOW, World

IN_COOKIES = "django.contrib.sessions.backends.signed_cookies"


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asker]:
    """Return what sends requests into the world.

    Who somebody is and how many messages wait for him is read once, for nothing of it changes; that he is logged in
    stands in his cookie.
    """
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        world = World()
        with pytest.MonkeyPatch.context() as patch, override_settings(SESSION_ENGINE=IN_COOKIES):
            patch.setattr(middleware, "actor_for", cache(middleware.actor_for))
            patch.setattr(notices, "unread", cache(notices.unread))
            yield Asker(world)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch(asker: Asker) -> Iterator[Watch]:
    """Return what looks on while requests are answered."""
    looking = Watch()
    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(looking):
        patch.setattr(engines["django"].engine, "string_if_invalid", looking.unknown)
        yield looking
