"""Workbooks of applications: nothing in them is live, and a long one is written row by row."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.applications import selectors
from apps.applications.exports import COLUMNS
from apps.core.exports import answer, workbook
from apps.desks.states import DeskState
from tests import factories
from tests.factories import Scene

LIVE = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://example.invalid/", "00123", "1E5", "\tx"]


def test_cells_are_text_whatever_they_look_like() -> None:
    book = load_workbook(workbook("表", ["甲", "乙"], [(text, "7") for text in LIVE]))
    assert [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)] == [[text, "7"] for text in LIVE]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    with zipfile.ZipFile(workbook("表", ["甲"], [(text,) for text in LIVE])) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
        assert [name for name in packed.namelist() if "_rels/sheet" in name] == []


@pytest.mark.parametrize("character", ["\0", "\x0b", "\ud7ff", "\U0001f33e", "&<>"])
def test_strange_characters_do_not_break_the_file(character: str) -> None:
    book = load_workbook(workbook("表", ["甲"], [(f"甲{character}乙",)]))
    assert book.active["A2"].value.startswith("甲")


def test_rows_are_taken_one_after_the_other_from_the_database(
    scene: Scene, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [factories.make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    rows = selectors.listed(scene.office, scene.at)
    with django_assert_num_queries(1):
        book = load_workbook(io.BytesIO(b"".join(answer("申请", COLUMNS, rows).streaming_content)))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == [each.number for each in reversed(made)]
