"""An allocation from the freeze to its publication: who may do what when, and that the result is what it must be."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core import audit, kinds, outbox
from apps.core.kinds import Decision
from apps.core.models import LogEntry
from apps.core.refusals import Refusal, Refused
from apps.matching import services
from apps.matching.engine.check import check
from apps.matching.engine.retell import retell
from apps.matching.models import AllocationRun, Outcome, WishList
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import effects
from apps.matching.selectors import market as markets
from apps.matching.states import LIVE, RunState, WishWord
from tests.factories import Scene, actor, run_effects
from tests.factories.allocation import (
    NUMBER,
    REASON,
    again,
    allocate,
    allocating_at,
    make_market,
    make_run,
    set_places,
    show_one_day,
)
from tests.factories.wishes import groups_of, make_participant, make_wishes, wish_of, wishing_at
from tests.refusals import code_in, code_of
from workflows import steps


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
        services.freeze(season=scene.season, by=scene.office, at=allocating_at(scene))
    assert [refusal.code for refusal in refused.value.refusals] == ["quota_unset", "no_wishes", "window_cut"]


def test_only_the_office_freezes(scene: Scene):
    make_market(scene)
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, by=actor(scene.officers.county), at=allocating_at(scene))
    assert code_in(refused) == "not_yours"


def test_a_season_has_one_allocation_under_way(scene: Scene):
    run = make_run(scene, RunState.DRAFTED)
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, reason=REASON, by=scene.office, at=allocating_at(scene))
    assert code_in(refused) == "under_way"
    assert list(AllocationRun.objects.all()) == [run]


def test_after_the_freeze_wishes_and_verdicts_stand(scene: Scene):
    run = make_run(scene, RunState.DRAFTED)
    wishes = WishList.objects.order_by("pk")[0]
    late = {"at": allocating_at(scene)}
    with pytest.raises(Refused) as refused:
        services.take_back_wishes(wishes=wishes, by=actor(wishes.person.user), **late)
    assert code_in(refused) == "frozen"
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
    assert code_in(refused) == "no_number"
    drawn = services.draw(run=run, drawn=NUMBER, **act)
    assert drawn.seed == markets.seed_of(run.market_digest, NUMBER)
    with pytest.raises(Refused) as refused:
        services.draw(run=again(run), drawn="0358", **act)
    assert code_in(refused) == "drawn"


@pytest.mark.parametrize("drawn", ["８８８８", "357", "03570", "0357<", "０３５７", "0357\n"])
def test_a_number_is_four_plain_digits(scene: Scene, drawn: str):
    run = make_run(scene, RunState.DRAFTED)
    assert code_of(services.draw, run=run, drawn=drawn, by=scene.office, at=allocating_at(scene)) == "no_number"


def test_a_number_that_was_drawn_holds_for_the_same_market_and_stays_to_be_seen(scene: Scene):
    run, act = make_run(scene), {"by": scene.office, "at": allocating_at(scene)}
    services.discard(run=run, reason="重来", **act)
    second = services.freeze(season=scene.season, reason=REASON, **act)
    assert (second.market_digest, selectors.draw_that_holds(second)) == (run.market_digest, run)
    assert code_of(services.draw, run=second, drawn="0358", **act) == "number_holds"
    assert services.draw(run=second, drawn=NUMBER, **act).seed == run.seed
    told = [(each.run, each.run.drawn, each.at, each.reason) for each in selectors.draws_given_up(scene.season.pk)]
    assert told == [(run, NUMBER, allocating_at(scene), "重来")]


def test_for_another_market_a_number_is_drawn_anew(scene: Scene):
    run, act = make_run(scene), {"by": scene.office, "at": allocating_at(scene)}
    services.discard(run=run, reason="补报志愿", **act)
    make_wishes(scene, groups_of(scene))
    second = services.freeze(season=scene.season, reason=REASON, **act)
    assert services.draw(run=second, drawn="0358", **act).drawn == "0358"


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


def test_it_is_published_once_its_notice_is_over(scene: Scene):
    run = make_run(scene, RunState.CONFIRMED)
    at = allocating_at(scene)
    yesterday, today = at.date() - timedelta(days=1), at.date()
    with pytest.raises(Refused) as refused:
        services.announce(run=run, opens=yesterday, closes=today, by=scene.office, at=at)
    assert code_in(refused) == "notice_days"
    shown = show_one_day(scene, run, at)
    with pytest.raises(Refused) as refused:
        services.publish(run=shown, by=scene.office, at=at)
    assert code_in(refused) == "on_notice"
    done = services.publish(run=shown, by=scene.office, at=at + timedelta(days=1))
    assert done.state == RunState.PUBLISHED
    assert selectors.published_for(scene.season.pk) == done


@pytest.mark.parametrize(
    ("days", "reason", "code"),
    [(0, "", "notice_short"), (3, "应急", "notice_short"), (4, "", ""), (5, "", "notice_long"), (5, "遇节假日", "")],
)
def test_a_notice_runs_as_long_as_the_policy_has_it_longer_with_a_reason(
    scene: Scene, days: int, reason: str, code: str
):
    run, at = make_run(scene, RunState.CONFIRMED), allocating_at(scene)
    shown = {"run": run, "opens": at.date(), "closes": at.date() + timedelta(days=days), "reason": reason}
    if code:
        assert code_of(services.announce, **shown, by=scene.office, at=at) == code
    else:
        assert services.announce(**shown, by=scene.office, at=at).closes == shown["closes"]


def test_a_notice_ends_near_the_year_of_its_season(scene: Scene):
    run, at = make_run(scene, RunState.CONFIRMED), allocating_at(scene)
    last = at.date().replace(year=2099)
    act = {"opens": at.date(), "closes": last, "reason": "延长", "by": scene.office, "at": at}
    assert code_of(services.announce, run=run, **act) == "notice_far"


def test_what_is_published_is_amended_by_a_new_version_with_its_difference(scene: Scene):
    first = make_run(scene, RunState.PUBLISHED, people=3)
    at = allocating_at(scene) + timedelta(days=2)
    with pytest.raises(Refused) as refused:
        services.discard(run=first, reason="有误", by=scene.office, at=at)
    assert code_in(refused) == "wrong_state"
    groups = groups_of(scene)
    set_places(scene, {groups[0].pk: 1, groups[1].pk: 2, groups[2].pk: 2})
    second = services.freeze(season=scene.season, reason="名额调整", by=scene.office, at=at)
    services.draw(run=again(second), drawn=NUMBER, by=scene.office, at=at)
    run_effects(at)
    assert again(second).number == 2
    told = effects.difference(again(second), public=True)
    before, after = (dict(Outcome.objects.filter(run=run).values_list("person", "group")) for run in (first, second))
    assert told.earlier == first
    assert {each.person_id: each.now for each in told.rows} == dict(after.items() - before.items())
    assert told.few
    assert again(first).state == RunState.PUBLISHED


@pytest.mark.parametrize("state", [RunState.COMPUTED, RunState.CONFIRMED, RunState.ON_NOTICE])
def test_only_who_runs_the_season_moves_it_on(scene: Scene, state: str):
    run = make_run(scene, state)
    act = {"by": actor(scene.officers.auditor), "at": allocating_at(scene) + timedelta(days=1)}
    for verb in (lambda: services.discard(run=run, reason="理由", **act),):
        with pytest.raises(Refused) as refused:
            verb()
        assert code_in(refused) == "not_yours"


def test_the_database_refuses_a_second_live_run(scene: Scene):
    run = make_run(scene)
    assert run.state in LIVE
    twin = AllocationRun(season=run.season, number=2, ties="lottery", market_digest="0" * 64, frozen=run.frozen)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationRun.objects.bulk_create([twin])


def amended(scene: Scene, base: AllocationRun | None) -> AllocationRun:
    return allocate(scene, base, allocating_at(scene) + timedelta(days=2))


def test_a_new_version_keeps_what_was_published_or_draws_anew(scene: Scene):
    first = make_run(scene, RunState.PUBLISHED)
    kept = amended(scene, first)
    assert kept.report["matching"] == first.report["matching"]
    assert [outcome.rank for outcome in selectors.outcomes_of(kept)] == [
        outcome.rank for outcome in selectors.outcomes_of(first)
    ]
    assert effects.difference(kept).few == []
    assert again(first).state == RunState.PUBLISHED
    services.discard(run=kept, reason="改为重新分配", by=scene.office, at=allocating_at(scene) + timedelta(days=2))
    anew = amended(scene, None)
    assert (anew.base, anew.market["pins"], again(first).state) == (None, {}, RunState.PUBLISHED)


def test_only_the_newest_published_version_or_one_with_a_round_is_gone_on_from(scene: Scene):
    run = make_run(scene, RunState.DISCARDED)
    with pytest.raises(Refused) as refused:
        amended(scene, run)
    assert code_in(refused) == "wrong_state"


def test_places_below_the_people_kept_are_named_before_anything_is_frozen(scene: Scene):
    first = make_run(scene, RunState.PUBLISHED)
    groups = groups_of(scene)
    set_places(scene, {groups[0].pk: 1, groups[1].pk: 2, groups[2].pk: 2})
    with pytest.raises(Refused) as refused:
        amended(scene, first)
    assert code_in(refused) == "kept_beyond_places"
    assert f"{groups[0]}（名额1，沿用2人）" in str(refused.value)
    assert AllocationRun.objects.count() == 1


def test_what_a_higher_app_objects_to_is_not_published_and_its_ground_is_told(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    """So an app that takes objections holds a publication up until they are settled."""
    run, asked = make_run(scene, RunState.ON_NOTICE), []

    def objections(records: list[AllocationRun], decision: Decision) -> dict[int, Refusal]:
        asked.append((decision.action, [record.pk for record in records]))
        return {record.pk: Refusal("objected", "有2件异议尚未办结。", "请办结后再公布。") for record in records}

    monkeypatch.setattr(kinds, "_objections", {})
    kinds.object_to(selectors.RUN, objections)
    after = {"by": scene.office, "at": allocating_at(scene) + timedelta(days=1)}
    with pytest.raises(Refused) as refused:
        services.publish(run=run, **after)
    assert (code_in(refused), str(refused.value)) == ("objected", "有2件异议尚未办结。请办结后再公布。")
    assert (asked, again(run).state) == ([("publish", [run.pk])], RunState.ON_NOTICE)
    monkeypatch.setattr(kinds, "_objections", {})
    assert services.publish(run=run, **after).state == RunState.PUBLISHED
