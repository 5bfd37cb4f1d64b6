"""The screens of an allocation, for the office, the counties, those asked, and everybody."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.directory.models import User
from apps.matching.models import Adjustment, AllocationRun, Outcome
from apps.matching.selectors import effects, results
from apps.matching.states import RunState
from tests.factories import Scene, run_effects
from tests.factories.allocation import (
    REASON,
    again,
    allocate,
    allocating_at,
    answer,
    make_market,
    make_run,
    move,
    settle,
)
from tests.factories.city import build_city
from tests.factories.wishes import groups_of, make_participant

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _at_the_freeze(scene: Scene):
    with time_machine.travel(allocating_at(scene), tick=False):
        yield


def step(browser: Client, run: AllocationRun, action: str, **said: object) -> None:
    """Do one step of a run on its page."""
    place = reverse("matching:act_run", args=[run.pk, action])
    token = browser.get(place).context["token"]
    assert browser.post(place, {"token": token, **said}).status_code == 302


def test_only_seasons_whose_policy_asks_for_wishes_can_be_frozen_from_the_list(scene: Scene, client_of: Browser):
    place, city = reverse("matching:runs"), build_city()
    assert list(client_of(scene.officers.region).get(place).context["seasons"]) == [scene.season]
    page = client_of(city.officers["issuer"]).get(place)
    assert (page.context["seasons"], "还没有分配" in page.content.decode()) == ([], True)


def test_an_allocation_goes_from_the_freeze_to_its_publication_on_screen(scene: Scene, client_of: Browser):
    make_market(scene)
    office = client_of(scene.officers.region)
    before = office.get(reverse("matching:outlook", args=[scene.season.pk])).content.decode()
    assert "各县（市、区）的人数下限都可以补足" in before
    frozen = office.post(reverse("matching:freeze", args=[scene.season.pk]), {"reason": REASON})
    run = AllocationRun.objects.get()
    assert frozen.headers["Location"] == reverse("matching:run", args=[run.pk])
    step(office, run, "draw", drawn="0357", again="0357")
    run_effects(allocating_at(scene))
    page = office.get(reverse("matching:run", args=[run.pk])).content.decode()
    assert f"独立核对</dt><dd>通过：安排{again(run).report['placed']}人；" in page
    assert "计算（用时" in page
    assert "秒） → 核对（10项全部通过） → " in page
    assert "第5步，共7步：调整和补充志愿" in page
    lines = [each.cutoff for each in results.by_group(again(run)) if each.filled == each.places]
    assert [bool(re.fullmatch("第1层/摇号000[1-3]", line)) for line in lines] == [True]
    assert again(run).output_digest in page
    step(office, run, "confirm")
    asked = office.get(reverse("matching:act_run", args=[run.pk, "announce"])).context["form"]
    opens, closes = asked["opens"].value(), asked["closes"].value()
    assert (opens, closes) == (allocating_at(scene).date(), allocating_at(scene).date() + timedelta(days=4))
    step(office, run, "announce", opens=opens, closes=closes)
    public = Client().get(reverse("matching:public_run", args=[run.pk])).content.decode()
    assert again(run).output_digest in public
    listed = Client().get(reverse("matching:public_runs")).content.decode()
    assert reverse("matching:public_run", args=[run.pk]) in listed
    with time_machine.travel(allocating_at(scene) + timedelta(days=5), tick=False):
        step(client_of(scene.officers.region), run, "publish")
    assert again(run).state == RunState.PUBLISHED


def test_after_the_freeze_neither_wishes_nor_verdicts_are_asked_for(scene: Scene, client_of: Browser):
    late = make_participant(scene)
    person, county = client_of(late.person.user), client_of(scene.officers.county)
    places = {person: reverse("matching:write", args=[scene.season.pk]), county: reverse("matching:judge") + "?all=1"}
    make_market(scene)
    asked = [(browser.get(place).content.decode().count("志愿已冻结")) for browser, place in places.items()]
    allocate(scene)
    pages = [browser.get(place).content.decode() for browser, place in places.items()]
    assert (asked, ["志愿已冻结" in page for page in pages]) == ([0, 0], [True, True])
    assert ['<button class="btn btn-primary">' in page for page in pages] == [False, False]


def test_a_number_is_typed_twice_before_it_counts(scene: Scene, client_of: Browser):
    run = make_run(scene, RunState.DRAFTED)
    office, place = client_of(scene.officers.region), reverse("matching:act_run", args=[run.pk, "draw"])
    token = office.get(place).context["token"]
    for drawn, second in (("0357", "0375"), ("0357", ""), ("８８８<script>", "８８８<script>")):
        answered = office.post(place, {"token": token, "drawn": drawn, "again": second})
        assert (answered.status_code, again(run).drawn) == (422, "")


def test_a_draw_that_was_given_up_stands_on_the_public_page_and_its_number_is_offered(scene: Scene, client_of: Browser):
    first = make_run(scene, RunState.DISCARDED)
    office = client_of(scene.officers.region)
    office.post(reverse("matching:freeze", args=[scene.season.pk]), {"reason": REASON})
    second = AllocationRun.objects.get(number=2)
    page = office.get(reverse("matching:act_run", args=[second.pk, "draw"]))
    assert "与已作废的第1版完全相同，其摇号结果“0357”继续有效" in page.content.decode()
    assert [page.context["form"][name].value() for name in ("drawn", "again")] == ["0357", "0357"]
    step(office, second, "draw", drawn="0357", again="0357")
    run_effects(allocating_at(scene))
    settle(scene, second, allocating_at(scene))
    public = Client().get(reverse("matching:public_run", args=[second.pk])).content.decode()
    assert f"{first}，摇号结果0357，" in public
    assert "作废，理由：重新组织（内容与本版相同，号码沿用）" in public


def test_the_freeze_says_what_it_cuts_off_and_takes_no_early_one_without_a_reason(scene: Scene, client_of: Browser):
    make_market(scene)
    make_participant(scene)
    office, place = client_of(scene.officers.region), reverse("matching:freeze", args=[scene.season.pk])
    page = office.get(place)
    cut = page.context["cut"]
    assert (cut.people, cut.without, cut.wishes, cut.unjudged) == (4, 1, 9, 9)
    said = ("尚未截止，至", "4人中1人未提交志愿，冻结后不参加分配", "9个志愿中9个县级未审核，冻结后按未表态处理")
    assert [each for each in said if each not in page.content.decode()] == []
    refused = office.post(place, {"reason": ""})
    assert (refused.status_code, AllocationRun.objects.count()) == (409, 0)
    assert "现在冻结将提前结束填报" in refused.content.decode()
    with time_machine.travel(allocating_at(scene) + timedelta(days=400), tick=False):
        office = client_of(scene.officers.region)
        assert "填报志愿</dt><dd>已结束" in office.get(place).content.decode()
        assert office.post(place, {"reason": ""}).status_code == 302


def test_what_is_published_is_amended_with_a_reason_and_the_moves_that_fall_are_named(scene: Scene, client_of: Browser):
    run = make_run(scene)
    moved = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    settle(scene, run, allocating_at(scene))
    with time_machine.travel(allocating_at(scene) + timedelta(days=400), tick=False):
        office, place = client_of(scene.officers.region), reverse("matching:freeze", args=[scene.season.pk])
        page = office.get(place).content.decode()
        assert "全部重新分配的，1项已获同意的调整随之失效" in page
        assert f"<li>{moved.person.name}：调整到{moved.to}</li>" in page
        refused = office.post(place, {"keep": "yes", "reason": " "})
        assert (refused.status_code, AllocationRun.objects.count()) == (409, 1)
        assert "重新冻结将变更已公布的结果" in refused.content.decode()


def test_a_person_reads_why_he_got_his_county_once_it_is_published(scene: Scene, client_of: Browser):
    run = make_run(scene, RunState.PUBLISHED)
    person = Outcome.objects.filter(run=run, rank=2)[0].person
    page = client_of(person.user).get(reverse("matching:receipt", args=[scene.season.pk])).content.decode()
    first, second, _ = groups_of(scene)
    assert f"志愿1 {first}：名额2已满，录取线=" in page
    assert f"志愿2 {second}：名额2，录取1，录取。区级调整：无。" in page
    assert f"您被安排到{second}。理由如下；“位次”是您" in page


def test_who_got_none_is_told_so_as_a_person_and_officers_read_the_same_lines_spoken_to_nobody(
    scene: Scene, client_of: Browser
):
    run = make_run(scene, RunState.PUBLISHED, people=7)
    person = Outcome.objects.filter(run=run, group=None)[0].person
    own = client_of(person.user).get(reverse("matching:receipt", args=[scene.season.pk]))
    theirs = client_of(scene.officers.region).get(reverse("matching:outcome", args=[run.pk, person.pk]))
    assert "您没有得到安排。理由如下；“位次”是您" in own.content.decode()
    assert own.context["answer"].whys == theirs.context["whys"]
    assert [(line.count("位次为"), line.count("您")) for line in theirs.context["whys"]] == [(3, 0)]
    assert [page.content.decode().count("同层按“摇号”定先后，号小的在前") for page in (own, theirs)] == [1, 1]


def test_who_was_moved_is_told_so_without_a_word_of_standings(scene: Scene, client_of: Browser):
    run = make_run(scene)
    adjustment = answer(scene, move(scene, run), person="yes", unit="yes", county="yes")
    settle(scene, run, allocating_at(scene))
    user = adjustment.person.user
    page = client_of(user).get(reverse("matching:receipt", args=[scene.season.pk])).content.decode()
    assert f"<p>您被安排到{adjustment.to}。理由如下。</p>" in page
    assert f"<p>区级调整：安排到{adjustment.to}，事由：当地急需。</p>" in page
    assert "位次先看层" not in page


def test_anybody_takes_the_published_list_along_as_he_narrowed_it(scene: Scene, client_of: Browser):
    run = make_run(scene, RunState.PUBLISHED)
    row = Outcome.objects.filter(run=run, rank=2).select_related("person", "unit", "group")[0]
    place = reverse("matching:public_run", args=[run.pk])
    told = Client().get(place, {"export": "xlsx", "text": row.person.name})
    book = load_workbook(io.BytesIO(b"".join(told.streaming_content))).active
    assert list(book.values) == [
        ("姓名", "派出单位", "县（市、区）", "结果"),
        (row.person.name, str(row.unit), str(row.group), "第2志愿"),
    ]


@pytest.mark.parametrize("state", [RunState.COMPUTED, RunState.ON_NOTICE])
def test_a_county_reads_who_was_refused_and_why_once_it_is_on_notice(scene: Scene, client_of: Browser, state: str):
    run = make_run(scene, state)
    place = reverse("matching:group", args=[run.pk, groups_of(scene)[0].pk])
    answer = client_of(scene.officers.county).get(place)
    assert answer.status_code == (404 if state == RunState.COMPUTED else 200)
    assert ("未录取：" in answer.content.decode()) is (state == RunState.ON_NOTICE)


def test_the_effect_of_a_move_is_shown_then_it_is_asked_about_and_answered(scene: Scene, client_of: Browser):
    run = make_run(scene)
    row = Outcome.objects.filter(run=run, rank=1)[0]
    office, place = client_of(scene.officers.region), reverse("matching:outcome", args=[run.pk, row.person_id])
    said = {"to": groups_of(scene)[2].pk, "reason": "当地急需"}
    seen = office.post(place, said)
    assert "连带变动" in seen.content.decode()
    assert "未达下限缺额 1 → 2" in seen.content.decode()
    assert not Adjustment.objects.exists()
    office.post(place, {**said, "sure": "yes", "token": seen.context["token"]})
    asked, adjustment = client_of(row.person.user), Adjustment.objects.get()
    inbox = asked.get(reverse("home:inbox")).content.decode()
    assert f"{row.person.name}调整到{groups_of(scene)[2]}" in inbox
    paper = asked.get(reverse("home:record", args=["adjustment", adjustment.pk]), follow=True).content.decode()
    assert "本人第3志愿" in paper
    act(asked, adjustment, "agree")
    assert asked.get(reverse("home:inbox")).context["waiting"] == 0
    assert "当地急需" in office.get(reverse("matching:run", args=[run.pk])).content.decode()
    act(office, adjustment, "withdraw", opinion="另有安排")
    assert Adjustment.objects.get().state == "withdrawn"


def test_a_move_leads_on_those_alone_who_may_open_it(scene: Scene, client_of: Browser):
    run = make_run(scene)
    moved = move(scene, run)
    AllocationRun.objects.filter(pk=run.pk).update(state=RunState.PUBLISHED)
    link = f'href="{reverse("matching:adjustment", args=[moved.pk])}"'
    pages = {
        user.username: client_of(user).get(reverse("matching:run", args=[run.pk])).content.decode()
        for user in (scene.officers.region, scene.officers.auditor)
    }
    assert [(moved.person.name in page, link in page) for page in pages.values()] == [(True, True), (True, False)]


def act(browser: Client, adjustment: Adjustment, action: str, opinion: str = "") -> None:
    """Do one act on a move on its page."""
    place = reverse("matching:act_adjustment", args=[adjustment.pk, action])
    token = browser.get(place).context["form"]["token"].value()
    assert browser.post(place, {"token": token, "opinion": opinion}).status_code == 302


@pytest.mark.parametrize("people", [1, 3])
def test_the_result_is_a_list_that_is_narrowed_and_goes_out_as_a_workbook(
    scene: Scene, client_of: Browser, django_assert_num_queries, people: int
):
    run = make_run(scene, people=people)
    office, place = client_of(scene.officers.region), reverse("matching:outcomes", args=[run.pk])
    with django_assert_num_queries(10):
        page = office.get(place)
    assert page.context["table"].page.paginator.count == people
    assert "没有符合条件的人员" in office.get(place, {"how": "moved"}).content.decode()
    assert office.get(place, {"export": "xlsx"}).headers["Content-Type"].endswith("sheet")


def test_many_changes_are_a_list_of_their_own_narrowed_and_exported(
    scene: Scene, client_of: Browser, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
):
    first, groups = make_run(scene, RunState.PUBLISHED, people=3), groups_of(scene)
    second = allocate(scene, first, allocating_at(scene) + timedelta(days=2))
    was = dict(Outcome.objects.filter(run=first).values_list("person", "group"))
    left, moved, _ = was
    other = next(group.pk for group in groups if group.pk != was[moved])
    for person, group in ((left, None), (moved, other)):
        Outcome.objects.filter(run=second, person=person).update(group=group)
    office, place = client_of(scene.officers.region), reverse("matching:changes", args=[second.pk])
    monkeypatch.setattr(effects, "PER_PAGE", 1)
    assert f'href="{place}"' in office.get(reverse("matching:run", args=[second.pk])).content.decode()
    with django_assert_num_queries(11):
        office.get(place)

    def listed(**asked: object) -> set[int]:
        return {row.record.person_id for row in office.get(place, asked).context["table"].rows}

    assert (listed(), listed(how="lost"), listed(how="moved")) == ({left, moved}, {left}, {moved})
    assert (listed(how="gained"), listed(group=other, sort="-before") & {moved}) == (set(), {moved})
    assert office.get(place, {"export": "xlsx"}).headers["Content-Type"].endswith("sheet")
    assert "没有符合条件的人员" in office.get(place, {"text": "无此人"}).content.decode()
    shown = reverse("matching:public_changes", args=[first.pk])
    assert "没有可比较的版本" in Client().get(shown).content.decode()
    assert Client().get(reverse("matching:public_changes", args=[second.pk])).status_code == 404


def test_a_run_under_way_is_not_there_for_others(scene: Scene, client_of: Browser):
    run = make_run(scene)
    others = [scene.officers.county, scene.officers.auditor, scene.applicant]
    assert [client_of(user).get(reverse("matching:run", args=[run.pk])).status_code for user in others] == [404] * 3
    assert Client().get(reverse("matching:public_run", args=[run.pk])).status_code == 404
