"""The total of a city is a level of its allocation: frozen, kept, explained, shown, and binding on what comes after."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.core.refusals import Refused
from apps.directory.models import Person, User
from apps.matching import services
from apps.matching.engine import reading
from apps.matching.engine.check import check
from apps.matching.engine.retell import retell
from apps.matching.models import AllocationRun, Outcome, Wish
from apps.matching.selectors import adjustments, results, rounds
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.states import WishWord
from apps.seasons import services as seasons
from apps.seasons.models import Season
from tests.factories import NANNING, Scene
from tests.factories.allocation import again, allocate, allocating_at, answer, make_market, set_places, settle
from tests.factories.wishes import groups_of, make_wishes
from tests.matching.test_quotas import approve, merge, set_quota
from tests.refusals import code_in

Browser = Callable[[User], Client]
CAP = markets.city_key(NANNING)


def set_total(scene: Scene, number: int | None) -> Season:
    """Set the total of 南宁, which has the first two of the scene's counties."""
    season = Season.objects.get(pk=scene.season.pk)
    return seasons.set_ceilings(
        season=season, key="focus_county", places={NANNING: number}, reason="总量控制", by=scene.office, at=scene.at
    )


def capped(scene: Scene, total: int = 2, people: int = 5) -> AllocationRun:
    """Allocate people who wish for all three counties in the same order, with two places each; 南宁 has a total."""
    make_market(scene, people=people, villages=(0, 0, 0))
    set_total(scene, total)
    return allocate(scene)


def placed(scene: Scene, run: AllocationRun) -> list[int]:
    """Count who is in each county."""
    found = list(Outcome.objects.filter(run=run).values_list("group", flat=True))
    return [found.count(group.pk) for group in groups_of(scene)]


def test_a_season_without_totals_is_frozen_as_it_ever_was(scene: Scene):
    make_market(scene)
    before = markets.market_of(scene.season)
    set_total(scene, 9)
    set_total(scene, None)
    assert "caps" not in before
    assert reading.of(markets.market_of(scene.season)).sha256 == reading.of(before).sha256


def test_a_total_is_a_cap_over_the_counties_of_the_city_and_overruns_come_on_top(scene: Scene):
    first, second, _ = make_market(scene)
    set_total(scene, 3)
    members = [markets.group_key(first.pk), markets.group_key(second.pk)]
    assert markets.market_of(scene.season)["caps"] == {CAP: {"members": sorted(members), "upper": 3}}
    approve(scene, first, 2)
    assert markets.market_of(scene.season)["caps"][CAP]["upper"] == 5


def test_a_merged_group_stands_under_its_city(scene: Scene):
    merge(scene)
    set_places(scene, {})
    set_total(scene, 3)
    merged = scene.season.service_groups.get(name="城区组团")
    assert markets.market_of(scene.season)["caps"] == {CAP: {"members": [markets.group_key(merged.pk)], "upper": 3}}


def test_under_a_total_a_tier_means_the_same_in_all_counties_of_the_city(scene: Scene):
    first, second, third = make_market(scene, people=3)
    lists = {wish.list_id for wish in Wish.objects.all()}
    words = [(WishWord.INVITE, 90), (WishWord.ACCEPT, 80), (WishWord.ACCEPT, 70)]
    for (word, points), wishes in zip(words, sorted(lists), strict=True):
        Wish.objects.filter(list=wishes, group=first).update(word=word, points=points)
    own = [f"p{pk}" for pk in Wish.objects.filter(group=first).order_by("list").values_list("list__person", flat=True)]
    right = markets.market_of(scene.season)["right"]
    assert right[markets.group_key(first.pk)]["prefs"] == own
    assert right[markets.group_key(second.pk)]["prefs"] == [sorted(own)]
    set_total(scene, 3)
    right = markets.market_of(scene.season)["right"]
    assert right[markets.group_key(first.pk)]["prefs"] == [*own, []]
    assert right[markets.group_key(second.pk)]["prefs"] == [[], [], [], sorted(own)]
    assert right[markets.group_key(third.pk)]["prefs"] == [sorted(own)]


def test_a_city_takes_no_more_than_its_total_and_all_is_checked_and_told(scene: Scene):
    run = capped(scene)
    assert placed(scene, run) == [2, 0, 2]
    assert check({**run.market, "pins": {}}, run.report) == []
    why = selectors.why_in(run)
    told = {name: why.of_person(markets.pk_of(name)) for name in run.market["left"]}
    names = {group.pk: group.name for group in groups_of(scene)}
    assert retell(told) == {name: to and names[markets.pk_of(to)] for name, to in run.report["matching"].items()}
    idle = next(name for name, to in run.report["matching"].items() if to is None)
    assert f"志愿2 {groups_of(scene)[1]}：城市名额（南宁市）2已满，录取线=第1层/摇号" in told[idle]
    assert f"志愿1 {groups_of(scene)[0]}：名额2已满" in told[idle]
    assert "名额2，录取0；城市名额（南宁市）2已满" in why.of_group(groups_of(scene)[1].pk)


def test_an_approved_overrun_lets_the_city_take_as_many_more(scene: Scene):
    make_market(scene, people=5, villages=(0, 0, 0))
    set_total(scene, 2)
    approve(scene, groups_of(scene)[0], 1)
    assert placed(scene, allocate(scene)) == [3, 0, 2]


def test_the_page_of_a_run_shows_the_city_against_its_total(scene: Scene, client_of: Browser):
    run = capped(scene)
    nanning, liuzhou = sorted(results.by_city(run).cities, key=lambda each: each.city.pk)
    assert (nanning.cap, nanning.filled, nanning.places) == (2, 2, 4)
    assert nanning.cutoff.startswith("第1层/摇号")
    assert (liuzhou.cap, liuzhou.cutoff) == (None, "")
    with time_machine.travel(allocating_at(scene), tick=False):
        office = client_of(scene.officers.region)
        page = office.get(reverse("matching:run", args=[run.pk])).content.decode()
        chosen = office.get(reverse("matching:run", args=[run.pk]), {"city": NANNING}).content.decode()
    assert '<td class="number" data-label="全市总数">2</td>' in page
    assert '<td class="number" data-label="全市总数">不设</td>' in page
    assert f"南宁市总数2，已录2，已满：录取线为{nanning.cutoff}。" in chosen


def test_floors_are_balanced_within_the_total(scene: Scene):
    make_market(scene, people=4, villages=(0, 4, 0))
    set_total(scene, 2)
    run = allocate(scene)
    assert (placed(scene, run), run.report["shortage"], run.report["shortage_bound"]) == ([2, 0, 2], 2, 0)
    services.balance(run=run, by=scene.office, at=allocating_at(scene))
    for adjustment in list(adjustments.open_in(run).select_related("person", "to")):
        assert adjustment.to == groups_of(scene)[1]
        answer(scene, adjustment, person="yes", unit="yes", county="yes")
    assert (placed(scene, again(run)), again(run).report["shortage"]) == ([0, 2, 2], 0)


def test_the_outlook_names_the_city_whose_total_is_too_small_for_its_floors(scene: Scene, client_of: Browser):
    make_market(scene, people=6, villages=(4, 4, 0))
    set_total(scene, 3)
    with time_machine.travel(allocating_at(scene), tick=False):
        page = client_of(scene.officers.region).get(reverse("matching:outlook", args=[scene.season.pk]))
        assert "按现有志愿，无论怎样分配至少还缺1人" in page.content.decode()
        assert "南宁市的总数少于所属各县（市、区）的人数下限" in page.content.decode()


def adjust(scene: Scene, run: AllocationRun, person: Person, to: int) -> None:
    services.adjust(
        run=again(run), person=person, to=groups_of(scene)[to], reason="急需", basis="纪要", by=scene.office,
        at=allocating_at(scene),
    )  # fmt: skip


def test_nobody_is_moved_into_a_city_whose_total_others_hold_already(scene: Scene):
    run = capped(scene, people=5)
    idle = [each.person for each in Outcome.objects.filter(run=run).exclude(rank=1).order_by("pk")]
    for person in idle[:2]:
        adjust(scene, run, person, to=1)
    with pytest.raises(Refused) as refused:
        adjust(scene, run, idle[2], to=0)
    assert str(refused.value).startswith("南宁市的总数2已全部用于沿用和调整的人员。")


def test_who_is_kept_in_a_full_city_may_be_moved_within_it(scene: Scene):
    published = settle(scene, capped(scene), allocating_at(scene))
    run = allocate(scene, base=published)
    kept = Outcome.objects.filter(run=run, group=groups_of(scene)[0]).order_by("person_id")[0].person
    adjust(scene, run, kept, to=1)
    answer(scene, adjustments.open_in(run).select_related("person", "to").get(), person="yes", unit="yes", county="yes")
    assert placed(scene, again(run)) == [1, 1, 2]
    assert markets.held_in(again(run))[CAP] == 2


def test_floors_are_balanced_with_what_others_who_are_asked_leave_of_the_total(scene: Scene):
    make_market(scene, people=6, villages=(0, 4, 0))
    set_total(scene, 2)
    run = allocate(scene)
    idle = Outcome.objects.filter(run=run, group=None).order_by("person_id")[0].person
    adjust(scene, run, idle, to=0)
    services.balance(run=again(run), by=scene.office, at=allocating_at(scene))
    asked = list(adjustments.open_in(run).select_related("person", "to"))
    assert [each.to for each in asked] == groups_of(scene)[:2]
    for each in asked:
        answer(scene, each, person="yes", unit="yes", county="yes")
    assert (placed(scene, again(run)), again(run).report["shortage"]) == ([1, 1, 2], 1)


def test_neither_total_nor_overrun_goes_below_those_held_in_the_city(scene: Scene):
    first = groups_of(scene)[0]
    make_market(scene, people=5, villages=(0, 0, 0))
    approve(scene, first, 1)
    set_total(scene, 2)
    run = allocate(scene, base=settle(scene, allocate(scene), allocating_at(scene)))
    assert placed(scene, run) == [3, 0, 2]
    set_quota(scene, first, 5)
    with pytest.raises(Refused) as refused:
        approve(scene, first, 0)
    assert str(refused.value).startswith("南宁市可接收2人，少于第2版分配中已沿用或调整到该市的3人。")
    with pytest.raises(Refused) as refused:
        set_total(scene, 1)
    assert code_in(refused) == "below_those_held"
    set_total(scene, None)
    set_total(scene, 3)
    approve(scene, first, 0)


def test_a_total_that_does_not_hold_those_kept_keeps_the_next_version_from_being_frozen(scene: Scene):
    make_market(scene, people=5, villages=(0, 0, 0))
    published = settle(scene, allocate(scene), allocating_at(scene))
    set_total(scene, 3)
    with pytest.raises(Refused) as refused:
        allocate(scene, base=published)
    assert "南宁市总数（名额3，沿用4人）" in str(refused.value)


def test_in_a_supplementary_round_a_county_has_no_more_free_seats_than_its_city(scene: Scene):
    make_market(scene, people=0, villages=(0, 0, 0))
    set_quota(scene, groups_of(scene)[1], 5)
    for _ in range(4):
        make_wishes(scene, groups_of(scene)[:1])
    set_total(scene, 3)
    run, (first, second, third) = allocate(scene), groups_of(scene)
    at = allocating_at(scene)
    services.supplement(run=run, until=at.date(), by=scene.office, at=at)
    found = rounds.round_of(again(run))
    assert (found.seats, found.free) == ({second.pk: 1, third.pk: 2}, 3)
    set_total(scene, None)
    set_quota(scene, first, 3)
    assert (rounds.round_of(again(run)).seats[second.pk], rounds.round_of(again(run)).free) == (5, 8)
    set_total(scene, 4)
    found = rounds.round_of(again(run))
    assert (found.seats, found.free) == ({first.pk: 1, second.pk: 2, third.pk: 2}, 4)
    set_total(scene, 2)
    assert rounds.round_of(again(run)).seats == {third.pk: 2}
