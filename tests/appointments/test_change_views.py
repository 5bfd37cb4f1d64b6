"""The pages of changes within a term: from the appointment over form and check to the receipt, and the list."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.appointments.models import Agreement, Change
from apps.appointments.states import AgreementState
from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.directory.models import User
from tests.factories import PDF, City, build_city
from tests.factories.agreements import make_agreement, signing_at
from tests.factories.changes import (
    KEY,
    PLAN,
    again,
    begin_change,
    make_change,
    resolve,
    said_of_change,
    write_change,
)
from tests.writing.pages import address, hand_in, page, text_of, token_on

Browser = Callable[[User], Client]
LIST = reverse("appointments:changes")


@pytest.fixture
def city(db: None) -> Iterator[City]:
    city = build_city()
    make_agreement(city, AgreementState.SIGNED)
    with time_machine.travel(signing_at(city), tick=False):
        yield city


def test_from_the_appointment_to_the_receipt(city: City, client_of: Browser):
    me = client_of(city.applicant)
    (line,) = me.get(reverse("appointments:list")).context["table"].data
    where = reverse("appointments:begin_change", args=[line.pk, KEY])
    assert where in me.get(reverse("appointments:appointment", args=[line.pk])).content.decode()
    assert "应及时向派出单位和市县科技管理部门报送书面材料" in me.get(where).content.decode()
    form = me.post(where).url
    (change,) = Change.objects.all()
    assert form == page(change, 1)
    assert "现为太谷区、太谷测试合作社" in me.get(form).content.decode()
    typed = {**said_of_change(), "change.host": str(city.host.pk)}
    found = text_of(me.post(form, {**typed, "q:change.host": "祁县测试", "find": "change.host"}))
    assert "祁县测试合作社（祁县）" in found
    assert PLAN in found
    assert me.post(form, typed).status_code == 422
    paper = SimpleUploadedFile("说明.pdf", PDF, "application/pdf")
    check = me.post(form, {**said_of_change(), "file:material": paper}).url
    assert check == address("check", change)
    asked = text_of(me.get(check))
    assert "原：太谷区</span>现：祁县" in asked
    assert "有关各方和拟调整到的祁县、祁县测试合作社同时收到，可以提出意见" in asked
    assert hand_in(me, change, confirmed="").status_code == 422
    token = token_on(me.get(check))
    receipt = hand_in(me, change, token).url
    shown = text_of(me.get(receipt))
    assert again(change).number in shown
    assert "已同时报送晋中测试大学、太谷区科技行政主管部门" in shown
    assert hand_in(me, change, token).url == me.get(form).url == receipt
    assert me.get(address("receipt_pdf", change)).content[:5] == b"%PDF-"
    assert again(change).state == DeskState.AWAITING_RESOLUTION


def test_a_draft_keeps_what_is_wrong_and_takes_no_other_file(city: City, client_of: Browser):
    me, change = client_of(city.applicant), begin_change(city)
    bad = SimpleUploadedFile("说明.pdf", b"no pdf", "application/pdf")
    typed = said_of_change("person", "task", reason="病休", plan="")
    refused = me.post(page(change, 1), {**typed, "file:material": bad})
    assert (refused.status_code, again(change).reason) == (415, "病休")
    assert "内容不是完好的PDF" in text_of(refused)
    asked = me.get(address("check", change))
    assert [each.key for each in asked.context["case"].problems] == ["change.person", "change.plan", "material"]
    kept = write_change(city, change)
    me.post(address("detach", change, "material", kept.files["material"][0]["digest"]), said_of_change())
    assert again(change).files == {"material": []}


def test_who_decides_reads_the_change_and_what_was_said_and_a_leaver_is_followed_by_another(
    city: City, client_of: Browser
):
    change = make_change(city, "person")
    record = reverse("home:record", args=["change", change.pk])
    bureau = client_of(city.officers["city"])
    shown = bureau.get(record).content.decode()
    assert "各方可以提出意见；办理不以各方表态为条件" in shown
    assert "聘任于办结之日结束" in shown
    resolve(city, change)
    assert reverse("applications:start_for") in bureau.get(record).content.decode()
    assert reverse("applications:start_for") not in client_of(city.applicant).get(record).content.decode()


def test_who_verifies_the_signed_copy_is_told_that_it_holds_no_longer(city: City, client_of: Browser):
    document = Agreement.objects.get().document
    verified = reverse("notices:verified", args=[document.code])
    assert "属实" in Client().get(verified).content.decode()
    resolve(city, make_change(city))
    shown = Client().get(verified).content.decode()
    assert "已作废" in shown
    assert "属实" not in shown


def test_the_list_is_narrowed_and_exported(city: City, client_of: Browser):
    change, bureau = make_change(city), client_of(city.officers["city"])
    for asked, number in (({"state": "awaiting_resolution", "text": "石测"}, 1), ({"state": "passed"}, 0)):
        assert len(bureau.get(LIST, asked).context["table"].rows) == number
    sheet = load_workbook(io.BytesIO(b"".join(bureau.get(LIST, {"export": "xlsx"}).streaming_content))).active
    assert list(sheet.iter_rows(values_only=True, min_row=2)) == [
        (
            change.number, "选派", "石测试", "晋中测试大学", "服务区域、任务", "太谷区", "太谷测试合作社",
            "祁县", "祁县测试合作社", "原单位停产。", "待调整决定", datetime.fromisoformat("2026-06-11 10:00"),
        )
    ]  # fmt: skip


def test_an_empty_list_says_where_a_change_begins(city: City, client_of: Browser):
    places = ("在“我的聘任”中", "在“受聘人员”中")
    told = [text_of(client_of(user).get(LIST)) for user in (city.applicant, city.officers["city"])]
    assert [[place in text for place in places] for text in told] == [[True, False], [False, True]]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    city: City, client_of: Browser, number: int, django_assert_num_queries: DjangoAssertNumQueries
):
    change = make_change(city)
    for _ in range(number - 1):
        desks.withdraw(record=again(change), by=city.by("person"), at=signing_at(city))
        change = make_change(city)
    bureau = client_of(city.officers["city"])
    with django_assert_num_queries(13):
        assert len(bureau.get(LIST).context["table"].rows) == number
