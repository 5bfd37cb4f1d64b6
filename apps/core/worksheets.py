"""Workbooks that people upload: read, and marked where they are wrong, in a child process with limits.

A sheet of a few kilobytes may claim billions of cells, so nothing of it is unpacked in the process that serves people.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from apps.core.refusals import Refusal, Refused

SECONDS = 20
MOST_ROWS, MOST_COLUMNS = 5_000, 30
Cells = list[list[str]]
_UNREADABLE = Refusal("workbook", "工作簿无法读取，未导入。", "请用导出的工作簿填写，另存为xlsx后再上传。")


def read(data: bytes) -> Cells:
    """Return the first sheet of a workbook as rows of text; raise Refused for one that cannot be read within limits."""
    said = _child({"act": "read", "rows": MOST_ROWS, "columns": MOST_COLUMNS}, data)
    cells: Cells = json.loads(said)
    return cells


def marked(data: bytes, faults: Mapping[tuple[int, int], str]) -> bytes:
    """Return a user's own workbook with a note in each faulty cell, named by row and column from 1."""
    return _child({"act": "mark", "faults": [[*place, text] for place, text in faults.items()]}, data)


def _child(order: Mapping[str, Any], data: bytes) -> bytes:
    command = [sys.executable, "-m", "apps.core.worksheet_reader", json.dumps(order)]
    try:
        ran = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Refused(_UNREADABLE) from error
    if ran.returncode:
        raise Refused(_UNREADABLE)
    return ran.stdout
