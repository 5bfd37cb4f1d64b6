"""The child process of `core.worksheets`: it limits itself, reads a line of order, then a workbook, and answers."""

import io
import json
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import date
from itertools import islice
from typing import Any

MEMORY, SECONDS = 600_000_000, 30
_MARK = "FFF4C7C3"


def main(order: Mapping[str, Any], data: bytes) -> bytes:
    """Do what is ordered with a workbook."""
    acts: Mapping[str, Callable[[Mapping[str, Any], bytes], bytes]] = {"read": _read, "mark": _mark}
    return acts[order["act"]](order, data)


def _read(order: Mapping[str, Any], data: bytes) -> bytes:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_col=order["columns"], values_only=True)
    cells = _filled([_filled([_text(cell) for cell in row]) for row in islice(rows, order["rows"])])
    is_cut = any(row.count(None) < len(row) for row in rows)
    return json.dumps([cells, is_cut], ensure_ascii=False).encode()


def _filled(cells: list[Any]) -> list[Any]:
    """Leave out what is empty at the end of a row, or of a sheet."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)


def _mark(order: Mapping[str, Any], data: bytes) -> bytes:
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = load_workbook(io.BytesIO(data))
    for row, column, text in order["faults"]:
        cell = book.worksheets[0].cell(row, column)
        cell.fill = PatternFill("solid", start_color=_MARK)
        cell.comment = Comment(text, "科特派")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    said, _, sent = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.buffer.write(main(json.loads(said), sent))
