"""Lists as workbooks: one way for all, text stays text, days stay days, and rows are written as they come."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils import timezone
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
_CUT = "以上为前{:,}条；其余请缩小筛选范围后再导出。"
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_SHOWN = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd"}
_NO_PART_OF_A_NAME, _LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31
_A4 = 9
"""The number that spreadsheets have for this size of paper."""
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
    book = workbook(name, [label for label, _ in columns], lines, most)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=MEDIA_TYPE)


def workbook(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], most: int = MOST_ROWS) -> io.BytesIO:
    """Write at most so many rows under their headings and return the finished file; a cut one says so at its end.

    Days, moments and numbers are cells of their kind, to be sorted and reckoned with; all else is text. Only the file,
    not the rows, is held in memory.
    """
    out, left = io.BytesIO(), iter(rows)
    with Workbook(out, {"constant_memory": True, **_OPTIONS}) as book:
        sheet = _sheet(book, name, columns)
        formats = {kind: book.add_format({"num_format": shown}) for kind, shown in _SHOWN.items()}
        number = 0
        for number, row in enumerate(islice(left, most), start=1):
            for place, value in enumerate(row):
                cell = _cell(value)
                sheet.write(number, place, cell, formats.get(type(cell)))
        sheet.autofilter(0, 0, number, len(columns) - 1)
        if next(left, None) is not None:
            sheet.write_string(number + 1, 0, _CUT.format(most))
    out.seek(0)
    return out


def _sheet(book: Workbook, name: str, columns: Sequence[str]) -> Worksheet:
    """Return a sheet with its headings, which stay in sight and head each page of paper."""
    sheet = book.add_worksheet(_NO_PART_OF_A_NAME.sub("", name)[:_LONGEST_NAME])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    return sheet


def _cell(value: Any) -> Any:
    """Return a value as the sheet keeps it: a moment in local time, a text where it is no day and no number."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date | int | float | Decimal):
        return value
    return "" if value is None else str(value)
