"""Proofs and seals see one moment while others act; without the snapshot, or the exclusive name, they go wrong."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection

from apps.core import audit, door, sealbook, seals
from apps.core.models import LogEntry, Seal
from tests.factories import Scene, make_application

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def elsewhere(act: Callable[[], Any]) -> Any:
    """Do something on a connection of its own and wait for it; an act that is kept waiting fails the test."""

    def closing() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closing).result(15)


@pytest.fixture(params=[True, False], ids=["one moment", "control without a snapshot"])
def one_moment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(audit, "snapshot", nullcontext)
        monkeypatch.setattr(seals, "snapshot", nullcontext)
    return request.param


def amend(scene: Scene) -> None:
    season = type(scene.season).objects.get(pk=scene.season.pk)
    door.advance_one(season, "amend", by=scene.office, at=scene.at, opinion="顺延", details={"what": "window"})


def test_an_act_amid_a_verification_is_no_fault(
    transactional_scene: Scene, one_moment: bool, monkeypatch: pytest.MonkeyPatch
):
    chains = audit._chains

    def interrupted(kind: Any, sealed: Any) -> Iterator[Any]:
        read = list(chains(kind, sealed))
        if kind.name == "season":
            elsewhere(lambda: amend(transactional_scene))
        yield from read

    monkeypatch.setattr(audit, "_chains", interrupted)
    assert audit.verify().verified is one_moment


def test_an_act_amid_a_sealing_is_left_to_the_next_seal(
    transactional_scene: Scene, one_moment: bool, monkeypatch: pytest.MonkeyPatch
):
    heads, rows = seals._heads, LogEntry.objects.count()

    def interrupted(kind: Any) -> Iterator[Any]:
        if kind.name == "season":
            elsewhere(lambda: amend(transactional_scene))
        yield from heads(kind)

    monkeypatch.setattr(seals, "_heads", interrupted)
    sealed = seals.seal(at=transactional_scene.at)
    assert (sealed.rows == rows, LogEntry.objects.count()) == (one_moment, rows + 1)


def test_sealing_while_many_act_leaves_nothing_out(transactional_scene: Scene):
    def acting() -> None:
        for _ in range(8):
            make_application(transactional_scene)

    def closing(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    made = 0
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(closing, acting) for _ in range(2)]
        while not all(each.done() for each in running):
            made = seals.seal(at=transactional_scene.at + made * MINUTE).number
        for each in running:
            each.result()
    last = seals.seal(at=transactional_scene.at + made * MINUTE)
    assert (last.rows, last.records) == (LogEntry.objects.count(), 17)
    assert audit.verify() == audit.Report(last.rows, 17, last.number, ())


@pytest.fixture(params=[True, False], ids=["exclusive name", "control that overwrites"])
def exclusive(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if not request.param:
        monkeypatch.setattr(os, "link", lambda draft, path: path.write_bytes(path.parent.joinpath(draft).read_bytes()))
    return request.param


def test_two_sealers_at_once_agree_on_one_seal(
    transactional_scene: Scene, exclusive: bool, monkeypatch: pytest.MonkeyPatch, settings: Any
):
    gate, entered, write = Barrier(2), Event(), sealbook.write
    meeting = iter([gate.wait, gate.wait])

    def at_once(*what: Any) -> None:
        """Let both come to the point of writing; the second writes once the first has entered its seal."""
        if next(meeting, lambda _: 0)(10):
            entered.wait(10)
        write(*what)

    def sealing(minute: int) -> tuple[int, str]:
        try:
            made = seals.seal(at=transactional_scene.at + minute * MINUTE)
            return made.number, made.digest
        finally:
            entered.set()
            connection.close()

    monkeypatch.setattr(sealbook, "write", at_once)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(sealing, (0, 1))
    assert one == other
    assert (Seal.objects.count(), len(list(settings.SEALS_DIR.glob("*.seal")))) == (1, 1)
    on_disk = sealbook.read({}).statements[1].digest()
    assert (on_disk == one[1], audit.verify().verified) == (exclusive, exclusive)
