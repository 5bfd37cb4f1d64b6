"""People moved in an allocation: who is asked, finds it on his desk and answers; what is taken out; what is refused."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.core import audit
from apps.core.models import Effect
from apps.core.refusals import Refused
from apps.desks import selectors as desks
from apps.desks.models import Paper
from apps.directory.states import Role
from apps.matching import services
from apps.matching.models import Adjustment, Outcome
from apps.matching.selectors import adjustments as selectors
from apps.matching.selectors import effects
from apps.matching.selectors import market as markets
from apps.matching.states import AdjustmentState, RunState
from apps.notices.models import Message
from tests.factories import Scene, actor, run_effects
from tests.factories.allocation import again, allocating_at, answer, make_run, move, move_again
from tests.factories.people import give_post, make_officer, make_person
from tests.factories.wishes import groups_of, make_participant, make_wishes
from tests.refusals import code_in, code_of

pytestmark = pytest.mark.django_db
CONSENT = 16
"""Statements of an act in which a desk consents to moves, however many."""


def office(scene: Scene) -> dict[str, Any]:
    return {"by": scene.office, "at": allocating_at(scene)}


def withdraw(scene: Scene, adjustment: Adjustment) -> Adjustment:
    taken_out = services.withdraw_adjustment(adjustment=move_again(adjustment), opinion="另有安排", **office(scene))
    run_effects(allocating_at(scene))
    return taken_out


def waiting_for(scene: Scene, user: Any) -> list[str]:
    return list(desks.papers_of(actor(user), allocating_at(scene)).values_list("title", flat=True))


def test_a_move_that_held_falls_with_its_allocation_and_all_who_consented_are_told(
    scene: Scene, client_of: Callable[[Any], Client]
):
    run = make_run(scene)
    adjustment = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    place, fell = reverse("matching:adjustment", args=[adjustment.pk]), "所属的第1版分配已作废，这一调整不再有效"
    with time_machine.travel(allocating_at(scene), tick=False):
        assert fell not in client_of(adjustment.person.user).get(place).content.decode()
        Message.objects.all().delete()
        services.discard(run=again(run), reason="重新组织", **office(scene))
        run_effects(allocating_at(scene))
        assert fell in client_of(adjustment.person.user).get(place).content.decode()
    told = dict(Message.objects.values_list("user", "text"))
    asked = [adjustment.person.user, scene.officers.unit, scene.stranger]
    assert told.keys() == {user.pk for user in asked}
    said = f"原已生效的“{adjustment.called()}”随之失效。作废理由：重新组织"
    assert [said in text for text in told.values()] == [True] * 3


def test_everybody_asked_finds_it_among_his_papers_and_is_told(scene: Scene):
    run = make_run(scene)
    Message.objects.all().delete()
    adjustment = move(scene, run)
    run_effects(allocating_at(scene))
    asked = [adjustment.person.user, scene.officers.unit, scene.stranger]
    for user in asked:
        assert waiting_for(scene, user) == [adjustment.called()]
    assert {message.user for message in Message.objects.all()} == set(asked)
    answer(scene, adjustment, unit="yes")
    assert waiting_for(scene, scene.officers.unit) == []
    assert waiting_for(scene, scene.stranger) == [adjustment.called()]


def test_a_move_holds_once_person_unit_and_county_have_consented(scene: Scene):
    run = make_run(scene)
    adjustment = move(scene, run)
    assert answer(scene, adjustment, person="yes", unit="yes").state == AdjustmentState.PROPOSED
    assert again(run).report == run.report
    assert answer(scene, adjustment, county="yes").state == AdjustmentState.HOLDS
    now = again(run)
    assert now.state == RunState.ADJUSTED
    name = markets.person_key(adjustment.person_id)
    assert now.report["matching"][name] == markets.group_key(groups_of(scene)[2].pk)
    assert Outcome.objects.get(run=run, person=adjustment.person).is_moved
    assert now.report["pins"] == markets.pins_of(now)
    assert audit.verify().faults == ()


@pytest.mark.parametrize("end", ["refused", "withdrawn", "discarded"])
def test_what_ends_a_move_clears_all_desks_and_tells_the_person(scene: Scene, end: str):
    run = make_run(scene)
    adjustment = move(scene, run)
    run_effects(allocating_at(scene))
    Message.objects.all().delete()
    if end == "refused":
        answer(scene, adjustment, unit="no")
    elif end == "withdrawn":
        withdraw(scene, adjustment)
    else:
        services.discard(run=again(run), reason="重新组织", **office(scene))
        run_effects(allocating_at(scene))
    assert not Paper.objects.filter(kind="adjustment", done=None).exists()
    assert adjustment.person.user in {message.user for message in Message.objects.all()}
    assert move_again(adjustment).state == ("refused" if end == "refused" else "withdrawn")
    assert again(run).report == run.report


def test_a_refusal_needs_a_reason(scene: Scene):
    adjustment = move(scene, make_run(scene))
    by = actor(adjustment.person.user)
    act = {"adjustment": adjustment, "opinion": " ", "by": by, "at": allocating_at(scene)}
    assert code_of(services.decline_move, **act) == "no_reason"
    assert move_again(adjustment).version == adjustment.version


def test_nobody_answers_for_another_nor_twice(scene: Scene):
    adjustment = move(scene, make_run(scene))
    assert code_of(services.agree_to_move, adjustment=adjustment, **office(scene)) == "not_yours"
    answer(scene, adjustment, unit="yes")
    again_by_unit = {"by": actor(scene.officers.unit), "at": allocating_at(scene)}
    with pytest.raises(Refused) as refused:
        services.agree_to_move(adjustment=move_again(adjustment), **again_by_unit)
    assert code_in(refused) == "answered"
    assert "派出单位已于2026年" in str(refused.value)
    assert "由单位经办答复“同意”，不能再次答复" in str(refused.value)
    colleague = actor(make_officer(Role.DISPATCHING_UNIT, scene.unit))
    seen_before = {"adjustment": adjustment, "by": colleague, "at": allocating_at(scene)}
    assert code_of(services.agree_to_move, **seen_before) == "answered"


def test_who_has_answered_for_one_party_and_speaks_for_another_reads_what_his_word_lacks(scene: Scene):
    adjustment, officer = move(scene, make_run(scene)), scene.officers.unit
    give_post(officer, Role.SCI_TECH_AUTHORITY, scene.counties[2])
    by = {"by": actor(officer), "at": allocating_at(scene)}
    services.agree_to_move(adjustment=adjustment, **by)
    assert code_of(services.decline_move, adjustment=move_again(adjustment), opinion=" ", **by) == "no_reason"
    refused = services.decline_move(adjustment=move_again(adjustment), opinion="另有安排", **by)
    assert refused.state == AdjustmentState.REFUSED


def test_an_officer_who_is_to_be_moved_himself_does_not_answer_for_his_unit(scene: Scene):
    officer = make_officer(Role.DISPATCHING_UNIT, scene.unit, person=make_person(scene.unit))
    make_wishes(scene, groups_of(scene), make_participant(scene, officer))
    run = make_run(scene, people=1)
    asked: dict[str, Any] = {"to": groups_of(scene)[2], "reason": "急需", "basis": "", **office(scene)}
    services.adjust(run=run, person=officer.person, **asked)
    adjustment = move_again(Adjustment.objects.get())
    mine = {"by": actor(officer), "at": allocating_at(scene)}
    agreed = services.agree_to_move(adjustment=adjustment, **mine)
    assert [each.party for each in agreed.consents.exclude(word="")] == ["person"]
    assert code_of(services.agree_to_move, adjustment=move_again(adjustment), **mine) == "answered"


def test_the_same_form_sent_twice_is_one_answer(scene: Scene):
    adjustment = move(scene, make_run(scene))
    act = {"adjustment": adjustment, "by": actor(scene.officers.unit), "at": allocating_at(scene), "token": "a" * 32}
    first = services.agree_to_move(**act)
    assert services.agree_to_move(**act).version == first.version
    assert first.consents.filter(word="yes").count() == 1


def test_a_move_that_held_is_taken_out_once_and_the_result_is_as_though_it_had_never_been(scene: Scene):
    run = make_run(scene)
    adjustment = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    assert again(run).report["matching"] != run.report["matching"]
    assert withdraw(scene, adjustment).state == AdjustmentState.WITHDRAWN
    assert again(run).output_digest == run.output_digest
    assert code_of(withdraw, scene=scene, adjustment=adjustment) == "wrong_state"


def test_nothing_is_taken_out_without_a_reason_by_others_or_of_a_run_that_is_settled(scene: Scene):
    run = make_run(scene)
    adjustment = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    verb = services.withdraw_adjustment
    assert code_of(verb, adjustment=adjustment, opinion=" ", **office(scene)) == "no_reason"
    by_county = {"by": actor(scene.officers.county), "at": allocating_at(scene)}
    assert code_of(verb, adjustment=adjustment, opinion="理由", **by_county) == "not_yours"
    services.confirm(run=again(run), **office(scene))
    assert code_of(verb, adjustment=adjustment, opinion="理由", **office(scene)) == "not_in_hand"
    assert move_again(adjustment).state == AdjustmentState.HOLDS


def test_an_answer_to_what_was_taken_out_is_refused_and_nothing_changes(scene: Scene):
    run = make_run(scene)
    adjustment = move(scene, run)
    withdraw(scene, adjustment)
    before = again(run).version
    act = {"adjustment": adjustment, "by": actor(scene.officers.unit), "at": allocating_at(scene)}
    assert code_of(services.agree_to_move, **act) == "wrong_state"
    assert (again(run).version, move_again(adjustment).state) == (before, AdjustmentState.WITHDRAWN)


def test_nothing_is_settled_while_somebody_is_asked_or_the_result_lags_behind(scene: Scene):
    run = make_run(scene)
    adjustment = move(scene, run)
    assert code_of(services.confirm, run=again(run), **office(scene)) == "unanswered"
    answer(scene, adjustment, person="yes", unit="yes")
    by = {"by": actor(scene.stranger), "at": allocating_at(scene)}
    services.agree_to_move(adjustment=move_again(adjustment), **by)
    assert code_of(services.confirm, run=again(run), **office(scene)) == "behind"
    assert services.reckon(run=run.pk, at=allocating_at(scene)) is True
    assert services.reckon(run=run.pk, at=allocating_at(scene)) is False
    assert services.confirm(run=again(run), **office(scene)).state == RunState.CONFIRMED


def test_the_effect_of_a_move_is_seen_before_it_is_made(scene: Scene):
    run = make_run(scene)
    first, second, _ = groups_of(scene)
    person = Outcome.objects.filter(run=run, group=first).order_by("person_id")[0].person_id
    effect = effects.effect_of(run, person, second, "当地急需")
    assert [(each.person.pk, each.before, each.after) for each in effect.moved] == [(person, first, second)]
    assert [(each.before, each.after) for each in effect.displaced] == [(second, first)]
    assert (effect.shifts, effect.grievances, effect.shortage) == ([], [], (1, 1))
    assert again(run).report == run.report


def test_the_effect_of_a_move_names_floors_quotas_and_who_would_rather_go_elsewhere(scene: Scene):
    run = make_run(scene)
    _, second, third = groups_of(scene)
    outsider = Outcome.objects.get(run=run, group=second).person
    effect = effects.effect_of(run, outsider.pk, third, "当地急需")
    assert [(each.group, each.before, each.after, each.missing) for each in effect.shifts] == [
        (second, 1, 0, 2), (third, 0, 1, 0),
    ]  # fmt: skip
    assert [(each.person, each.group) for each in effect.grievances] == [(outsider, second)]
    assert (effect.shortage, effect.blocking) == ((1, 2), (0, 1))


def test_no_more_people_are_moved_to_a_county_than_it_has_places_and_nobody_twice(scene: Scene):
    run = make_run(scene, places=1)
    person = move(scene, run).person
    other = Outcome.objects.filter(run=run).exclude(person=person)[0].person
    asked: dict[str, Any] = {"to": groups_of(scene)[2], "reason": "急需", "basis": "", **office(scene)}
    assert code_of(services.adjust, run=again(run), person=other, **asked) == "quota_full"
    assert code_of(services.adjust, run=again(run), person=person, **asked) == "moved_already"
    assert Adjustment.objects.count() == 1


def test_unmet_floors_are_balanced_by_asking_and_a_refusal_is_not_asked_again(scene: Scene):
    run = make_run(scene, people=3)
    second = groups_of(scene)[1]
    assert run.report["shortage"] == 1
    assert services.balance(run=run, **office(scene)) == 2
    adjustments = list(Adjustment.objects.order_by("pk"))
    assert [(each.to, each.origin) for each in adjustments] == [(second, "balance")] * 2
    assert {each.party for each in adjustments[0].consents.all()} == {"person", "unit", "county"}
    answer(scene, adjustments[0], person="no")
    services.balance(run=again(run), **office(scene))
    asked = set(Adjustment.objects.filter(state=AdjustmentState.PROPOSED).values_list("person", flat=True))
    everybody = set(Outcome.objects.filter(run=run).values_list("person", flat=True))
    assert asked == everybody - {adjustments[0].person_id}


def test_a_consented_balance_fills_the_floor(scene: Scene):
    run = make_run(scene, people=3)
    services.balance(run=run, **office(scene))
    for adjustment in Adjustment.objects.all():
        answer(scene, adjustment, person="yes", unit="yes", county="yes")
    assert again(run).report["shortage"] == 0
    assert code_of(services.balance, run=again(run), **office(scene)) == "no_moves"


def proposed(scene: Scene, number: int) -> list[Adjustment]:
    """Propose to move so many people of one unit to the third county."""
    run = make_run(scene, people=number, places=number)
    for outcome in Outcome.objects.filter(run=run).select_related("person").order_by("pk"):
        asked = {"person": outcome.person, "to": groups_of(scene)[2], "reason": "急需", "basis": ""}
        services.adjust(run=again(run), **asked, **office(scene))
    return list(Adjustment.objects.order_by("pk"))


def test_a_desk_consents_to_many_moves_in_one_act_and_the_run_is_reckoned_once(scene: Scene):
    moves = proposed(scene, 3)
    for adjustment in moves:
        answer(scene, adjustment, person="yes")
    keys, at = [each.pk for each in moves], allocating_at(scene)
    for officer in (scene.officers.unit, scene.stranger):
        outcomes = services.agree_to_moves(adjustments=keys, by=actor(officer), at=at)
        assert [(each.pk, each.done) for each in outcomes] == [(pk, True) for pk in keys]
    assert Effect.objects.filter(kind__startswith="allocation.reckon").count() == 1
    run_effects(at)
    run = again(moves[0].run)
    assert set(Adjustment.objects.values_list("state", flat=True)) == {AdjustmentState.HOLDS}
    assert run.report["pins"] == markets.pins_of(run)
    assert not Paper.objects.filter(kind="adjustment", done=None).exists()
    assert audit.verify().faults == ()


def test_consent_to_many_moves_asks_the_database_as_often_as_to_one(
    scene: Scene, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
):
    keys, by = [each.pk for each in proposed(scene, 4)], actor(scene.officers.unit)
    for some in (keys[:1], keys[1:]):
        with django_assert_num_queries(CONSENT):
            services.agree_to_moves(adjustments=some, by=by, at=allocating_at(scene))


def test_who_is_asked_about_none_of_the_moves_is_told_so(scene: Scene):
    keys = [each.pk for each in proposed(scene, 1)]
    assert code_of(services.agree_to_moves, adjustments=keys, **office(scene)) == "not_asked"


def test_the_database_refuses_a_second_move_of_a_person_and_a_refusal_without_reason(scene: Scene):
    run = make_run(scene)
    first = move(scene, run)
    twin = Adjustment(
        run=run, person=first.person, to=first.to, origin="manual", reason="再次", by="区经办", at=run.frozen
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.bulk_create([twin])
    with pytest.raises(IntegrityError), transaction.atomic():
        first.consents.update(word="no")


def test_a_unit_agrees_on_one_page_to_the_moves_it_chooses(scene: Scene, at_the_scene: Any, client_of: Any):
    first, second = proposed(scene, 2)
    unit = client_of(scene.officers.unit)
    page = unit.get("/allocation/adjustments/").content.decode()
    assert all(f"/allocation/adjustments/{each.pk}/" in page for each in (first, second))
    answered = unit.post("/allocation/adjustments/", {"move": [first.pk], "opinion": "同意"}, follow=True)
    assert "已同意1项调整。" in answered.content.decode()
    assert [each.pk for each in selectors.moves_asked(actor(scene.officers.unit), scene.at)] == [second.pk]
    again = unit.post("/allocation/adjustments/", {"move": [first.pk], "opinion": "再次同意"})
    assert again.status_code == 409
    assert "再次同意" in again.content.decode()
