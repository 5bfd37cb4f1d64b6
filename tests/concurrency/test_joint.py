"""Those who act jointly act at once: every word is kept, or one act wins; without locks the same goes wrong."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from apps.applications.models import Application
from apps.core import audit, door
from apps.core.kinds import Outcome
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.models import Docket, DocketItem, Paper, Verdict
from apps.desks.states import DeskState, DocketPurpose, DocketState, Word
from apps.directory.models import User
from apps.directory.states import Role
from tests.concurrency.test_door import only_the_database_stood_in_the_way, rows_of
from tests.factories import Scene, actor, fresh, make_officer, user_of
from tests.factories.applications import pass_up
from tests.factories.every_act import Jury, ask, build_every_act, desk_of, docket_of, drive_to, speak, write_up

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

World = tuple[Scene, Jury]
AtOnce = Callable[..., list[Any]]
POINTS = {"skill": 50, "plan": 30}
LONG_ENOUGH = 1.5
"""Seconds within which the other has surely come, if nothing keeps him; shorter than a lock is waited for."""


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_every_act()


@pytest.fixture
def race(at_once: AtOnce, monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """Return a function that runs two acts at once and holds whoever has taken an application until both have.

    A lock lets no second one come.
    """
    lock, both = door.lock, Barrier(2)

    def held(kind: Any, seen: Any) -> list[Any]:
        rows = lock(kind, seen)
        if kind.model is Application:
            with suppress(BrokenBarrierError):
                both.wait(LONG_ENOUGH)
        return rows

    def run(*acts: Callable[[], Any]) -> list[Any]:
        monkeypatch.setattr(door, "lock", held)
        return at_once(*acts)

    return run


@pytest.fixture(params=[True, False], ids=["unique", "control without the constraint"])
def unique(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[bool]:
    """Run a test twice: as it is, and without the constraint that lets a record stand on one open docket."""
    (rule,) = (each for each in DocketItem._meta.constraints if each.name == "record_on_one_open_docket")
    if request.param:
        yield True
        return
    with connection.schema_editor() as editor:
        editor.remove_constraint(DocketItem, rule)
    yield False
    DocketItem.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(DocketItem, rule)


def is_refused(result: Any) -> bool:
    """Tell whether an act was refused with its reasons, and did not break."""
    return isinstance(result, Refused) or (isinstance(result, Outcome) and not result.done)


def one_won(results: list[Any]) -> bool:
    return sorted(map(is_refused, results)) == [False, True] and not any(
        isinstance(result, Exception) and not is_refused(result) for result in results
    )


def words_on(application: Application) -> list[str]:
    """Return the words that count at the step where an application lies."""
    now = fresh(application)
    rows = Verdict.objects.filter(record=now.pk, step=now.step, void=None).order_by("party")
    return list(rows.values_list("word", flat=True))


def colleague_of(scene: Scene) -> User:
    return make_officer(Role.COORDINATION_OFFICE, scene.region)


def written_up(scene: Scene, application: Application) -> Docket:
    """Draw up the docket of a meeting that agrees to an application, ready to be closed."""
    officer, at = scene.officers.region, scene.at + timedelta(days=1)
    docket = docket_of(application, officer, DocketPurpose.MEETING, at)
    write_up(docket, officer, at)
    desks.note_decision(docket=docket, said={application.pk: {"word": Word.AGREE}}, by=actor(officer), at=at)
    return Docket.objects.get(pk=docket.pk)


def closing(scene: Scene, docket: Docket, user: User) -> Callable[[], Any]:
    by = actor(user)
    return lambda: desks.close_docket(docket=Docket.objects.get(pk=docket.pk), by=by, at=scene.at + timedelta(days=1))


def test_two_who_speak_at_once_are_both_heard(world: World, race: AtOnce, locked: bool):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_VERDICTS)
    parties = (scene.officers.county, scene.officers.city)
    results = race(*[lambda user=user: speak(application, user, at=scene.at) for user in parties])
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert [result.state for result in results] == [DeskState.AWAITING_VERDICTS] * 2
    assert (words_on(application), rows_of(application, "give_verdict")) == ([Word.AGREE] * 2, 2)
    assert audit.verify().faults == ()


def test_what_is_passed_while_a_party_refuses_is_either_passed_or_refused(world: World, race: AtOnce, locked: bool):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_VERDICTS)
    for user in (scene.officers.county, scene.officers.city):
        speak(application, user, at=scene.at)
    results = race(
        lambda: pass_up(application, scene.officers.county, scene.at),
        lambda: speak(application, scene.officers.city, Word.REFUSE, at=scene.at),
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert one_won(results)
    was_passed, now = is_refused(results[1]), fresh(application)
    said = set(Verdict.objects.filter(record=now.pk, step=1, void=None).values_list("word", flat=True))
    assert now.state == (DeskState.AWAITING_SCORES if was_passed else DeskState.AWAITING_VERDICTS)
    assert (Word.REFUSE in said) is not was_passed
    assert audit.verify().faults == ()


def test_an_expert_who_speaks_while_he_is_replaced_is_either_heard_or_not_asked(
    world: World, race: AtOnce, locked: bool
):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    at, city, expert = scene.at + timedelta(days=1), actor(scene.officers.city), jury.experts[0]
    ask(application, city, jury.experts[:2], at)
    results = race(
        lambda: ask(application, city, jury.experts[1:], at),
        lambda: speak(application, expert, points=POINTS, at=at),
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert one_won(results)
    was_replaced = is_refused(results[1])
    assert (desk_of(expert) in fresh(application).parties()) is not was_replaced
    assert (Word.AGREE in words_on(application)) is not was_replaced


def test_a_docket_closed_twice_at_once_decides_once(world: World, race: AtOnce, locked: bool):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    docket = written_up(scene, application)
    officers = (scene.officers.region, colleague_of(scene))
    results = race(*[closing(scene, docket, user) for user in officers])
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert one_won(results)
    assert fresh(application).version == application.version + 1
    assert audit.verify().faults == ()


def test_what_is_withdrawn_while_its_docket_is_closed_is_either_withdrawn_or_decided(
    world: World, race: AtOnce, locked: bool
):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    docket, applicant = written_up(scene, application), actor(user_of(application))
    results = race(
        closing(scene, docket, scene.officers.region),
        lambda: desks.withdraw(record=fresh(application), by=applicant, at=scene.at),
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert one_won(results)
    ended = (fresh(application).state, Docket.objects.get(pk=docket.pk).state)
    was_decided = is_refused(results[1])
    assert ended == (
        (DeskState.AWAITING_OPINIONS, DocketState.CLOSED) if was_decided else (DeskState.WITHDRAWN, DocketState.DRAFT)
    )
    assert audit.verify().faults == ()


def test_a_record_put_on_two_dockets_at_once_stands_on_one(world: World, at_once: AtOnce, unique: bool):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    papers = list(Paper.objects.filter(record=application.pk, latest=True))
    people = [actor(user) for user in (scene.officers.region, colleague_of(scene))]
    results = at_once(
        *[
            lambda by=by: desks.draw_up(papers=papers, purpose=DocketPurpose.MEETING, title="会", by=by, at=scene.at)
            for by in people
        ]
    )
    assert one_won(results) is unique
    assert DocketItem.objects.filter(record=application.pk, is_open=True).count() == (1 if unique else 2)
    assert Docket.objects.filter(purpose=DocketPurpose.MEETING).count() == (1 if unique else 2)
