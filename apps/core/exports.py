"""Lists as workbooks: one way for all, text stays text, and rows are written as they come."""

import io
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from xlsxwriter import Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
_CUT = "以上为前{:,}条；其余请缩小筛选范围后再导出。"
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTH = 18
_CHUNK = 2000
Column = tuple[str, Callable[[Any], Any]]
"""A heading, and what of each row stands under it."""


def is_wanted(request: HttpRequest) -> bool:
    """Tell whether an address asks for its list as a workbook."""
    return request.GET.get("export") == "xlsx"


def answer(name: str, columns: Sequence[Column], rows: Any, most: int = MOST_ROWS) -> FileResponse:
    """Hand out rows, read from the database as they are written, as a workbook to save under a name."""
    read = rows[: most + 1].iterator(chunk_size=_CHUNK) if isinstance(rows, QuerySet) else rows
    lines = ([of(row) for _, of in columns] for row in read)
    book = workbook([label for label, _ in columns], lines, most)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=MEDIA_TYPE)


def workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]], most: int = MOST_ROWS) -> io.BytesIO:
    """Write at most so many rows under their headings and return the finished file; a cut one says so at its end.

    Only the file, not the rows, is held in memory.
    """
    out, left = io.BytesIO(), iter(rows)
    with Workbook(out, {"constant_memory": True, **_AS_TEXT}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        number = 0
        for number, row in enumerate(islice(left, most), start=1):
            sheet.write_row(number, 0, ["" if cell is None else str(cell) for cell in row])
        if next(left, None) is not None:
            sheet.write_string(number + 1, 0, _CUT.format(most))
    out.seek(0)
    return out
