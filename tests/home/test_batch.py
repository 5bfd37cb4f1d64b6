"""The same act on many papers: chosen in the inbox, decided on one page, answered record by record."""

import re

import pytest
from django.urls import reverse

from apps.applications.models import Application
from apps.core import tokens
from apps.core.models import LogEntry
from apps.desks.models import Paper
from apps.desks.states import DeskState
from tests.factories import Scene, fresh, make_application, user_of
from tests.factories.applications import pass_up

INBOX, BATCH = reverse("home:inbox"), reverse("home:batch")
pytestmark = pytest.mark.usefixtures("at_the_scene")


@pytest.fixture
def three(scene: Scene) -> list[Application]:
    return [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]


def ticked(*applications: Application) -> dict:
    papers = Paper.objects.filter(record__in=[each.pk for each in applications], latest=True)
    return {"paper": [paper.pk for paper in papers.order_by("record")]}


def token_of(page) -> str:
    return re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)


def decide(client, token: str, action: str = "pass_up", **words):
    return client.post(reverse("home:decide_batch", args=["application", action]), {"token": token, **words})


def told(page) -> list[tuple[int, list[str]]]:
    return [(each.outcome.pk, [refusal.code for refusal in each.refusals]) for each in page.context["results"]]


def states(applications: list[Application]) -> list[str]:
    return [fresh(each).state for each in applications]


def test_the_list_offers_a_tick_for_what_an_office_decides(scene, client_of, three):
    page = client_of(scene.officers.unit).get(INBOX).content.decode()
    assert [page.count(f'value="{pk}"') for pk in ticked(*three)["paper"]] == [1, 1, 1]
    assert f'action="{BATCH}?"' in page


@pytest.mark.parametrize("tab", ["done", "started"])
def test_other_lists_offer_no_tick(scene, client_of, three, tab):
    for application in three:
        pass_up(application, scene.officers.unit, scene.at)
    assert 'name="paper"' not in client_of(scene.officers.unit).get(INBOX, {"tab": tab}).content.decode()


def test_an_applicant_ticks_nothing(scene, client_of):
    draft = make_application(scene, DeskState.DRAFT)
    assert 'name="paper"' not in client_of(user_of(draft)).get(INBOX).content.decode()


def test_what_is_ticked_is_asked_about_with_its_number(scene, client_of, three):
    page = client_of(scene.officers.unit).post(BATCH, ticked(*three[:2]))
    assert list(page.context["chosen"].seen) == [each.pk for each in three[:2]]
    assert "同意 2 件" in page.content.decode()
    assert Paper.objects.filter(opened__isnull=False).count() == 0


def test_all_that_the_filter_lets_through_may_be_chosen_at_once(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    assert len(officer.post(BATCH, {"all": "1"}).context["chosen"].seen) == 3
    named = officer.post(f"{BATCH}?text={three[1].person.name}", {"all": "1"})
    assert list(named.context["chosen"].seen) == [three[1].pk]


@pytest.mark.parametrize("sent", [{}, {"paper": ["x", "-1", "9" * 30, "\0"]}, {"paper": ["999999"]}])
def test_who_ticks_nothing_is_told_to(scene, client_of, three, sent):
    page = client_of(scene.officers.unit).post(BATCH, sent, follow=True)
    assert page.redirect_chain == [(f"{INBOX}?", 302)]
    assert "没有选中可以批量办理的事项" in page.content.decode()


def test_papers_of_other_desks_cannot_be_chosen(scene, client_of, three):
    page = client_of(scene.officers.county).post(BATCH, ticked(*three), follow=True)
    assert "没有选中可以批量办理的事项" in page.content.decode()


@pytest.mark.parametrize(
    ("action", "words", "state"),
    [
        ("pass_up", {"opinion": "同意推荐"}, DeskState.AWAITING_REVIEW),
        ("send_back", {"opinion": "请补充", "fields_concerned": ["application.plan"]}, DeskState.RETURNED),
        ("reject", {"opinion": "不符合需求", "ground": "needs", "sure": "sure"}, DeskState.REJECTED),
    ],
)
def test_one_act_with_one_opinion_is_done_on_all(scene, client_of, three, action, words, state):
    officer = client_of(scene.officers.unit)
    page = decide(officer, token_of(officer.post(BATCH, ticked(*three))), action, **words)
    assert told(page) == [(each.pk, []) for each in three]
    assert states(three) == [state] * 3
    rows = LogEntry.objects.filter(action=action).order_by("record")
    assert [row.opinion for row in rows] == [words["opinion"]] * 3
    assert "已办 <strong>3</strong> 件" in page.content.decode()


def test_a_refusal_of_many_is_asked_once_more_and_what_was_typed_comes_back(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    typed = {"opinion": "不符合需求", "ground": "needs"}
    asked = decide(officer, token_of(officer.post(BATCH, ticked(*three))), "reject", **typed)
    assert "不同意：3件申请" in asked.content.decode()
    assert "确认后这3件就此办结，不能撤回" in asked.content.decode()
    assert states(three) == [DeskState.AWAITING_CONSENT] * 3
    again = decide(officer, token_of(asked), "reject", **typed, again="yes")
    assert (again.status_code, again.context["form"]["opinion"].value()) == (200, "不符合需求")
    assert told(decide(officer, token_of(asked), "reject", **typed, sure="sure")) == [(each.pk, []) for each in three]
    assert states(three) == [DeskState.REJECTED] * 3


def test_a_return_keeps_for_each_the_step_that_gave_it_back(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    decide(officer, token_of(officer.post(BATCH, ticked(*three))), "send_back", opinion="请补充")
    rows = LogEntry.objects.filter(action="send_back").order_by("record")
    assert [row.details for row in rows] == [{"fields": [], "resume_at": 0}] * 3


def test_a_refusal_cites_its_clause_in_every_log(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    page = officer.post(BATCH, ticked(*three))
    decide(officer, token_of(page), "reject", opinion="不符合", ground="needs", sure="sure")
    clauses = set(LogEntry.objects.filter(action="reject").values_list("ground", "clause"))
    assert clauses == {("不符合服务县当前科技服务需求", "三（五）1：“请县级科技行政主管部门调研了解当地服务需求”")}


@pytest.mark.parametrize(
    ("action", "words", "reason"),
    [
        ("send_back", {}, "没有填写意见"),
        ("reject", {"opinion": "不行"}, "没有选择不同意的依据"),
        ("reject", {"opinion": "不行", "ground": "forged"}, "没有选择不同意的依据"),
    ],
)
def test_what_the_form_lacks_is_asked_for_and_what_was_typed_is_kept(scene, client_of, three, action, words, reason):
    officer = client_of(scene.officers.unit)
    page = decide(officer, token_of(officer.post(BATCH, ticked(*three))), action, **words)
    assert page.status_code == 422
    assert reason in page.content.decode()
    assert words.get("opinion", "") in page.content.decode()
    assert decide(officer, token_of(page), "pass_up", opinion="同意").status_code == 200
    assert states(three) == [DeskState.AWAITING_REVIEW] * 3


def test_each_record_gets_its_own_answer(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    token = token_of(officer.post(BATCH, ticked(*three)))
    pass_up(three[1], scene.officers.unit, scene.at)
    page = decide(officer, token, opinion="同意推荐")
    assert told(page) == [(three[0].pk, []), (three[1].pk, ["overtaken"]), (three[2].pk, [])]
    assert "单位经办（广西测试大学派出单位经办人）已于2026年6月10日 10:00办理“同意”" in page.content.decode()
    assert "未办 <strong>1</strong> 件" in page.content.decode()


def test_a_form_sent_twice_tells_the_same_and_does_nothing_more(scene, client_of, three):
    officer = client_of(scene.officers.unit)
    token = token_of(officer.post(BATCH, ticked(*three)))
    first, second = (decide(officer, token, "reject", opinion="不符合", ground="needs", sure="sure") for _ in range(2))
    assert told(first) == told(second) == [(each.pk, []) for each in three]
    assert LogEntry.objects.filter(action="reject").count() == 3


def test_another_who_sends_the_form_is_refused_and_learns_no_title(scene, client_of, three):
    token = token_of(client_of(scene.officers.unit).post(BATCH, ticked(*three)))
    page = decide(client_of(scene.stranger), token, opinion="同意")
    assert told(page) == [(each.pk, ["missing"]) for each in three]
    assert three[0].person.name not in page.content.decode()
    assert states(three) == [DeskState.AWAITING_CONSENT] * 3


def test_a_record_that_does_not_exist_is_not_found(scene, client_of, three):
    token = tokens.issue("application", {three[0].pk: three[0].version, 10**9: 1})
    page = decide(client_of(scene.officers.unit), token, opinion="同意")
    assert told(page) == [(three[0].pk, []), (10**9, ["missing"])]
    assert "未找到此件" in page.content.decode()


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_forged_form_leads_back_to_the_list(scene, client_of, three, token):
    page = decide(client_of(scene.officers.unit), token)
    assert (page.status_code, page.url) == (302, INBOX)
    assert states(three) == [DeskState.AWAITING_CONSENT] * 3


@pytest.mark.parametrize("path", ["/batch/application/withdraw/", "/batch/nothing/pass_up/"])
def test_other_acts_are_not_done_on_many(scene, client_of, path):
    assert client_of(scene.officers.unit).post(path, {"token": ""}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_a_longer_batch_asks_the_database_no_more(scene, client_of, three, number, django_assert_num_queries):
    officer = client_of(scene.officers.unit)
    token = token_of(officer.post(BATCH, ticked(*three[:number])))
    with django_assert_num_queries(20):
        decide(officer, token, opinion="同意")
