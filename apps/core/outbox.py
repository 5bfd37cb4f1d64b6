"""Effects: written with the act that causes them, run once after it.

The effect's database work and its done mark share one transaction, so a kill at any line loses and doubles nothing.
With a broker a worker runs them; without one they run in this process after the commit.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import local
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.core.models import Effect

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], datetime], None]
FIRST_PAUSE = timedelta(seconds=30)
MOST_ATTEMPTS = 8
RESEND_AFTER = timedelta(seconds=60)
SWEEP_LIMIT = 500

_handlers: dict[str, list[tuple[str, Handler]]] = {}
_running = local()


@dataclass(frozen=True)
class Wish:
    """An effect to be: its kind, a key that is the same for the same cause, plain data for its handler."""

    kind: str
    key: str
    payload: Mapping[str, Any]


def on(kind: str, name: str, handler: Handler) -> None:
    """Register a handler of a kind of effect; several apps may listen, each is run exactly once for itself."""
    known = [entry for entry in _handlers.get(kind, []) if entry[0] != name]
    _handlers[kind] = [*known, (name, handler)]


def listeners(kind: str) -> list[str]:
    """Return, as `kind/name`, who listens to a kind of effect."""
    return [f"{kind}/{name}" for name, _ in _handlers.get(kind, [])]


def emit(wishes: Iterable[Wish], *, at: datetime) -> None:
    """Write effects into the caller's transaction, one row per listening handler; a key already there stays."""
    rows = [
        Effect(kind=listener, key=f"{listener}:{wish.key}", payload=dict(wish.payload), created=at, due=at)
        for wish in wishes
        for listener in listeners(wish.kind)
    ]
    if not rows:
        return
    Effect.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [row.key for row in rows]
    transaction.on_commit(lambda: _send(keys, at))


def _send(keys: list[str], at: datetime) -> None:
    if settings.CELERY_BROKER_URL:
        _publish(keys)
    else:
        _run_here(keys, at)


def _publish(keys: list[str]) -> None:
    """Hand effects to the worker; one the broker does not take is found by the sweep."""
    from apps.core.tasks import run_effect

    try:
        for key in Effect.objects.filter(key__in=keys, done=None).values_list("pk", flat=True):
            run_effect.delay(key)
    except Exception:
        logger.exception("the broker took no effects; the sweep will send them again")


def _run_here(keys: list[str], at: datetime) -> None:
    """Run effects in this process; those that they cause in turn are queued, not nested."""
    waiting: deque[str] | None = getattr(_running, "waiting", None)
    if waiting is not None:
        waiting.extend(keys)
        return
    _running.waiting = waiting = deque(keys)
    try:
        while waiting:
            run_keyed(waiting.popleft(), at)
    finally:
        _running.waiting = None


def run_keyed(key: str, at: datetime) -> None:
    """Run one effect by key; nothing happens when it is done, parked, or in other hands."""
    effect = Effect.objects.filter(key=key, done=None, parked=None).values_list("pk", flat=True).first()
    if effect is not None:
        run(effect, at)


def run(pk: int, at: datetime) -> bool:
    """Run one effect: its handler and its done mark in one transaction. Return whether it was done just now.

    A handler that fails leaves no trace but its error; the effect is tried again after a growing pause, then parked.
    """
    try:
        with transaction.atomic():
            waiting = Effect.objects.select_for_update(skip_locked=True).filter(pk=pk, done=None, parked=None)
            effect = waiting.first()
            if effect is None:
                return False
            handler_of(effect)(effect.payload, at)
            Effect.objects.filter(pk=pk).update(done=at, attempts=F("attempts") + 1, error="")
    except Exception as error:
        logger.warning("effect %s failed", pk, exc_info=True)
        _put_off(pk, at, error)
        return False
    return True


def handler_of(effect: Effect) -> Handler:
    """Return the handler an effect was written for; raise KeyError when no app registers it any more."""
    kind, _, name = effect.kind.rpartition("/")
    return dict(_handlers[kind])[name]


def _put_off(pk: int, at: datetime, error: Exception) -> None:
    attempts = Effect.objects.values_list("attempts", flat=True).get(pk=pk) + 1
    parked = at if attempts >= MOST_ATTEMPTS else None
    due = at + FIRST_PAUSE * 2 ** min(attempts, MOST_ATTEMPTS)
    said = f"{type(error).__name__}: {error}"[:2000]
    Effect.objects.filter(pk=pk, done=None).update(attempts=attempts, due=due, parked=parked, error=said)


def sweep(at: datetime, *, older_than: timedelta = RESEND_AFTER) -> int:
    """Run what is due and not done for longer than `older_than`, in batches; return how many were done."""
    done = 0
    while batch := _due(at, older_than):
        ran = sum(run(pk, at) for pk in batch)
        done += ran
        if not ran:
            break
    return done


def _due(at: datetime, older_than: timedelta) -> list[int]:
    rows = Effect.objects.filter(done=None, parked=None, due__lte=at - older_than).order_by("due", "pk")
    return list(rows.values_list("pk", flat=True)[:SWEEP_LIMIT])
