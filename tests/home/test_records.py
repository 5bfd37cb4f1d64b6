"""The decision page: who sees it, what it offers, what it does, and what it says when it refuses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.core import log, tokens
from apps.core.models import LogEntry, Reveal
from apps.desks import services
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import Region
from apps.directory.states import Role
from tests.factories import LONGAN, REACHED, actor, fresh, give_post, login, make_application, user_of
from tests.factories.recognition import hosts_in, recognising_season

pytestmark = pytest.mark.usefixtures("at_the_scene")


def address(application, kind="application"):
    return reverse("home:record", args=[kind, application.pk])


def act(client, application, action, token=None, **words):
    ticket = token or tokens.issue("application", {application.pk: application.version})
    return client.post(reverse("home:decide", args=["application", application.pk, action]), {"token": ticket, **words})


def acts_logged(application):
    return list(LogEntry.objects.filter(kind="application", record=application.pk).values_list("action", flat=True))


@pytest.fixture
def waiting(scene):
    """Return an application that awaits the county's review."""
    return make_application(scene, DeskState.AWAITING_REVIEW)


@pytest.fixture
def county(scene, client_of):
    return client_of(scene.officers.county)


def test_a_stranger_is_asked_to_sign_in(waiting, client):
    assert client.get(address(waiting)).status_code == 302
    assert act(client, waiting, "pass_up").status_code == 401
    assert fresh(waiting).version == waiting.version


def test_another_county_finds_no_such_page(scene, waiting, client_of):
    outside = client_of(scene.stranger)
    assert outside.get(address(waiting)).status_code == 404
    assert act(outside, waiting, "pass_up").status_code == 404
    assert fresh(waiting).version == waiting.version


def test_the_name_of_the_person_concerned_is_said_once_by_the_form_or_else_beside_it(scene, waiting, county, client_of):
    assert county.get(address(waiting)).content.decode().count("<dt>姓名</dt>") == 1
    hosts = hosts_in(recognising_season(scene.region, scene.office), scene.county, {}, scene.at)
    township = client_of(hosts.officers["township"])
    page = township.get(address(hosts.hand_in(), "recognition")).content.decode()
    assert page.count("<dt>姓名</dt>") == 1


def test_what_somebody_consents_to_stands_in_the_width_of_the_text(waiting, county):
    page = county.get(address(waiting)).content.decode()
    assert '<div class="facts-sentence"><dt>以上所填内容和附件真实、完整</dt>' in page
    assert "<div><dt>服务产业</dt>" in page


@pytest.mark.parametrize(
    ("kind", "pk", "action"),
    [("season", 1, ""), ("forged", 1, ""), ("application", 987654, ""), ("application", None, "create")],
)
def test_a_forged_kind_id_or_action_finds_no_page(waiting, county, kind, pk, action):
    where = reverse("home:record", args=[kind, pk or waiting.pk])
    answer = county.post(f"{where}{action}/") if action else county.get(where)
    assert answer.status_code == 404
    assert fresh(waiting).version == waiting.version


def test_the_desk_is_offered_the_three_acts_and_looking_opens_the_paper(waiting, county):
    page = county.get(address(waiting)).content.decode()
    assert all(reverse("home:decide", args=["application", waiting.pk, one]) in page for one in ("pass_up", "reject"))
    assert Paper.objects.get(record=waiting.pk, latest=True).opened is not None


def test_the_next_desk_may_look_but_is_told_whose_it_is(scene, waiting, client_of):
    page = client_of(scene.officers.city).get(address(waiting)).content.decode()
    assert "pass_up" not in page
    assert "宾阳县科技行政主管部门" in page
    assert Paper.objects.get(record=waiting.pk, latest=True).opened is None


def test_agreeing_moves_the_paper_and_says_who_is_next(waiting, county):
    answer = act(county, waiting, "pass_up", opinion="同意上报")
    assert answer.url == reverse("home:inbox")
    page = county.get(answer.url).content.decode()
    assert "已办理“同意”" in page
    assert "下一步：由南宁市科技行政主管部门办理“审核”" in page
    assert log.last_entries("application", [waiting.pk])[waiting.pk].opinion == "同意上报"


def test_after_an_act_the_next_paper_is_opened(scene, waiting, county):
    other = make_application(scene, DeskState.AWAITING_REVIEW)
    assert act(county, waiting, "pass_up").url == address(other)


def test_a_return_names_the_fields_to_the_applicant(waiting, county, client_of):
    act(county, waiting, "send_back", opinion="计划过于简单", fields_concerned=["application.plan"])
    page = client_of(user_of(waiting)).get(address(waiting)).content.decode()
    assert "计划过于简单" in page
    assert "涉及：服务计划" in page
    assert reverse("writing:form", args=["application", waiting.pk, 1]) in page


def test_a_refusal_shows_its_ground_and_clause_to_the_applicant(waiting, county, client_of):
    ground = county.get(address(waiting)).context["form"].grounds["own_county"]
    act(county, waiting, "reject", opinion="不在本县", ground="own_county", sure="sure")
    page = client_of(user_of(waiting)).get(address(waiting)).content.decode()
    assert ground.label in page
    assert ground.basis.quote in page
    assert "不在本县" in page


def test_a_refusal_is_asked_about_once_more_and_may_be_written_anew(waiting, county):
    said = {"opinion": "不在本县", "ground": "own_county"}
    asked = act(county, waiting, "reject", **said).content.decode()
    assert ("此件就此办结，不能撤回" in asked, asked.count("不在本县")) == (True, 2)
    again = act(county, waiting, "reject", **said, again="yes").content.decode()
    assert ("不在本县</textarea>" in again, 'value="own_county" checked' in again) == (True, True)
    assert fresh(waiting).state == DeskState.AWAITING_REVIEW
    act(county, waiting, "reject", **said, sure="sure")
    assert fresh(waiting).state == DeskState.REJECTED


@pytest.mark.parametrize("action", ["send_back", "reject"])
def test_without_a_reason_nothing_is_done(waiting, county, action):
    answer = act(county, waiting, action, ground="own_county", fields_concerned=["application.plan"])
    assert answer.status_code == 422
    assert "没有填写意见" in answer.content.decode()
    assert fresh(waiting).version == waiting.version


def test_without_a_ground_the_opinion_typed_is_kept(waiting, county):
    answer = act(county, waiting, "reject", opinion="专业与需求不符")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "没有选择不同意的依据" in page
    assert "专业与需求不符</textarea>" in page


@pytest.mark.parametrize("forged", [{"ground": "forged"}, {"fields_concerned": ["forged"]}, {"opinion": "长" * 2001}])
def test_forged_choices_and_endless_opinions_are_refused(waiting, county, forged):
    assert act(county, waiting, "reject", **{"opinion": "不符", "ground": "own_county", **forged}).status_code == 422
    assert fresh(waiting).state == DeskState.AWAITING_REVIEW


@pytest.mark.parametrize("token", ["forged", "other kind", "other record"])
def test_a_token_that_is_not_of_this_page_does_nothing(waiting, county, token):
    tickets = {
        "forged": "forged",
        "other kind": tokens.issue("season", {waiting.pk: waiting.version}),
        "other record": tokens.issue("application", {waiting.pk + 1: 1}),
    }
    answer = act(county, waiting, "pass_up", token=tickets[token], opinion="同意")
    assert answer.status_code == 422
    assert "本次操作未执行" in answer.content.decode()
    assert fresh(waiting).version == waiting.version


def test_an_expired_page_keeps_what_was_typed(scene, waiting, client_of, at_the_scene):
    ticket = tokens.issue("application", {waiting.pk: waiting.version})
    at_the_scene.shift(timedelta(seconds=tokens.LIFETIME_SECONDS + 60))
    answer = act(client_of(scene.officers.county), waiting, "pass_up", token=ticket, opinion="同意上报")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "页面打开时间过长" in page
    assert "同意上报</textarea>" in page
    assert fresh(waiting).version == waiting.version


def test_a_second_click_is_the_same_act(waiting, county):
    ticket = tokens.issue("application", {waiting.pk: waiting.version})
    first = act(county, waiting, "pass_up", token=ticket)
    second = act(county, waiting, "pass_up", token=ticket)
    assert (first.status_code, second.status_code) == (302, 302)
    assert acts_logged(waiting) == ["create", "submit", "pass_up", "pass_up"]


def test_who_comes_second_is_told_who_was_first(scene, waiting, county):
    services.pass_up(record=fresh(waiting), by=actor(scene.officers.county), at=scene.at, opinion="同意")
    answer = act(county, waiting, "reject", opinion="我不同意", ground="own_county")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "县经办" in page
    assert "办理“同意”" in page
    assert "我不同意" in page


def test_nobody_decides_his_own_case(scene, waiting, client_of):
    applicant = user_of(waiting)
    give_post(applicant, Role.SCI_TECH_AUTHORITY, scene.county)
    own = client_of(applicant)
    assert "pass_up" not in own.get(address(waiting)).content.decode()
    assert act(own, waiting, "pass_up").status_code == 403
    assert fresh(waiting).version == waiting.version


def test_an_officer_without_the_desk_is_refused(scene, waiting, client_of):
    answer = act(client_of(scene.officers.city), waiting, "pass_up", opinion="同意")
    assert answer.status_code == 403
    assert "请由该环节的经办人员办理" in answer.content.decode()


def test_a_post_that_has_ended_opens_no_page(scene, waiting, client_of):
    officer = scene.officers.county
    officer.posts.update(ends=scene.at.date() - timedelta(days=1))
    assert client_of(officer).get(address(waiting)).status_code == 404


def test_an_agreement_is_recalled_until_the_next_desk_has_opened_it(scene, waiting, client_of):
    unit = client_of(scene.officers.unit)
    recall = reverse("home:decide", args=["application", waiting.pk, "recall"])
    assert recall in unit.get(address(waiting)).content.decode()
    client_of(scene.officers.county).get(address(waiting))
    assert recall not in unit.get(address(waiting)).content.decode()
    answer = act(unit, waiting, "recall")
    assert answer.status_code == 422
    assert "下一环节已打开此件" in answer.content.decode()


def test_a_recall_brings_the_paper_back(scene, waiting, client_of):
    answer = act(client_of(scene.officers.unit), waiting, "recall")
    assert answer.url == address(waiting)
    assert fresh(waiting).state == DeskState.AWAITING_CONSENT


def test_the_applicant_is_asked_before_he_withdraws(waiting, client_of):
    own = client_of(user_of(waiting))
    question = own.get(reverse("home:decide", args=["application", waiting.pk, "withdraw"]))
    assert "此次申请即告结束" in question.content.decode()
    assert fresh(waiting).version == waiting.version
    answer = act(own, waiting, "withdraw")
    assert answer.url == address(waiting)
    assert fresh(waiting).state == DeskState.WITHDRAWN


def test_an_act_is_never_done_by_following_a_link(waiting, county):
    answer = county.get(reverse("home:decide", args=["application", waiting.pk, "pass_up"]))
    assert answer.url == address(waiting)
    assert fresh(waiting).version == waiting.version


def test_a_form_without_its_protection_is_refused(waiting, scene):
    strict = login(Client(enforce_csrf_checks=True), scene.officers.county)
    answer = act(strict, waiting, "pass_up", opinion="同意")
    assert answer.status_code == 403
    assert "您填写的内容没有丢失" in answer.content.decode()


def test_opinions_are_escaped(waiting, county):
    act(county, waiting, "send_back", opinion="<b>x</b>")
    page = county.get(address(waiting)).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_what_an_officer_wrote_before_is_offered_again(scene, waiting, county):
    act(county, waiting, "pass_up", opinion="材料齐全，同意上报。")
    other = make_application(scene, DeskState.AWAITING_REVIEW)
    assert county.get(address(other)).context["opinions"]["pass_up"][0] == "材料齐全，同意上报。"


def test_the_papers_before_and_after_are_at_hand(scene, county):
    three = [make_application(scene, DeskState.AWAITING_REVIEW) for _ in range(3)]
    shown = county.get(address(three[1])).context["shown"]
    assert (shown.before.record, shown.after.record) == (three[0].pk, three[2].pk)


def test_a_number_is_hidden_until_a_reason_is_given_and_logged(scene, waiting, county):
    phone = waiting.person.phone
    where = reverse("home:reveal", args=["application", waiting.pk, "phone"])
    assert phone not in county.get(address(waiting)).content.decode()
    assert county.post(where, {"reason": " "}).status_code == 422
    assert not Reveal.objects.exists()
    assert phone in county.post(where, {"reason": "电话核实"}).content.decode()
    assert Reveal.objects.values_list("actor", "field", "reason").get() == ("县经办", "phone", "电话核实")


def test_no_other_field_and_no_stranger_reveals(scene, waiting, county, client_of):
    where = reverse("home:reveal", args=["application", waiting.pk, "password"])
    assert county.post(where, {"reason": "核实"}).status_code == 404
    where = reverse("home:reveal", args=["application", waiting.pk, "phone"])
    assert client_of(scene.stranger).post(where, {"reason": "核实"}).status_code == 404
    assert not Reveal.objects.exists()


def test_a_draft_is_its_writers_alone(scene, county, client_of):
    draft = make_application(scene)
    assert county.get(address(draft)).status_code == 404
    assert "继续填写" in client_of(user_of(draft)).get(address(draft)).content.decode()


def test_every_state_has_a_page_for_everyone_concerned(scene, client_of):
    for state in REACHED:
        application = make_application(scene, state)
        readers = [user_of(application)] if state == DeskState.DRAFT else [user_of(application), scene.officers.region]
        assert [client_of(reader).get(address(application)).status_code for reader in readers] == [200] * len(readers)


def test_another_county_served_is_another_countys_case(scene, client_of):
    elsewhere = make_application(scene, DeskState.AWAITING_CONSENT, county=Region.objects.get(pk=LONGAN))
    assert client_of(scene.officers.county).get(address(elsewhere)).status_code == 404
    assert Application.objects.filter(pk=elsewhere.pk, county=LONGAN).exists()


@pytest.mark.parametrize("papers", [1, 3])
def test_more_papers_on_the_desk_ask_the_database_no_more(scene, county, papers, django_assert_num_queries):
    first, *_ = [make_application(scene, DeskState.AWAITING_REVIEW) for _ in range(papers)]
    county.get(address(first))
    with django_assert_num_queries(23):
        county.get(address(first))
