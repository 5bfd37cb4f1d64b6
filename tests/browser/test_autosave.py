"""What is handed in by a button stands, however long an autosave under way before it takes."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.writing.views import pages
from tests.browser.conftest import MovedClock
from tests.factories import Scene, fresh, make_draft

pytestmark = pytest.mark.browser
SLOW_SECONDS = 1.0


@pytest.fixture
def slow_autosave(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is saved while typing be kept late."""
    keep = pages._keep

    def late(request: Any, *given: Any) -> Any:
        if request.path.endswith("/save/"):
            time.sleep(SLOW_SECONDS)
        return keep(request, *given)

    monkeypatch.setattr(pages, "_keep", late)


def test_an_autosave_under_way_overwrites_nothing_that_was_saved_after_it(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene, slow_autosave: None
) -> None:
    draft = make_draft(transactional_scene, transactional_scene.applicant)
    page = page_of(transactional_scene.applicant)
    page.goto(f"/writing/application/{draft.pk}/4/")
    told = page.get_by_label("科技服务经历")
    told.fill("从事柑橘栽培。")
    with page.expect_request("**/save/"):
        told.blur()
    told.fill("从事柑橘栽培推广八年，选育新品种一个。")
    page.get_by_role("button", name="保存并继续").click()
    expect(page.get_by_role("heading", level=1, name="承诺")).to_be_visible()
    time.sleep(2 * SLOW_SECONDS)
    assert fresh(draft).content["application.experience"] == "从事柑橘栽培推广八年，选育新品种一个。"


def test_what_is_too_much_to_be_saved_by_itself_stays_on_the_page_and_the_longest_entry_is_named(
    page_of: Callable[..., Page], moved_clock: MovedClock, transactional_scene: Scene
) -> None:
    draft = make_draft(transactional_scene, transactional_scene.applicant)
    page = page_of(transactional_scene.applicant)
    page.goto(f"/writing/application/{draft.pk}/4/")
    told = page.get_by_label("科技服务经历")
    told.evaluate("each => { each.value = '长'.repeat(300000) }")
    told.dispatch_event("change")
    expect(page.locator("#saved")).to_have_text(
        "未保存：内容过多，请先精简“科技服务经历”（300000字）。本页所填内容仍在，请勿关闭。"
    )
