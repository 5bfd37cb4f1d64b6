"""Many papers at once by keys alone, in a real browser, and on a narrow screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.desks.states import DeskState
from tests.browser.conftest import MovedClock
from tests.factories import Scene, fresh, make_application

pytestmark = pytest.mark.browser
NARROW = 390


@pytest.mark.parametrize("width", [1280, NARROW])
def test_papers_are_ticked_by_keys_decided_together_and_answered_one_by_one(
    transactional_scene: Scene, moved_clock: MovedClock, page_of: Callable[..., Page], width: int
):
    scene = transactional_scene
    three = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    page = page_of(scene.officers.unit, width)
    page.goto("/inbox/")
    for key in "jxjx":
        page.keyboard.press(key)
    ticks = page.locator("input[name=paper]")
    assert [tick.is_checked() for tick in ticks.all()] == [True, True, False]
    assert clean(page)
    page.get_by_role("button", name="办理选中的事项").click()
    page.get_by_role("textbox", name="意见").fill("同意推荐。")
    assert clean(page)
    page.get_by_role("button", name="同意 2 件").click()
    expect(page.get_by_text("共 2 件，已办 2 件")).to_be_visible()
    assert clean(page)
    assert [fresh(each).state for each in three] == ["awaiting_review", "awaiting_review", "awaiting_consent"]


def test_one_tick_takes_the_whole_page(
    transactional_scene: Scene, moved_clock: MovedClock, page_of: Callable[..., Page]
):
    scene = transactional_scene
    for _ in range(3):
        make_application(scene, DeskState.AWAITING_CONSENT)
    page = page_of(scene.officers.unit)
    page.goto("/inbox/")
    page.get_by_label("选中本页").check()
    assert all(tick.is_checked() for tick in page.locator("input[name=paper]").all())
    page.get_by_label("选中本页").uncheck()
    assert not any(tick.is_checked() for tick in page.locator("input[name=paper]").all())


def clean(page: Page) -> bool:
    """Tell whether the page has no fault of accessibility and is no wider than its window."""
    page.wait_for_load_state()
    found = Axe().run(page)
    assert found.response["violations"] == []
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
