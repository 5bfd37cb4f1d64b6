"""An allocation and its placements whose process is killed with -9 again and again, and begun anew each time.

A unit of work is done in a process forked for it, which kills itself at one of its calls, drawn by a seed, or right
before one of its statements, with the control that half of it would stand if it were no transaction.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count

from apps.core import audit, outbox
from apps.core.models import Effect, LogEntry
from apps.matching import services
from apps.matching.models import AllocationRun, Outcome, Placement, Serving
from apps.matching.selectors import market as markets
from apps.matching.selectors.grounds import found_for
from apps.matching.selectors.places import groups_to_place
from apps.matching.services import lists
from apps.matching.states import RunState
from apps.notices.models import Message
from apps.seasons.models import ServiceGroup
from tests.factories import Scene
from tests.factories.allocation import NUMBER, again, allocating_at, make_run, show_one_day
from tests.factories.placing import make_villages, placing_at, village_rows
from tests.factories.wishes import groups_of
from workflows import steps

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Unit = Callable[[], Any]
NEVER = 0
PEOPLE = 6


def lives(unit: Unit, last: int) -> bool:
    """Do something in a process of its own, killed at its call of that number; tell whether it came through."""
    connection.close()
    process = get_context("fork").Process(target=_mortal, args=(unit, last))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


def _mortal(unit: Unit, last: int) -> None:
    number = count(1)

    def note(frame: Any, event: str, arg: Any) -> None:
        if event == "call" and next(number) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(note)
    unit()
    sys.setprofile(None)
    connection.close()
    os._exit(0)  # what else this process was forked with has its own ways to end


def strike(unit: Unit, table: str, is_atomic: bool) -> None:
    """Do something in a process of its own, killed before its first row of a table; without transactions if need be."""
    connection.close()
    process = get_context("fork").Process(target=_struck, args=(unit, f'INSERT INTO "{table}"', is_atomic))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _struck(unit: Unit, statement: str, is_atomic: bool) -> None:
    def execute(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        if sql.startswith(statement):
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *given)

    if not is_atomic:
        type(connection.features).has_select_for_update = False
        transaction.Atomic.__enter__ = transaction.Atomic.__exit__ = lambda *given: None
    with connection.execute_wrapper(execute):
        unit()


def calls_of(unit: Unit) -> int:
    """Count the calls of a unit of work, and leave nothing of it."""
    number = count(1)
    with transaction.atomic():
        sys.setprofile(lambda frame, event, arg: next(number) if event == "call" else None)
        unit()
        sys.setprofile(None)
        transaction.set_rollback(True)
    return next(number)


def killed_and_begun_anew(unit: Unit, times: int, draw: random.Random, whole: Unit) -> int:
    """Kill a unit of work so many times, then let it come through; return how many were killed before they were done.

    After each, what is there must be whole.
    """
    calls = calls_of(unit)
    kills = 0
    for _ in range(times):
        kills += not lives(unit, draw.randint(1, calls))
        whole()
    assert lives(unit, NEVER)
    return kills


def drawn_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> AllocationRun:
    """Freeze a market of all counties, with a list of their villages, and draw for it; nothing is computed yet."""
    rows = [row for county in scene.counties for row in village_rows(county)]
    lists.keep_villages(season=scene.season, rows=rows, by=scene.office, at=scene.at)
    run = make_run(scene, RunState.DRAFTED, people=PEOPLE)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_send", lambda keys, at: None)
        services.draw(run=run, drawn=NUMBER, by=scene.office, at=allocating_at(scene))
    Effect.objects.filter(done=None).delete()
    return again(run)


@pytest.mark.parametrize("times", [1, pytest.param(4, marks=pytest.mark.long)])
def test_killed_anywhere_the_allocation_comes_to_the_same_and_nobody_is_told_twice(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    scene, draw = transactional_scene, random.Random(2023)
    run = drawn_for(scene, monkeypatch)
    expected = markets.solved(run, {}).report["output_sha256"]

    def computed_or_not() -> None:
        found = (again(run).state, Outcome.objects.count(), again(run).output_digest)
        assert found in [(RunState.DRAFTED, 0, ""), (RunState.COMPUTED, PEOPLE, expected)]

    at = allocating_at(scene)
    kills = killed_and_begun_anew(partial(steps.compute_allocations, at), times, draw, computed_or_not)
    assert again(run).output_digest == expected
    publish(scene, run)
    at = placing_at(scene)
    waiting = groups_to_place()
    assert len(waiting) == len(scene.counties)
    for which in waiting:
        kills += killed_and_begun_anew(partial(steps.place_group, *which, at), times, draw, placed_or_not(*which))
    assert kills >= 3 * times
    assert groups_to_place() == []
    assert not Effect.objects.filter(done=None).exists()
    told = Message.objects.values("user", "text", "link").annotate(times=Count("pk"))
    assert set(told.values_list("times", flat=True)) == {1}
    computed = LogEntry.objects.filter(action="compute").values("kind", "record").annotate(times=Count("pk"))
    assert list(computed.values_list("times", flat=True)) == [1] * (1 + len(waiting))
    assert audit.verify().faults == ()


def publish(scene: Scene, run: AllocationRun) -> None:
    """Confirm, show and publish an allocation, as its office does."""
    act: dict[str, Any] = {"by": scene.office, "at": allocating_at(scene)}
    services.confirm(run=again(run), **act)
    show_one_day(scene, run, allocating_at(scene))
    services.publish(run=again(run), by=scene.office, at=placing_at(scene))


def placed_or_not(run: int, group: int) -> Unit:
    """Return what looks whether a group is placed as it must be, or not at all."""
    allocated = AllocationRun.objects.select_related("season").get(pk=run)
    expected = found_for(allocated, ServiceGroup.objects.get(pk=group)).output_digest

    def look() -> None:
        found = Placement.objects.filter(run=run, group=group).values_list("state", "output_digest")
        assert list(found) in ([], [("in_hand", expected)])

    return look


whole_or_not = pytest.mark.parametrize("is_atomic", [True, False], ids=["whole", "control without transactions"])


@whole_or_not
def test_struck_before_it_wrote_who_got_what_an_allocation_is_computed_anew(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch, is_atomic: bool
) -> None:
    run = drawn_for(transactional_scene, monkeypatch)
    compute = partial(steps.compute_allocations, allocating_at(transactional_scene))
    strike(compute, "matching_outcome", is_atomic)
    assert (again(run).state == RunState.DRAFTED) is is_atomic
    compute()
    assert Outcome.objects.filter(run=run).count() == (PEOPLE if is_atomic else 0)


@whole_or_not
def test_struck_before_it_wrote_who_serves_where_a_group_is_placed_anew(
    transactional_scene: Scene, is_atomic: bool
) -> None:
    scene = transactional_scene
    make_villages(scene)
    run, group = make_run(scene, RunState.PUBLISHED, people=2, places=2), groups_of(scene)[0]
    place = partial(steps.place_group, run.pk, group.pk, placing_at(scene))
    strike(place, "matching_serving", is_atomic)
    assert Placement.objects.exists() is not is_atomic
    place()
    assert Serving.objects.exists() is is_atomic
    assert Placement.objects.get().state == "in_hand"
