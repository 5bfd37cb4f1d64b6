"""待办 / 已办 / 我发起的, as each viewer finds them."""

import io
from datetime import datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.desks.models import Paper
from apps.desks.states import DeskState
from tests.factories import make_applicant, make_application, user_of

INBOX = reverse("home:inbox")
pytestmark = pytest.mark.usefixtures("at_the_scene")


def titles(response):
    return [paper.title for paper in response.context["page"]]


def test_a_stranger_is_asked_to_sign_in(scene, client):
    assert client.get(INBOX).url == f"/login/?next={INBOX}"


def test_an_officer_finds_what_lies_on_his_desk_and_nobody_else_does(scene, client_of):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    title = Paper.objects.get(record=application.pk, latest=True).title
    assert titles(client_of(scene.officers.county).get(INBOX)) == [title]
    assert titles(client_of(scene.stranger).get(INBOX)) == []
    assert titles(client_of(scene.officers.city).get(INBOX)) == []


def test_what_was_passed_up_is_under_done(scene, client_of):
    make_application(scene, DeskState.AWAITING_REVIEW)
    done = client_of(scene.officers.unit).get(INBOX, {"tab": "done"})
    assert len(titles(done)) == 1
    assert "同意" in done.content.decode()


def test_the_applicant_finds_his_own_case_in_public_words(scene, client_of):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    page = client_of(user_of(application)).get(INBOX, {"tab": "started"})
    assert len(titles(page)) == 1
    assert "征求同意中" in page.content.decode()


def test_a_returned_application_waits_for_its_applicant(scene, client_of):
    application = make_application(scene, DeskState.RETURNED)
    assert len(titles(client_of(user_of(application)).get(INBOX))) == 1


def test_papers_are_narrowed_by_state_and_words(scene, client_of):
    make_application(scene, DeskState.AWAITING_CONSENT)
    officer = client_of(scene.officers.unit)
    assert len(titles(officer.get(INBOX, {"state": "awaiting_consent"}))) == 1
    assert titles(officer.get(INBOX, {"state": "awaiting_review"})) == []
    assert titles(officer.get(INBOX, {"text": "没有这个人"})) == []


@pytest.mark.parametrize("query", [{"state": "forged"}, {"tab": "forged"}, {"page": "x"}, {"text": "\0"}])
def test_a_forged_filter_still_shows_a_page(scene, client_of, query):
    assert client_of(scene.officers.unit).get(INBOX, query).status_code == 200


def test_titles_are_escaped(scene, client_of):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    Paper.objects.filter(record=application.pk, latest=True).update(title="<script>alert(1)</script>")
    page = client_of(scene.officers.unit).get(INBOX).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("papers", [1, 3])
def test_a_longer_list_asks_the_database_no_more(scene, client_of, papers, django_assert_num_queries):
    for _ in range(papers):
        make_application(scene, DeskState.AWAITING_CONSENT)
    officer = client_of(scene.officers.unit)
    with django_assert_num_queries(10):
        officer.get(INBOX)


def test_a_clear_desk_says_so(scene, client_of):
    assert "待办已清" in client_of(scene.officers.city).get(INBOX).content.decode()


def rows_of(answer):
    return list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, 2),
        ({"since": "2026-06-10", "until": "2026-06-10"}, 2),
        ({"since": "2026-06-11"}, 0),
        ({"until": "2026-06-09"}, 0),
        ({"text": "qin"}, 1),
        ({"text": "覃"}, 1),
    ],
)
def test_papers_are_narrowed_by_day_and_sound_and_exported_as_narrowed(scene, client_of, asked, left):
    make_application(scene, DeskState.AWAITING_CONSENT, make_applicant(scene.unit, name="覃小红"))
    make_application(scene, DeskState.AWAITING_CONSENT, make_applicant(scene.unit, name="韦大明"))
    unit = client_of(scene.officers.unit)
    assert len(titles(unit.get(INBOX, asked))) == left
    head, *rows = rows_of(unit.get(INBOX, {**asked, "export": "xlsx"}))
    assert head == ("类别", "事项", "批次", "状态", "到达时间", "办理期限", "办理")
    assert len(rows) == left


def test_a_paper_is_exported_as_the_list_shows_it(scene, client_of):
    make_application(scene, DeskState.AWAITING_REVIEW, make_applicant(scene.unit, name="覃小红"))
    _, row = rows_of(client_of(scene.officers.unit).get(INBOX, {"tab": "done", "export": "xlsx"}))
    assert row == (
        "申请", "覃小红的科技特派员申请（宾阳县）", scene.season.title, "待同意",
        datetime.fromisoformat("2026-06-10 10:00"), None, "同意 2026年6月10日 11:00",
    )  # fmt: skip


def test_it_is_narrowed_by_the_states_alone_that_the_policies_around_can_reach(scene, client_of):
    form = client_of(scene.officers.county).get(reverse("home:inbox")).context["filter"].form
    offered = {str(key) for key, _ in form.fields["state"].choices} - {""}
    unreached = {
        DeskState.AWAITING_VERDICTS, DeskState.AWAITING_SCORES, DeskState.AWAITING_MEETING, DeskState.AWAITING_OPINIONS,
        DeskState.AWAITING_RESOLUTION, DeskState.AWAITING_FILING,
    }  # fmt: skip
    assert offered == set(DeskState.values) - unreached
