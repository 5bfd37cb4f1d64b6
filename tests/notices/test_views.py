"""The screens of public lists, notices and verification: who sees what, and what happens once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.applications.models import Application
from apps.core import seals, tokens
from apps.core.days import written_day
from apps.desks.states import DeskState
from apps.directory.models import Person, User
from apps.directory.states import Role
from apps.notices import services
from apps.notices.models import Document, Notice, NumberBook, PublicityList
from apps.notices.states import DocumentKind, NoticeState
from tests.factories import (
    AFTER_NOTICE,
    Scene,
    make_application,
    make_draft_notice,
    make_issued_notice,
    make_officer,
    user_of,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("at_the_scene")
NUMBER = "桂科农字〔2026〕1号"


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def announce_url(scene: Scene) -> str:
    return reverse("notices:announce", args=[scene.season.pk])


def waiting(scene: Scene, number: int = 1) -> list[Application]:
    return [make_application(scene, DeskState.ON_NOTICE) for _ in range(number)]


def test_the_office_that_published_a_list_reads_until_when_it_stands(scene: Scene, client_of: ClientOf) -> None:
    (application,) = waiting(scene)
    seen, at = {application.pk: application.version}, scene.at
    published = services.announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=at)
    client = client_of(scene.officers.region)
    words = words_of(client.get(reverse("home:record", args=["application", application.pk])))
    until = f"公示期至{published.closes.year}年{published.closes.month}月{published.closes.day}日"
    assert until in words
    assert "公示期内无须办理，期满后自动转入下一环节。" in words
    assert "办理权限在上述环节" not in words


def ticket(notice: Notice) -> str:
    return tokens.issue("notice", {notice.pk: Notice.objects.get(pk=notice.pk).version})


def token_in(response: HttpResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', words_of(response))
    assert found
    return found[1]


def publish(scene: Scene, records: list[Application]) -> PublicityList:
    seen = {record.pk: record.version for record in records}
    return services.announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=scene.at)


def certificate_of(notice: Notice) -> Document:
    return Document.objects.select_related("holder").get(kind=DocumentKind.CERTIFICATE, season=notice.season)


def document_url(document: Document) -> str:
    return reverse("notices:document", args=[document.code])


# Public lists, as the office makes them


def test_a_list_is_chosen_previewed_and_published_for_all_to_read(scene: Scene, client_of: ClientOf) -> None:
    office, records = client_of(scene.officers.region), waiting(scene, 2)
    chosen, left = records
    assert left.person.name in words_of(office.get(announce_url(scene)))
    preview = office.post(announce_url(scene), {"kind": "application", "records": [chosen.pk]})
    assert f"{written_day(scene.at)}（周三）至2026年6月14日（周日）" in words_of(preview)
    assert left.person.name not in words_of(preview)
    assert PublicityList.objects.count() == 0
    published = office.post(announce_url(scene), {"kind": "application", "token": token_in(preview)}, follow=True)
    assert chosen.person.name in words_of(published)
    assert chosen.person.name in words_of(Client().get(published.request["PATH_INFO"]))


def test_a_list_sent_twice_is_published_once(scene: Scene, client_of: ClientOf) -> None:
    office, (record,) = client_of(scene.officers.region), waiting(scene)
    preview = office.post(announce_url(scene), {"kind": "application", "records": [record.pk]})
    typed = {"kind": "application", "token": token_in(preview)}
    answers = [office.post(announce_url(scene), typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert PublicityList.objects.count() == 1


def test_a_list_of_what_changed_meanwhile_is_refused_with_the_reason(scene: Scene, client_of: ClientOf) -> None:
    office, (record,) = client_of(scene.officers.region), waiting(scene)
    preview = office.post(announce_url(scene), {"kind": "application", "records": [record.pk]})
    publish(scene, [record])
    response = office.post(announce_url(scene), {"kind": "application", "token": token_in(preview)})
    assert response.status_code == 409
    assert "区经办" in words_of(response)
    assert PublicityList.objects.count() == 1


@pytest.mark.parametrize("records", [[], ["999999"], ["一"]])
def test_nobody_or_a_forged_record_makes_no_list(scene: Scene, client_of: ClientOf, records: list[str]) -> None:
    waiting(scene)
    response = client_of(scene.officers.region).post(announce_url(scene), {"kind": "application", "records": records})
    assert response.status_code == 422
    assert "请" in words_of(response)


def test_a_record_not_on_notice_cannot_be_listed(scene: Scene, client_of: ClientOf) -> None:
    waiting(scene)
    early = make_application(scene, DeskState.AWAITING_CONSENT)
    typed = {"kind": "application", "records": [early.pk]}
    assert client_of(scene.officers.region).post(announce_url(scene), typed).status_code == 422


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_forged_token_publishes_nothing(scene: Scene, client_of: ClientOf, token: str) -> None:
    waiting(scene)
    response = client_of(scene.officers.region).post(announce_url(scene), {"kind": "application", "token": token})
    assert response.status_code == 409
    assert "页面凭证无效" in words_of(response)
    assert PublicityList.objects.count() == 0


def test_an_unknown_kind_is_not_found(scene: Scene, client_of: ClientOf) -> None:
    assert client_of(scene.officers.region).get(announce_url(scene), {"kind": "teapot"}).status_code == 404


@pytest.mark.parametrize("name", ["announce", "drafts"])
def test_only_who_issues_comes_in(scene: Scene, client_of: ClientOf, name: str) -> None:
    url = reverse(f"notices:{name}", args=[scene.season.pk])
    assert client_of(scene.officers.region).get(url).status_code == 200
    told = client_of(scene.officers.city).get(url)
    assert told.status_code == 403
    assert "广西壮族自治区协调办公室办理" in words_of(told)
    assert client_of(scene.applicant).get(url).status_code == 404
    assert Client().get(url).headers["Location"].startswith("/login/")


def test_choosing_asks_the_same_number_of_questions_for_one_and_three(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office = client_of(scene.officers.region)
    for number in (1, 2):
        waiting(scene, number)
        with django_assert_num_queries(11):
            office.get(announce_url(scene))


# Public lists, as the public reads them


def test_the_public_reads_names_units_and_counties_and_no_number(scene: Scene) -> None:
    records = waiting(scene, 2)
    listed = publish(scene, records)
    words = words_of(Client().get(reverse("notices:public_list", args=[listed.pk])))
    for record in records:
        person = record.person
        assert person.name in words
        for secret in (person.phone, person.email, person.id_number):
            assert not secret or secret not in words
    assert "宾阳县" in words
    assert "怎样提出异议" in words


def test_a_name_is_found_on_a_list(scene: Scene) -> None:
    one, other = waiting(scene, 2)
    Person.objects.filter(pk=one.person_id).update(name="韦唯一")
    listed = publish(scene, [Application.objects.get(pk=one.pk), other])
    url = reverse("notices:public_list", args=[listed.pk])
    found = words_of(Client().get(url, {"q": "唯一"}))
    assert "韦唯一" in found
    assert other.person.name not in found
    assert "名单中没有找到" in words_of(Client().get(url, {"q": "派出单位"}))
    assert Client().get(url, {"q": "%' OR 1=1 --", "page": "x"}).status_code == 200


def test_a_list_that_is_over_says_so(scene: Scene) -> None:
    listed = publish(scene, waiting(scene))
    url = reverse("notices:public_list", args=[listed.pk])
    assert "公示期已满" not in words_of(Client().get(url))
    with time_machine.travel(scene.at + timedelta(days=5)):
        assert "公示期已满" in words_of(Client().get(url))
        assert "公示期满" in words_of(Client().get(reverse("notices:lists")))


def test_the_public_list_asks_the_same_number_of_questions_for_one_and_three(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 3):
        listed = publish(scene, waiting(scene, number))
        with django_assert_num_queries(4):
            Client().get(reverse("notices:public_list", args=[listed.pk]))


def test_names_are_shown_as_text(scene: Scene) -> None:
    (record,) = waiting(scene)
    Person.objects.filter(pk=record.person_id).update(name="<script>alert(1)</script>")
    listed = publish(scene, [Application.objects.get(pk=record.pk)])
    assert "<script>alert(1)" not in words_of(Client().get(reverse("notices:public_list", args=[listed.pk])))


# Notices


def test_a_draft_is_read_previewed_and_issued_under_the_number_shown(scene: Scene, client_of: ClientOf) -> None:
    office, draft = client_of(scene.officers.region), make_draft_notice(scene)
    assert "南宁市" in words_of(office.get(reverse("notices:notice", args=[draft.pk])))
    assert office.get(reverse("notices:preview", args=[draft.pk])).content.startswith(b"%PDF")
    url = reverse("notices:issue", args=[draft.pk])
    assert NUMBER in words_of(office.get(url))
    assert not NumberBook.objects.filter(word="桂科农字").exists()
    done = office.post(url, {"token": ticket(draft)}, follow=True)
    assert NUMBER in words_of(done)
    assert Notice.objects.get(pk=draft.pk).state == NoticeState.NUMBERED


def test_issuing_twice_takes_one_number(scene: Scene, client_of: ClientOf) -> None:
    office, draft = client_of(scene.officers.region), make_draft_notice(scene)
    typed = {"token": ticket(draft)}
    codes = [office.post(reverse("notices:issue", args=[draft.pk]), typed).status_code for _ in range(2)]
    assert codes == [302, 302]
    assert NumberBook.objects.get(word="桂科农字").last == 1


def test_the_second_of_two_issuers_is_told_who_was_first(scene: Scene, client_of: ClientOf) -> None:
    draft = make_draft_notice(scene)
    colleague = make_officer(Role.COORDINATION_OFFICE, scene.region, name="另一经办")
    own, stale = ticket(draft), ticket(draft)
    url = reverse("notices:issue", args=[draft.pk])
    client_of(colleague).post(url, {"token": own})
    response = client_of(scene.officers.region).post(url, {"token": stale})
    assert response.status_code == 409
    assert "另一经办" in words_of(response)
    assert NumberBook.objects.get(word="桂科农字").last == 1


@pytest.mark.parametrize("name", ["notice", "preview", "issue", "discard"])
def test_a_notice_is_found_by_its_issuers_only(scene: Scene, client_of: ClientOf, name: str) -> None:
    url = reverse(f"notices:{name}", args=[make_draft_notice(scene).pk])
    assert client_of(scene.officers.region).get(url).status_code == 200
    for stranger in (scene.officers.city, scene.officers.auditor, scene.applicant):
        assert client_of(stranger).post(url, {}).status_code in (404, 405)
        assert client_of(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert Notice.objects.get().state == NoticeState.DRAFT


def test_an_expired_token_issues_nothing(scene: Scene, client_of: ClientOf) -> None:
    draft = make_draft_notice(scene)
    old = ticket(draft)
    with time_machine.travel(scene.at + timedelta(hours=12, minutes=1)):
        office = client_of(scene.officers.region)
        response = office.post(reverse("notices:issue", args=[draft.pk]), {"token": old})
    assert response.status_code == 409
    assert "已失效" in words_of(response)


def test_a_draft_is_given_up_with_a_reason_only(scene: Scene, client_of: ClientOf) -> None:
    office, draft = client_of(scene.officers.region), make_draft_notice(scene)
    url = reverse("notices:discard", args=[draft.pk])
    refused = office.post(url, {"token": ticket(draft), "opinion": " "})
    assert refused.status_code == 422
    assert "作废理由" in words_of(refused)
    done = office.post(url, {"token": ticket(draft), "opinion": "名单有误"}, follow=True)
    assert "名单有误" in words_of(done)
    assert Notice.objects.get(pk=draft.pk).state == NoticeState.WITHDRAWN


def test_an_issued_notice_stands_in_the_list_and_in_the_number_book(scene: Scene, client_of: ClientOf) -> None:
    office, notice = client_of(scene.officers.region), make_issued_notice(scene)
    listed = words_of(office.get(reverse("notices:drafts", args=[scene.season.pk])))
    assert document_url(notice.document) in listed
    book = reverse("notices:book", args=[scene.season.pk, notice.document.book_id])
    assert book in listed
    assert NUMBER in words_of(office.get(book))
    again = words_of(office.get(reverse("notices:issue", args=[notice.pk])))
    assert "此件不是待印发的草稿" in again


def test_the_list_of_notices_asks_a_constant_number_of_questions(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_issued_notice(scene)
    office, url = client_of(scene.officers.region), reverse("notices:drafts", args=[scene.season.pk])
    notice = Notice.objects.get()
    for number in (1, 3):
        with django_assert_num_queries(11):
            office.get(url)
        copies = [Notice(**{**fields_of(notice), "key": f"{number}:{n}"}) for n in range(2)]
        Notice.objects.bulk_create(copies)


def fields_of(notice: Notice) -> dict[str, object]:
    return {name: getattr(notice, name) for name in ("season", "kind", "region", "title", "content", "drafted")}


# Documents and their verification


def test_anybody_verifies_a_notice_and_downloads_what_is_public(scene: Scene) -> None:
    document = make_issued_notice(scene).document
    words = words_of(Client().get(reverse("notices:verified", args=[document.code])))
    for shown in (NUMBER, document.title, document.pdf, "2026年6月17日"):
        assert shown in words
    downloaded = Client().get(document_url(document))
    assert downloaded.headers["Content-Type"] == "application/pdf"
    assert downloaded.content.startswith(b"%PDF")


def test_the_seal_on_a_document_is_shown_where_it_is_verified(scene: Scene) -> None:
    sealed = seals.seal(at=scene.at)
    document = make_issued_notice(scene).document
    words = words_of(Client().get(reverse("notices:verified", args=[document.code])))
    assert str(sealed) in words
    assert "封印" in words


def test_a_certificate_is_verified_by_all_and_downloaded_by_its_holder_and_his_offices(
    scene: Scene, client_of: ClientOf
) -> None:
    certificate = certificate_of(make_issued_notice(scene))
    url = document_url(certificate)
    words = words_of(Client().get(reverse("notices:verified", args=[certificate.code])))
    assert certificate.holder.name in words
    assert "宾阳县" in words
    assert url not in words
    assert Client().get(url).headers["Location"].startswith("/login/")
    holder = user_of(Application.objects.get())
    assert client_of(holder).get(url).content.startswith(b"%PDF")
    assert client_of(scene.officers.county).get(url).status_code == 200
    assert client_of(scene.stranger).get(url).status_code == 404
    assert client_of(scene.new_applicant()).get(url).status_code == 404


def test_a_person_finds_his_own_documents_and_nobody_elses(scene: Scene, client_of: ClientOf) -> None:
    certificate = certificate_of(make_issued_notice(scene))
    holder = user_of(Application.objects.get())
    url = reverse("notices:mine")
    assert document_url(certificate) in words_of(client_of(holder).get(url))
    assert "还没有发给您的文件" in words_of(client_of(scene.new_applicant()).get(url))
    assert "还没有发给您的文件" in words_of(client_of(scene.officers.region).get(url))
    assert Client().get(url).status_code == 302


def test_a_code_may_be_typed_with_spaces_dashes_and_small_letters(scene: Scene) -> None:
    code = make_issued_notice(scene).document.code
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]} "
    response = Client().get(reverse("notices:verify"), {"code": typed}, follow=True)
    assert "此文件由本系统签发" in words_of(response)


@pytest.mark.parametrize("code", ["NOSUCHCODE", "A" * 16, "<script>", "二维码", "%00", "\x00"])
def test_an_unknown_code_is_told_plainly(scene: Scene, code: str) -> None:
    response = Client().get(reverse("notices:verified", args=[code]))
    assert response.status_code == 404
    assert "查无此件" in words_of(response)
    assert "<script>" not in words_of(response).replace('<script src="', "")


@pytest.mark.parametrize("typed", ["", "编号", "../../etc", "A" * 61])
def test_what_cannot_be_a_code_is_asked_for_again(db: None, typed: str) -> None:
    response = Client().get(reverse("notices:verify"), {"code": typed})
    assert response.status_code == 200
    assert "请更正" in words_of(response)


@pytest.mark.parametrize("code", ["NOSUCHCODE", "..", "%2e%2e", "%00", "二维码"])
def test_an_unknown_document_is_not_found(scene: Scene, client_of: ClientOf, code: str) -> None:
    assert client_of(scene.officers.county).get(f"/documents/{code}.pdf").status_code == 404


def test_a_document_that_is_not_there_and_one_that_is_personal_ask_the_public_alike_to_log_in(scene: Scene) -> None:
    asked = Client().get("/documents/NOSUCHCODE.pdf")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/login/?next=/documents/NOSUCHCODE.pdf")


def test_a_document_still_being_printed_says_so(scene: Scene, client_of: ClientOf) -> None:
    draft = make_draft_notice(scene)
    numbered = services.issue(notice=draft, by=scene.office, at=scene.at + AFTER_NOTICE)
    assert client_of(scene.officers.county).get(document_url(numbered.document)).status_code == 404
    assert "正在制作" in words_of(Client().get(reverse("notices:verified", args=[numbered.document.code])))
    page = client_of(scene.officers.region).get(reverse("notices:notice", args=[draft.pk]))
    assert "PDF正在制作" in words_of(page)
