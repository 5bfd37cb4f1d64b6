"""Lists as workbooks: text stays text, and rows are written as they come."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from xlsxwriter import Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTH = 18


def workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> io.BytesIO:
    """Write rows under their headings and return the finished file; only that, not the rows, is held in memory."""
    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True, **_AS_TEXT}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [str(cell) for cell in row])
    out.seek(0)
    return out
