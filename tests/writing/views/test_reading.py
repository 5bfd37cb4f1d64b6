"""Documents and papers, for those who may read them."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.core import files
from apps.desks.states import DeskState
from apps.directory.models import User
from tests import factories
from tests.factories import Scene
from tests.writing.pages import address, text_of

pytestmark = pytest.mark.usefixtures("at_the_scene")
Browser = Callable[[User], Client]


def test_while_it_is_corrected_officers_read_what_was_hand_in(scene: Scene, client_of: Browser) -> None:
    returned = factories.make_application(scene, DeskState.RETURNED)
    browser = client_of(factories.user_of(returned))
    browser.post(address("autosave", returned, 3), {"application.plan": "还没写完"})
    where = reverse("home:record", args=["application", returned.pk])
    assert "还没写完" not in text_of(client_of(scene.officers.unit).get(where))
    assert "还没写完" in text_of(browser.get(where))


def test_officers_who_see_the_application_get_its_documents(scene: Scene, client_of: Browser) -> None:
    handed = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    where = address("file", handed, handed.files["diploma"][0]["digest"])
    for viewer in (factories.user_of(handed), *scene.officers.walk(), scene.officers.auditor):
        response = client_of(viewer).get(where)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert response.headers["Content-Disposition"].startswith("inline")
    for stranger in (scene.stranger, scene.new_applicant()):
        assert client_of(stranger).get(where).status_code == 404
    assert Client().get(where).url.startswith("/login/")


def test_a_document_of_a_draft_is_its_writers_alone(scene: Scene, draft: Application, client_of: Browser) -> None:
    where = address("file", draft, draft.files["diploma"][0]["digest"])
    assert client_of(scene.applicant).get(where).status_code == 200
    assert client_of(scene.officers.region).get(where).status_code == 404


def test_a_document_taken_off_later_can_still_be_read(scene: Scene, region: Client, client_of: Browser) -> None:
    returned = factories.make_application(scene, DeskState.RETURNED)
    digest = returned.files["diploma"][0]["digest"]
    browser = client_of(factories.user_of(returned))
    browser.post(address("detach", returned, "diploma", digest), {"application.experience": "经历"})
    assert factories.fresh(returned).files["diploma"] == []
    assert region.get(address("file", returned, digest)).status_code == 200


def test_a_document_that_is_lost_or_changed_on_disk_is_told(scene: Scene, region: Client) -> None:
    handed = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    kept = handed.files["diploma"][0]
    path = files.path_of(kept["digest"], kept["suffix"])
    data = path.read_bytes()
    try:
        path.write_bytes(b"changed")
        response = region.get(address("file", handed, kept["digest"]))
        assert (response.status_code, "与提交时不一致" in text_of(response)) == (422, True)
    finally:
        path.write_bytes(data)


def test_a_word_document_is_saved_and_never_opened_in_place(draft: Application, applicant: Client) -> None:
    sent = {"application.experience": "经历", "file:other": SimpleUploadedFile("证明.docx", factories.DOCX)}
    applicant.post(address("attach", draft, "other"), sent)
    response = applicant.get(address("file", draft, factories.fresh(draft).files["other"][0]["digest"]))
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_number_on_a_receipt_leads_to_the_application(scene: Scene, client_of: Browser) -> None:
    handed = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    where = reverse("writing:numbered", args=[handed.number])
    assert client_of(factories.user_of(handed)).get(where).url == address("receipt", handed)
    assert client_of(scene.officers.county).get(where).url == f"/records/application/{handed.pk}/"
    assert client_of(scene.stranger).get(where).status_code == 404
    assert client_of(scene.officers.county).get("/receipts/SQ1/").status_code == 404
