"""Workbooks that people upload: read and marked in a child process that may take only so much."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from apps.core import worksheets
from apps.core.refusals import Refused
from tests.factories.files import zipped

_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def book(*rows: list[object]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def with_sheet(content: str) -> bytes:
    """Return a sound workbook whose sheet is replaced."""
    with zipfile.ZipFile(io.BytesIO(book(["甲"]))) as sound:
        parts = {name: sound.read(name) for name in sound.namelist()}
    return zipped({**parts, "xl/worksheets/sheet1.xml": _SHEET.format(content)})


def test_cells_are_read_as_text() -> None:
    assert worksheets.read(book(["县", "名额"], ["宾阳县", 12], ["隆安县", 3.0], ["柳城县", None])) == [
        ["县", "名额"], ["宾阳县", "12"], ["隆安县", "3"], ["柳城县"],
    ]  # fmt: skip


def test_faulty_cells_are_marked_in_the_users_own_workbook() -> None:
    sheet = load_workbook(
        io.BytesIO(worksheets.marked(book(["县", "名额"], ["宾阳县", "x"]), {(2, 2): "应为整数"}))
    ).active
    assert (sheet["B2"].value, sheet["B2"].comment.text) == ("x", "应为整数")
    assert sheet["A2"].comment is None


def test_a_thousand_faults_are_marked_and_no_more() -> None:
    rows = worksheets.MOST_MARKED + 1
    faults = {(row, 1): "应为县名" * 20 for row in range(1, rows + 1)}
    sheet = load_workbook(io.BytesIO(worksheets.marked(book(*[["甲"]] * rows), faults))).active
    assert [sheet.cell(row, 1).comment is None for row in (1, rows - 1, rows)] == [False, False, True]


def test_a_cell_at_the_far_end_of_the_sheet_is_not_reached() -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    started = time.monotonic()
    cells = worksheets.read(with_sheet(far))
    assert {cell for row in cells for cell in row} == set()
    assert len(cells) <= worksheets.MOST_ROWS
    assert time.monotonic() - started < worksheets.SECONDS


def test_a_sheet_with_more_rows_than_may_be_is_refused_and_not_cut() -> None:
    rows = [["县"], ["宾阳县"], ["隆安县"], [None], [None]]
    assert worksheets.read(book(*rows), most_rows=2) == [["县"], ["宾阳县"], ["隆安县"]]
    with pytest.raises(Refused) as refused:
        worksheets.read(book(*rows, ["柳城县"]), most_rows=2)
    assert refused.value.refusals[0].reason == "工作簿超过2行，未导入。"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no workbook", with_sheet("<row><c")])
def test_what_cannot_be_read_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        worksheets.read(data)
    assert refused.value.refusals[0].reason == "工作簿无法读取，未导入。"
