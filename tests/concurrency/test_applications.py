"""An applicant in two windows, or a window and a second click: nothing is doubled, nothing slips in afterwards."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.applications import services
from apps.applications.models import Application
from apps.core import audit
from apps.core.models import LogEntry
from apps.writing import services as writing
from apps.writing.models import Submission
from tests.concurrency.conftest import LONG_ENOUGH
from tests.factories import Scene, actor, fresh, make_draft, user_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_begin_at_once_begin_the_same_application(transactional_scene: Scene, at_once: Callable[..., list]):
    scene = transactional_scene
    by, person = actor(scene.applicant), scene.applicant.person

    def begin() -> Application:
        return services.start(season=scene.season, person=person, by=by, at=scene.at)

    results = at_once(*[begin] * 4)
    assert {result.pk for result in results} == set(Application.objects.values_list("pk", flat=True))
    assert Application.objects.count() == 1
    assert LogEntry.objects.filter(kind="application").count() == 1


def test_what_is_saved_while_it_is_handed_in_does_not_slip_in_afterwards(
    transactional_scene: Scene, at_once: Callable[..., list], locked: bool, monkeypatch: pytest.MonkeyPatch
):
    scene = transactional_scene
    draft = make_draft(scene)
    by, storable = actor(user_of(draft)), writing.storable

    def slowly(value: Any) -> Any:
        time.sleep(LONG_ENOUGH)
        return storable(value)

    def hand_in() -> Application:
        time.sleep(LONG_ENOUGH / 2)
        return writing.submit(record=fresh(draft), by=by, at=scene.at)

    monkeypatch.setattr(writing, "storable", slowly)
    typed = {"application.plan": "提交时正在保存的计划"}
    at_once(lambda: writing.save(record=draft, typed=typed, by=by, at=scene.at), hand_in)
    kept = Submission.objects.get().content["application.plan"] == fresh(draft).content["application.plan"]
    assert (kept, audit.verify().verified) == (locked, locked)
