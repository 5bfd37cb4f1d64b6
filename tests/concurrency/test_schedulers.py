"""Two schedulers at once: what is due is done once, whoever comes first."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core.actors import CLOCK
from apps.core.models import Effect, LogEntry
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.notices import services as notices
from apps.notices.models import Message, Notice
from apps.seasons.models import Run
from tests.factories import AFTER_NOTICE, Scene, make_application, make_draft, make_passed
from workflows import steps

pytestmark = pytest.mark.postgres


def busy_day(scene: Scene) -> datetime:
    """Make a day on which there is something to remind of, to pass and to end."""
    make_draft(scene, scene.new_applicant())
    made = [make_application(scene, DeskState.ON_NOTICE) for _ in range(3)]
    for _ in range(2):
        make_application(scene, DeskState.AWAITING_CONSENT)
    Paper.objects.filter(state=DeskState.AWAITING_CONSENT).update(arrived=scene.at + timedelta(days=24))
    seen = {each.pk: each.version for each in made}
    notices.announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=scene.at)
    return scene.at + timedelta(days=32)


def doubled(rows: Any) -> list[Any]:
    return [each for each, times in Counter(rows).items() if times > 1]


def errors_of_two(at_once: Callable[..., list[Any]], day: datetime) -> list[str]:
    """Let two schedulers tick at once and return what failed in either."""
    reports = at_once(*(partial(steps.tick, key=key, now=lambda: day) for key in ("one", "two")))
    return [done.error for report in reports for done in report if done.error]


def test_two_schedulers_do_everything_once(
    transactional_scene: Scene, at_once: Callable[..., list[Any]], slow_door: None, locked: bool
) -> None:
    day = busy_day(transactional_scene)
    errors = errors_of_two(at_once, day)
    steps.season_tick(day)
    assert Application.objects.filter(state=DeskState.ON_NOTICE).count() == 0
    assert doubled(LogEntry.objects.values_list("kind", "record", "action").filter(actor=CLOCK.name)) == []
    assert doubled(Message.objects.filter(at=day).values_list("user", "text")) == []
    told = sorted(Message.objects.filter(at=day).values_list("key", flat=True))
    assert [sum(key.startswith(word) for key in told) for word in ("closing", "overdue")] == [3, 1]
    assert Effect.objects.filter(done=None).count() == 0
    assert Run.objects.exclude(ended=None).count() == 2
    assert (errors == []) is locked


def test_two_schedulers_draft_one_notice(transactional_scene: Scene, at_once: Callable[..., list[Any]]) -> None:
    make_passed(transactional_scene, 2)
    assert errors_of_two(at_once, transactional_scene.at + AFTER_NOTICE) == []
    assert [len(notice.content["roster"]["rows"]) for notice in Notice.objects.all()] == [2]
    assert Message.objects.filter(key__startswith="drafted").count() == 1
