"""The whole job without a mouse, in what a screen reader calls things."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from apps.applications.models import Application
from apps.desks.states import DeskState
from tests.browser.conftest import MovedClock
from tests.factories import Scene, fresh

pytestmark = pytest.mark.browser
FAR = 90
"""So many presses of Tab are enough to reach anything."""
SEEN = """() => {
    const here = document.querySelector(":focus");
    if (!here || here.id === "content") return true;
    const style = getComputedStyle(here), box = here.getBoundingClientRect();
    const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return marked && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""
"""Whether what has the focus shows it, within the window, once the page has been scrolled there."""


def shows_focus(page: Page) -> None:
    """Fail unless what has the focus comes to show it."""
    try:
        page.wait_for_function(SEEN)
    except TimeoutError:
        pytest.fail(f"no focus is seen on {page.locator(':focus').evaluate('here => here.outerHTML')}", pytrace=False)


def reach(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until something has the focus; whatever has it on the way shows it."""
    for _ in range(FAR):
        page.keyboard.press(key)
        shows_focus(page)
        if wanted.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"not reached by {key}: {wanted}", pytrace=False)


def fill(page: Page, label: str, text: str) -> None:
    """Go to an entry and type."""
    reach(page, page.get_by_role("textbox", name=label))
    page.keyboard.type(text)


def tick(page: Page, group: str, label: str) -> None:
    """Go to a group of choices and choose one."""
    choice = page.get_by_role("group", name=group).get_by_label(label, exact=True)
    first = page.get_by_role("group", name=group).get_by_role("radio").first
    if choice.get_attribute("type") == "radio":
        reach(page, first)
        while not choice.is_checked():
            page.keyboard.press("ArrowDown" if first.is_checked() else "Space")
    else:
        reach(page, choice)
        page.keyboard.press("Space")


def choose(page: Page, label: str, value: str) -> None:
    """Go to a list and walk down to an entry of it."""
    entries = page.get_by_label(label, exact=True)
    reach(page, entries)
    for _ in range(FAR):
        if entries.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"not in the list: {value}", pytrace=False)


def press(page: Page, button: str) -> None:
    """Go to a button and press Enter."""
    reach(page, page.locator("main").get_by_role("button", name=re.compile(f"^{button}")).first)
    page.keyboard.press("Enter")


def go_on(page: Page, title: str) -> None:
    press(page, "保存并继续")
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def hand_in(page: Page, scene: Scene, diploma: Path) -> Application:
    """Fill the form in from the first page to the receipt."""
    page.goto("/apply/")
    reach(page, page.get_by_role("link", name="跳到正文"))
    page.keyboard.press("Enter")
    press(page, "开始填写")
    expect(page.get_by_role("heading", level=1, name="基本信息")).to_be_visible()
    tick(page, "是否在职", "是")
    go_on(page, "学历与专业")
    go_on(page, "服务意向")
    tick(page, "申请类别", "新派")
    choose(page, "设区市", str(scene.county.supervisor))
    choose(page, "服务县（市、区）", scene.county.pk)
    tick(page, "服务产业", "柑橘")
    fill(page, "服务计划", "每月到村两次，指导柑橘黄龙病防控。")
    go_on(page, "经历与业绩")
    fill(page, "科技服务经历", "从事柑橘栽培推广八年。")
    reach(page, page.locator("input[type=file]").first)
    page.locator(":focus").set_input_files(diploma)
    expect(page.locator("#saved")).to_contain_text("已保存")
    go_on(page, "承诺")
    tick(page, "我将加入服务县的“一县一团”", "是")
    tick(page, "以上所填内容和附件真实、完整", "是")
    go_on(page, "核对并提交")
    reach(page, page.get_by_label("以上内容已逐项核对"))
    page.keyboard.press("Space")
    press(page, "提交申请")
    expect(page.get_by_role("heading", name="回执")).to_be_visible()
    return Application.objects.get(person=scene.applicant.person)


def decide(page: Page, application: Application) -> None:
    """Open the paper from the inbox, look at the keys, write an opinion and agree."""
    page.goto("/inbox/")
    reach(page, page.locator(f'a.paper-title[href="/records/application/{application.pk}/"]'))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="办理意见")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_role("button", name="关闭")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    fill(page, "意见", "情况属实，同意。")
    press(page, "同意")
    expect(page.locator(".messages")).to_contain_text("同意")


def test_a_form_is_handed_in_and_decided_without_a_mouse(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene, diploma: Path
) -> None:
    application = hand_in(page_of(transactional_scene.applicant), transactional_scene, diploma)
    decide(page_of(transactional_scene.officers.unit), application)
    assert fresh(application).state == DeskState.AWAITING_REVIEW
