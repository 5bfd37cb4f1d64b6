"""The list of appointees: who finds whom, narrowed and exported."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.appointments.exports import COLUMNS
from apps.appointments.models import Appointment
from apps.directory.models import User
from tests.factories import LIUCHENG, NANNING, Scene, make_issued_notice, make_passed, run_effects

pytestmark = pytest.mark.usefixtures("at_the_scene")
Browser = Callable[[User], Client]
LIST = reverse("appointments:list")


def found(browser: Client, **asked: str) -> list[str]:
    rows = browser.get(LIST, asked).context["table"].paginated_rows
    return [row.record.person.name for row in rows]


def exported(browser: Client, **asked: str) -> list[tuple[Any, ...]]:
    response = browser.get(LIST, {**asked, "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return list(sheet.iter_rows(values_only=True))


def test_each_viewer_finds_the_appointees_he_sees(scene: Scene, client_of: Browser) -> None:
    (passed,) = make_passed(scene)
    name = passed.person.name
    for viewer in (*scene.officers.walk(), scene.officers.auditor, passed.person.user):
        assert found(client_of(viewer)) == [name]
    for viewer in (scene.stranger, scene.applicant):
        assert found(client_of(viewer)) == []
    assert Client().get(LIST).url == f"/login/?next={LIST}"


def test_the_page_is_called_as_the_menu_calls_it_and_says_why_it_is_empty(scene: Scene, client_of: Browser) -> None:
    (passed,) = make_passed(scene)
    told = {}
    for viewer in (scene.officers.county, passed.person.user, scene.stranger, scene.applicant):
        text = client_of(viewer).get(LIST).content.decode()
        known = ("<h1>受聘人员</h1>", "<h1>我的聘任</h1>", 'aria-label="筛选"', "还没有受聘人员", "您还没有聘任")
        told[viewer] = [word in text for word in known]
    assert list(told.values()) == [
        [True, False, True, False, False],
        [False, True, False, False, False],
        [True, False, False, True, False],
        [False, True, False, False, True],
    ]


def test_the_list_is_narrowed_by_place_state_and_words(scene: Scene, client_of: Browser) -> None:
    names = sorted(application.person.name for application in make_passed(scene, 3))
    region = client_of(scene.officers.region)
    assert sorted(found(region)) == names
    assert sorted(found(region, city=NANNING, state="draft", text="测试大学")) == names
    assert found(region, text=names[1]) == [names[1]]
    for nothing in ({"county": LIUCHENG}, {"state": "ended"}, {"text": "查无此人"}):
        assert found(region, **nothing) == []
    assert [row[1] for row in exported(region, text=names[1])] == ["姓名", names[1]]


def test_a_certificate_and_its_notice_are_named_and_can_be_opened(scene: Scene, client_of: Browser) -> None:
    make_issued_notice(scene)
    run_effects(scene.at)
    appointment = Appointment.objects.select_related("certificate", "notice__document", "person").get()
    certificate, notice = appointment.certificate, appointment.notice.document
    region = client_of(scene.officers.region)
    shown = region.get(LIST).content.decode()
    for document in (certificate, notice):
        assert f'href="{reverse("notices:document", args=[document.code])}"' in shown
    assert exported(region) == [
        tuple(label for label, _ in COLUMNS),
        (
            "2026年度自治区乡村科技特派员", appointment.person.name, "广西测试大学", "南宁市", "宾阳县",
            datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-12-31"), "在聘",
            certificate.number, notice.number,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_a_constant_number_of_queries(
    scene: Scene, client_of: Browser, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_passed(scene, number)
    region = client_of(scene.officers.region)
    with django_assert_num_queries(11):
        region.get(LIST)
