"""Two at one record: one acts, the other hears of it; without locks the same goes wrong."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from apps.applications.models import Application
from apps.core import audit, door
from apps.core.kinds import Outcome
from apps.core.models import LogEntry
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.states import Role
from apps.writing import services as writing
from apps.writing.models import Submission
from tests.factories import Scene, actor, fresh, make_application, make_draft, make_officer, user_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TOKEN = "t" * 32


def decide(scene: Scene, application: Application, name: str, action: str) -> Callable[[], Outcome]:
    """Return an act of a fresh officer at the county's desk, judged by the version as it is now."""
    by = actor(make_officer(Role.SCI_TECH_AUTHORITY, scene.county, name=name))
    seen = {application.pk: application.version}
    words = {"opinion": "意见", "ground": "依据", "by": by, "at": scene.at}
    return lambda: door.advance(Application, seen, action, **words)[0]


def rows_of(application: Application, action: str) -> int:
    return LogEntry.objects.filter(kind="application", record=application.pk, action=action).count()


def only_the_database_stood_in_the_way(results: list[Any]) -> bool:
    """Tell whether both acts came through the door, and one broke on the unique number of its log row."""
    return sorted(isinstance(result, IntegrityError) for result in results) == [False, True]


def test_of_two_officers_at_once_one_decides_and_the_other_hears_who_did_what(
    transactional_scene: Scene, at_once: Callable[..., list], slow_door: None, locked: bool
):
    scene = transactional_scene
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    results = at_once(decide(scene, application, "甲经办", "pass_up"), decide(scene, application, "乙经办", "reject"))
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    (winner,) = [outcome for outcome in results if outcome.done]
    (loser,) = [outcome for outcome in results if not outcome.done]
    name, action = ("甲经办", "同意") if winner is results[0] else ("乙经办", "不同意")
    assert loser.refusals[0].code == "overtaken"
    assert loser.refusals[0].reason == (
        f"{name}（宾阳县科技行政主管部门）已于2026年6月10日 10:00办理“{action}”，本次操作未执行。"
    )
    assert fresh(application).version == application.version + 1
    assert audit.verify().faults == ()


def test_a_form_sent_twice_at_once_is_one_act(
    transactional_scene: Scene,
    at_once: Callable[..., list],
    slow_door: None,
    locked: bool,
    monkeypatch: pytest.MonkeyPatch,
):
    if not locked:
        monkeypatch.setattr(door, "_repeated", lambda *asked: {})
    scene = transactional_scene
    draft = make_draft(scene)
    by = actor(user_of(draft))
    pages = [fresh(draft) for _ in range(2)]
    results = at_once(
        *[lambda page=page: writing.submit(record=page, by=by, at=scene.at, token=TOKEN) for page in pages]
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert [result.state for result in results] == [DeskState.AWAITING_CONSENT] * 2
    assert (rows_of(draft, "submit"), Submission.objects.count()) == (1, 1)
    assert Paper.objects.filter(record=draft.pk, latest=False).count() == 1
    assert audit.verify().faults == ()


def test_two_batches_over_the_same_records_share_them_out(
    transactional_scene: Scene, at_once: Callable[..., list], slow_door: None, locked: bool
):
    scene = transactional_scene
    four = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(4)]
    by = actor(scene.officers.unit)
    seen = {record.pk: record.version for record in four}
    results = at_once(*[lambda: door.advance(Application, seen, "pass_up", by=by, at=scene.at)] * 2)
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    done = sorted(outcome.pk for outcomes in results for outcome in outcomes if outcome.done)
    codes = {outcome.refusals[0].code for outcomes in results for outcome in outcomes if not outcome.done}
    assert (done, codes) == (sorted(seen), {"busy"})
    assert [rows_of(record, "pass_up") for record in four] == [1] * 4
    assert audit.verify().faults == ()


def test_a_batch_leaves_out_what_another_holds_and_does_the_rest(
    transactional_scene: Scene, held_elsewhere: Callable[[Application], None]
):
    scene = transactional_scene
    three = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    held_elsewhere(three[1])
    seen = {record.pk: record.version for record in three}
    begun = time.monotonic()
    outcomes = door.advance(Application, seen, "pass_up", by=actor(scene.officers.unit), at=scene.at)
    assert time.monotonic() - begun < 2
    assert [outcome.done for outcome in outcomes] == [True, False, True]
    (refusal,) = outcomes[1].refusals
    assert (refusal.code, refusal.reason.startswith("此件正在由他人办理，本次操作未执行。最近一次：")) == ("busy", True)
    assert fresh(three[1]).state == DeskState.AWAITING_CONSENT


def test_one_record_waits_its_turn_for_three_seconds_and_no_longer(
    transactional_scene: Scene, held_elsewhere: Callable[[Application], None]
):
    scene = transactional_scene
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    held_elsewhere(application)
    begun = time.monotonic()
    seen = {application.pk: application.version}
    (outcome,) = door.advance(Application, seen, "pass_up", by=actor(scene.officers.unit), at=scene.at)
    assert 2.5 < time.monotonic() - begun < 6
    assert outcome.refusals[0].code == "busy"
    assert fresh(application).state == DeskState.AWAITING_CONSENT
