"""Dockets on screen: drawn up, written up and closed, handed in under a seal; what a meeting put off."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.core import tokens
from apps.desks import services as desks
from apps.desks.models import Docket, Paper
from apps.desks.states import DeskState, DocketPurpose, DocketState, Word
from tests.factories import PDF, fresh, login, user_of
from tests.factories.every_act import decide_on_docket, docket_of, drive_to, write_up
from tests.home.pages import page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


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
