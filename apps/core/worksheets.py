"""Workbooks that people upload: read, and marked where they are wrong, in a child process with limits.

A sheet of a few kilobytes may claim billions of cells, so nothing of it is unpacked in the process that serves people.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from itertools import islice
from typing import Any

from apps.core.refusals import Refusal, Refused

SECONDS = 60
MOST_ROWS, MOST_COLUMNS = 5_000, 30
MOST_MARKED = 1_000
Cells = list[list[str]]
_UNREADABLE = Refusal("workbook", "工作簿无法读取，未导入。", "请用导出的工作簿填写，另存为xlsx后再上传。")


def read(data: bytes, most_rows: int = MOST_ROWS) -> Cells:
    """Return the first sheet of a workbook as rows of text, its head among them; raise Refused for one beyond limits.

    One with more rows than `most_rows` below its head is refused rather than cut.
    """
    cells: Cells
    cells, is_cut = json.loads(_child({"act": "read", "rows": most_rows + 1, "columns": MOST_COLUMNS}, data))
    if is_cut:
        reason = f"工作簿超过{most_rows:,}行，未导入。"
        raise Refused(Refusal("too_many_rows", reason, "请删去多余的行，或分成几个工作簿导入。"))
    return cells


def marked(data: bytes, faults: Mapping[tuple[int, int], str]) -> bytes:
    """Return a user's own workbook with a note in each faulty cell, named by row and column from 1.

    Only so many are marked that the workbook stays easy to open.
    """
    first = islice(faults.items(), MOST_MARKED)
    return _child({"act": "mark", "faults": [[*place, text] for place, text in first]}, data)


def _child(order: Mapping[str, Any], data: bytes) -> bytes:
    command, said = [sys.executable, "-m", "apps.core.worksheet_reader"], json.dumps(order).encode()
    try:
        ran = subprocess.run(command, input=said + b"\n" + data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Refused(_UNREADABLE) from error
    if ran.returncode:
        raise Refused(_UNREADABLE)
    return ran.stdout
