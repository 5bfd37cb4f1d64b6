"""An allocation from the freeze to its publication: who may do what when, and that the result is what it must be."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core import audit, outbox
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.directory.states import Role
from apps.matching import services
from apps.matching.engine.check import check
from apps.matching.engine.retell import retell
from apps.matching.models import Adjustment, AllocationRun, Consent, Outcome, WishList
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.states import LIVE, RunState, WishWord
from tests.factories import Scene, actor, run_effects
from tests.factories.allocation import (
    NUMBER,
    again,
    allocating_at,
    consents_of,
    make_market,
    make_run,
    set_places,
)
from tests.factories.people import make_officer
from tests.factories.wishes import groups_of, make_participant, make_wishes, wish_of, wishing_at
from workflows import steps


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].code


def test_a_market_holds_wishes_verdicts_quotas_and_floors(scene: Scene):
    first, second, third = make_market(scene, people=0)
    welcome, plain, refused = (make_wishes(scene, [first, second]) for _ in range(3))
    make_participant(scene, level="county")
    judged = {"by": actor(scene.officers.county), "at": wishing_at(scene)}
    services.judge_wishes(wishes=[wish_of(welcome).pk], word=WishWord.INVITE, points=70, **judged)
    services.judge_wishes(wishes=[wish_of(refused).pk], word=WishWord.REFUSE, points=None, opinion="专业不符", **judged)
    market = markets.market_of(scene.season)
    names = {each: markets.person_key(each.person_id) for each in (welcome, plain, refused)}
    wished = [markets.group_key(first.pk), markets.group_key(second.pk)]
    assert market["left"] == dict.fromkeys(names.values(), wished)
    prefs = [names[welcome], names[plain]]
    assert market["right"][wished[0]] == {"upper": 2, "lower": 0, "prefs": prefs}
    assert market["right"][wished[1]] == {"upper": 2, "lower": 2, "prefs": [sorted(names.values())]}
    assert market["right"][markets.group_key(third.pk)]["prefs"] == []


def test_nothing_is_frozen_without_quotas_or_wishes(scene: Scene):
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, ties="lottery", by=scene.office, at=allocating_at(scene))
    assert [refusal.code for refusal in refused.value.refusals] == ["quota_unset", "no_wishes"]


def test_only_the_office_freezes(scene: Scene):
    make_market(scene)
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, ties="lottery", by=actor(scene.officers.county), at=allocating_at(scene))
    assert code_of(refused) == "not_yours"


def test_a_season_has_one_allocation_under_way(scene: Scene):
    run = make_run(scene, RunState.DRAFTED)
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, ties="lottery", by=scene.office, at=allocating_at(scene))
    assert code_of(refused) == "under_way"
    assert list(AllocationRun.objects.all()) == [run]


def test_after_the_freeze_wishes_and_verdicts_stand(scene: Scene):
    run = make_run(scene, RunState.DRAFTED)
    wishes = WishList.objects.order_by("pk")[0]
    late = {"at": allocating_at(scene)}
    with pytest.raises(Refused) as refused:
        services.take_back_wishes(wishes=wishes, by=actor(wishes.person.user), **late)
    assert code_of(refused) == "frozen"
    (outcome,) = services.judge_wishes(
        wishes=[wish_of(wishes).pk], word=WishWord.INVITE, points=1, by=actor(scene.officers.county), **late
    )
    assert outcome.refusals[0].code == "frozen"
    services.discard(run=again(run), reason="另行组织", by=scene.office, **late)
    services.take_back_wishes(wishes=wishes, by=actor(wishes.person.user), **late)


def test_the_seed_comes_of_the_frozen_market_and_a_number_drawn_once(scene: Scene):
    run = make_run(scene, RunState.DRAFTED)
    act = {"by": scene.office, "at": allocating_at(scene)}
    with pytest.raises(Refused) as refused:
        services.draw(run=run, drawn=" ", **act)
    assert code_of(refused) == "nothing_drawn"
    drawn = services.draw(run=run, drawn=NUMBER, **act)
    assert drawn.seed == markets.seed_of(run.market_digest, NUMBER)
    with pytest.raises(Refused) as refused:
        services.draw(run=again(run), drawn="0358", **act)
    assert code_of(refused) == "drawn"


def test_what_is_computed_passes_the_checker_and_can_be_told_to_everybody(scene: Scene):
    run = make_run(scene, people=5)
    assert run.state == RunState.COMPUTED
    assert check({**run.market, "pins": {}}, run.report) == []
    placed = Outcome.objects.filter(run=run).order_by("rank").values_list("rank", flat=True)
    assert list(placed) == [1, 1, 2, 2, 3]
    why = selectors.Why(run)
    told = {name: why.of_person(markets.pk_of(name)) for name in run.market["left"]}
    names = {markets.group_key(group.pk): group.name for group in groups_of(scene)}
    assert retell(told) == {name: names[to] for name, to in run.report["matching"].items()}
    assert audit.verify().faults == ()


def test_computing_again_changes_nothing(scene: Scene):
    run = make_run(scene)
    assert services.compute(run=run.pk, at=allocating_at(scene)) is False
    assert again(run).log_count == run.log_count


def interrupt(*args: object, **options: object) -> None:
    raise KeyboardInterrupt


def test_a_killed_computation_started_again_gives_the_same_hash_and_is_told_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    run, at = make_run(scene, RunState.DRAFTED), allocating_at(scene)
    services.draw(run=run, drawn=NUMBER, by=scene.office, at=at)
    expected = markets.solved(again(run), {}).report["output_sha256"]
    monkeypatch.setattr(Outcome, "__init__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        services.compute(run=run.pk, at=at)
    monkeypatch.undo()
    assert (again(run).state, Outcome.objects.count()) == (RunState.DRAFTED, 0)
    assert services.compute(run=run.pk, at=at)
    run_effects(at)
    assert (again(run).output_digest, Outcome.objects.count()) == (expected, 3)
    assert LogEntry.objects.filter(kind=selectors.RUN, action="compute").count() == 1


def killed_before(number: int) -> Callable[..., Any]:
    """Return what ends the process before its statement of a number."""
    numbers = count()

    def execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(numbers) == number:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    return execute


@pytest.mark.django_db(transaction=True)
def test_killed_before_any_of_its_statements_a_computation_leaves_nothing_half_done(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    scene = transactional_scene
    monkeypatch.setattr(outbox, "_send", lambda keys, at: None)
    run, at = make_run(scene, RunState.DRAFTED), allocating_at(scene)
    services.draw(run=run, drawn=NUMBER, by=scene.office, at=at)
    expected = markets.solved(again(run), {}).report["output_sha256"]
    kills = 0
    while again(run).state == RunState.DRAFTED:
        with suppress(KeyboardInterrupt), connection.execute_wrapper(killed_before(kills)):
            services.compute(run=run.pk, at=at)
        kills += 1
        found = (again(run).state, Outcome.objects.filter(run=run.pk).count(), again(run).output_digest)
        assert found in [(RunState.DRAFTED, 0, ""), (RunState.COMPUTED, 3, expected)]
    assert kills > 10
    assert LogEntry.objects.filter(kind=selectors.RUN, action="compute").count() == 1


def test_the_calendar_computes_what_was_drawn(scene: Scene):
    run, at = make_run(scene, RunState.DRAFTED), allocating_at(scene)
    assert steps.compute_allocations(at) == 0
    services.draw(run=run, drawn=NUMBER, by=scene.office, at=at)
    assert steps.compute_allocations(at) == 1
    assert again(run).state == RunState.COMPUTED


def moved(scene: Scene, run: AllocationRun, to: int = 2) -> AllocationRun:
    """Propose to move who got his first wish to another county."""
    person = Outcome.objects.filter(run=run, rank=1).order_by("pk")[0].person
    return services.adjust(
        run=again(run), person=person, to=groups_of(scene)[to], reason="当地急需", basis="会议纪要", by=scene.office,
        at=allocating_at(scene),
    )  # fmt: skip


def answered(scene: Scene, run: AllocationRun, **words: str) -> None:
    person = Adjustment.objects.get(run=run).person
    county = make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[2])
    people = {"person": person.user, "unit": scene.officers.unit, "county": county}
    for party, word in words.items():
        services.answer_consent(
            consent=consents_of(run)[party].pk, word=word, opinion="难以到任" if word == "no" else "",
            by=actor(people[party]), at=allocating_at(scene),
        )  # fmt: skip


def test_a_move_holds_once_person_unit_and_county_have_consented(scene: Scene):
    run = make_run(scene)
    before = run.report["matching"]
    moved(scene, run)
    person = Adjustment.objects.get().person_id
    answered(scene, run, person="yes", unit="yes")
    assert again(run).report["matching"] == before
    answered(scene, run, county="yes")
    now = again(run)
    assert now.state == RunState.ADJUSTED
    assert now.report["matching"][markets.person_key(person)] == markets.group_key(groups_of(scene)[2].pk)
    assert Outcome.objects.get(run=run, person=person).is_moved
    assert now.report["pins"] == markets.pins_of(now)
    assert audit.verify().faults == ()


def test_a_refused_consent_ends_the_move_and_needs_a_reason(scene: Scene):
    run = make_run(scene)
    moved(scene, run)
    asked = consents_of(run)["person"]
    by = actor(Adjustment.objects.get().person.user)
    with pytest.raises(Refused) as refused:
        services.answer_consent(consent=asked.pk, word="no", by=by, at=allocating_at(scene))
    assert code_of(refused) == "no_reason"
    answered(scene, run, person="no")
    assert Adjustment.objects.get().withdrawn is not None
    assert again(run).report["pins"] == {}


def test_nobody_answers_for_another_nor_twice(scene: Scene):
    run = make_run(scene)
    moved(scene, run)
    asked = consents_of(run)["unit"]
    with pytest.raises(Refused):
        services.answer_consent(consent=asked.pk, word="yes", by=scene.office, at=allocating_at(scene))
    answered(scene, run, unit="yes")
    with pytest.raises(Refused) as refused:
        answered(scene, run, unit="no")
    assert code_of(refused) == "not_asked"


def test_the_effect_of_a_move_is_seen_before_it_is_made(scene: Scene):
    run = make_run(scene)
    first, second, _ = groups_of(scene)
    person = Outcome.objects.filter(run=run, group=first).order_by("pk")[0].person_id
    effect = selectors.effect_of(run, person, second, "当地急需")
    assert {change.person.pk: (change.before, change.after) for change in effect.changes}[person] == (first, second)
    assert len(effect.changes) == 2
    assert again(run).report == run.report


def test_no_more_people_are_moved_to_a_county_than_it_has_places(scene: Scene):
    run = make_run(scene, places=1)
    moved(scene, run)
    other = Outcome.objects.filter(run=run).exclude(person=Adjustment.objects.get().person)[0].person
    with pytest.raises(Refused) as refused:
        services.adjust(
            run=again(run), person=other, to=groups_of(scene)[2], reason="急需", basis="", by=scene.office,
            at=allocating_at(scene),
        )  # fmt: skip
    assert code_of(refused) == "quota_full"


def test_unmet_floors_are_balanced_by_asking_and_a_refusal_is_not_asked_again(scene: Scene):
    run = make_run(scene, people=3)
    second = groups_of(scene)[1]
    assert run.report["shortage"] == 1
    services.balance(run=run, by=scene.office, at=allocating_at(scene))
    adjustments = list(Adjustment.objects.order_by("pk"))
    assert [(each.to, each.origin) for each in adjustments] == [(second, "balance")] * 2
    assert set(consents_of(run)) == {"person", "unit", "county"}
    refusing = adjustments[0].person
    services.answer_consent(
        consent=Consent.objects.get(adjustment=adjustments[0], party="person").pk, word="no", opinion="难以到任",
        by=actor(refusing.user), at=allocating_at(scene),
    )  # fmt: skip
    services.balance(run=again(run), by=scene.office, at=allocating_at(scene))
    asked = set(Adjustment.objects.filter(withdrawn=None).values_list("person", flat=True))
    everybody = set(Outcome.objects.filter(run=run).values_list("person", flat=True))
    assert asked == everybody - {refusing.pk}


def test_a_consented_balance_fills_the_floor(scene: Scene):
    run = make_run(scene, people=3)
    services.balance(run=run, by=scene.office, at=allocating_at(scene))
    county = make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[1])
    for asked in Consent.objects.select_related("adjustment__person__user"):
        people = {"person": asked.adjustment.person.user, "unit": scene.officers.unit, "county": county}
        services.answer_consent(consent=asked.pk, word="yes", by=actor(people[asked.party]), at=allocating_at(scene))
    assert again(run).report["shortage"] == 0
    with pytest.raises(Refused) as refused:
        services.balance(run=again(run), by=scene.office, at=allocating_at(scene))
    assert code_of(refused) == "no_moves"


def test_nothing_is_settled_while_somebody_is_still_asked_until_the_move_is_taken_out(scene: Scene):
    run = make_run(scene)
    moved(scene, run)
    act = {"by": scene.office, "at": allocating_at(scene)}
    with pytest.raises(Refused) as refused:
        services.confirm(run=again(run), **act)
    assert code_of(refused) == "unanswered"
    adjustment = Adjustment.objects.select_related("run__season").get()
    services.withdraw_adjustment(adjustment=adjustment, reason="另有安排", **act)
    assert services.confirm(run=again(run), **act).state == RunState.CONFIRMED


def test_it_is_published_once_its_notice_is_over(scene: Scene):
    run = make_run(scene, RunState.CONFIRMED)
    at = allocating_at(scene)
    yesterday, today = at.date() - timedelta(days=1), at.date()
    with pytest.raises(Refused) as refused:
        services.announce(run=run, opens=yesterday, closes=today, by=scene.office, at=at)
    assert code_of(refused) == "notice_days"
    shown = services.announce(run=run, opens=today, closes=today, by=scene.office, at=at)
    with pytest.raises(Refused) as refused:
        services.publish(run=shown, by=scene.office, at=at)
    assert code_of(refused) == "on_notice"
    done = services.publish(run=shown, by=scene.office, at=at + timedelta(days=1))
    assert done.state == RunState.PUBLISHED
    assert selectors.published_for(scene.season.pk) == done


def test_what_is_published_is_amended_by_a_new_version_with_its_difference(scene: Scene):
    first = make_run(scene, RunState.PUBLISHED, people=3)
    at = allocating_at(scene) + timedelta(days=2)
    with pytest.raises(Refused) as refused:
        services.discard(run=first, reason="有误", by=scene.office, at=at)
    assert code_of(refused) == "wrong_state"
    groups = groups_of(scene)
    set_places(scene, {groups[0].pk: 1, groups[1].pk: 2, groups[2].pk: 2})
    second = services.freeze(season=scene.season, ties="lottery", reason="名额调整", by=scene.office, at=at)
    services.draw(run=again(second), drawn=NUMBER, by=scene.office, at=at)
    run_effects(at)
    assert again(second).number == 2
    changed = selectors.changes_since_last(again(second))
    assert len(changed) >= 1
    assert again(first).state == RunState.PUBLISHED


@pytest.mark.parametrize("state", [RunState.COMPUTED, RunState.CONFIRMED, RunState.ON_NOTICE])
def test_only_who_runs_the_season_moves_it_on(scene: Scene, state: str):
    run = make_run(scene, state)
    act = {"by": actor(scene.officers.auditor), "at": allocating_at(scene) + timedelta(days=1)}
    for verb in (lambda: services.discard(run=run, reason="理由", **act),):
        with pytest.raises(Refused) as refused:
            verb()
        assert code_of(refused) == "not_yours"


def test_the_database_refuses_a_second_live_run_and_a_second_move(scene: Scene):
    run = make_run(scene)
    assert run.state in LIVE
    twin = AllocationRun(season=run.season, number=2, ties="lottery", market_digest="0" * 64, frozen=run.frozen)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationRun.objects.bulk_create([twin])
    moved(scene, run)
    first = Adjustment.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.create(
            run=run, person=first.person, to=first.to, origin="manual", reason="再次", by="区经办", at=run.frozen
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(adjustment=first).update(word="no")
