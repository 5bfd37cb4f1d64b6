"""Effects on real services: a worker does what acts bring about, once, whatever is away, wiped or killed."""

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.core import clock, outbox
from apps.core.models import Effect
from apps.desks import services as walk
from apps.desks.states import DeskState
from apps.directory.models import Region
from apps.notices.models import Message
from config.machine import processes
from config.machine.processes import Process
from tests.factories import Scene, actor, make_application
from tests.services.conftest import Broker

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LONGEST = 60
QUICK = 5

StartWorker = Callable[..., Process]


@pytest.fixture
def approve(transactional_scene: Scene, broker: Broker, settings: Any) -> Callable[[], float]:
    """Return an approval by the county whose effects go to the broker; it tells how many seconds it took."""
    scene = transactional_scene
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    settings.CELERY_BROKER_URL = broker.address

    def act() -> float:
        began = time.monotonic()
        walk.pass_up(record=application, by=actor(scene.officers.county), at=long_ago())
        return time.monotonic() - began

    return act


def long_ago() -> Any:
    """Return a moment at which an effect has waited long enough for the sweep."""
    return clock.now() - timedelta(minutes=2)


def told(scene: Scene) -> int:
    return Message.objects.filter(user=scene.officers.city).count()


def all_done() -> bool:
    return not Effect.objects.filter(done=None).exists()


def test_an_approval_leads_to_a_message_by_the_worker(
    transactional_scene: Scene, approve: Callable[[], float], start_worker: StartWorker
):
    start_worker()
    before = told(transactional_scene)
    approve()
    assert processes.wait_for(all_done, LONGEST)
    assert told(transactional_scene) == before + 1


def test_without_a_broker_an_approval_is_as_quick_and_the_sweep_sends_later(
    transactional_scene: Scene, approve: Callable[[], float], broker: Broker, start_worker: StartWorker
):
    broker.stop()
    before = told(transactional_scene)
    assert approve() < QUICK
    assert told(transactional_scene) == before
    broker.start()
    start_worker(sweeping=True)
    assert processes.wait_for(all_done, LONGEST)
    assert told(transactional_scene) == before + 1


def test_a_broker_that_hangs_keeps_nobody_waiting_long(approve: Callable[[], float], broker: Broker):
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        assert approve() < QUICK
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)


def test_what_a_wiped_broker_held_is_sent_by_the_sweep(
    transactional_scene: Scene, approve: Callable[[], float], broker: Broker, start_worker: StartWorker
):
    before = told(transactional_scene)
    approve()
    assert broker.wipe() > 0
    start_worker(sweeping=True)
    assert processes.wait_for(all_done, LONGEST)
    assert told(transactional_scene) == before + 1


def test_a_worker_outlives_a_restart_of_its_broker(
    transactional_scene: Scene, approve: Callable[[], float], broker: Broker, start_worker: StartWorker
):
    start_worker()
    before = told(transactional_scene)
    broker.stop()
    broker.start()
    approve()
    assert processes.wait_for(all_done, LONGEST)
    assert told(transactional_scene) == before + 1


def test_what_a_worker_was_doing_when_it_was_killed_is_done_once(
    broker: Broker, settings: Any, start_worker: StartWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    planted, gate = tmp_path / "planted", tmp_path / "gate"
    settings.CELERY_BROKER_URL = broker.address
    monkeypatch.setitem(outbox._handlers, "services.slow", [("gardener", lambda payload, at: None)])
    worker = start_worker()
    payload = {"code": "11", "planted": str(planted), "gate": str(gate)}
    outbox.emit([outbox.Wish("services.slow", "11", payload)], at=long_ago())
    assert processes.wait_for(planted.exists, LONGEST)
    processes.kill(worker)
    assert (Region.objects.count(), Effect.objects.get().done) == (0, None)
    gate.touch()
    start_worker(sweeping=True)
    assert processes.wait_for(all_done, LONGEST)
    assert [region.code for region in Region.objects.all()] == ["11"]
    assert Effect.objects.get().attempts == 1


def test_an_effect_that_a_stale_worker_does_not_know_is_kept_with_a_clear_word(
    broker: Broker, settings: Any, start_worker: StartWorker, monkeypatch: pytest.MonkeyPatch
):
    settings.CELERY_BROKER_URL = broker.address
    monkeypatch.setitem(outbox._handlers, "services.new", [("gardener", lambda payload, at: None)])
    start_worker()
    outbox.emit([outbox.Wish("services.new", "11", {})], at=long_ago())
    assert processes.wait_for(lambda: Effect.objects.get().attempts == 1, LONGEST)
    kept = Effect.objects.get()
    assert (kept.done, kept.parked) == (None, None)
    assert kept.error == "NoHandler: 本进程没有 services.new/gardener 的办理程序；程序更新后请重启 worker"
