"""What an act brings about happens once: after a rollback, a failure, a kill, a second sweep."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from apps.core import outbox, tasks
from apps.core.models import Effect
from apps.core.outbox import FIRST_PAUSE, INTERRUPTED, MOST_ATTEMPTS, RESEND_AFTER, Wish
from apps.directory.models import Region
from tests.factories import AT

LATER = AT + timedelta(minutes=2)


class Killed(BaseException):
    """Stand for a process that ends between two lines."""


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})


def plant(payload: Mapping[str, Any], at: Any) -> None:
    """Do database work that cannot be done twice."""
    code = payload["code"]
    Region.objects.create(code=code, name=code, level="region", path=f"/{code}/")


def wish(code: str, key: str = "") -> Wish:
    return Wish("plant", key or code, {"code": code})


def planted() -> list[str]:
    return list(Region.objects.order_by("code").values_list("code", flat=True))


def emitted(*codes: str) -> list[int]:
    """Write effects without running them, as a process does that ends right after its commit."""
    outbox.emit([wish(code) for code in codes], at=AT)
    return list(Effect.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_effects_run_after_the_commit_of_their_act_and_never_before():
    outbox.on("plant", "gardener", plant)
    with transaction.atomic():
        outbox.emit([wish("11")], at=AT)
        assert planted() == []
    assert planted() == ["11"]
    assert Effect.objects.get().done == AT


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_effect():
    @transaction.atomic
    def act() -> None:
        outbox.emit([wish("11")], at=AT)
        raise Killed

    outbox.on("plant", "gardener", plant)
    with pytest.raises(Killed):
        act()
    assert (Effect.objects.count(), planted()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_effects_of_effects_are_all_run_in_the_same_breath():
    def plant_three(payload: Mapping[str, Any], at: Any) -> None:
        plant(payload, at)
        if len(payload["code"]) < 6:
            outbox.emit([wish(payload["code"] + "01"), wish(payload["code"] + "02")], at=at)

    outbox.on("plant", "gardener", plant_three)
    outbox.emit([wish("11")], at=AT)
    assert planted() == ["11", "1101", "110101", "110102", "1102", "110201", "110202"]
    assert Effect.objects.filter(done=None).count() == 0


@pytest.mark.django_db
def test_a_key_that_is_there_already_changes_nothing():
    outbox.on("plant", "gardener", plant)
    emitted("11")
    outbox.emit([Wish("plant", "11", {"code": "12"})], at=LATER)
    assert [effect.payload for effect in Effect.objects.all()] == [{"code": "11"}]


@pytest.mark.django_db
def test_kinds_of_effects_do_not_share_keys():
    outbox.on("plant", "gardener", plant)
    outbox.on("water", "gardener", plant)
    outbox.emit([Wish("plant", "same", {"code": "11"}), Wish("water", "same", {"code": "12"})], at=AT)
    assert outbox.sweep(LATER) == 2
    assert planted() == ["11", "12"]


@pytest.mark.django_db
def test_an_effect_runs_once_however_often_it_is_sent():
    outbox.on("plant", "gardener", plant)
    (pk,) = emitted("11")
    assert [outbox.run(pk, AT), outbox.run(pk, AT), outbox.sweep(LATER)] == [True, False, 0]
    assert planted() == ["11"]


@pytest.mark.django_db
def test_every_listener_has_its_own_effect_and_one_that_fails_does_not_stop_the_other():
    def fail(payload: Mapping[str, Any], at: Any) -> None:
        raise OSError("the gateway is away")

    outbox.on("plant", "gateway", fail)
    outbox.on("plant", "gardener", plant)
    emitted("11")
    assert outbox.sweep(LATER) == 1
    assert planted() == ["11"]
    failed = Effect.objects.get(done=None)
    assert (failed.kind, failed.attempts, failed.error) == ("plant/gateway", 1, "OSError: the gateway is away")


@pytest.mark.django_db
def test_a_listener_registered_twice_listens_once():
    outbox.on("plant", "gardener", plant)
    outbox.on("plant", "gardener", plant)
    assert len(emitted("11")) == 1


@pytest.mark.django_db
def test_what_nobody_listens_to_writes_no_row():
    outbox.emit([wish("11")], at=AT)
    assert Effect.objects.count() == 0


@pytest.mark.django_db
def test_a_failing_effect_leaves_nothing_but_its_error_and_waits_longer_each_time_until_it_is_parked():
    def half(payload: Mapping[str, Any], at: Any) -> None:
        plant(payload, at)
        raise ValueError("half way")

    outbox.on("plant", "gardener", half)
    (pk,) = emitted("11")
    at, pauses = AT, []
    for _ in range(MOST_ATTEMPTS):
        assert outbox.run(pk, at) is False
        due = Effect.objects.get(pk=pk).due
        pauses.append(due - at)
        at = due
    assert planted() == []
    assert pauses == [FIRST_PAUSE * 2**attempt for attempt in range(1, MOST_ATTEMPTS + 1)]
    parked = Effect.objects.get(pk=pk)
    assert (parked.attempts, parked.error) == (MOST_ATTEMPTS, "ValueError: half way")
    assert parked.parked is not None
    assert outbox.run(pk, at + timedelta(days=9)) is False
    assert Effect.objects.get(pk=pk).attempts == MOST_ATTEMPTS


@pytest.mark.django_db
def test_an_effect_whose_listener_is_gone_is_kept_with_its_error():
    outbox.on("plant", "gardener", plant)
    (pk,) = emitted("11")
    outbox._handlers.clear()
    assert outbox.run(pk, AT) is False
    kept = Effect.objects.get(pk=pk)
    assert (kept.done, kept.error) == (None, "NoHandler: 本进程没有 plant/gardener 的办理程序；程序更新后请重启 worker")


@pytest.mark.django_db(transaction=True)
def test_a_kill_between_the_effect_and_its_done_mark_takes_both_back(monkeypatch: pytest.MonkeyPatch):
    def killed(payload: Mapping[str, Any], at: Any) -> None:
        plant(payload, at)
        raise Killed

    outbox.on("plant", "gardener", killed)
    with pytest.raises(Killed):
        outbox.emit([wish("11")], at=AT)
    assert (planted(), Effect.objects.get().done) == ([], None)
    outbox.on("plant", "gardener", plant)
    assert outbox.sweep(LATER) == 1
    assert planted() == ["11"]


@pytest.mark.django_db
def test_an_effect_that_ends_its_process_each_time_is_parked_too_and_keeps_no_other_waiting():
    def end_the_process(payload: Mapping[str, Any], at: Any) -> None:
        raise Killed

    outbox.on("plant", "killer", end_the_process)
    outbox.on("plant", "gardener", plant)
    emitted("11")
    at = LATER
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with pytest.raises(Killed):
            outbox.sweep(at)
        assert Effect.objects.get(kind="plant/killer").attempts == attempt
        at += FIRST_PAUSE * 2**attempt + RESEND_AFTER
    assert planted() == ["11"]
    assert outbox.sweep(at) == 0
    assert [(each.kind, each.error) for each in outbox.parked()] == [("plant/killer", INTERRUPTED)]


@pytest.mark.django_db
def test_the_sweep_leaves_alone_what_is_younger_than_a_minute():
    outbox.on("plant", "gardener", plant)
    emitted("11", "12")
    assert outbox.sweep(AT + timedelta(seconds=59)) == 0
    assert outbox.sweep(AT + timedelta(seconds=60)) == 2


@pytest.mark.django_db
def test_the_sweep_goes_on_after_a_full_batch(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outbox, "SWEEP_LIMIT", 2)
    outbox.on("plant", "gardener", plant)
    emitted("11", "12", "13", "14", "15")
    assert outbox.sweep(LATER) == 5


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_nothing_but_time(settings: Any, monkeypatch: pytest.MonkeyPatch):
    def away(pk: int) -> None:
        raise ConnectionError("no broker")

    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("apps.core.tasks.run_effect.delay", away)
    outbox.on("plant", "gardener", plant)
    outbox.emit([wish("11")], at=AT)
    assert planted() == []
    assert outbox.sweep(LATER) == 1


@pytest.mark.django_db(transaction=True)
def test_with_a_broker_each_effect_is_handed_over_after_the_commit(settings: Any, monkeypatch: pytest.MonkeyPatch):
    handed_over: list[int] = []
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("apps.core.tasks.run_effect.delay", handed_over.append)
    outbox.on("plant", "gardener", plant)
    with transaction.atomic():
        pks = emitted("11", "12")
        assert handed_over == []
    assert sorted(handed_over) == pks


@pytest.mark.django_db
@time_machine.travel(LATER)
def test_the_tasks_run_one_effect_and_sweep_the_rest():
    outbox.on("plant", "gardener", plant)
    first, _ = emitted("11", "12")
    tasks.run_effect(first)
    assert planted() == ["11"]
    tasks.sweep()
    assert planted() == ["11", "12"]


@pytest.fixture
def effects_command(capsys: pytest.CaptureFixture) -> Callable[..., tuple[str, str]]:
    def run(*words: str) -> tuple[str, str]:
        with time_machine.travel(LATER):
            call_command("effects", *words)
        said = capsys.readouterr()
        return said.out, said.err

    return run


@pytest.mark.django_db
def test_the_command_sweeps_and_counts(effects_command: Callable):
    outbox.on("plant", "gardener", plant)
    emitted("11", "12")
    assert effects_command() == ("已办 2 项，待办 0 项。\n", "")


@pytest.mark.django_db
def test_the_command_shows_what_is_parked_and_puts_it_back(effects_command: Callable):
    outbox.on("plant", "gardener", plant)
    emitted("11")
    Effect.objects.update(parked=AT, attempts=MOST_ATTEMPTS, error="OSError: full disk")
    assert effects_command() == (
        "已办 0 项，待办 0 项。\n",
        "已搁置 plant/gardener plant/gardener:11：OSError: full disk\n",
    )
    assert effects_command("--retry-parked") == ("已办 1 项，待办 0 项。\n", "")
