"""Appointees and notices, brought about by the acts and the clock that bring them about in life."""

from datetime import datetime, timedelta

from apps.applications.models import Application
from apps.core import outbox
from apps.desks.states import DeskState
from apps.notices import services
from apps.notices.models import Notice
from tests.factories.applications import make_application
from tests.factories.scene import Scene
from workflows import steps

AFTER_NOTICE = timedelta(days=7)


def make_passed(scene: Scene, number: int = 1) -> list[Application]:
    """Make applications of the first county that have passed."""
    passed = [make_application(scene, DeskState.PASSED) for _ in range(number)]
    run_effects(scene.at + AFTER_NOTICE)
    return passed


def run_effects(at: datetime) -> None:
    """Run what is in the outbox, as the end of a request does in life; a test's transaction never ends."""
    outbox.sweep(at, older_than=timedelta(0))


def make_draft_notice(scene: Scene, people: int = 1) -> Notice:
    """Make people pass, and let the clock draft the notice of their city."""
    make_passed(scene, people)
    steps.draft_notices(scene.at + AFTER_NOTICE)
    return Notice.objects.select_related("season__jurisdiction", "region").get()


def make_issued_notice(scene: Scene, people: int = 1, at: datetime | None = None) -> Notice:
    """Make a notice and issue it as the region's office."""
    notice = make_draft_notice(scene, people)
    moment = at or scene.at + AFTER_NOTICE
    issued = services.issue(notice=notice, by=scene.office, at=moment)
    run_effects(moment)
    return Notice.objects.select_related("season", "region", "document").get(pk=issued.pk)
