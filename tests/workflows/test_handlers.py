"""A run asked for from a screen: set by set, each in a transaction of its own, on record as it goes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import door, outbox
from apps.core.models import Effect
from apps.desks.states import DeskState
from apps.notices import services as notices
from apps.seasons import services as seasons
from apps.seasons.models import Run
from tests.factories import Scene, make_application
from workflows import steps

LABELS = [step.label for step in steps.DUE]


class Killed(BaseException):
    """Stand for a process that ends between two lines."""


def announced(scene: Scene, number: int) -> datetime:
    """Put records on a public list and return a moment when it is over."""
    made = [make_application(scene, DeskState.ON_NOTICE) for _ in range(number)]
    seen = {each.pk: each.version for each in made}
    notices.announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=scene.at)
    return scene.at + timedelta(days=6)


def ask(scene: Scene, at: datetime, token: str = "once") -> Run:
    return seasons.ask_run(season=scene.season, by=scene.office, at=at, token=token)


def passed() -> int:
    return Application.objects.filter(state=DeskState.AWAITING_FINALISATION).count()


def test_what_is_asked_for_is_done_and_ends_on_record(transactional_scene: Scene) -> None:
    after = announced(transactional_scene, 2)
    ask(transactional_scene, after)
    run = Run.objects.get()
    assert (run.asked_by, run.season, run.started, run.ended, run.error) == (
        "区经办", transactional_scene.season, after, after, "",
    )  # fmt: skip
    assert ([label for label, _ in run.done], run.total) == (LABELS, len(LABELS))
    assert (dict(run.done)["公示期满转办"], passed()) == (2, 2)
    assert not Effect.objects.filter(done=None).exists()


def test_asked_twice_with_one_form_it_runs_once(transactional_scene: Scene) -> None:
    first, second = (ask(transactional_scene, transactional_scene.at) for _ in range(2))
    assert first.pk == second.pk
    assert ask(transactional_scene, transactional_scene.at, "another").pk != first.pk


def test_it_goes_on_set_by_set_and_the_record_grows(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = announced(transactional_scene, 3)
    monkeypatch.setattr(door, "BATCH_LIMIT", 2)
    note, seen = steps.note, []

    def watched(*words: Any) -> None:
        note(*words)
        seen.append(dict(Run.objects.get().done).get("公示期满转办"))

    monkeypatch.setattr(steps, "note", watched)
    ask(transactional_scene, after)
    assert list(dict.fromkeys(number for number in seen if number)) == [2, 3]
    assert passed() == 3


def test_a_step_that_fails_is_told_undone_and_stops_no_other(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = announced(transactional_scene, 1)

    def half(at: datetime) -> int:
        steps.pass_notices(at)
        raise RuntimeError("half way")

    monkeypatch.setattr("workflows.handlers.DUE", (steps.Step("坏的", half), *steps.DUE))
    ask(transactional_scene, after)
    run = Run.objects.get()
    assert (run.error, dict(run.done)["坏的"], dict(run.done)["公示期满转办"]) == (
        "坏的：RuntimeError: half way",
        None,
        1,
    )
    assert run.ended == after


@pytest.mark.parametrize("lived", range(1, len(LABELS) + 1))
def test_killed_anywhere_it_is_taken_up_by_the_sweep_and_comes_to_the_same_end(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch, lived: int
) -> None:
    after = announced(transactional_scene, 2)
    note, noted = steps.note, []

    def killed(*words: Any) -> None:
        note(*words)
        noted.append(words)
        if len(noted) == lived:
            raise Killed

    monkeypatch.setattr(steps, "note", killed)
    with pytest.raises(Killed):
        ask(transactional_scene, after)
    assert Run.objects.get().ended is None
    monkeypatch.setattr(steps, "note", note)
    outbox.sweep(after + outbox.RESEND_AFTER)
    run = Run.objects.get()
    assert ([label for label, _ in run.done], dict(run.done)["公示期满转办"], passed()) == (LABELS, 2, 2)
    assert (run.ended, run.error) == (after + outbox.RESEND_AFTER, "")
