"""The calendar: what is due is done, once, and a failing step stops no other."""

import io
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from apps.applications.models import Application
from apps.core import door
from apps.core.models import Effect
from apps.desks.papers import MOVED
from apps.desks.states import DeskState
from apps.notices import services as notices
from apps.notices.models import Notice, PublicityList
from apps.notices.states import ListState, NoticeState
from tests.factories import AFTER_NOTICE, Scene, fresh, make_application, make_passed
from workflows import steps


def announced(scene: Scene, number: int = 1) -> list[Application]:
    made = [make_application(scene, DeskState.ON_NOTICE) for _ in range(number)]
    seen = {each.pk: each.version for each in made}
    notices.announce(
        season=scene.season, kind="application", seen=seen, by=scene.office, at=scene.at + timedelta(hours=5)
    )
    return made


def numbers(at) -> dict[str, int | None]:
    return {done.step: done.number for done in steps.season_tick(at)}


def test_the_clock_ends_a_notice_period_only_when_it_is_over(scene: Scene) -> None:
    (application,) = announced(scene)
    last_day = scene.at + timedelta(days=4, hours=13)
    assert numbers(last_day)["公示期满转办"] == 0
    assert fresh(application).state == DeskState.ON_NOTICE
    assert numbers(last_day + timedelta(hours=2))["公示期满转办"] == 1
    assert fresh(application).state == DeskState.AWAITING_FINALISATION
    assert PublicityList.objects.get().state == ListState.ENDED


def test_a_second_tick_has_nothing_to_do(scene: Scene) -> None:
    announced(scene, 2)
    make_passed(scene)
    after = scene.at + timedelta(days=6)
    first = numbers(after)
    assert first["公示期满转办"] == 2
    steps.season_tick(after)
    assert numbers(after) == dict.fromkeys(first, 0)


def test_more_than_a_batch_is_done_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    announced(scene, 3)
    monkeypatch.setattr(door, "BATCH_LIMIT", 2)
    assert numbers(scene.at + timedelta(days=6))["公示期满转办"] == 3


def test_the_clock_drafts_and_never_issues(scene: Scene) -> None:
    make_passed(scene)
    assert numbers(scene.at + AFTER_NOTICE)["拟稿聘任通知"] == 1
    steps.season_tick(scene.at + AFTER_NOTICE + timedelta(days=30))
    assert [notice.state for notice in Notice.objects.all()] == [NoticeState.DRAFT]


def test_a_failing_step_is_reported_and_the_others_run(scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    def broken(at):
        raise RuntimeError("a step that fails")

    monkeypatch.setattr(steps, "STEPS", (("坏的", broken), *steps.STEPS))
    make_passed(scene)
    report = numbers(scene.at + AFTER_NOTICE)
    assert report["坏的"] is None
    assert report["拟稿聘任通知"] == 1
    assert "a step that fails" in caplog.text
    with pytest.raises(CommandError, match="1 个步骤未完成"):
        call_command("tick", stdout=io.StringIO())


def test_the_tick_sends_what_was_left_in_the_outbox(scene: Scene) -> None:
    make_application(scene, DeskState.AWAITING_CONSENT)
    left = Effect.objects.filter(kind=f"{MOVED}/tell", done=None)
    assert left.exists()
    call_command("tick", stdout=io.StringIO())
    assert not left.exists()


def test_the_command_refuses_a_pause_of_nothing(db) -> None:
    with pytest.raises(CommandError, match="--every"):
        call_command("tick", "--every", "0")


def test_prefect_is_not_imported_by_the_calendar() -> None:
    code = "import django, sys; django.setup(); import workflows.steps; sys.exit('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PATH": ""}, check=False
    )
    assert done.returncode == 0
