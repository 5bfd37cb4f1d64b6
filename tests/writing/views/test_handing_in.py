"""Looking the form over, handing it in once, and what is refused there."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.applications.models import Application
from apps.core import tokens
from apps.core.log import entries_of
from apps.core.refs import Ref
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.directory.states import UnitLevel
from apps.seasons import services as seasons
from apps.writing.guards import LATE
from apps.writing.models import Submission
from tests import factories
from tests.factories import Scene
from tests.writing.pages import address, hand_in, page, text_of, token_on

pytestmark = pytest.mark.usefixtures("at_the_scene")
Browser = Callable[[User], Client]


def test_the_check_page_names_every_gap_and_hides_the_button(scene: Scene, applicant: Client) -> None:
    applicant.post(reverse("applications:start"), {"season": scene.season.pk})
    application = Application.objects.get()
    shown = text_of(applicant.get(address("check", application)))
    assert f"{page(application, 3)}?check=1#id_application.plan" in shown
    assert f"{page(application, 4)}?check=1#id_diploma" in shown
    assert "提交申请</button>" not in shown
    assert "不符合" not in shown
    refused = hand_in(applicant, application, tokens.issue("application", {application.pk: application.version}))
    assert refused.status_code == 422
    assert factories.fresh(application).state == DeskState.DRAFT


def test_an_ineligible_applicant_reads_the_clause(scene: Scene, client_of: Browser) -> None:
    station = factories.make_unit(scene.counties[0], name="宾阳县农技站", level=UnitLevel.COUNTY)
    draft = factories.make_draft(scene, factories.make_applicant(station), county=scene.counties[1])
    browser = client_of(factories.user_of(draft))
    shown = text_of(browser.get(address("check", draft)))
    assert "县级及以下单位派出的科技特派员应当服务本县。" in shown
    assert "县级及以下单位派出科技特派员要求重点服务本县（不用填报）" in shown
    assert "依据：三（五）1" in shown
    refused = hand_in(browser, draft, tokens.issue("application", {draft.pk: draft.version}))
    assert refused.status_code == 422
    assert "依据：三（五）1" in text_of(refused)
    assert factories.fresh(draft).state == DeskState.DRAFT


def test_a_second_click_leads_to_the_same_receipt(draft: Application, applicant: Client) -> None:
    token = token_on(applicant.get(address("check", draft)))
    first, second = (hand_in(applicant, draft, token) for _ in range(2))
    assert (first.url, second.url) == (address("receipt", draft), address("receipt", draft))
    assert Submission.objects.filter(record=draft.pk).count() == 1


def test_a_second_window_leads_to_the_receipt_too(draft: Application, applicant: Client) -> None:
    tokens_seen = [token_on(applicant.get(address("check", draft))) for _ in range(2)]
    assert [hand_in(applicant, draft, token).url for token in tokens_seen] == [address("receipt", draft)] * 2
    assert applicant.get(address("check", draft)).url == address("receipt", draft)
    assert applicant.post(page(draft, 1), {"person.name": "改"}).url == address("receipt", draft)


def test_an_expired_token_is_refused_and_the_form_stays(
    scene: Scene, draft: Application, at_the_scene: time_machine.Traveller
) -> None:
    token = tokens.issue("application", {draft.pk: draft.version})
    at_the_scene.move_to(scene.at + timedelta(hours=13), tick=False)
    response = hand_in(factories.login(Client(), scene.applicant), draft, token)
    assert response.status_code == 422
    assert "页面打开时间过长，已失效。" in text_of(response)
    assert "每月到村两次" in text_of(response)


@pytest.mark.parametrize("kind", ["forged", "other kind", "other record", "missing"])
def test_a_token_that_was_not_issued_for_this_form_is_refused(draft: Application, applicant: Client, kind: str) -> None:
    token = {
        "forged": "abc:def:ghi",
        "other kind": tokens.issue("season", {draft.pk: draft.version}),
        "other record": tokens.issue("application", {draft.pk + 1: 1}),
        "missing": "\0",
    }[kind]
    response = hand_in(applicant, draft, token)
    assert response.status_code == 422
    assert "本次操作未执行" in text_of(response)
    assert factories.fresh(draft).state == DeskState.DRAFT


def test_what_was_written_in_another_window_since_it_was_looked_over_is_not_handed_in(
    draft: Application, applicant: Client
) -> None:
    looked_over = applicant.get(address("check", draft))
    sent = {"token": token_on(looked_over), "checked": looked_over.context["checked"], "confirmed": "yes"}
    applicant.post(address("autosave", draft, 3), {"application.plan": "在另一窗口改写的计划。"})
    refused = applicant.post(address("check", draft), sent)
    assert (refused.status_code, "内容已在另一窗口或设备上改动，没有提交" in text_of(refused)) == (409, True)
    assert "在另一窗口改写的计划。" in text_of(refused)
    assert factories.fresh(draft).state == DeskState.DRAFT
    again = {**sent, "checked": refused.context["checked"], "token": token_on(refused)}
    assert applicant.post(address("check", draft), again).url == address("receipt", draft)


def test_what_was_not_confirmed_is_not_hand_in(draft: Application, applicant: Client) -> None:
    response = hand_in(applicant, draft, confirmed="")
    assert (response.status_code, "没有勾选“已核对”" in text_of(response)) == (422, True)


def test_after_closing_the_form_is_read_only_and_says_since_when(
    scene: Scene, draft: Application, at_the_scene: time_machine.Traveller
) -> None:
    at_the_scene.move_to(scene.at.replace(month=7, day=16), tick=False)
    applicant = factories.login(Client(), scene.applicant)
    assert applicant.get(page(draft, 3)).url == address("check", draft)
    shown = text_of(applicant.get(address("check", draft)))
    assert "网上申请已于2026年7月15日截止。" in shown
    assert "每月到村两次" in shown
    assert "更改" not in shown
    late = applicant.post(page(draft, 3), {"application.plan": "迟到的计划"})
    assert late.status_code == 422
    assert "网上申请已于2026年7月15日截止。" in text_of(late)
    assert "迟到的计划" in text_of(late)
    saved = applicant.post(address("autosave", draft, 3), {"application.plan": "迟到的计划"})
    assert "未保存" in text_of(saved)
    assert factories.fresh(draft).content["application.plan"] == "每月到村两次，指导柑橘黄龙病防控。"
    token = tokens.issue("application", {draft.pk: draft.version})
    assert "截止" in text_of(hand_in(applicant, draft, token))


def test_the_closing_day_itself_still_counts(
    scene: Scene, draft: Application, at_the_scene: time_machine.Traveller
) -> None:
    at_the_scene.move_to(scene.at.replace(month=7, day=15, hour=23, minute=59), tick=False)
    assert hand_in(factories.login(Client(), scene.applicant), draft).url == address("receipt", draft)


def test_after_the_season_nothing_is_written_or_hand_in(scene: Scene, client_of: Browser) -> None:
    returned = factories.make_application(scene, DeskState.RETURNED)
    seasons.close(season=scene.season, by=scene.office, at=scene.at)
    browser = client_of(factories.user_of(returned))
    assert "本批次不在受理中" in text_of(browser.post(page(returned, 3), {"application.plan": "改"}))
    token = tokens.issue("application", {returned.pk: returned.version})
    assert "本批次不在受理中" in text_of(hand_in(browser, returned, token))
    assert factories.fresh(returned).state == DeskState.RETURNED


def test_the_check_page_takes_a_constant_number_of_queries(
    draft: Application, applicant: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(11):
        applicant.get(address("check", draft))


@pytest.fixture
def late(scene: Scene) -> datetime:
    """Return a moment after the window, at which the season still takes what comes late."""
    window = scene.season.windows.get(key="application")
    days = {"opens": window.opens, "closes": window.closes, "grace_days": 0, "late_days": 5}
    seasons.set_window(window=window, **days, reason="允许补报", by=scene.office, at=scene.at)
    return scene.at.replace(month=7, day=18)


def test_what_comes_late_needs_a_reason_that_the_offices_read(
    scene: Scene, draft: Application, client_of: Browser, late: datetime
) -> None:
    with time_machine.travel(late, tick=False):
        applicant = client_of(factories.user_of(draft))
        shown = text_of(applicant.get(address("check", draft)))
        assert "网上申请已于2026年7月15日（周三）截止，2026年7月20日（周一）前（含当日）仍可补报" in shown
        refused = hand_in(applicant, draft)
        assert refused.status_code == 422
        assert "补报须说明理由" in text_of(refused)
        sent = {"token": token_on(refused), "confirmed": "yes", f"reason:{LATE}": "山洪断网三天"}
        assert applicant.post(address("check", draft), sent).url == address("receipt", draft)
        read = text_of(client_of(scene.officers.unit).get(reverse("home:record", args=["application", draft.pk])))
    assert "补报理由" in read
    assert "山洪断网三天" in read
    assert entries_of(Ref("application", str(draft.pk))).last().details["reasons"] == {LATE: "山洪断网三天"}


def test_after_late_entry_the_form_is_read_only_and_says_since_when(
    draft: Application, client_of: Browser, late: datetime
) -> None:
    with time_machine.travel(late + timedelta(days=3), tick=False):
        applicant = client_of(factories.user_of(draft))
        shown = text_of(applicant.get(page(draft, 1), follow=True))
        sent = applicant.post(page(draft, 1), {"person.name": "改名"}, follow=True)
    assert "补报已于2026年7月20日截止" in shown
    assert "提交申请</button>" not in shown
    assert "补报已于2026年7月20日截止" in text_of(sent)
    assert factories.fresh(draft).content["person.name"] != "改名"


def test_one_may_begin_while_late_entry_is_taken(scene: Scene, client_of: Browser, late: datetime) -> None:
    with time_machine.travel(late, tick=False):
        applicant = client_of(scene.applicant)
        assert "仍可补报，提交时须说明理由" in text_of(applicant.get(reverse("applications:start")))
        applicant.post(reverse("applications:start"), {"season": scene.season.pk})
    assert Application.objects.count() == 1
