"""The calendar as plain functions: what is due now, done in sets of at most 500, the same when done twice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from apps.applications import selectors as applications
from apps.appointments import services as appointments
from apps.appointments.selectors import AGREEMENT, CHANGE
from apps.appointments.states import AgreementState
from apps.core import door, outbox, seals
from apps.core.days import start_of
from apps.desks import selectors as desks
from apps.desks import services as walk_services
from apps.desks import walks
from apps.desks.models import DeskRecord
from apps.desks.states import OFFICE_ACTS
from apps.desks.walks import Walk
from apps.matching.selectors.allocation import runs_to_compute
from apps.matching.selectors.places import called_groups, groups_to_place
from apps.matching.services import allocation, pairings, places, pool
from apps.notices import services as notices
from apps.policies.reminding import ladder, lapse
from apps.recognition import selectors as recognition
from apps.recognition.states import FilingState
from apps.seasons import services as seasons
from apps.seasons.models import Season
from apps.seasons.selectors import closing_windows, lain_since, open_seasons, pack_of

logger = logging.getLogger(__name__)
PLACED_TOGETHER = 20
MOST_SAID = 5_000


APPLICATIONS = notices.Reminded(applications.KIND, OFFICE_ACTS, "applications:list")
AGREEMENTS = notices.Reminded(AGREEMENT, (AgreementState.DRAFTED, AgreementState.SIGNING), "appointments:agreements")
CHANGES = notices.Reminded(CHANGE, OFFICE_ACTS, "appointments:changes", beside=False)
REMINDED = (APPLICATIONS, AGREEMENTS, CHANGES)
"""Of what the ladder of reminders is climbed."""
RECOGNITIONS = notices.Reminded(recognition.KIND, OFFICE_ACTS, "recognition:recognitions")
FILINGS = notices.Reminded(recognition.FILING, (FilingState.AWAITING_FILING,), "recognition:filings")
REMINDED_TOO = (RECOGNITIONS, FILINGS)
"""Of what it is climbed too where a policy recognises hosts."""


class Step(NamedTuple):
    """One thing that the calendar does: its name, and what does the next set of it and returns how much that was."""

    label: str
    some: Callable[[datetime], int]


@dataclass(frozen=True)
class Done:
    """How much of one step was done, and what of it failed, in words for the person who looks on.

    `number` is None for a step that failed as a whole.
    """

    step: str
    number: int | None
    error: str = ""


class Unfinished(RuntimeError):
    """Say what of a step could not be done while the rest of it was: `number` is how much was."""

    def __init__(self, said: str, number: int = 0) -> None:
        super().__init__(said)
        self.number = number


def remind_of_closing(at: datetime) -> int:
    """Remind writers, and the counties, of windows that close soon, as often as the packs say."""
    return sum(
        notices.remind_counties(closing=closing, at=at)
        + (notices.remind_writers(closing=closing, at=at) if closing.is_for_applications else 0)
        for season in open_seasons()
        for closing in closing_windows(season, at)
    )


def remind_of_overdue(at: datetime) -> int:
    """Tell of what offices have had too long: first them, then their colleagues, then the level above, as packs say."""
    return sum(
        notices.remind_overdue(season=season, of=of, rung=rung, at=at)
        for season in open_seasons()
        for rung in ladder(pack_of(season), season.answers)
        for of in (*REMINDED, *(REMINDED_TOO if pack_of(season).processes.recognised else ()))
    )


def lapse_returned(at: datetime) -> int:
    """End what was given back and not handed in again within the days that the packs say."""
    return sum(_lapse_some(season, walk, at) for season in open_seasons() for walk in walks.every())


def _lapse_some(season: Season, walk: Walk, at: datetime) -> int:
    within = lapse(pack_of(season), season.answers)
    if within is None:
        return 0
    yesterday = timezone.localdate(at) - timedelta(days=1)
    after = lain_since(season.pk, yesterday, within) + timedelta(days=1)
    late = desks.given_back_before(season.pk, walk.kind.name, start_of(after), door.BATCH_LIMIT)
    seen = {record.pk: record.version for record in walk.model._default_manager.filter(pk__in=late)}
    return sum(outcome.done for outcome in walk_services.lapse(model=walk.model, seen=seen, at=at)) if seen else 0


def pass_notices(at: datetime) -> int:
    """Pass records whose public notice period is over."""
    return sum(_pass_some(walk.model, at) for walk in walks.every())


def _pass_some(model: type[DeskRecord], at: datetime) -> int:
    over = desks.notice_over(model, timezone.localdate(at), door.BATCH_LIMIT)
    seen = {record.pk: record.version for record in over}
    return sum(outcome.done for outcome in walk_services.pass_notice(model=model, seen=seen, at=at)) if seen else 0


def end_lists(at: datetime) -> int:
    """End public lists whose last day is over."""
    return notices.end_lists(at=at)


def draft_notices(at: datetime) -> int:
    """Draft the appointment notices that are due in every open season."""
    return sum(len(appointments.draft_notices(season=season, at=at)) for season in open_seasons())


def compute_allocations(at: datetime) -> int:
    """Compute the allocations whose number was drawn; killed and started again it gives the same."""
    return sum(allocation.compute(run=run, at=at) for run in runs_to_compute())


def place_groups(at: datetime) -> int:
    """Place the people of some groups of published allocations; killed and started again it gives the same.

    A group that fails keeps no other waiting. Raises Unfinished, with their names, once such groups alone are left.
    """
    placed, left = 0, {}
    for run, group in groups_to_place():
        try:
            placed += place_group(run, group, at)
        except Exception as error:
            logger.exception("a group could not be placed")
            left[group] = said(error)
        if placed == PLACED_TOGETHER:
            break
    if left and not placed:
        names = called_groups(left)
        raise Unfinished("；".join(f"{names[group]}（{why}）" for group, why in left.items()))
    return placed


def place_group(run: int, group: int, at: datetime) -> bool:
    """Place the people of one group; groups do not touch each other, so that each may have a task of its own."""
    return places.compute(run=run, group=group, at=at)


def end_terms(at: datetime) -> int:
    """End appointments whose term is over."""
    return appointments.end_terms(at=at)


def lapse_pairings(at: datetime) -> int:
    """End proposals that nobody answered in time, and pairings of seasons that are over."""
    return pairings.lapse_pairings(at=at)


def expire_places(at: datetime) -> int:
    """End places in pools whose last day is over."""
    return pool.expire_places(at=at)


def seal_log(at: datetime) -> int:
    """Seal the log when its hour has come."""
    if not seals.is_due(at):
        return 0
    seals.seal(at=at)
    return 1


COMPUTING, PLACING = Step("计算分配", compute_allocations), Step("安排挂村", place_groups)
DUE = (
    Step("截止前提醒", remind_of_closing),
    Step("超期提醒", remind_of_overdue),
    Step("退回逾期终止", lapse_returned),
    Step("公示期满转办", pass_notices),
    Step("公示结束", end_lists),
    Step("拟稿聘任通知", draft_notices),
    Step("聘期届满", end_terms),
    COMPUTING,
    PLACING,
    Step("对接逾期失效", lapse_pairings),
    Step("储备库到期", expire_places),
)
STEPS = (*DUE, Step("补办后续事项", outbox.sweep), Step("封存日志", seal_log))


def do_all(step: Step, at: datetime) -> int:
    """Do set after set of a step until one comes out empty; return how much was done.

    Raises Unfinished, with as much, where the rest could not be done.
    """
    total = 0
    try:
        while done := step.some(at):
            total += done
    except Unfinished as unfinished:
        raise Unfinished(str(unfinished), total) from unfinished
    return total


def attempt(step: Step, work: Callable[[Step, datetime], int], at: datetime) -> Done:
    """Work on a step; a failure is logged and told, so that it keeps no other step from being done."""
    try:
        return Done(step.label, work(step, at))
    except Exception as error:
        logger.exception("a step of the calendar failed")
        return failed(step.label, error)


def failed(label: str, error: BaseException) -> Done:
    """Tell of a step that failed, or of what is left of one."""
    if isinstance(error, Unfinished):
        return Done(label, error.number, str(error)[:MOST_SAID])
    return Done(label, None, said(error))


def said(error: BaseException) -> str:
    """Return an error as one line."""
    return f"{type(error).__name__}: {error}"[:500]


def season_tick(at: datetime) -> list[Done]:
    """Do everything that is due."""
    return [attempt(step, do_all, at) for step in STEPS]


def tick(*, key: str, now: Callable[[], datetime]) -> list[Done]:
    """Do everything that is due as a run on record, step by step; a key used again goes on with the same run."""
    run = seasons.begin_run(key=key, total=len(STEPS), at=now())
    report = []
    for step in STEPS:
        report.append(attempt(step, do_all, now()))
        note(run.pk, report[-1], now())
    seasons.end_run(run=run.pk, at=now())
    return report


def note(run: int, done: Done, at: datetime) -> None:
    """Put on record what became of a step."""
    seasons.note_progress(run=run, step=done.step, number=done.number, error=done.error, at=at)
