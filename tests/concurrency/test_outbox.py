"""Two workers at one effect: it runs once."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from apps.core import outbox
from apps.core.models import Effect
from apps.core.outbox import Wish
from tests.concurrency.conftest import LONG_ENOUGH
from tests.factories import AT

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_workers_at_once_one_runs_the_effect(
    at_once: Callable[..., list], locked: bool, monkeypatch: pytest.MonkeyPatch
):
    ran: list[str] = []

    def slowly(payload: Mapping[str, Any], at: Any) -> None:
        ran.append(payload["name"])
        time.sleep(LONG_ENOUGH)

    monkeypatch.setattr(outbox, "_handlers", {"tell": [("slowly", slowly)]})
    monkeypatch.setattr(outbox, "_send", lambda keys, at: None)
    outbox.emit([Wish("tell", "1", {"name": "甲"})], at=AT)
    effect = Effect.objects.get()
    done = at_once(*[lambda: outbox.run(effect.pk, AT)] * 2)
    assert (sorted(done), ran) == (([False, True], ["甲"]) if locked else ([True, True], ["甲", "甲"]))
