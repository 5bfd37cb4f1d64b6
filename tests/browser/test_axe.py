"""No page has a fault that axe finds or scrolls sideways: a few every day, every page as everybody in the long run."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from apps.core import clock
from apps.home.matrix import Row, whole
from tests.permissions.asking import Asker
from tests.permissions.world import NOW, World

pytestmark = pytest.mark.browser
OF_A_LIBRARY = "healthz"
ROWS = [row for row in whole().rows if row.method == "GET" and row.name != OF_A_LIBRARY]
EVERY_DAY = {
    "GET home:front": "anonymous",
    "GET home:inbox application": "county",
    "GET home:record application": "county",
    "GET home:record scored": "expert",
    "GET home:season season": "office",
    "GET writing:form draft": "applicant",
    "GET home:docket docket": "unit",
}
WIDTHS = (1280, 390)
AT_200_PERCENT = 640
"""The width of a page of 1280 at 200 %."""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHOWN = ("ok", "none", "403", "404")


@pytest.fixture
def asker(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Asker:
    """Return what sends requests into a world that the browser sees too."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return Asker(World())


def faults(page: Page) -> dict[str, list[str]]:
    """Return what axe finds on a page, {rule: the places}, and by how much it is too wide."""
    found: Any = Axe().run(page).response["violations"]
    wrong = {each["id"]: [" ".join(node["target"]) for node in each["nodes"]][:5] for each in found}
    wide = page.evaluate(TOO_WIDE)
    return wrong | ({"scrolls sideways": [str(wide)]} if wide > 0 else {})


def looked_at(asker: Asker, page_of: Callable[..., Page], row: Row, actor: str, width: int) -> dict[str, list[str]]:
    """Open a page as a person, and return what is wrong with it."""
    page = page_of(asker.world.person(actor, row.thing), width)
    page.goto(asker.path(row))
    found = faults(page)
    page.context.close()
    return found


def test_a_fault_is_found(page_of: Callable[..., Page], transactional_db: None):
    page = page_of()
    page.set_content('<html lang="zh"><title>页</title><main><h1>页</h1><input></main></html>')
    assert set(faults(page)) == {"label"}


def test_a_few_pages_have_no_faults(asker: Asker, page_of: Callable[..., Page]):
    chosen = {str(row): row for row in ROWS if str(row) in EVERY_DAY}
    assert set(chosen) == set(EVERY_DAY)
    found = {
        (name, width): looked_at(asker, page_of, row, EVERY_DAY[name], width)
        for name, row in chosen.items()
        for width in WIDTHS
    }
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def built(text: str) -> int:
    """Return a mark of how a page is built: its elements in their order with their classes, whatever they say."""
    return hash(tuple(re.findall(r'<(\w+)(?:[^>]*? class="([^"]*)")?', text)))


def different_pages(asker: Asker) -> Iterator[tuple[Row, str]]:
    """Yield every page as everybody for whom its frame or what it frames is built otherwise than ever before."""
    seen: set[int] = set()
    for row in ROWS:
        for actor, cell in row.cells.items():
            reply = asker.ask(row, actor) if cell in SHOWN else None
            frame, main, content = (reply.text if reply else "").partition("<main")
            parts = {built(frame), built(content)}
            if main and not parts <= seen:
                seen |= parts
                yield row, actor


@pytest.mark.long
@pytest.mark.parametrize("width", [*WIDTHS, AT_200_PERCENT])
def test_no_page_has_faults_whoever_opens_it(asker: Asker, page_of: Callable[..., Page], width: int):
    found = {f"{row} as {actor}": looked_at(asker, page_of, row, actor, width) for row, actor in different_pages(asker)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
