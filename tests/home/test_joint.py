"""Joint acts on screen: asking, the score sheet, blind review, dockets, taking up again."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.core import tokens
from apps.core.log import digest_of
from apps.core.templatetags.ui import chinese_date
from apps.desks import services as desks
from apps.desks.models import Docket, Paper, Verdict
from apps.desks.states import DeskState, DocketPurpose, DocketState, Word
from apps.notices.models import Message
from tests.factories import GROUND, PDF, actor, fresh, login, run_effects, user_of
from tests.factories.every_act import (
    ask,
    build_every_act,
    decide_on_docket,
    desk_of,
    docket_of,
    drive_to,
    speak,
    write_up,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world(db):
    scene, jury = build_every_act()
    with time_machine.travel(scene.at + 2 * DAY, tick=False):
        yield scene, jury


def page(user, application):
    return login(Client(), user).get(reverse("home:record", args=["application", application.pk]))


def post(user, name, application, **sent):
    token = tokens.issue("application", {application.pk: fresh(application).version})
    return login(Client(), user).post(
        reverse(f"home:{name}", args=["application", application.pk]), {"token": token, **sent}
    )


def at_scores(scene, jury, number=2):
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    outcome = ask(application, actor(scene.officers.city), jury.experts[:number], scene.at + DAY)
    assert outcome.done
    return fresh(application)


STATES = [
    DeskState.AWAITING_CONSENT,
    DeskState.AWAITING_VERDICTS,
    DeskState.AWAITING_SCORES,
    DeskState.AWAITING_MEETING,
    DeskState.AWAITING_OPINIONS,
    DeskState.AWAITING_FILING,
]


@pytest.mark.parametrize("state", STATES)
def test_every_joint_act_has_a_page_for_everyone_concerned(world, state):
    scene, jury = world
    application = drive_to(scene, jury, state)
    readers = [user_of(application), scene.officers.region, scene.officers.county]
    assert [page(reader, application).status_code for reader in readers] == [200, 200, 200]


def test_the_office_chooses_among_experts_and_sees_who_must_recuse(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    shown = page(scene.officers.city, application).content.decode()
    assert ("选择评审专家" in shown, f"同在{scene.unit}" in shown) == (True, True)
    sent = post(scene.officers.city, "ask", application, parties=[desk_of(user) for user in jury.experts[:2]])
    assert (sent.status_code, len(fresh(application).parties())) == (302, 2)


def test_what_cannot_be_asked_comes_back_with_the_reason(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    sent = post(scene.officers.city, "ask", application, parties=[desk_of(jury.experts[0])])
    assert (sent.status_code, "至少须选2位专家" in sent.content.decode()) == (422, True)


def test_an_expert_fills_the_sheet_and_reads_nobody_elses(world):
    scene, jury = world
    application = at_scores(scene, jury)
    speak(application, jury.experts[0], points={"skill": 41, "plan": 19}, opinion="甲的评语", at=scene.at + DAY)
    shown = page(jury.experts[1], application).content.decode()
    assert ("评分表" in shown, "甲的评语" in shown) == (True, False)
    sent = post(
        jury.experts[1],
        "verdict",
        application,
        party=desk_of(jury.experts[1]),
        digest=digest_of(fresh(application).subject()),
        word=Word.AGREE,
        points_skill="50",
        points_plan="30",
    )
    assert (sent.status_code, sent.url) == (302, reverse("home:inbox"))
    assert Verdict.objects.get(record=application.pk, party=desk_of(jury.experts[1])).points == 80
    assert "甲的评语" in page(scene.officers.city, application).content.decode()


def test_what_was_typed_stays_when_a_sheet_is_refused(world):
    scene, jury = world
    application = at_scores(scene, jury)
    sent = post(
        jury.experts[0],
        "verdict",
        application,
        party=desk_of(jury.experts[0]),
        digest=digest_of(application.subject()),
        word=Word.AGREE,
        points_skill="50",
        opinion="写到一半",
    )
    assert (sent.status_code, "写到一半" in sent.content.decode()) == (422, True)
    assert "“服务计划”应为0至40的整数" in sent.content.decode()


def verdict_of(expert, application, **said):
    about = {"party": desk_of(expert), "digest": digest_of(fresh(application).subject())}
    return post(expert, "verdict", application, **about, **said)


def test_a_form_older_than_ones_own_word_comes_back_with_both(world):
    scene, jury = world
    application = at_scores(scene, jury)
    expert = jury.experts[0]
    refused = {"word": Word.REFUSE, "points_skill": "10", "points_plan": "0", "opinion": "先前的意见"}
    assert verdict_of(expert, application, **refused).status_code == 302
    stale = verdict_of(expert, application, word=Word.AGREE, points_skill="60", points_plan="40", opinion="后来的意见")
    shown = stale.content.decode()
    assert (stale.status_code, "表态：不同意，10分，“先前的意见”" in shown, "后来的意见" in shown) == (422, True, True)
    (mark,) = re.findall(r'name="replaces" value="([^"]+)"', shown)
    again = {"word": Word.AGREE, "points_skill": "60", "points_plan": "40", "replaces": mark}
    assert verdict_of(expert, application, **again).status_code == 302
    shown = page(scene.officers.city, application).content.decode()
    assert ("表态：不同意，10分" in shown, "表态：同意，100分" in shown) == (True, True)


def test_a_word_against_the_total_is_asked_for_once_more(world):
    scene, jury = world
    application = at_scores(scene, jury)
    said = {"word": Word.AGREE, "points_skill": "20", "points_plan": "20"}
    doubted = verdict_of(jury.experts[0], application, **said)
    shown = doubted.content.decode()
    assert (doubted.status_code, "评分与表态均无误</label>" in shown) == (422, True)
    assert '<output data-total>40</output> 分<span class="row-note">满分100分，平均不低于60分即通过</span>' in shown
    assert verdict_of(jury.experts[0], application, **said, is_confirmed="on").status_code == 302


def test_who_recuses_himself_has_not_scored(world):
    scene, jury = world
    application = at_scores(scene, jury)
    speak(application, jury.experts[0], points={"skill": 41, "plan": 20}, at=scene.at + DAY)
    speak(application, jury.experts[1], word=Word.RECUSE, at=scene.at + DAY)
    shown = page(scene.officers.city, application).content.decode()
    assert "已有1位专家评分，1位专家回避，共请2位专家。平均61.0分。还须另请1位专家评分。" in shown


def test_what_is_filed_is_recorded_and_not_agreed_to(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_FILING)
    shown = page(jury.institute, application).content.decode()
    assert re.findall(r'data-key="a">([^<]+)<', shown) == ["备案"]
    done = login(Client(), jury.institute).post(
        reverse("home:decide", args=["application", application.pk, "pass_up"]),
        {"token": tokens.issue("application", {application.pk: application.version})},
        follow=True,
    )
    assert "已办理“备案”：" in done.content.decode()
    shown = page(scene.officers.region, application).content.decode()
    assert ("<strong>备案</strong>" in shown, "聘书届时在“我的文件”中下载" in shown) == (True, True)


def test_an_agenda_says_title_specialty_and_what_experts_gave(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    docket = docket_of(application, scene.officers.region, DocketPurpose.MEETING, scene.at + DAY)
    shown = login(Client(), scene.officers.region).get(reverse("home:docket", args=[docket.pk]))
    assert shown.context["columns"] == ["职称", "专业特长", "专家平均分"]
    printed = shown.content.decode().split('class="print-only"')[1]
    assert "<th>职称</th><th>专业特长</th><th>专家平均分</th>" in printed
    assert "<td>中级</td><td>柑橘栽培</td><td>80.0</td>" in printed


def test_a_member_reads_by_which_day_to_speak_and_what_silence_means(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_OPINIONS)
    asked = Verdict.objects.filter(record=application.pk, word="", void=None).first() or ask(
        application, actor(scene.officers.region), jury.members, scene.at + DAY
    )
    assert asked
    told = page(jury.members[0], application).content.decode()
    day = timezone.localdate(Verdict.objects.filter(record=application.pk, step=4, void=None)[0].asked) + 5 * DAY
    assert f"请于{chinese_date(day)}前（含当日）表态，逾期未表态的视为同意。" in told
    run_effects(scene.at + 2 * DAY)
    arrived = Message.objects.filter(user=jury.members[0], text__contains=f"请于{chinese_date(day)}前（含当日）办理。")
    assert arrived.count() == 1


def test_the_help_lists_the_keys_that_do_something(world):
    scene, jury = world
    application = at_scores(scene, jury)
    keys = {
        user.pk: re.findall(r"<kbd>(.)</kbd>", page(user, application).content.decode())
        for user in (jury.experts[0], scene.officers.city, scene.officers.region)
    }
    assert list(keys.values()) == [[*"anp?"], [*"arnp?"], [*"np?"]]


def test_who_scores_an_application_of_another_finds_it_under_no_heading_of_his_own(world):
    scene, jury = world
    application = at_scores(scene, jury)
    listed = login(Client(), jury.experts[0]).get(reverse("applications:list")).content.decode()
    assert (application.number in listed, "<h1>申请库</h1>" in listed, "我的申请" in listed) == (True, True, False)


def test_the_person_concerned_reads_no_verdicts(world):
    scene, jury = world
    application = at_scores(scene, jury)
    speak(application, jury.experts[0], points={"skill": 41, "plan": 19}, opinion="甲的评语", at=scene.at + DAY)
    shown = page(user_of(application), application).content.decode()
    assert ("甲的评语" in shown, "已有1位专家评分，共请2位专家。" in shown) == (False, True)


def test_an_expert_who_was_not_asked_finds_no_page(world):
    scene, jury = world
    application = at_scores(scene, jury)
    answers = [
        page(jury.experts[2], application).status_code,
        post(jury.experts[2], "verdict", application, word="agree").status_code,
        page(jury.experts[2], application).status_code,
    ]
    assert answers == [404, 404, 404]


def test_the_file_is_closed_to_an_expert_once_his_desk_has_ended(world):
    scene, jury = world
    application = at_scores(scene, jury)
    for user in jury.experts[:2]:
        speak(application, user, points={"skill": 41, "plan": 37}, at=scene.at + DAY)
    desks.pass_up(record=fresh(application), by=actor(scene.officers.city), at=scene.at + DAY)
    assert page(jury.experts[0], application).status_code == 404


def test_a_meeting_is_written_up_and_decides(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    client = login(Client(), scene.officers.region)
    shown = client.get(reverse("home:record", args=["application", application.pk])).content.decode()
    assert ("列入会议议题" in shown, 'data-key="a"' in shown) == (True, False)
    drawn = client.post(
        reverse("home:draw_up"), {"purpose": "meeting", "record": application.pk, "title": "第三次局务会"}
    )
    docket = Docket.objects.get(state="draft")
    assert drawn.url == reverse("home:docket", args=[docket.pk])
    sent = {
        "title": "第三次局务会",
        "held": timezone.localdate(scene.at + DAY).isoformat(),
        "present": "局长",
        "minutes": "同意。",
        "record": application.pk,
        f"word-{application.pk}": "agree",
    }
    assert client.post(drawn.url, sent).status_code == 302
    assert fresh(application).state == DeskState.AWAITING_MEETING
    asked = client.post(drawn.url, {**sent, "close": "1"})
    assert (asked.status_code, "1件一并办理，不能撤回" in asked.content.decode()) == (200, True)
    assert fresh(application).state == DeskState.AWAITING_MEETING
    closing = {"close": "sure", "token": tokens.issue("docket", {docket.pk: docket.version})}
    assert client.post(drawn.url, closing).status_code == 302
    assert fresh(application).state == DeskState.AWAITING_OPINIONS
    assert "已定稿" in client.get(drawn.url).content.decode()
    assert "第三次局务会" in client.get(reverse("home:dockets")).content.decode()


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["乙名单", "甲名单"]),
        ({"sort": "title"}, ["乙名单", "甲名单"]),
        ({"sort": "created"}, ["甲名单", "乙名单"]),
        ({"text": "甲"}, ["甲名单"]),
        ({"state": DocketState.CLOSED}, []),
    ],
)
def test_dockets_are_narrowed_sorted_and_exported_as_narrowed(world, asked, titles):
    scene, jury = world
    for number, title in enumerate(("甲名单", "乙名单")):
        drawn = docket_of(
            drive_to(scene, jury, DeskState.AWAITING_CONSENT), scene.officers.unit, DocketPurpose.LIST, scene.at
        )
        Docket.objects.filter(pk=drawn.pk).update(title=title, created=scene.at + number * DAY)
    unit, address = login(Client(), scene.officers.unit), reverse("home:dockets")
    assert [row.record.title for row in unit.get(address, asked).context["table"].page.object_list] == titles
    sheet = load_workbook(io.BytesIO(b"".join(unit.get(address, {**asked, "export": "xlsx"}).streaming_content))).active
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == set(titles)


def test_minutes_that_lack_something_come_back_with_what_was_typed(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    client = login(Client(), scene.officers.region)
    address = client.post(reverse("home:draw_up"), {"purpose": "meeting", "record": application.pk}).url
    docket = Docket.objects.get(state="draft")
    token = tokens.issue("docket", {docket.pk: docket.version})
    sent = client.post(address, {"title": "会", "minutes": "写了一半的纪要", "close": "1", "token": token})
    assert (sent.status_code, "写了一半的纪要" in sent.content.decode()) == (422, True)
    assert "没有填写会议日期" in sent.content.decode()


def test_a_unit_hands_in_its_people_on_a_stamped_list(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_CONSENT)
    client = login(Client(), scene.officers.unit)
    address = client.post(reverse("home:draw_up"), {"purpose": "list", "record": application.pk}).url
    docket = Docket.objects.get(state="draft")
    sent = {
        "title": "报名统计表",
        "record": application.pk,
        f"word-{application.pk}": "agree",
        "scan": SimpleUploadedFile("名单.pdf", PDF),
        "close": "1",
        "token": tokens.issue("docket", {docket.pk: docket.version}),
    }
    assert client.post(address, sent).status_code == 200
    assert fresh(application).state == DeskState.AWAITING_CONSENT
    assert client.post(address, {"close": "sure", "token": sent["token"]}).status_code == 302
    assert fresh(application).state == DeskState.AWAITING_VERDICTS
    scan = client.get(reverse("home:docket_scan", args=[docket.pk]))
    assert (scan.status_code, scan["Content-Type"]) == (200, "application/pdf")


def test_a_docket_given_up_leaves_its_records_on_the_desk(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    client = login(Client(), scene.officers.region)
    client.post(reverse("home:draw_up"), {"purpose": "meeting", "record": application.pk})
    docket = Docket.objects.get(state="draft")
    address = reverse("home:discard_docket", args=[docket.pk])
    assert client.get(address).status_code == 200
    client.post(address, {"token": tokens.issue("docket", {docket.pk: docket.version})})
    assert Docket.objects.get(pk=docket.pk).state == DocketState.DISCARDED
    assert fresh(application).state == DeskState.AWAITING_MEETING


def test_another_desks_docket_is_not_there(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    login(Client(), scene.officers.region).post(
        reverse("home:draw_up"), {"purpose": "meeting", "record": application.pk}
    )
    docket = Docket.objects.get(state="draft")
    outside = login(Client(), scene.officers.county)
    names = ("docket", "discard_docket", "docket_scan")
    assert [outside.get(reverse(f"home:{name}", args=[docket.pk])).status_code for name in names] == [404] * 3


def test_it_is_given_back_to_the_step_chosen(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    shown = page(scene.officers.city, application).content.decode()
    assert "退回到" in shown
    token = tokens.issue("application", {application.pk: application.version})
    client = login(Client(), scene.officers.city)
    address = reverse("home:decide", args=["application", application.pk, "send_back"])
    sent = client.post(address, {"token": token, "opinion": "请重新选定", "to": "1"})
    assert (sent.status_code, fresh(application).state) == (302, DeskState.AWAITING_VERDICTS)


def test_what_was_turned_down_is_taken_up_again_with_a_reason(world):
    scene, jury = world
    application = drive_to(scene, jury, DeskState.AWAITING_SCORES)
    by = actor(scene.officers.city)
    desks.reject(record=application, by=by, at=scene.at + DAY, opinion="不合适", ground=GROUND)
    assert "重新办理" in page(scene.officers.region, application).content.decode()
    assert post(scene.officers.county, "reopen", application, to="0", opinion="理由").status_code == 404
    assert post(scene.officers.region, "reopen", application, to="2").status_code == 422
    sent = post(scene.officers.region, "reopen", application, to="2", opinion="申诉成立")
    assert (sent.status_code, fresh(application).state) == (302, DeskState.AWAITING_SCORES)


def test_what_the_experts_said_is_read_at_the_meeting_but_not_by_the_person(world):
    scene, jury = world
    application = at_scores(scene, jury)
    for user in jury.experts[:2]:
        speak(application, user, points={"skill": 41, "plan": 37}, opinion="甲的评语", at=scene.at + DAY)
    desks.pass_up(record=fresh(application), by=actor(scene.officers.city), at=scene.at + DAY)
    shown = page(scene.officers.region, application).content.decode()
    assert ("78分" in shown, "甲的评语" in shown) == (True, True)
    shown = page(user_of(application), application).content.decode()
    assert ("78分" in shown, "甲的评语" in shown) == (False, False)


@pytest.fixture
def left_undecided(world):
    """Return two records before a meeting, of which it decided one and put the other off, with the docket."""
    scene, jury = world
    agreed, left = (drive_to(scene, jury, DeskState.AWAITING_MEETING) for _ in range(2))
    papers = list(Paper.objects.filter(record__in=[agreed.pk, left.pk], latest=True))
    at = scene.at + 2 * DAY
    docket = desks.draw_up(papers=papers, purpose="meeting", title="第三次局务会", by=scene.office, at=at)
    write_up(docket, scene.officers.region, at)
    said = {agreed.pk: {"word": Word.AGREE}, left.pk: {"word": "", "note": "请补充推广面积的证明。"}}
    desks.note_decision(docket=docket, said=said, by=scene.office, at=at)
    desks.close_docket(docket=docket, by=scene.office, at=at)
    return agreed, left, docket


def test_what_a_meeting_left_undecided_says_by_which_minutes_and_who_wrote_them_up(world, left_undecided):
    (scene, _), (agreed, left, docket) = world, left_undecided
    minutes = reverse("home:docket", args=[docket.pk])
    office = page(scene.officers.region, left).content.decode()
    assert "“第三次局务会”未作决定" in office
    assert "请补充推广面积的证明。" in office
    assert f"{scene.office.name}（" in office
    assert minutes in office
    own = page(user_of(left), left).content.decode()
    assert ["“第三次局务会”未作决定" in own, "请补充推广面积" in own, minutes in own] == [True, False, False]
    assert minutes not in page(scene.officers.county, left).content.decode()
    assert "会议待议" not in page(scene.officers.region, agreed).content.decode()


def test_a_later_meeting_settles_what_was_put_off(world, left_undecided):
    (scene, _), (_, left, _) = world, left_undecided
    decide_on_docket(fresh(left), scene.officers.region, DocketPurpose.MEETING, scene.at + 2 * DAY)
    assert "会议待议" not in page(scene.officers.region, left).content.decode()


def test_what_was_put_off_is_marked_found_and_exported_in_the_inbox(world, left_undecided):
    (scene, jury), (_, left, _) = world, left_undecided
    other = drive_to(scene, jury, DeskState.AWAITING_MEETING)
    browser, where = login(Client(), scene.officers.region), reverse("home:inbox")
    assert browser.get(where).content.decode().count('<span class="state state-warning">会议待议</span>') == 1
    states = ("put_off", DeskState.AWAITING_MEETING)
    found = [{paper.record for paper in browser.get(where, {"state": each}).context["page"]} for each in states]
    assert found == [{left.pk}, {left.pk, other.pk}]
    sheet = load_workbook(io.BytesIO(b"".join(browser.get(where, {"state": "put_off", "export": "xlsx"}))))
    assert [row[3] for row in sheet.active.iter_rows(values_only=True, min_row=2)] == ["待会议研究（会议待议）"]


def test_the_season_counts_what_was_put_off_and_leads_to_the_list_of_it(world, left_undecided):
    (scene, jury), (_, left, _) = world, left_undecided
    drive_to(scene, jury, DeskState.AWAITING_MEETING)
    browser = login(Client(), scene.officers.region)
    board = browser.get(reverse("home:season", args=[scene.season.pk])).context["board"]
    number, listed = board.put_off
    rows = browser.get(f"{reverse('applications:list')}?{listed}").context["table"].rows
    assert (number, [row.record.pk for row in rows]) == (1, [left.pk])
