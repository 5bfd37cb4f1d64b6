"""Lists as workbooks: cut where they grow too long, and the cut is told."""

import io

import pytest
from openpyxl import load_workbook

from apps.core import exports


@pytest.mark.parametrize(("number", "last"), [(3, "3"), (4, "以上为前3条；其余请缩小筛选范围后再导出。")])
def test_a_workbook_ends_at_a_limit_and_says_so(number: int, last: str) -> None:
    rows = list(load_workbook(exports.workbook(["数"], ([n + 1] for n in range(number)), most=3)).active.values)
    assert [row[0] for row in rows][1:4] == ["1", "2", "3"]
    assert rows[-1][0] == last


def test_rows_that_come_one_by_one_are_written_under_their_headings() -> None:
    found = exports.answer("名单", [("甲", lambda row: row), ("乙", lambda row: None)], iter("ab"))
    assert found.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(found.streaming_content))).active
    assert list(sheet.values) == [("甲", "乙"), ("a", None), ("b", None)]
