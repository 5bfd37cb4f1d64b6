"""The calendar as plain functions: what is due now, done in sets, the same when done twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils import timezone

from apps.appointments import services as appointments
from apps.core import door, outbox
from apps.desks import selectors as desks
from apps.desks import services as walk_services
from apps.desks import walks
from apps.desks.models import DeskRecord
from apps.notices import services as notices
from apps.seasons.selectors import open_seasons

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """How much of one step was done, in words for the person who looks on; None for a step that failed."""

    step: str
    number: int | None


def pass_notices(at: datetime) -> int:
    """Pass the records whose public notice period is over."""
    return sum(_repeat(partial(_pass_some, walk.model, at)) for walk in walks.every())


def _pass_some(model: type[DeskRecord], at: datetime) -> int:
    over = desks.notice_over(model, timezone.localdate(at), door.BATCH_LIMIT)
    if not over:
        return 0
    seen = {record.pk: record.version for record in over}
    return sum(outcome.done for outcome in walk_services.pass_notice(model=model, seen=seen, at=at))


def end_lists(at: datetime) -> int:
    """End the public lists whose last day is over."""
    return _repeat(partial(notices.end_lists, at=at))


def draft_notices(at: datetime) -> int:
    """Draft the appointment notices that are due in every open season."""
    return sum(len(appointments.draft_notices(season=season, at=at)) for season in open_seasons())


def end_terms(at: datetime) -> int:
    """End the appointments whose term is over."""
    return _repeat(partial(appointments.end_terms, at=at))


def _repeat(some: Callable[[], int]) -> int:
    """Do sets of work until one comes out empty; return how much was done."""
    total = 0
    while done := some():
        total += done
    return total


STEPS: tuple[tuple[str, Callable[[datetime], int]], ...] = (
    ("公示期满转办", pass_notices),
    ("公示结束", end_lists),
    ("拟稿聘任通知", draft_notices),
    ("聘期届满", end_terms),
    ("补办后续事项", outbox.sweep),
)


def season_tick(at: datetime) -> list[Done]:
    """Do everything that is due; one that fails is logged and keeps no other from running."""
    return [Done(label, _safely(step, at)) for label, step in STEPS]


def _safely(step: Callable[[datetime], int], at: datetime) -> int | None:
    try:
        return step(at)
    except Exception:
        logger.exception("a step of the calendar failed")
        return None
