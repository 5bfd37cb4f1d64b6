"""Giving back by keys alone: few presses, no button of another act on the way, what one gives back for at hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from apps.desks.states import DeskState
from tests.browser.conftest import MovedClock
from tests.factories import Scene, fresh, make_application

pytestmark = pytest.mark.browser


def test_a_paper_is_given_back_by_keys_and_its_reason_is_offered_for_giving_back_alone(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    first, second = (make_application(transactional_scene, DeskState.AWAITING_REVIEW) for _ in range(2))
    page = page_of(transactional_scene.officers.county)
    page.goto(f"/records/application/{first.pk}/")
    page.keyboard.press("r")
    page.keyboard.type("请写明村名。")
    expect(page.locator(".decision-main")).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("退回")
    assert (fresh(first).state, fresh(second).state) == (DeskState.RETURNED, DeskState.AWAITING_REVIEW)
    page.goto(f"/records/application/{second.pk}/")
    offered = page.get_by_role("group", name="常用的同意意见")
    expect(offered.get_by_role("button")).to_have_text(["经审核，同意推荐。"])
    page.keyboard.press("r")
    back = page.get_by_role("group", name="常用的退回意见").get_by_role("button")
    expect(back).to_have_text(["请写明村名。", "材料不全，请补充后重新提交。"])


def test_agreeing_takes_the_keys_too(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    application = make_application(transactional_scene, DeskState.AWAITING_REVIEW)
    page = page_of(transactional_scene.officers.county)
    page.goto(f"/records/application/{application.pk}/")
    page.locator("#decision").get_by_role("textbox", name="意见").fill("情况属实。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("同意")
    assert fresh(application).step == application.step + 1
