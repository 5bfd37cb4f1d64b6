"""Supplementary rounds of wishes: who may wish anew for what until when, and the version that goes on from one."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.core import audit
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.directory.states import Role
from apps.matching import services
from apps.matching.engine.check import check
from apps.matching.engine.retell import retell
from apps.matching.models import AllocationRun, Outcome, WishList
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import effects, results, rounds
from apps.matching.selectors import market as markets
from apps.matching.states import RunState, WishWord
from apps.notices.models import Message
from apps.seasons import services as seasons
from apps.seasons.models import Quota
from tests.factories import Scene, actor, make_officer, make_season, run_effects
from tests.factories.allocation import (
    REASON,
    ROUND,
    again,
    allocate,
    allocating_at,
    answer,
    left_out,
    make_round,
    make_run,
    make_scarce,
    move,
    wish_anew,
)
from tests.factories.wishes import entries_for, groups_of, make_participant, wish_of
from tests.refusals import code_of


def office(scene: Scene, at: datetime | None = None) -> dict[str, Any]:
    return {"by": scene.office, "at": at or allocating_at(scene)}


def over(scene: Scene) -> datetime:
    """Return the day after the round."""
    return allocating_at(scene) + ROUND * 2


def result(run: AllocationRun) -> dict[int, tuple[int | None, int | None, bool]]:
    rows = Outcome.objects.filter(run=run).values_list("person", "group", "rank", "is_moved")
    return {person: (group, rank, is_moved) for person, group, rank, is_moved in rows}


def test_a_round_is_for_those_without_a_place_and_the_seats_that_are_left(scene: Scene):
    run = make_round(scene)
    found = rounds.round_of(run)
    _, second, third = groups_of(scene)
    assert found.people == {each.person_id for each in left_out(run)}
    assert found.seats == {second.pk: 2, third.pk: 2}
    assert (run.state, found.until) == (RunState.SUPPLEMENTING, allocating_at(scene).date() + ROUND)


def test_none_is_opened_without_people_or_seats_or_for_a_day_that_is_past(scene: Scene):
    run, today = make_scarce(scene, people=2), allocating_at(scene).date()
    assert code_of(services.supplement, run=run, until=today, **office(scene)) == "nobody_left"
    assert again(run).state == RunState.COMPUTED
    make_participant(scene)
    assert code_of(services.supplement, run=run, until=today - ROUND, **office(scene)) == "last_day"
    assert services.supplement(run=run, until=today, **office(scene)).state == RunState.SUPPLEMENTING
    Quota.objects.filter(season=scene.season).update(places=0)
    assert rounds.round_of(again(run)).seats == {}


def test_none_is_opened_while_somebody_is_asked_or_the_result_lags_behind(scene: Scene):
    run, until = make_scarce(scene), allocating_at(scene).date()
    adjustment = move(scene, run)
    assert code_of(services.supplement, run=again(run), until=until, **office(scene)) == "unanswered"
    answer(scene, adjustment, person="yes", unit="yes", county="yes")
    AllocationRun.objects.filter(pk=run.pk).update(report={**run.report, "pins": {}})
    assert code_of(services.supplement, run=again(run), until=until, **office(scene)) == "behind"


def test_only_the_office_opens_puts_off_and_stops_a_round(scene: Scene):
    run, by = make_round(scene), actor(scene.officers.auditor)
    act = {"run": run, "by": by, "at": allocating_at(scene)}
    assert code_of(services.supplement, until=run.until + ROUND, **act) == "not_yours"
    assert code_of(services.call_off, reason="有误", **act) == "not_yours"
    confirmed = make_run(scene_of_another(scene), RunState.CONFIRMED)
    assert code_of(services.supplement, run=confirmed, until=run.until, **office(scene)) == "wrong_state"
    assert code_of(services.call_off, run=confirmed, reason="有误", **office(scene)) == "wrong_state"


def scene_of_another(scene: Scene) -> Scene:
    """Return the scene with another season."""
    return replace(scene, season=make_season(scene.region, by=scene.office, at=scene.at, title="另一批次"))


def test_whom_it_concerns_and_the_counties_with_free_seats_are_told_once(scene: Scene):
    run, county = make_scarce(scene), make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[2])
    at = allocating_at(scene)
    Message.objects.all().delete()
    services.supplement(run=run, until=at.date() + ROUND, **office(scene))
    run_effects(at)
    run_effects(at)
    told = {message.user: message.text for message in Message.objects.all()}
    waiting = [each.person.user for each in left_out(run)]
    assert told.keys() == {*waiting, scene.stranger, county}
    assert Message.objects.count() == len(told)
    assert "2026年7月24日前（含当日）" in told[waiting[0]]
    assert f"{groups_of(scene)[2]}空余2个名额" in told[county]


def test_its_last_day_is_put_off_never_brought_forward_and_told_anew(scene: Scene):
    run, at = make_round(scene), allocating_at(scene)
    Message.objects.all().delete()
    assert code_of(services.supplement, run=run, until=at.date(), **office(scene)) == "last_day"
    later = services.supplement(run=run, until=run.until + ROUND, **office(scene))
    run_effects(at)
    assert (later.state, later.asked) == (RunState.SUPPLEMENTING, run.asked)
    assert {message.user for message in Message.objects.all()} >= {each.person.user for each in left_out(run)}


def test_who_has_a_place_keeps_his_wishes_and_verdicts_as_they_are(scene: Scene):
    run = make_round(scene)
    placed = Outcome.objects.filter(run=run, rank=1)[0].person
    wishes = WishList.objects.get(person=placed)
    by = {"by": actor(placed.user), "at": allocating_at(scene)}
    assert code_of(services.take_back_wishes, wishes=wishes, **by) == "not_in_round"
    judged = {"word": WishWord.INVITE, "points": 1, "by": actor(scene.officers.county), "at": allocating_at(scene)}
    (outcome,) = services.judge_wishes(wishes=[wish_of(wishes).pk], **judged)
    assert outcome.refusals[0].code == "not_in_round"
    (outcome,) = services.judge_wishes(
        wishes=[wish_of(WishList.objects.get(person=left_out(run)[0].person)).pk], **judged
    )
    assert outcome.done


def test_who_has_none_wishes_anew_for_free_seats_until_the_last_day(scene: Scene):
    run, (first, second, third) = make_round(scene), groups_of(scene)
    early, late = left_out(run)
    last, after = allocating_at(scene) + ROUND, over(scene)
    assert code_of(wish_anew, participant=early, groups=[first], at=last) == "no_free_seat"
    draft = WishList.objects.get(person=early.person)
    by = actor(early.person.user)
    draft.entries = [{**draft.entries[0], "group": third.pk}]
    services.save_wishes(participant=early, entries=draft.entries, by=by, at=last)
    handed_in = services.submit_wishes(wishes=draft, by=by, at=last)
    assert not handed_in.is_late
    assert code_of(services.take_back_wishes, wishes=handed_in, by=by, at=after) == "round_over"
    assert code_of(wish_anew, participant=late, groups=[second], at=after) == "round_over"


def test_who_was_named_after_the_freeze_wishes_in_the_round(scene: Scene):
    make_round(scene)
    newcomer, at = make_participant(scene), allocating_at(scene)
    by = actor(newcomer.person.user)
    entries = [{"group": groups_of(scene)[1].pk, "industry": "水稻"}]
    draft = services.save_wishes(participant=newcomer, entries=entries, by=by, at=at)
    services.submit_wishes(wishes=draft, by=by, at=at)


def test_it_is_gone_on_from_after_the_last_day_or_once_nothing_is_waited_for(scene: Scene):
    run, at = make_round(scene), allocating_at(scene)
    _, second, third = groups_of(scene)
    first_in, second_in = left_out(run)
    with pytest.raises(Refused) as refused:
        services.freeze(season=scene.season, base=run, **office(scene))
    assert "还有2人没有重新提交，2个志愿未审核" in str(refused.value)
    lists = [wish_anew(first_in, [second], at), wish_anew(second_in, [third], at)]
    assert code_of(services.freeze, season=scene.season, base=run, **office(scene)) == "in_round"
    for wishes, county in zip(lists, scene.counties[1:], strict=True):
        by = actor(make_officer(Role.SCI_TECH_AUTHORITY, county))
        services.judge_wishes(wishes=[wish_of(wishes).pk], word=WishWord.ACCEPT, points=None, by=by, at=at)
    assert services.freeze(season=scene.season, base=run, **office(scene)).base == run


def gone_on(scene: Scene) -> tuple[AllocationRun, AllocationRun]:
    """Let one of those left out wish for another county, and go on after the last day."""
    run = make_round(scene)
    wish_anew(left_out(run)[0], groups_of(scene)[2:], allocating_at(scene))
    return again(run), allocate(scene, run, over(scene))


def test_the_next_version_keeps_everybody_who_has_a_place_and_gives_the_free_seats(scene: Scene):
    run, follower = gone_on(scene)
    before, after = result(run), result(follower)
    assert (again(run).state, follower.base, follower.number) == (RunState.SUPERSEDED, run, 2)
    placed = {person for person, (group, *_) in before.items() if group}
    assert {person: after[person] for person in placed} == {person: before[person] for person in placed}
    newcomer, idle = (each.person_id for each in left_out(run))
    assert (after[newcomer], after[idle]) == ((groups_of(scene)[2].pk, 1, False), (None, None, False))
    assert check({**follower.market}, follower.report) == []
    assert follower.report["input_sha256"] == follower.market_digest
    told = effects.difference(follower)
    assert (told.earlier, [each.person_id for each in told.rows]) == (run, [newcomer])
    assert audit.verify().faults == ()


def test_who_is_kept_is_told_what_he_keeps_and_nobody_is_shown_as_moved(scene: Scene):
    _, follower = gone_on(scene)
    first = groups_of(scene)[0]
    why = selectors.Why(follower)
    texts = {name: why.of_person(markets.pk_of(name)) for name in follower.market["left"]}
    kept = f"保留原安排：{first}，沿用第1版：按第1志愿录取。"
    assert sorted(texts.values()).count(kept) == 2
    names = {markets.group_key(group.pk): group.name for group in groups_of(scene)}
    assert retell(texts) == {name: to and names[to] for name, to in follower.report["matching"].items()}
    assert "保留原安排" in why.of_group(first.pk)
    assert {count.label: count.number for count in results.by_rank(follower)} == {
        "第1志愿": 3, "调整安排": 0, "未安排": 1
    }  # fmt: skip


def test_a_move_that_holds_is_kept_with_its_reason(scene: Scene):
    run = make_scarce(scene)
    moved = answer(scene, move(scene, run), person="yes", unit="yes", county="yes").person_id
    services.supplement(run=again(run), until=allocating_at(scene).date(), **office(scene))
    follower = allocate(scene, run, over(scene))
    third = groups_of(scene)[2]
    assert result(follower)[moved] == (third.pk, None, True)
    assert selectors.Why(follower).of_person(moved) == f"保留原安排：{third}，沿用第1版：区级调整，当地急需。"
    again_kept = markets.market_of(scene.season, follower)["pins"][markets.person_key(moved)]
    assert again_kept == follower.market["pins"][markets.person_key(moved)]


def test_giving_the_next_version_up_leaves_the_round_and_its_places_as_they_were(scene: Scene):
    run, follower = gone_on(scene)
    services.discard(run=follower, reason="另行组织", **office(scene, over(scene)))
    base = again(run)
    assert (base.state, base.until, base.report) == (RunState.SUPPLEMENTING, run.until, run.report)
    again_on = allocate(scene, base, over(scene))
    assert again_on.report["matching"] == follower.report["matching"]
    entry = LogEntry.objects.get(kind=selectors.RUN, record=run.pk, action="resume")
    assert (entry.actor, entry.opinion) == (scene.office.name, "另行组织")


def test_a_round_that_is_stopped_gives_the_result_back_and_all_are_told_why(scene: Scene):
    run = make_round(scene)
    Message.objects.all().delete()
    assert code_of(services.call_off, run=run, reason=" ", **office(scene)) == "no_reason"
    back = services.call_off(run=run, reason="另行协商", **office(scene))
    run_effects(allocating_at(scene))
    assert (back.state, back.report, back.until) == (RunState.ADJUSTED, run.report, None)
    told = {message.user: message.text for message in Message.objects.all()}
    assert all("另行协商" in told[each.person.user] for each in left_out(run))
    by = {"by": actor(left_out(run)[0].person.user), "at": allocating_at(scene)}
    wishes = WishList.objects.get(person=left_out(run)[0].person)
    assert code_of(services.take_back_wishes, wishes=wishes, **by) == "frozen"
    services.confirm(run=again(run), **office(scene))


def test_giving_the_whole_up_tells_them_too_and_lets_all_wishes_change(scene: Scene):
    run = make_round(scene)
    Message.objects.all().delete()
    services.discard(run=run, reason="另行组织", **office(scene))
    run_effects(allocating_at(scene))
    told = {message.user: message.text for message in Message.objects.all()}
    assert all("补充志愿已停止：另行组织" in told[each.person.user] for each in left_out(run))
    placed = Outcome.objects.filter(run=run, rank=1)[0].person
    wishes = WishList.objects.get(person=placed)
    services.take_back_wishes(wishes=wishes, by=actor(placed.user), at=allocating_at(scene))


@pytest.mark.parametrize("end", [services.call_off, services.discard])
def test_wishes_taken_back_in_a_round_that_is_stopped_stand_as_they_were_with_their_verdicts(scene: Scene, end: Any):
    run, at = make_round(scene, people=5), allocating_at(scene)
    gone, anew, stays = left_out(run)
    wishes = WishList.objects.get(person=gone.person)
    judged = {"word": WishWord.INVITE, "points": 70, "by": actor(scene.officers.county), "at": at}
    services.judge_wishes(wishes=[wish_of(wishes).pk], **judged)
    wish_anew(anew, groups_of(scene)[2:], at)
    wishes, before = WishList.objects.get(pk=wishes.pk), standing(wishes)
    services.take_back_wishes(wishes=wishes, by=actor(gone.person.user), at=at)
    other = entries_for(groups_of(scene)[2:])
    services.save_wishes(participant=gone, entries=other, by=actor(gone.person.user), at=at)
    Message.objects.all().delete()
    end(run=again(run), reason="另行协商", **office(scene))
    run_effects(at)
    assert standing(WishList.objects.get(pk=wishes.pk)) == before
    assert [wish.group for wish in WishList.objects.get(person=anew.person).wishes.all()] == groups_of(scene)[2:]
    told = dict(Message.objects.values_list("user", "text"))
    restored = {each: "已恢复为撤回前提交的内容和县级意见" in told[each.person.user.pk] for each in (gone, anew, stays)}
    assert restored == {gone: True, anew: False, stays: False}
    assert audit.verify().faults == ()


def standing(wishes: WishList) -> tuple[object, ...]:
    """Return what stands in a list, with what counties said of it."""
    rows = wishes.wishes.values_list("rank", "group", "industry", "word", "points", "reason", "judged", "judged_by")
    return wishes.state, wishes.entries, wishes.submitted, list(rows)


def test_while_it_is_open_nothing_else_is_frozen_and_places_stay_for_those_who_have_them(scene: Scene):
    make_round(scene)
    assert code_of(services.freeze, season=scene.season, reason=REASON, **office(scene)) == "under_way"
    row = Quota.objects.select_related("season").get(group=groups_of(scene)[0])
    said = {"key": row.key, "reason": "调减", "by": scene.office, "at": scene.at}
    assert code_of(seasons.set_quotas, season=row.season, places={row.pk: 1}, parts={}, **said) == "below_those_held"
    assert code_of(seasons.set_quotas, season=row.season, places={row.pk: 2}, parts={row.pk: {"水稻": 1}}, **said) == (
        "in_round"
    )


def test_kept_people_hold_their_seats_against_moves_and_quotas(scene: Scene):
    _, follower = gone_on(scene)
    first = groups_of(scene)[0]
    idle = Outcome.objects.get(run=follower, group=None).person
    asked = {"run": follower, "person": idle, "to": first, "reason": "急需", "basis": "", **office(scene, over(scene))}
    assert code_of(services.adjust, **asked) == "quota_full"
    assert markets.held_in(follower)[markets.group_key(first.pk)] == 2


def test_a_kept_person_is_moved_by_consent_alone_and_back_when_that_is_taken_out(scene: Scene):
    _, follower = gone_on(scene)
    before, held = result(follower), markets.held_in(again(follower))
    adjustment = answer(scene, move(scene, follower), person="yes", unit="yes", county="yes")
    third, kept = groups_of(scene)[2], before[adjustment.person_id]
    assert kept[1:] == (1, False)
    assert result(follower)[adjustment.person_id] == (third.pk, None, True)
    assert selectors.Why(again(follower)).of_person(adjustment.person_id) == (
        f"区级调整：安排到{third}，事由：当地急需。"
    )
    left = markets.group_key(kept[0])
    assert markets.held_in(again(follower))[left] == held[left]
    services.withdraw_adjustment(adjustment=adjustment, opinion="另有安排", **office(scene))
    run_effects(allocating_at(scene))
    assert result(follower)[adjustment.person_id] == kept


def test_the_database_refuses_a_round_without_its_days(scene: Scene):
    run = make_scarce(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(state=RunState.SUPPLEMENTING)
