"""Joint acts on screen: asking, the score sheet, blind review, taking up again."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.core import tokens
from apps.core.log import digest_of
from apps.core.templatetags.ui import chinese_date
from apps.desks import services as desks
from apps.desks.models import Verdict
from apps.desks.states import DeskState, DocketPurpose, Word
from apps.notices.models import Message
from tests.factories import GROUND, actor, fresh, login, run_effects, user_of
from tests.factories.every_act import (
    ask,
    desk_of,
    docket_of,
    drive_to,
    speak,
)
from tests.home.pages import page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


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
