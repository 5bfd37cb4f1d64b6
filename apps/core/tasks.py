"""The two Celery tasks: run one effect, and sweep up what was left."""

from celery import shared_task

from apps.core import clock, outbox


@shared_task
def run_effect(pk: int) -> None:
    """Run one effect by key."""
    outbox.run(pk, clock.now())


@shared_task
def sweep() -> None:
    """Run effects older than a minute that nobody has done."""
    outbox.sweep(clock.now())
