"""The one door: what it lets through, what it refuses, and what it leaves behind."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import door, kinds, log, outbox
from apps.core.actors import Actor
from apps.core.kinds import Outcome
from apps.core.models import Effect, LogEntry
from apps.core.refs import Ref
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import Person
from tests.factories import Scene, actor, fresh, make_application

pytestmark = pytest.mark.django_db


def entries(record: Application) -> list[LogEntry]:
    return list(log.entries_of(Ref("application", str(record.pk))))


def left_behind() -> tuple[int, int, int]:
    """Count what an act writes beside the record."""
    return LogEntry.objects.count(), Paper.objects.count(), Effect.objects.count()


def row_of(record: Application) -> dict[str, Any]:
    return Application.objects.values().get(pk=record.pk)


def agree(scene: Scene, seen: Mapping[int, int], **act: Any) -> list[Outcome]:
    by = act.pop("by", None) or actor(scene.officers.unit)
    return door.advance(Application, seen, act.pop("action", "pass_up"), by=by, at=scene.at, **act)


def code_of(outcome: Outcome) -> str:
    (refusal,) = outcome.refusals
    assert refusal.reason
    assert refusal.remedy
    return refusal.code


@pytest.fixture
def waiting(scene: Scene) -> Application:
    """Return an application that awaits its unit's consent."""
    return make_application(scene, DeskState.AWAITING_CONSENT)


@pytest.fixture
def three(scene: Scene) -> list[Application]:
    return [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]


def test_what_is_allowed_is_done_once_and_logged_with_who_in_which_post_on_what(scene: Scene, waiting: Application):
    act = {"opinion": "同意推荐", "token": "t" * 32, "details": {"page": 1}}
    (outcome,) = agree(scene, {waiting.pk: waiting.version}, **act)
    assert (outcome.done, outcome.repeated, outcome.from_state) == (True, False, DeskState.AWAITING_CONSENT)
    now = fresh(waiting)
    assert (now.state, now.version, now.log_count) == (DeskState.AWAITING_REVIEW, waiting.version + 1, 3)
    row = entries(now)[-1]
    officer = scene.officers.unit
    assert (row.n, row.action, row.from_state, row.to_state, row.version) == (
        3,
        "pass_up",
        DeskState.AWAITING_CONSENT,
        DeskState.AWAITING_REVIEW,
        now.version,
    )
    assert (row.actor_id, row.actor, row.post) == (officer.pk, "单位经办", "广西测试大学派出单位经办人")
    assert (row.opinion, row.token, row.details, row.at) == ("同意推荐", "t" * 32, {"page": 1}, scene.at)
    assert (row.subject_digest, row.digest) == (log.digest_of(now.subject()), now.log_head)


def test_each_row_is_chained_to_the_one_before(scene: Scene):
    rows = entries(make_application(scene, DeskState.PASSED))
    assert [row.previous for row in rows] == ["", *[row.digest for row in rows[:-1]]]
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))


def test_the_order_of_the_answer_is_the_order_asked_for(scene: Scene, three: list[Application]):
    asked = {record.pk: record.version for record in reversed(three)}
    assert [outcome.pk for outcome in agree(scene, asked)] == list(asked)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("wrong_state", {"action": "announce"}),
        ("wrong_state", {"action": "submit"}),
        ("wrong_state", {"action": "no_such_action"}),
        ("wrong_state", {"action": "save"}),
        ("wrong_state", {"action": "__init__"}),
        ("no_reason", {"action": "send_back"}),
        ("no_ground", {"action": "reject", "opinion": "专业不对口"}),
        ("not_yours", {"by": Actor("公众")}),
    ],
)
def test_a_refused_act_leaves_everything_as_it_was(scene: Scene, waiting: Application, code: str, change: dict):
    before = (left_behind(), row_of(waiting))
    (outcome,) = agree(scene, {waiting.pk: waiting.version}, **change)
    assert (outcome.done, code_of(outcome)) == (False, code)
    assert (left_behind(), row_of(waiting)) == before


def test_who_comes_second_hears_who_was_first_with_what_and_when(scene: Scene, waiting: Application):
    agree(scene, {waiting.pk: waiting.version})
    (outcome,) = agree(scene, {waiting.pk: waiting.version}, by=actor(scene.officers.county))
    (refusal,) = outcome.refusals
    assert (refusal.code, refusal.reason) == (
        "overtaken",
        "单位经办（广西测试大学派出单位经办人）已于2026年6月10日 10:00办理“同意”，本次操作未执行。",
    )


def test_a_version_from_the_future_is_refused_like_one_from_the_past(scene: Scene, waiting: Application):
    (outcome,) = agree(scene, {waiting.pk: waiting.version + 1})
    assert code_of(outcome) == "overtaken"


def test_a_form_sent_twice_is_one_act_and_says_so(scene: Scene, waiting: Application):
    first, second = (agree(scene, {waiting.pk: waiting.version}, token="t" * 32)[0] for _ in range(2))
    assert (first.done, first.repeated, second.done, second.repeated) == (True, False, True, True)
    assert second.from_state == DeskState.AWAITING_CONSENT
    assert len(entries(waiting)) == 3


def test_a_form_sent_again_after_something_else_has_happened_is_the_same_act_still(scene: Scene, waiting: Application):
    agree(scene, {waiting.pk: waiting.version}, token="t" * 32)
    agree(scene, {waiting.pk: fresh(waiting).version}, action="recall")
    version = fresh(waiting).version
    (again,) = agree(scene, {waiting.pk: version}, token="t" * 32)
    assert (again.done, again.repeated, again.record.pk) == (True, True, waiting.pk)
    assert (fresh(waiting).version, fresh(waiting).state) == (version, DeskState.AWAITING_CONSENT)


def test_another_form_on_the_same_version_is_no_repetition(scene: Scene, waiting: Application):
    agree(scene, {waiting.pk: waiting.version}, token="t" * 32)
    (outcome,) = agree(scene, {waiting.pk: waiting.version}, token="u" * 32)
    assert (outcome.repeated, code_of(outcome)) == (False, "overtaken")


def test_an_unknown_record_is_missing(scene: Scene, waiting: Application):
    outcomes = agree(scene, {waiting.pk: waiting.version, 10**9: 1})
    assert [outcome.done for outcome in outcomes] == [True, False]
    assert code_of(outcomes[1]) == "missing"


def test_in_a_batch_each_record_is_judged_for_itself_and_all_that_pass_are_written(
    scene: Scene, three: list[Application]
):
    done, stale, moved_on = three
    agree(scene, {moved_on.pk: moved_on.version})
    moved_on = fresh(moved_on)
    seen = {done.pk: done.version, stale.pk: stale.version - 1, moved_on.pk: moved_on.version, 10**9: 1}
    outcomes = agree(scene, seen, token="t" * 32)
    assert [outcome.done for outcome in outcomes] == [True, False, False, False]
    assert [code_of(outcome) for outcome in outcomes[1:]] == ["overtaken", "not_yours", "missing"]
    assert [fresh(record).state for record in three] == [
        DeskState.AWAITING_REVIEW,
        DeskState.AWAITING_CONSENT,
        DeskState.AWAITING_REVIEW,
    ]
    assert [len(entries(record)) for record in three] == [3, 2, 3]


def test_a_batch_sent_twice_is_repeated_record_by_record(scene: Scene, three: list[Application]):
    seen = {record.pk: record.version for record in three}
    agree(scene, seen, token="t" * 32)
    again = agree(scene, seen, token="t" * 32)
    assert [(outcome.done, outcome.repeated) for outcome in again] == [(True, True)] * 3


@pytest.mark.parametrize("number", [1, 3])
def test_a_batch_writes_sets_not_rows(
    scene: Scene, three: list[Application], number: int, django_assert_num_queries: Callable[..., Any]
):
    by, seen = actor(scene.officers.unit), {record.pk: record.version for record in three[:number]}
    with django_assert_num_queries(9):
        agree(scene, seen, by=by)


def test_five_hundred_records_are_a_batch_and_one_more_is_none(scene: Scene):
    most = dict.fromkeys(range(10**6, 10**6 + door.BATCH_LIMIT), 1)
    assert {code_of(outcome) for outcome in agree(scene, most)} == {"missing"}
    with pytest.raises(ValueError, match="at most 500"):
        agree(scene, {**most, 1: 1})


def test_nothing_asked_is_nothing_done(scene: Scene):
    assert agree(scene, {}) == []
    assert door.create([], by=scene.office, at=scene.at) == []


def test_a_fault_in_what_follows_takes_the_whole_act_back(
    scene: Scene, three: list[Application], monkeypatch: pytest.MonkeyPatch
):
    def fail(*anything: Any, **more: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(outbox, "emit", fail)
    before = left_behind()
    with pytest.raises(RuntimeError, match="the disk is full"):
        agree(scene, {record.pk: record.version for record in three})
    assert left_behind() == before
    assert {fresh(record).state for record in three} == {DeskState.AWAITING_CONSENT}


def test_a_state_cannot_be_set_past_the_door(waiting: Application):
    with pytest.raises(AttributeError):
        waiting.state = DeskState.PASSED


def test_a_new_record_has_the_first_row_of_its_log(scene: Scene):
    person = scene.applicant.person
    draft = Application(season=scene.season, person=person, unit=scene.unit)
    (created,) = door.create([draft], by=actor(scene.applicant), at=scene.at)
    (row,) = entries(created)
    assert (row.n, row.action, row.from_state, row.to_state, row.version, row.previous) == (
        1,
        "create",
        "",
        "draft",
        1,
        "",
    )
    assert (fresh(created).log_head, fresh(created).log_count, fresh(created).version) == (row.digest, 1, 1)


def test_many_new_records_are_written_together(scene: Scene):
    people = [scene.new_applicant().person for _ in range(3)]
    drafts = [Application(season=scene.season, person=person, unit=scene.unit) for person in people]
    created = door.create(drafts, by=scene.office, at=scene.at)
    assert [fresh(record).log_head for record in created] == [entries(record)[0].digest for record in created]


def test_a_kind_is_registered_once_for_one_model(monkeypatch: pytest.MonkeyPatch):
    known = kinds.named("application")
    kinds.register(known)
    other = kinds.Kind("application", Person, "申请", DeskState, DeskState)
    with pytest.raises(ValueError, match="registered twice"):
        kinds.register(other)
    assert kinds.of(Application) is known


def test_an_unregistered_model_is_none_of_the_doors_business(scene: Scene):
    with pytest.raises(KeyError):
        door.advance(Person, {1: 1}, "pass_up", by=scene.office, at=scene.at + timedelta(days=1))
