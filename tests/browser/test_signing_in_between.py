"""Whoever must sign in again while he writes finds his words in the form, and nothing done."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.desks.states import DeskState
from tests.browser.conftest import MovedClock
from tests.factories import PASSWORD, Scene, fresh, make_application

pytestmark = pytest.mark.browser
OPINION = "服务计划过于笼统，\n请写明村名。"


def test_an_opinion_goes_back_into_the_form_with_what_was_ticked(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    application = make_application(transactional_scene, DeskState.AWAITING_REVIEW)
    page = page_of(transactional_scene.officers.county)
    page.goto(f"/records/application/{application.pk}/")
    page.context.clear_cookies(name="sessionid")
    decision = page.locator("#decision")
    decision.get_by_role("textbox", name="意见").fill(OPINION)
    decision.get_by_text("退回修改").first.click()
    decision.get_by_label("服务计划").check()
    decision.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("请重新登录；登录后回到原处")).to_be_visible()
    page.get_by_label("用户名").fill(transactional_scene.officers.county.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="登录").click()
    expect(page.locator("[data-lost]")).to_be_focused()
    expect(decision.get_by_role("textbox", name="意见")).to_have_value(OPINION)
    expect(decision.get_by_label("服务计划")).to_be_checked()
    expect(decision.get_by_role("button", name="退回修改")).to_be_visible()
    assert fresh(application).state == DeskState.AWAITING_REVIEW
