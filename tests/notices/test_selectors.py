"""Who may read which notice, document and list."""

from datetime import timedelta

import pytest

from apps.core.actors import Actor
from apps.notices import selectors, services
from apps.notices.models import Document
from apps.notices.states import DocumentKind
from tests.factories import AFTER_NOTICE, Scene, actor, make_draft_notice, make_issued_notice, user_of

PUBLIC = Actor(name="公众")


@pytest.fixture
def issued(scene: Scene):
    return make_issued_notice(scene)


def test_only_who_issues_reads_drafts(scene: Scene) -> None:
    draft = make_draft_notice(scene)
    at = scene.at + AFTER_NOTICE
    assert list(selectors.notices_for(scene.office, at)) == [draft]
    for user in (scene.officers.county, scene.officers.city, scene.officers.auditor, scene.stranger):
        assert not selectors.notices_for(actor(user), at).exists()


def test_a_public_document_is_anybodys(scene: Scene, issued) -> None:
    at = scene.at + AFTER_NOTICE
    assert selectors.document_for(PUBLIC, issued.document.code, at) == issued.document


def test_a_certificate_is_its_holders_and_his_offices(scene: Scene, issued) -> None:
    at = scene.at + AFTER_NOTICE
    certificate = Document.objects.get(kind=DocumentKind.CERTIFICATE)
    holder = user_of(issued.appointments.get().application)
    for user in (holder, scene.officers.county, scene.officers.city, scene.officers.region):
        assert selectors.document_for(actor(user), certificate.code, at) == certificate
    for stranger in (PUBLIC, actor(scene.stranger), actor(scene.new_applicant())):
        assert selectors.document_for(stranger, certificate.code, at) is None


def test_a_document_not_yet_printed_cannot_be_downloaded(scene: Scene, issued) -> None:
    Document.objects.filter(pk=issued.document_id).update(pdf="")
    assert selectors.document_for(PUBLIC, issued.document.code, scene.at) is None


@pytest.mark.parametrize("code", ["", "ABCD", "0" * 24, "'; --"])
def test_an_unknown_code_finds_nothing(scene: Scene, code: str) -> None:
    assert selectors.document_by_code(code) is None


def test_a_code_is_found_as_people_type_it(scene: Scene, issued) -> None:
    assert selectors.document_by_code(f" {issued.document.code.lower()} ") == issued.document


def test_a_notice_stuck_in_print_is_shown_to_the_operator(scene: Scene) -> None:
    notice = make_draft_notice(scene)
    at = scene.at + AFTER_NOTICE
    services.issue(notice=notice, by=scene.office, at=at)
    assert not selectors.unfinished(timedelta(minutes=5), at).exists()
    assert list(selectors.unfinished(timedelta(minutes=5), at + timedelta(minutes=6))) == [notice]


def test_the_next_number_is_foretold(scene: Scene, issued) -> None:
    assert selectors.number_next(scene.season, "appointment_notice", scene.at) == "桂科农字〔2026〕2号"
    assert selectors.number_next(scene.season, "certificate", scene.at) == "桂科特聘〔2026〕00002号"
