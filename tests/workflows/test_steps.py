"""The calendar: what is due is done, once, and a failing step stops no other."""

import io
import subprocess
import sys
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from apps.applications.models import Application
from apps.core import door
from apps.core.actors import CLOCK
from apps.core.models import Effect, LogEntry, Seal
from apps.desks.models import Paper
from apps.desks.papers import MOVED
from apps.desks.states import DeskState
from apps.notices import services as notices
from apps.notices.models import Message, Notice, PublicityList
from apps.notices.states import ListState, NoticeState
from apps.seasons.models import Run
from apps.seasons.states import RunKind
from tests.factories import (
    AFTER_NOTICE,
    Scene,
    count_working_days,
    fresh,
    make_application,
    make_draft_notice,
    make_passed,
    run_effects,
)
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


def lapses_on(scene: Scene) -> str:
    """Return the day on which what was given back at the scene's moment comes to its end, after a day on which not."""
    returned = make_application(scene, DeskState.RETURNED)
    arrived = Paper.objects.get(record=returned.pk, latest=True).arrived
    day = next(day for number in range(200) if steps.lapse_returned(day := arrived + timedelta(days=number)))
    assert fresh(returned).state == DeskState.LAPSED
    assert [steps.lapse_returned(day + timedelta(days=number)) for number in range(3)] == [0, 0, 0]
    return f"{timezone.localdate(day):%Y-%m-%d}"


def test_what_was_given_back_ends_after_the_last_day_to_hand_it_in_again(scene: Scene) -> None:
    assert lapses_on(scene) == "2026-08-10"


def test_that_day_is_counted_in_working_days_where_the_season_counts_these(scene: Scene) -> None:
    count_working_days(scene.season, date(2026, 6, 19))
    assert lapses_on(scene) == "2026-09-04"


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
    after = scene.at + timedelta(days=6)
    assert [steps.pass_notices(after) for _ in range(3)] == [2, 1, 0]
    assert numbers(after)["公示期满转办"] == 0


def test_the_clock_drafts_and_never_issues(scene: Scene) -> None:
    make_passed(scene)
    assert numbers(scene.at + AFTER_NOTICE)["拟稿聘任通知"] == 1
    steps.season_tick(scene.at + AFTER_NOTICE + timedelta(days=30))
    assert [notice.state for notice in Notice.objects.all()] == [NoticeState.DRAFT]


def test_a_failing_step_is_reported_and_the_others_run(scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    def broken(at):
        raise RuntimeError("a step that fails")

    monkeypatch.setattr(steps, "STEPS", (steps.Step("坏的", broken), *steps.STEPS))
    make_passed(scene)
    report = numbers(scene.at + AFTER_NOTICE)
    assert report["坏的"] is None
    assert report["拟稿聘任通知"] == 1
    assert "a step that fails" in caplog.text
    with pytest.raises(CommandError, match="1 个步骤未完成"):
        call_command("tick", stdout=io.StringIO())
    assert Run.objects.get().error == "坏的：RuntimeError: a step that fails"


def test_the_tick_sends_what_was_left_in_the_outbox(scene: Scene) -> None:
    make_application(scene, DeskState.AWAITING_CONSENT)
    left = Effect.objects.filter(kind=f"{MOVED}/tell", done=None)
    assert left.exists()
    call_command("tick", stdout=io.StringIO())
    assert not left.exists()


def test_a_drafted_notice_is_told_to_the_office_that_issues_it(scene: Scene) -> None:
    notice = make_draft_notice(scene)
    run_effects(scene.at + AFTER_NOTICE)
    told = Message.objects.get(key=f"drafted:{notice.pk}")
    assert (told.user, told.link) == (scene.officers.region, f"/notices/{notice.pk}/")
    assert notice.title in told.text


def test_a_tick_of_the_command_is_a_run_on_record(scene: Scene) -> None:
    announced(scene, 2)
    with time_machine.travel(scene.at + timedelta(days=6), tick=False):
        call_command("tick", stdout=io.StringIO())
    run = Run.objects.get()
    assert (run.kind, run.season, run.asked_by, run.error) == (RunKind.TICK, None, "", "")
    assert (len(run.done), run.total, run.ended) == (len(steps.STEPS), len(steps.STEPS), run.started)
    assert dict(run.done)["公示期满转办"] == 2
    assert run.handled == sum(number for _, number in run.done)


def test_the_log_is_sealed_in_each_hour_that_has_something_to_seal(scene: Scene) -> None:
    hour = timedelta(hours=1)
    assert [numbers(scene.at + n * hour)["封存日志"] for n in range(3)] == [1, 0, 0]
    make_application(scene)
    assert [numbers(scene.at + n * hour)["封存日志"] for n in range(3)] == [0, 1, 0]


def test_a_loss_stops_the_sealing_and_is_told(scene: Scene) -> None:
    steps.season_tick(scene.at)
    Seal.objects.update(digest="x")
    (done,) = [each for each in steps.season_tick(scene.at + timedelta(days=1)) if each.step == "封存日志"]
    assert (done.number, done.error) == (None, "SealRefused: 封印第1号：文件与数据库所记的不是同一个封印")


def test_quiet_ticks_do_not_fill_the_record(scene: Scene) -> None:
    call_command("audit", "seal", stdout=io.StringIO())
    for _ in range(3):
        call_command("tick", stdout=io.StringIO())
    assert [run.handled for run in Run.objects.all()] == [0]


class Killed(BaseException):
    """Stand for a process that ends between two lines."""


@pytest.mark.parametrize("lived", range(1, len(steps.STEPS) + 1))
def test_a_tick_killed_after_any_step_and_begun_again_comes_to_the_same_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, lived: int
) -> None:
    make_passed(scene)
    announced(scene, 2)
    note, noted = steps.note, []

    def killed(*words: Any) -> None:
        noted.append(words)
        if len(noted) == lived:
            raise Killed
        note(*words)

    after = scene.at + timedelta(days=6)
    monkeypatch.setattr(steps, "note", killed)
    with pytest.raises(Killed):
        steps.tick(key="one", now=lambda: after)
    monkeypatch.setattr(steps, "note", note)
    steps.tick(key="one", now=lambda: after)
    run = Run.objects.get()
    assert (run.error, run.ended, [step for step, _ in run.done]) == ("", after, [step.label for step in steps.STEPS])
    passed = Application.objects.filter(state=DeskState.AWAITING_FINALISATION).count()
    assert (passed, PublicityList.objects.exclude(state=ListState.ENDED).count()) == (2, 0)
    assert LogEntry.objects.filter(kind="application", action="pass_up", actor=CLOCK.name).count() == 3


def test_a_database_that_is_away_is_told_in_words(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**words: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(steps, "tick", away)
    with pytest.raises(CommandError, match="数据库暂不可用，未完成的部分下次执行时补办"):
        call_command("tick", stdout=io.StringIO())


def test_the_command_refuses_a_pause_of_nothing(db) -> None:
    with pytest.raises(CommandError, match="--every"):
        call_command("tick", "--every", "0")


def test_prefect_is_not_imported_by_the_calendar() -> None:
    code = "import django, sys; django.setup(); import workflows.steps; sys.exit('prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"DJANGO_SETTINGS_MODULE": "config.settings.test", "PATH": ""}, check=False
    )
    assert done.returncode == 0
