"""The documentation says what is so: its links lead somewhere, its tables and graphs are those of the code."""

import re

import pytest
from django.conf import settings

from tests import process_pages

TOP = settings.BASE_DIR
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))


@every_page
def test_every_link_of_a_page_leads_to_a_file(page):
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@every_page
def test_every_file_that_a_page_names_exists(page):
    folders = "apps|config|docs|static|templates|tests|workflows"
    named = re.findall(rf"`((?:{folders})/[\w./-]*\w)/?`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (TOP / name).exists()] == []


@every_page
def test_a_page_names_only_targets_of_the_makefile(page):
    targets = set(re.findall(r"^([a-z-]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))) - targets == set()


@pytest.mark.parametrize("page", process_pages.pages(), ids=lambda page: page.stem)
def test_the_page_of_a_process_is_as_code_and_packs_say(page):
    text = page.read_text(encoding="utf-8")
    assert process_pages.rewritten(text) == text, "run: make docs"


def test_every_kind_of_record_and_every_route_stands_on_one_page():
    parts = [
        part for page in process_pages.pages() for part in process_pages.standing(page.read_text(encoding="utf-8"))
    ]
    assert sorted(parts) == sorted(process_pages.wanted())
