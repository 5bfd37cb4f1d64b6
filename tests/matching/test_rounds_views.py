"""The screens of a supplementary round: of the office, of the people and counties it concerns, of the next version."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.directory.models import User
from apps.directory.states import Role
from apps.matching import services
from apps.matching.models import AllocationRun, Outcome
from apps.matching.states import RunState
from tests.factories import Scene, actor, make_officer
from tests.factories.allocation import (
    ROUND,
    again,
    allocate,
    allocating_at,
    left_out,
    make_round,
    make_run,
    make_scarce,
    settle,
    wish_anew,
)
from tests.factories.wishes import groups_of, wish_of
from tests.matching.test_allocation_views import step

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _at_the_freeze(scene: Scene):
    with time_machine.travel(allocating_at(scene), tick=False):
        yield


def test_the_office_opens_puts_off_and_stops_a_round_on_screen(scene: Scene, client_of: Browser):
    run, today = make_scarce(scene), allocating_at(scene).date()
    office, page = client_of(scene.officers.region), reverse("matching:run", args=[run.pk])
    asked = office.get(reverse("matching:act_run", args=[run.pk, "supplement"])).content.decode()
    assert "未安排的人员可以撤回并重新填报志愿" in asked
    step(office, run, "supplement", until=today)
    shown = office.get(page).content.decode()
    assert "2人，2人尚未重新提交" in shown
    assert "2个县（市、区）共4个" in shown
    step(office, run, "supplement", until=today + ROUND)
    step(office, run, "call_off", reason="另行协商")
    assert again(run).state == RunState.ADJUSTED
    assert "补充志愿</a>" in office.get(page).content.decode()


def test_a_day_that_is_past_comes_back_with_what_was_typed(scene: Scene, client_of: Browser):
    run = make_scarce(scene)
    office, place = client_of(scene.officers.region), reverse("matching:act_run", args=[run.pk, "supplement"])
    answer = office.post(place, {"token": office.get(place).context["token"], "until": "2020-01-01"})
    assert answer.status_code == 409
    assert "补充志愿的截止日不能早于今日" in answer.content.decode()
    assert 'value="2020-01-01"' in answer.content.decode()


def test_who_has_no_place_is_led_from_his_receipt_to_the_counties_with_free_seats(scene: Scene, client_of: Browser):
    run, (first, second, third) = make_round(scene), groups_of(scene)
    person, season = left_out(run)[0].person, scene.season.pk
    browser = client_of(person.user)
    receipt = browser.get(reverse("matching:receipt", args=[season]))
    assert "可以撤回修改，改选尚有空余名额的县（市、区）" in receipt.content.decode()
    sent = {"token": receipt.context["token"]}
    page = browser.post(reverse("matching:take_back", args=[season]), sent, follow=True).content.decode()
    assert f"原志愿中已没有空余名额的：{first}。" in page
    assert [f"{group}（空余2名）" in page for group in (second, third)] == [True, True]
    typed = {"group-1": second.pk, "industry-1": "水稻"}
    checked = browser.post(reverse("matching:write", args=[season]), typed, follow=True)
    sent = {"token": checked.context["token"], "confirmed": "on"}
    done = browser.post(reverse("matching:check", args=[season]), sent, follow=True).content.decode()
    assert "志愿已提交，请留存回执" in done


def test_who_has_a_place_finds_his_wishes_frozen_and_so_does_who_comes_late(scene: Scene, client_of: Browser):
    run = make_round(scene)
    placed = Outcome.objects.filter(run=run, rank=1)[0].person
    receipt = reverse("matching:receipt", args=[scene.season.pk])
    assert "志愿已冻结" in client_of(placed.user).get(receipt).content.decode()
    with time_machine.travel(allocating_at(scene) + ROUND * 2, tick=False):
        assert "志愿已冻结" in client_of(left_out(run)[0].person.user).get(receipt).content.decode()


def test_a_county_with_free_seats_sees_the_round_above_its_wishes(scene: Scene, client_of: Browser):
    run, group = make_round(scene), groups_of(scene)[2]
    wish_anew(left_out(run)[0], [group], allocating_at(scene))
    county = make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[2])
    received = client_of(county).get(reverse("matching:received")).content.decode()
    assert f"补充志愿：{group}空余2个名额" in received
    assert "现有1个志愿，1个未审核" in received
    full = client_of(scene.officers.county).get(reverse("matching:received")).content.decode()
    assert "补充志愿" not in full
    outlook = client_of(county).get(reverse("matching:outlook", args=[scene.season.pk]))
    assert outlook.status_code == 200


def test_the_round_is_frozen_and_its_next_version_shows_what_is_kept(scene: Scene, client_of: Browser):
    run = make_round(scene)
    wish_anew(left_out(run)[0], groups_of(scene)[2:], allocating_at(scene))
    place = reverse("matching:freeze", args=[scene.season.pk])
    early = client_of(scene.officers.region).post(place)
    assert early.status_code == 409
    assert "还有1人没有重新提交，2个志愿未审核" in early.content.decode()
    with time_machine.travel(allocating_at(scene) + ROUND * 2, tick=False):
        office = client_of(scene.officers.region)
        assert "接续第1版" in office.get(place).content.decode()
        assert office.post(place).status_code == 302
        follower = AllocationRun.objects.get(number=2)
        page = office.get(reverse("matching:run", args=[follower.pk])).content.decode()
        assert "沿用2人的安排" in page
        assert "第2步，共7步：摇号" in page
        before = office.get(reverse("matching:run", args=[run.pk])).content.decode()
        assert f'本版已由<a href="{reverse("matching:run", args=[follower.pk])}">第2版</a>接续' in before


@pytest.mark.parametrize(("keep", "kept"), [("yes", 3), ("", 0)])
def test_an_amendment_keeps_what_was_published_unless_the_office_draws_anew(
    scene: Scene, client_of: Browser, keep: str, kept: int
):
    make_run(scene, RunState.PUBLISHED)
    office, place = client_of(scene.officers.region), reverse("matching:freeze", args=[scene.season.pk])
    assert office.get(place).context["form"]["keep"].value() == "yes"
    assert office.post(place, {"keep": keep, "reason": "有人退出"}).status_code == 302
    assert len(AllocationRun.objects.get(number=2).market["pins"]) == kept


def test_the_page_of_a_run_is_by_city_then_by_county_those_that_lack_first(scene: Scene, client_of: Browser):
    run = make_run(scene)
    second = groups_of(scene)[1]
    office, page = client_of(scene.officers.region), reverse("matching:run", args=[run.pk])
    places = office.get(page).context["places"]
    assert [(str(each.city), each.missing) for each in places.cities] == [("南宁市", 1), ("柳州市", 0)]
    assert (places.whole.places, places.whole.filled, places.whole.floor, places.whole.missing) == (6, 3, 2, 1)
    assert [each.group for each in places.groups] == [second]
    of_city = office.get(page, {"city": scene.cities[0].pk}).context["places"]
    assert (of_city.chosen.city, of_city.groups) == (scene.cities[0], of_city.cities[0].groups)
    assert office.get(page, {"city": "nowhere"}).context["places"].groups == places.groups


def test_anybody_sees_a_published_version_by_city_and_what_it_goes_on_from(scene: Scene, client_of: Browser):
    first = make_run(scene, RunState.PUBLISHED)
    at = allocating_at(scene) + timedelta(days=2)
    second = allocate(scene, first, at)
    settle(scene, second, at)
    page = Client().get(reverse("matching:public_run", args=[second.pk]))
    assert "本版接续第1版，沿用3人的安排" in page.content.decode()
    assert "按设区市" in page.content.decode()


def test_who_keeps_his_place_reads_what_he_keeps_and_below_it_why_he_got_it_then(scene: Scene, client_of: Browser):
    run, at = make_round(scene), allocating_at(scene) + ROUND * 2
    follower = settle(scene, allocate(scene, run, at), at)
    person, first = Outcome.objects.filter(run=follower, rank=1)[0].person, groups_of(scene)[0]
    pages = {
        person.user: reverse("matching:receipt", args=[scene.season.pk]),
        scene.officers.region: reverse("matching:outcome", args=[follower.pk, person.pk]),
    }
    for user, place in pages.items():
        page = client_of(user).get(place).content.decode()
        assert (
            f"<p>保留原安排：{first}，沿用第1版：按第1志愿录取。</p><p>第1版：志愿1 {first}：名额2已满，录取线=" in page
        )


@pytest.mark.parametrize(("word", "said"), [("invite", "邀请"), ("recommend", "推荐"), ("accept", "接收")])
def test_a_receipt_says_in_its_log_what_the_county_said(scene: Scene, client_of: Browser, word: str, said: str):
    run = make_round(scene)
    wishes = wish_anew(left_out(run)[0], groups_of(scene)[2:], allocating_at(scene))
    by = {"by": actor(make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[2])), "at": allocating_at(scene)}
    services.judge_wishes(wishes=[wish_of(wishes).pk], word=word, points=None, **by)
    receipt = reverse("matching:receipt", args=[scene.season.pk])
    assert f"审核志愿：{said}" in client_of(left_out(run)[0].person.user).get(receipt).content.decode()


def test_the_office_finds_the_list_of_industries_of_each_county(scene: Scene, client_of: Browser):
    make_scarce(scene)
    office, place = client_of(scene.officers.region), reverse("matching:outlook", args=[scene.season.pk])
    assert f"{place}#counties" in office.get(reverse("matching:runs")).content.decode()
    page = office.get(place).content.decode()
    assert reverse("matching:industries", args=[groups_of(scene)[0].pk]) in page
    assert "产业清单" not in client_of(scene.officers.county).get(place).content.decode()
