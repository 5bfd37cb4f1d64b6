"""Groups that cannot be placed: every other one is, and they are named where the office looks."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.directory.models import User
from apps.matching.models import Placement
from apps.matching.selectors.places import groups_to_place
from apps.matching.services import lists, places
from apps.matching.states import RunState
from apps.seasons import services as seasons
from apps.seasons.models import Run
from tests.factories import Scene
from tests.factories.allocation import make_run
from tests.factories.placing import placing_at, village_rows
from tests.factories.wishes import groups_of
from workflows import handlers, steps


@pytest.fixture
def broken(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let three groups wait to be placed, the first of which fails each time; return its name."""
    rows = [row for county in scene.counties for row in village_rows(county)]
    lists.keep_villages(season=scene.season, rows=rows, by=scene.office, at=scene.at)
    make_run(scene, RunState.PUBLISHED)
    (_, first), *_ = groups_to_place()
    compute = places.compute

    def failing(*, run: int, group: int, at: datetime) -> bool:
        if group == first:
            raise ValueError("no such ground")
        return compute(run=run, group=group, at=at)

    monkeypatch.setattr(places, "compute", failing)
    return next(group.name for group in groups_of(scene) if group.pk == first)


def placed() -> int:
    return Placement.objects.exclude(state="draft").count()


@pytest.mark.parametrize("together", [1, 20])
def test_a_group_that_always_fails_keeps_no_other_waiting_and_is_named(
    scene: Scene, broken: str, monkeypatch: pytest.MonkeyPatch, together: int
):
    monkeypatch.setattr(steps, "PLACED_TOGETHER", together)
    done = steps.attempt(steps.PLACING, steps.do_all, placing_at(scene))
    assert (done.number, done.error) == (2, f"{broken}（ValueError: no such ground）")
    assert placed() == 2
    again = steps.attempt(steps.PLACING, steps.do_all, placing_at(scene))
    assert (again.number, again.error) == (0, done.error)


def one_after_the_other(at: datetime) -> int:
    """Do as the step would without looking past a failure."""
    return sum(steps.place_group(run, group, at) for run, group in groups_to_place())


def test_the_control_one_failure_would_keep_all_later_groups_waiting(scene: Scene, broken: str):
    done = steps.attempt(steps.Step("安排挂村", one_after_the_other), steps.do_all, placing_at(scene))
    assert (done.number, placed()) == (None, 0)


def test_the_record_of_the_run_and_the_pages_of_the_office_name_it(
    scene: Scene, broken: str, client_of: Callable[[User], Client]
):
    with time_machine.travel(placing_at(scene), tick=False):
        with pytest.raises(CommandError, match="1 个步骤未完成"):
            call_command("tick", stdout=io.StringIO())
        office = client_of(scene.officers.region)
        pages = [office.get(reverse("home:runs", args=[scene.season.pk])), office.get(reverse("matching:placing"))]
    run = Run.objects.get()
    assert (dict(run.done)["安排挂村"], run.error) == (2, f"安排挂村：{broken}（ValueError: no such ground）")
    assert all(broken in page.content.decode() for page in pages)
    assert pages[1].context["waiting"] == [(scene.season, [broken])]


def test_a_run_asked_for_on_screen_goes_on_past_it(scene: Scene, broken: str, monkeypatch: pytest.MonkeyPatch):
    wished: list[Any] = []
    monkeypatch.setattr(handlers.outbox, "emit", lambda wishes, at: wished.extend(wishes))
    place = next(number for number, step in enumerate(steps.DUE) if step is steps.PLACING)
    run = Run.objects.create(kind="asked", season=scene.season, key="asked:1", asked=scene.at)
    for turn in (1, 2):
        handlers.go_on({"run": run.pk, "step": place, "turn": turn}, placing_at(scene))
    assert [wish.payload["step"] for wish in wished if wish.kind == seasons.RUN] == [place, place + 1]
    run.refresh_from_db()
    assert (dict(run.done)["安排挂村"], run.error.count(broken)) == (2, 1)
