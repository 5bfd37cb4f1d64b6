"""The record of the runs of the calendar."""

from datetime import timedelta

import pytest

from apps.core.models import Effect
from apps.core.refusals import Refused
from apps.seasons import services
from apps.seasons.models import Run
from apps.seasons.selectors import SILENT_FOR, runs_of
from tests.factories import AT, Scene, actor

pytestmark = pytest.mark.django_db


def begin(key: str = "one", total: int = 2) -> int:
    return services.begin_run(key=key, total=total, at=AT).pk


def note(run: int, step: str, number: int | None, error: str = "") -> None:
    services.note_progress(run=run, step=step, number=number, error=error, at=AT)


def test_numbers_of_one_step_add_up_in_the_order_of_the_steps() -> None:
    run = begin()
    for step, number in (("乙", 500), ("乙", 3), ("甲", 0)):
        note(run, step, number)
    row = Run.objects.get()
    assert (row.done, row.handled) == ([["乙", 503], ["甲", 0]], 503)


def test_a_run_that_begins_again_under_its_key_keeps_what_it_had_done() -> None:
    run = begin()
    note(run, "甲", 4)
    services.end_run(run=run, at=AT)
    again = services.begin_run(key="one", total=2, at=AT + timedelta(minutes=1))
    assert (again.pk, again.started, again.ended, again.handled) == (run, AT, None, 4)


def test_of_quiet_runs_and_of_runs_that_fail_alike_only_the_newest_is_kept() -> None:
    for number in range(3):
        for name, error in (("quiet", ""), ("failed", "连不上"), ("busy", "")):
            run = begin(f"{name}{number}")
            note(run, "甲", None if error else int(name == "busy"), error)
            services.end_run(run=run, at=AT)
    kept = sorted(Run.objects.values_list("key", flat=True))
    assert kept == ["busy0", "busy1", "busy2", "failed2", "quiet2"]


def test_only_the_season_s_office_asks_for_a_run(scene: Scene) -> None:
    for user in (scene.officers.city, scene.officers.auditor, scene.applicant):
        with pytest.raises(Refused) as refused:
            services.ask_run(season=scene.season, by=actor(user), at=AT, token="t")
        assert refused.value.refusals[0].code == "not_yours"
    assert (Run.objects.count(), Effect.objects.filter(kind__startswith=services.RUN).count()) == (0, 0)
    services.ask_run(season=scene.season, by=scene.office, at=AT, token="t")
    assert Effect.objects.get(kind__startswith=services.RUN).payload == {"run": Run.objects.get().pk}


def test_a_run_is_shown_as_it_stands(scene: Scene) -> None:
    def status(minutes: int = 0) -> str:
        return runs_of(scene.season, AT + timedelta(minutes=minutes))[0].status

    run = services.ask_run(season=scene.season, by=scene.office, at=AT, token="t")
    silence = SILENT_FOR // timedelta(minutes=1) + 1
    assert (status(), status(silence)) == ("waiting", "silent")
    begin(run.key)
    assert (status(), status(silence)) == ("running", "silent")
    services.end_run(run=run.pk, at=AT)
    assert status(silence) == "done"
    begin(run.key)
    note(run.pk, "甲", None, "连不上")
    services.end_run(run=run.pk, at=AT)
    assert status() == "failed"
