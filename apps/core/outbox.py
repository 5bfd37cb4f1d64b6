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
from django.db.models import QuerySet

from apps.core import sets
from apps.core.models import Effect

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], datetime], None]
FIRST_PAUSE = timedelta(seconds=30)
MOST_ATTEMPTS = 8
RESEND_AFTER = timedelta(seconds=60)
SWEEP_LIMIT = 500
INTERRUPTED = "进程在办理中途中断"

_handlers: dict[str, list[tuple[str, Handler]]] = {}
_running = local()


@dataclass(frozen=True)
class Wish:
    """An effect to be: its kind, a key that is the same for the same cause, plain data for its handler."""

    kind: str
    key: str
    payload: Mapping[str, Any]


class NoHandler(LookupError):
    """Say that an effect was written for a handler that this process does not have, as one that was not restarted."""


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
    sets.insert(rows, skip_known=True)
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
            _run({"key": waiting.popleft()}, at, counted=False)
    finally:
        _running.waiting = None


def run(pk: int, at: datetime) -> bool:
    """Run one effect: its handler and its done mark in one transaction. Return whether it was done just now.

    A handler that fails leaves no trace but its error; the effect is tried again after a growing pause, then parked.
    """
    return _run({"id": pk}, at, counted=False)


def run_left(pk: int, at: datetime) -> bool:
    """Run an effect that was left over, counting the attempt first: what kills its process is parked in the end too."""
    with transaction.atomic():
        effect = _free({"id": pk})
        if effect is None:
            return False
        _put_off(effect, at, INTERRUPTED, most=MOST_ATTEMPTS + 1)
    return _run({"id": pk}, at, counted=True)


def _run(which: Mapping[str, Any], at: datetime, *, counted: bool) -> bool:
    try:
        with transaction.atomic():
            effect = _free(which)
            if effect is None:
                return False
            handler_of(effect)(effect.payload, at)
            attempts = effect.attempts + int(not counted)
            sets.change(Effect, "id", [effect.pk], {"done": at, "attempts": attempts, "error": ""})
    except Exception as error:
        logger.warning("effect %s failed", *which.values(), exc_info=True)
        _fail(which, at, f"{type(error).__name__}: {error}", counted)
        return False
    return True


def _free(which: Mapping[str, Any]) -> Effect | None:
    """Return an effect, by its number or its key, under lock unless it is done, parked or in other hands."""
    ((column, wanted),) = which.items()
    locked = sets.lock(Effect, [wanted], skip_taken=True, by=column)
    return next((effect for effect in locked if effect.done is None and effect.parked is None), None)


def handler_of(effect: Effect) -> Handler:
    """Return the handler an effect was written for; raise NoHandler when this process has none."""
    kind, _, name = effect.kind.rpartition("/")
    handler = dict(_handlers.get(kind, [])).get(name)
    if handler is None:
        raise NoHandler(f"本进程没有 {effect.kind} 的办理程序；程序更新后请重启 worker")
    return handler


def _fail(which: Mapping[str, Any], at: datetime, said: str, counted: bool) -> None:
    with transaction.atomic():
        effect = _free(which)
        if effect is not None:
            effect.attempts -= counted
            _put_off(effect, at, said)


def _put_off(effect: Effect, at: datetime, said: str, most: int = MOST_ATTEMPTS) -> None:
    """Count an attempt; the next one is due after a pause that doubles, and there is none after `most`."""
    attempts = effect.attempts + 1
    parked = at if attempts >= most else None
    due = at + FIRST_PAUSE * 2 ** min(attempts, MOST_ATTEMPTS)
    Effect.objects.filter(pk=effect.pk).update(attempts=attempts, due=due, parked=parked, error=said[:2000])


def sweep(at: datetime, *, older_than: timedelta = RESEND_AFTER) -> int:
    """Run what is due and not done for longer than `older_than`, in batches; return how many were done."""
    done = 0
    while batch := overdue(at, older_than).order_by("due", "pk").values_list("pk", flat=True)[:SWEEP_LIMIT]:
        ran = sum(run_left(pk, at) for pk in batch)
        done += ran
        if not ran:
            break
    return done


def overdue(at: datetime, older_than: timedelta) -> QuerySet[Effect]:
    """Return the effects that should have been done longer ago than `older_than`."""
    return Effect.objects.filter(done=None, parked=None, due__lte=at - older_than)


def parked() -> QuerySet[Effect]:
    """Return the effects that are tried no more until a person puts them back, the oldest first."""
    return Effect.objects.exclude(parked=None).order_by("pk")


def put_back(at: datetime) -> int:
    """Let every parked effect be tried anew; return how many there were."""
    return parked().update(parked=None, attempts=0, due=at)
