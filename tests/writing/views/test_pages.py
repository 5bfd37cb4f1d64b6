"""What an applicant sees and does while he writes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.applications.models import Application
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.directory.states import UnitLevel
from tests import factories
from tests.factories import JPG, PDF, Scene
from tests.writing.pages import address, hand_in, page, text_of

pytestmark = pytest.mark.usefixtures("at_the_scene")
Browser = Callable[[User], Client]


def test_an_applicant_goes_from_the_start_page_to_the_receipt(scene: Scene, applicant: Client) -> None:
    assert "正在受理" in text_of(applicant.get(reverse("applications:start")))
    started = applicant.post(reverse("applications:start"), {"season": scene.season.pk})
    application = Application.objects.get(person=scene.applicant.person_id)
    assert started.url == page(application, 1)
    first = applicant.get(started.url)
    assert 'value="韦测试"' in text_of(first)
    assert "广西测试大学（南宁市）" in text_of(first)

    typed = factories.filled(scene.county, scene.unit)
    for step in (1, 2, 3):
        gone_on = applicant.post(page(application, step), typed)
        assert (gone_on.status_code, gone_on.url) == (302, page(application, step + 1))
    diploma = SimpleUploadedFile("学历证书.jpg", JPG)
    assert applicant.post(page(application, 4), {**typed, "file:diploma": diploma}).url == page(application, 5)
    assert applicant.post(page(application, 5), typed).url == address("check", application)

    assert hand_in(applicant, application).url == address("receipt", application)
    receipt = text_of(applicant.get(address("receipt", application)))
    assert application.number in receipt
    assert "由<strong>广西测试大学</strong>办理“同意推荐”" in receipt
    assert "<svg" in receipt
    printed = applicant.get(address("receipt_pdf", application))
    assert (printed.headers["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")


def test_starting_twice_leads_to_the_one_application(scene: Scene, applicant: Client) -> None:
    start = reverse("applications:start")
    first = applicant.post(start, {"season": scene.season.pk})
    assert applicant.post(start, {"season": scene.season.pk}).url == first.url
    assert Application.objects.count() == 1
    assert "继续填写" in text_of(applicant.get(start))


def test_starting_again_after_handing_in_leads_to_the_receipt(scene: Scene, client_of: Browser) -> None:
    handed = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    browser = client_of(factories.user_of(handed))
    assert browser.post(reverse("applications:start"), {"season": scene.season.pk}).url == address("receipt", handed)


@pytest.mark.parametrize("season", ["", "999", "韦", "1' OR 1=1", "\0"])
def test_a_forged_season_is_refused_in_words(applicant: Client, season: str) -> None:
    response = applicant.post(reverse("applications:start"), {"season": season})
    assert response.status_code == 422
    assert "批次：" in text_of(response) or "没有选择批次" in text_of(response)


@pytest.mark.parametrize(
    ("days", "words"), [(-30, "网上申请自2026年6月1日"), (60, "网上申请已于2026年7月15日")], ids=["before", "after"]
)
def test_outside_the_window_nobody_starts(
    scene: Scene, applicant: Client, at_the_scene: time_machine.Traveller, days: int, words: str
) -> None:
    at_the_scene.move_to(scene.at + timedelta(days=days), tick=False)
    applicant = factories.login(Client(), scene.applicant)
    shown = text_of(applicant.get(reverse("applications:start")))
    assert words in shown
    assert "开始填写" not in shown
    refused = applicant.post(reverse("applications:start"), {"season": scene.season.pk})
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert not Application.objects.exists()


def test_who_has_no_file_is_told_whom_to_ask(scene: Scene, client_of: Browser) -> None:
    response = client_of(scene.officers.county).get(reverse("applications:start"))
    assert response.status_code == 403
    assert "请联系派出单位经办人登记档案" in text_of(response)


def test_who_is_not_signed_in_is_led_to_the_login(draft: Application) -> None:
    response = Client().get(page(draft, 1))
    assert response.url == f"/login/?next={page(draft, 1)}"
    saved = Client().post(address("autosave", draft, 1), {"person.name": "韦"}, headers={"HX-Request": "true"})
    assert (saved.status_code, "登录已失效，未保存" in text_of(saved)) == (401, True)


@pytest.mark.parametrize(
    "name_and_more",
    [
        ("form", 1), ("autosave", 1), ("check",), ("receipt",), ("receipt_pdf",), ("attach", "diploma"),
        ("detach", "diploma", "0" * 64), ("file", "0" * 64),
    ],
    ids=lambda value: value[0],
)  # fmt: skip
def test_another_persons_application_does_not_exist(
    scene: Scene, draft: Application, client_of: Browser, name_and_more: tuple[Any, ...]
) -> None:
    browser = client_of(scene.new_applicant())
    where = address(name_and_more[0], draft, *name_and_more[1:])
    asked = [browser.get(where, follow=True), browser.post(where)]
    assert {answer.status_code for answer in asked} <= {404, 405}
    assert 404 in {answer.status_code for answer in asked}


def test_pages_and_documents_that_the_form_does_not_have_are_not_found(draft: Application, applicant: Client) -> None:
    for missing in (page(draft, 0), page(draft, 6), address("receipt_pdf", draft).replace(str(draft.pk), "999")):
        assert applicant.get(missing).status_code == 404
    assert applicant.post(address("attach", draft, "nothing"), {"a": "b"}).status_code == 404


def test_wrong_values_are_kept_as_typed_and_shown_beside_the_field(draft: Application, applicant: Client) -> None:
    typed = {"person.education": "硕士", "person.title": "特级", "person.years_of_service": "很久"}
    response = applicant.post(page(draft, 2), typed)
    shown = text_of(response)
    assert response.status_code == 422
    assert 'value="很久"' in shown
    assert shown.count("从事科技服务年限应填写整数。") == 2
    assert 'href="#id_person.years_of_service"' in shown
    assert shown.count("职称“特级”不在可选范围内。") == 2
    kept = factories.fresh(draft).content
    assert (kept["person.years_of_service"], kept["person.title"]) == ("很久", "特级")
    assert 'value="很久"' in text_of(applicant.get(page(draft, 2)))


def test_a_first_visit_does_not_blame_what_is_not_yet_filled(scene: Scene, applicant: Client) -> None:
    applicant.post(reverse("applications:start"), {"season": scene.season.pk})
    application = Application.objects.get()
    assert "没有填写" not in text_of(applicant.get(page(application, 3)))
    assert "服务计划没有填写。" in text_of(applicant.get(page(application, 3), {"check": "1"}))


def test_autosave_keeps_what_is_typed_and_says_when(draft: Application, applicant: Client) -> None:
    response = applicant.post(address("autosave", draft, 3), {"application.plan": "写到一半"})
    assert (response.status_code, text_of(response).strip()) == (200, "已保存 10:00")
    kept = factories.fresh(draft).content
    assert kept["application.plan"] == "写到一半"
    assert kept["application.industries"] == ["citrus", "tea"]


def test_unticking_everything_is_kept_too(draft: Application, applicant: Client) -> None:
    applicant.post(address("autosave", draft, 3), {"application.industries": [""]})
    assert factories.fresh(draft).content["application.industries"] == []


def test_a_forged_county_or_unit_is_refused_in_words(draft: Application, applicant: Client) -> None:
    for county in ("110101", "4501", "450126001", "999999999999", "-1", "宾阳县"):
        response = applicant.post(page(draft, 3), {"application.county": county})
        assert response.status_code == 422
        assert re.search("服务县不在本批次范围内|服务县（市、区）请从列表中选择", text_of(response))
    for unit in ("999999", "0", "-1", "1.5", "9" * 30, "１２"):
        response = applicant.post(page(draft, 1), {"person.unit": unit})
        assert response.status_code == 422
        assert re.search("派出单位未登记|派出单位请从列表中选择", text_of(response))
    assert factories.fresh(draft).unit is None


def test_units_are_found_by_part_of_their_name(scene: Scene, draft: Application, applicant: Client) -> None:
    factories.make_unit(scene.county, name="宾阳县农技站", level=UnitLevel.COUNTY)
    search = reverse("writing:organizations", args=["application", draft.pk, "person.unit"])
    found = text_of(applicant.get(search, {"q:person.unit": "农技"}))
    assert "宾阳县农技站（宾阳县）" in found
    assert "广西测试大学" not in found
    assert "没有找到" in text_of(applicant.get(search, {"q:person.unit": "不存在的单位"}))
    assert "没有找到" in text_of(applicant.get(search, {"q:person.unit": "农技\0"}))
    sent = {"person.name": "韦改名", "q:person.unit": "农技", "find": "person.unit"}
    without_script = text_of(applicant.post(page(draft, 1), sent))
    assert "宾阳县农技站（宾阳县）" in without_script
    assert 'value="韦改名"' in without_script


@pytest.mark.parametrize(
    ("name", "data", "words", "status"),
    [
        ("证书.jpg", b"<html><script>alert(1)</script>", "内容不是完好的jpg图片", 415),
        ("证书.pdf", JPG, "内容不是完好的PDF", 415),
        ("证书.exe", b"MZ", "不是允许的类型", 415),
        ("证书.pdf", PDF + b"0" * 5_000_000, "超过5MB", 413),
        ("空.pdf", b"", "是空文件", 422),
    ],
    ids=["html as jpg", "jpg as pdf", "exe", "oversize", "empty"],
)
def test_an_unfit_upload_is_refused_and_nothing_typed_is_lost(
    draft: Application, applicant: Client, name: str, data: bytes, words: str, status: int
) -> None:
    sent = {"application.experience": "新写的经历", "file:diploma": SimpleUploadedFile(name, data)}
    response = applicant.post(address("attach", draft, "diploma"), sent)
    assert response.status_code == status
    assert words in text_of(response)
    assert "新写的经历" in text_of(response)
    kept = factories.fresh(draft)
    assert kept.content["application.experience"] == "新写的经历"
    assert [file["name"] for file in kept.files["diploma"]] == ["学历证书.jpg"]


def test_documents_are_added_and_taken_off_with_what_was_typed(draft: Application, applicant: Client) -> None:
    sent = {"application.experience": "第一稿", "file:other": SimpleUploadedFile("证明.pdf", PDF)}
    added = applicant.post(address("attach", draft, "other"), sent)
    assert added.url == f"{page(draft, 4)}#id_other"
    (other,) = factories.fresh(draft).files["other"]
    shown = text_of(applicant.get(page(draft, 4)))
    assert shown.index("学历证书.jpg") < shown.index("证明.pdf")
    taken = applicant.post(address("detach", draft, "other", other["digest"]), {"application.experience": "第二稿"})
    assert taken.url == f"{page(draft, 4)}#id_other"
    now = factories.fresh(draft)
    assert (now.files["other"], now.content["application.experience"]) == ([], "第二稿")


def test_the_enter_key_saves_and_neither_looks_for_a_unit_nor_removes_a_document(
    draft: Application, applicant: Client
) -> None:
    for step in (1, 4):
        form = text_of(applicant.get(page(draft, step))).partition("data-autosaved")[2]
        first_button = re.search(r"<button[^>]*>", form)
        assert first_button is not None
        assert "name=" not in first_button[0]
        assert "formaction=" not in first_button[0]


def test_more_documents_than_the_pack_allows_are_refused(draft: Application, applicant: Client) -> None:
    for n in range(2):
        file = SimpleUploadedFile(f"{n}.pdf", PDF + str(n).encode())
        applicant.post(address("attach", draft, "diploma"), {"application.experience": "经历", "file:diploma": file})
    file = SimpleUploadedFile("4.pdf", PDF + b"4")
    response = applicant.post(
        address("attach", draft, "diploma"), {"application.experience": "经历", "file:diploma": file}
    )
    assert "“学历或职称证书”最多3个文件。" in text_of(response)
    assert len(factories.fresh(draft).files["diploma"]) == 3


def test_opening_the_address_of_an_act_leads_back_to_its_page(draft: Application, applicant: Client) -> None:
    digest = draft.files["diploma"][0]["digest"]
    for where in (address("attach", draft, "diploma"), address("detach", draft, "diploma", digest)):
        assert applicant.get(where).url == f"{page(draft, 4)}#id_diploma"
    assert factories.fresh(draft).files == draft.files


def test_uploading_nothing_is_told(draft: Application, applicant: Client) -> None:
    response = applicant.post(address("attach", draft, "diploma"), {"application.experience": "经历"})
    assert (response.status_code, "没有选择文件" in text_of(response)) == (422, True)


def test_who_comes_from_a_countys_unit_is_taken_to_serve_there(scene: Scene, client_of: Browser) -> None:
    station = factories.make_unit(scene.counties[0], name="宾阳县农技站", level=UnitLevel.COUNTY)
    user = factories.make_applicant(station)
    client_of(user).post(reverse("applications:start"), {"season": scene.season.pk})
    application = Application.objects.get(person=user.person)
    assert (application.county_id, application.unit_id) == (scene.counties[0].pk, station.pk)


def test_a_returned_application_shows_why_and_may_be_corrected_after_the_window(
    scene: Scene, at_the_scene: time_machine.Traveller, client_of: Browser
) -> None:
    returned = factories.make_application(scene, DeskState.RETURNED)
    at_the_scene.move_to(scene.at.replace(month=8), tick=False)
    browser = client_of(factories.user_of(returned))
    shown = text_of(browser.get(page(returned, 3)))
    assert "请补充服务计划" in shown
    assert "单位经办" in shown
    assert shown.count("退回意见涉及此项") == 1
    assert f'<a href="{page(returned, 3)}#id_application.plan">服务计划</a>' in shown
    assert ("退回前填写" in shown, shown.count("退回时指出，尚未修改")) == (False, 1)
    browser.post(address("autosave", returned, 3), {"application.plan": "每月到村四次。"})
    corrected = text_of(browser.get(page(returned, 3)))
    assert "退回前填写：每月到村两次，指导柑橘黄龙病防控。" in corrected
    assert "退回时指出，尚未修改" not in corrected
    assert hand_in(browser, returned).url == address("receipt", returned)
    assert factories.fresh(returned).state == DeskState.AWAITING_CONSENT

    paper = text_of(client_of(scene.officers.unit).get(reverse("home:record", args=["application", returned.pk])))
    assert "原：每月到村两次，指导柑橘黄龙病防控。" in paper
    assert "现：每月到村四次。" in paper


def test_a_character_no_database_keeps_is_left_out(draft: Application, applicant: Client) -> None:
    assert applicant.post(page(draft, 2), {"person.specialty": "柑\0橘"}).url == page(draft, 3)
    assert factories.fresh(draft).content["person.specialty"] == "柑橘"


def test_characters_that_turn_the_reading_direction_are_refused(draft: Application, applicant: Client) -> None:
    response = applicant.post(page(draft, 2), {"person.specialty": "柑\u202e橘"})
    assert (response.status_code, "专业特长含有不可见或无法印出的字符。" in text_of(response)) == (422, True)


@pytest.mark.parametrize("name", ["form", "autosave"])
def test_a_million_characters_are_refused_and_handed_back(draft: Application, applicant: Client, name: str) -> None:
    flood = "a" * 1_000_000
    response = applicant.post(address(name, draft, 3), {"application.plan": flood})
    assert response.status_code == 413
    assert "所填内容超过20000字，未保存；其中" in text_of(response)
    assert (flood in text_of(response)) == (name == "form")
    assert factories.fresh(draft).content["application.plan"].startswith("每月到村两次")


def test_a_text_longer_than_asked_is_kept_and_told(draft: Application, applicant: Client) -> None:
    response = applicant.post(page(draft, 3), {"application.plan": "字" * 2001})
    assert (response.status_code, "服务计划最多2000字，现有2001字。" in text_of(response)) == (422, True)
    assert factories.fresh(draft).content["application.plan"] == "字" * 2001


@pytest.mark.parametrize(
    "body", [{"a": "字" * 900_000}, dict.fromkeys(map(str, range(2_001)), "1")], ids=["long", "many"]
)
def test_a_request_too_large_to_read_is_told_to_go_back(
    draft: Application, applicant: Client, body: dict[str, str]
) -> None:
    response = applicant.post(page(draft, 3), body)
    assert response.status_code == 400
    assert "您填写的内容仍在" in text_of(response)


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream"])
def test_another_content_type_is_refused_and_changes_nothing(
    draft: Application, applicant: Client, content_type: str
) -> None:
    response = applicant.post(page(draft, 3), '{"application.plan": ""}', content_type=content_type)
    assert (response.status_code, "没有收到本页所填内容" in text_of(response)) == (415, True)
    assert factories.fresh(draft).content == draft.content


def test_a_form_without_its_protection_is_refused_in_words(scene: Scene, draft: Application) -> None:
    browser = factories.login(Client(enforce_csrf_checks=True), scene.applicant)
    response = browser.post(page(draft, 3), {"application.plan": "改"})
    assert (response.status_code, "您填写的内容没有丢失" in text_of(response)) == (403, True)


def test_a_page_of_the_form_takes_a_constant_number_of_queries(
    draft: Application, applicant: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for step, queries in ((1, 9), (2, 8), (3, 9), (4, 8)):
        with django_assert_num_queries(queries):
            applicant.get(page(draft, step))


def window(browser: Client, application: Application, step: int) -> dict[str, str]:
    """Open a page of the form anew and return what it carries beside its entries."""
    shown = text_of(browser.get(page(application, step)))
    return dict(re.findall(r'name="(digest|mark)" value="(\w+)"', shown))


def test_two_windows_on_one_page_overwrite_nothing_unseen_and_the_second_may_choose(
    draft: Application, applicant: Client
) -> None:
    plan, industries = "application.plan", "application.industries"
    first, second = window(applicant, draft, 3), window(applicant, draft, 3)
    for text in ("甲一", "甲二", "甲三"):
        assert applicant.post(address("autosave", draft, 3), {**first, plan: text}).status_code == 200
    told = applicant.post(address("autosave", draft, 3), {**second, plan: "乙"})
    assert (told.status_code, "未保存：本页内容已在另一窗口或设备上改动" in text_of(told)) == (409, True)
    refused = applicant.post(page(draft, 3), {**second, plan: "乙", industries: [""]})
    shown = text_of(refused)
    assert refused.status_code == 409
    assert "现存：甲三</span>您填写：乙" in shown
    assert "\n乙</textarea>" in shown
    assert factories.fresh(draft).content[plan] == "甲三"
    again = applicant.post(page(draft, 3), {**second, plan: "乙二", industries: ["tea"]})
    assert again.status_code == 409
    standing = re.search(r'name="keep" value="(\w+)"', shown)
    assert standing is not None
    kept = applicant.post(page(draft, 3), {**second, plan: "乙", industries: ["tea"], "keep": standing[1]})
    assert kept.status_code == 302
    assert factories.fresh(draft).content[plan] == "乙"
    assert applicant.post(page(draft, 3), {**first, plan: "甲四"}).status_code == 409


def test_windows_on_two_pages_or_with_the_same_words_do_not_disturb_each_other(
    draft: Application, applicant: Client
) -> None:
    one, same, other = window(applicant, draft, 3), window(applicant, draft, 3), window(applicant, draft, 4)
    for carried, step, typed in (
        (one, 3, {"application.plan": "计划"}),
        (other, 4, {"application.experience": "经历"}),
        (same, 3, {"application.plan": "计划"}),
        (other, 4, {"application.experience": "经历，续"}),
        (same, 3, {"application.plan": "计划，续"}),
    ):
        assert applicant.post(address("autosave", draft, step), {**carried, **typed}).status_code == 200
