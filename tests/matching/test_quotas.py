"""Quotas in an allocation: parts by industry and overruns bind it, and it binds what the office may change."""

from collections import Counter

import pytest

from apps.core.refusals import Refused
from apps.matching import services
from apps.matching.engine.check import check
from apps.matching.engine.retell import retell
from apps.matching.models import AllocationRun, Outcome, Wish
from apps.matching.selectors import adjustments, results
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.selectors.wishes import industries_of
from apps.matching.states import RunState, WishWord
from apps.seasons import services as seasons
from apps.seasons.models import Quota, Season, ServiceGroup
from apps.seasons.selectors import pack_of, quota_table
from tests.factories import Scene, actor, run_effects
from tests.factories.allocation import again, allocate, allocating_at, answer, make_market, make_run, move, settle
from tests.factories.placing import make_villages
from tests.factories.wishes import groups_of, make_participant, make_wishes
from tests.refusals import code_in


def quota_of(group: ServiceGroup) -> Quota:
    return Quota.objects.select_related("season", "group").get(group=group)


def set_quota(scene: Scene, group: ServiceGroup, places: int | None, parts: dict[str, int] | None = None) -> Season:
    row = quota_of(group)
    return seasons.set_quotas(
        season=row.season, key=row.key, places={row.pk: places}, parts={} if parts is None else {row.pk: parts},
        reason="按产业测算", by=scene.office, at=scene.at,
    )  # fmt: skip


def approve(scene: Scene, group: ServiceGroup, extra: int) -> Season:
    return seasons.approve_overrun(
        quota=quota_of(group), extra=extra, basis="会议纪要", reason="示范片", by=scene.office, at=scene.at
    )


def first_industry(scene: Scene) -> str:
    """Return the industry that the factory's wishes name."""
    return industries_of(scene.season)[groups_of(scene)[0].pk][0]


def test_who_is_needed_to_serve_all_is_counted_by_the_villages_that_must_be_served_once_they_are_listed(scene: Scene):
    def lines() -> list[tuple[int, int, int]]:
        table = quota_table(scene.season, pack_of(scene.season), "focus_county")
        assert table is not None
        return [(line.quota.villages, line.due, line.needed) for line in table.whole.lines]

    assert lines() == [(4, 4, 2)] * 3
    make_villages(scene)
    assert sorted(lines()) == [(4, 0, 0), (4, 0, 0), (4, 3, 2)]


def divided(scene: Scene, people: int = 5) -> AllocationRun:
    """Allocate where the first county has two places for the wished industry of its three."""
    make_market(scene, people=people, places=3)
    set_quota(scene, groups_of(scene)[0], 3, {first_industry(scene): 2})
    return allocate(scene)


def test_an_overrun_is_seats_in_the_market(scene: Scene):
    first, second, _ = make_market(scene, places=2)
    approve(scene, first, 3)
    right = markets.market_of(scene.season)["right"]
    assert [right[markets.group_key(group.pk)]["upper"] for group in (first, second)] == [5, 2]


def test_parts_by_industry_bind_what_is_computed_checked_and_told(scene: Scene):
    run = divided(scene)
    first, industry = groups_of(scene)[0], first_industry(scene)
    part = markets.project_key(first.pk, industry)
    assert run.market["projects"][part] == {"owner": markets.group_key(first.pk), "upper": 2}
    assert check({**run.market, "pins": {}}, run.report) == []
    assert Counter(run.report["matching"].values())[part] == 2
    assert Counter(Outcome.objects.filter(run=run).values_list("rank", flat=True)) == {1: 2, 2: 3}
    (result,) = [each for each in results.by_group(run) if each.group == first]
    assert [(each.industry, each.places, each.filled) for each in result.parts] == [(industry, 2, 2)]
    assert (result.places, result.filled) == (3, 2)
    why = selectors.why_in(run)
    told = {name: why.of_person(markets.pk_of(name)) for name in run.market["left"]}
    names = {group.pk: group.name for group in groups_of(scene)}
    assert retell(told) == {
        name: f"{names[markets.pk_of(to)]}（{industry}）" for name, to in run.report["matching"].items()
    }


def test_who_is_moved_takes_a_place_of_the_industry_that_he_wished_for(scene: Scene):
    run = divided(scene)
    first = groups_of(scene)[0]
    waiting = [each.person for each in Outcome.objects.filter(run=run, rank=2).order_by("pk")]
    act = {"to": first, "reason": "急需", "basis": "纪要", "by": scene.office, "at": allocating_at(scene)}
    for person in waiting[:2]:
        services.adjust(run=again(run), person=person, **act)
    with pytest.raises(Refused) as refused:
        services.adjust(run=again(run), person=waiting[2], **act)
    assert f"“{first_industry(scene)}”的名额已全部用于沿用和调整的人员" in str(refused.value)
    for adjustment in adjustments.open_in(run).select_related("person", "to"):
        answer(scene, adjustment, person="yes", unit="yes", county="yes")
    part = markets.project_key(first.pk, first_industry(scene))
    placed = {name for name, to in again(run).report["matching"].items() if to == part}
    assert placed == {markets.person_key(person.pk) for person in waiting[:2]}
    assert check({**run.market, "pins": markets.pins_of(run)}, again(run).report) == []


def test_a_county_for_which_nobody_wishes_stays_empty_where_another_has_parts(scene: Scene):
    first, *_ = make_market(scene, people=0, villages=(0, 0, 4))
    for _ in range(2):
        make_wishes(scene, [first])
    set_quota(scene, first, 2, {first_industry(scene): 1})
    assert (markets.outlook_of(scene.season).proof.bound, allocate(scene).report["placed"]) == (2, 1)


def test_floors_are_balanced_within_parts(scene: Scene):
    make_market(scene, people=4, places=3, villages=(0, 6, 0))
    second, industry = groups_of(scene)[1], first_industry(scene)
    set_quota(scene, second, 3, {industry: 2})
    run = allocate(scene)
    services.balance(run=run, by=scene.office, at=allocating_at(scene))
    assert (run.report["shortage"], run.report["shortage_bound"]) == (2, 1)
    assert {(each.to, adjustments.rank_wished(each)) for each in adjustments.open_in(run)} == {(second, 2)}


def test_nobody_is_asked_to_fill_a_floor_for_which_others_are_asked_already(scene: Scene):
    first, second, third = make_market(scene, people=0, villages=(0, 4, 0))
    for _ in range(4):
        make_wishes(scene, [first, third, second])
    Wish.objects.filter(group=first).update(word=WishWord.INVITE)
    idle = [make_wishes(scene, [first]).person for _ in range(2)]
    run = allocate(scene)
    act = {"by": scene.office, "at": allocating_at(scene)}
    assert run.report["shortage"] == 2
    for person in idle:
        services.adjust(run=again(run), person=person, to=second, reason="急需", basis="纪要", **act)
    with pytest.raises(Refused) as refused:
        services.balance(run=again(run), **act)
    assert code_in(refused) == "no_moves"
    for adjustment in adjustments.open_in(run).select_related("person", "to"):
        answer(scene, adjustment, person="yes", unit="yes", county="yes")
    assert again(run).report["shortage"] == 0


def test_who_is_asked_to_fill_a_floor_is_not_asked_twice(scene: Scene):
    run, act = make_run(scene, places=3), {"by": scene.office, "at": allocating_at(scene)}
    asked = services.balance(run=run, **act)
    with pytest.raises(Refused) as refused:
        services.balance(run=again(run), **act)
    assert (asked, code_in(refused)) == (2, "no_moves")


def test_nobody_is_asked_to_take_the_seat_to_which_one_who_was_moved_may_come_back(scene: Scene):
    first, second, _ = make_market(scene, people=0, villages=(4, 0, 0))
    act = {"by": scene.office, "at": allocating_at(scene)}
    set_quota(scene, second, 0)
    for wished in ([first], [first], [second, first]):
        make_wishes(scene, wished)
    Wish.objects.filter(group=first, rank=1).update(word=WishWord.INVITE)
    settled = settle(scene, allocate(scene), allocating_at(scene))
    set_quota(scene, second, 1)
    run = allocate(scene, base=settled)
    assert again(run).report["shortage"] == 0
    moved = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    assert again(run).report["shortage"] == 1
    with pytest.raises(Refused) as refused:
        services.balance(run=again(run), **act)
    assert code_in(refused) == "no_moves"
    services.withdraw_adjustment(adjustment=moved, opinion="另有安排", **act)
    run_effects(allocating_at(scene))
    assert again(run).report["shortage"] == 0


def test_a_quota_below_the_people_moved_there_is_refused_with_the_place(scene: Scene):
    run = make_run(scene)
    moved = move(scene, run)
    group = moved.to
    with pytest.raises(Refused) as refused:
        set_quota(scene, group, 0)
    assert str(refused.value).startswith(f"{group}可接收0人，少于第1版分配中已沿用或调整到该县（市、区）的1人。")
    approve(scene, group, 1)
    set_quota(scene, group, 0)
    with pytest.raises(Refused) as refused:
        approve(scene, group, 0)
    assert code_in(refused) == "below_those_held"
    services.discard(run=again(run), reason="重新组织", by=scene.office, at=allocating_at(scene))
    approve(scene, group, 0)


def merge(scene: Scene) -> Season:
    keys = [group.pk for group in groups_of(scene)[:2]]
    season = Season.objects.get(pk=scene.season.pk)
    return seasons.merge_groups(
        season=season, groups=keys, name="城区组团", reason="人少", by=scene.office, at=scene.at
    )


def test_groups_that_somebody_wrote_down_stay_as_they_are(scene: Scene):
    participant = make_participant(scene)
    entry = {"group": groups_of(scene)[1].pk, "industry": first_industry(scene)}
    by = actor(participant.person.user)
    services.save_wishes(participant=participant, entries=[entry], by=by, at=allocating_at(scene))
    with pytest.raises(Refused) as refused:
        merge(scene)
    assert code_in(refused) == "wished_for"


def test_after_a_freeze_even_one_given_up_groups_stay_as_they_are(scene: Scene):
    make_run(scene, RunState.DISCARDED)
    with pytest.raises(Refused) as refused:
        merge(scene)
    assert code_in(refused) == "frozen_before"


def test_a_merged_group_is_wished_for_and_served_as_one(scene: Scene):
    merge(scene)
    merged = ServiceGroup.objects.get(season=scene.season, name="城区组团")
    set_quota(scene, merged, 2)
    set_quota(scene, groups_of(scene)[2], 2)
    make_wishes(scene, [merged])
    run = allocate(scene)
    assert set(run.report["matching"].values()) == {markets.group_key(merged.pk)}
    assert run.market["right"][markets.group_key(merged.pk)]["lower"] == 2


def test_an_industry_with_places_stays_on_the_list_of_its_county(scene: Scene):
    first, industry = groups_of(scene)[0], first_industry(scene)
    set_quota(scene, first, 3, {industry: 2})
    with pytest.raises(Refused) as refused:
        services.set_industries(group=first, industries=["香蕉"], by=scene.office, at=scene.at)
    assert code_in(refused) == "has_places"
    services.set_industries(group=first, industries=["香蕉", industry], by=scene.office, at=scene.at)


def test_a_merge_that_would_lose_a_list_of_industries_is_refused(scene: Scene):
    services.set_industries(group=groups_of(scene)[0], industries=["香蕉"], by=scene.office, at=scene.at)
    with pytest.raises(Refused) as refused:
        merge(scene)
    assert code_in(refused) == "has_industries"
