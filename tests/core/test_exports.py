"""Lists as workbooks: cut where they grow too long, and the cut is told."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from apps.core import exports


@pytest.mark.parametrize(("number", "last"), [(3, 3), (4, "以上为前3条；其余请缩小筛选范围后再导出。")])
def test_a_workbook_ends_at_a_limit_and_says_so(number: int, last: str) -> None:
    rows = list(load_workbook(exports.workbook("名单", ["数"], ([n + 1] for n in range(number)), most=3)).active.values)
    assert [row[0] for row in rows][1:4] == [1, 2, 3]
    assert rows[-1][0] == last


def test_rows_that_come_one_by_one_are_written_under_their_headings() -> None:
    found = exports.answer("名单", [("甲", lambda row: row), ("乙", lambda row: None)], iter("ab"))
    assert found.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(found.streaming_content))).active
    assert (sheet.title, list(sheet.values)) == ("名单", [("甲", "乙"), ("a", None), ("b", None)])


def test_days_moments_and_numbers_can_be_sorted_and_reckoned_with_and_text_stays_text() -> None:
    day, moment = date(2026, 8, 5), datetime(2026, 8, 4, 17, 30, tzinfo=UTC)
    row = (day, moment, 7, Decimal("86.5"), True, "00123", None)
    sheet = load_workbook(exports.workbook("日期", [str(n) for n in range(7)], [row])).active
    assert [cell.value for cell in sheet[2]] == [
        datetime.fromisoformat("2026-08-05"), datetime.fromisoformat("2026-08-05 01:30"), 7, 86.5, "是", "00123", None,
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[2]][:3] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "General"]
    assert (sheet.auto_filter.ref, sheet.print_title_rows) == ("A1:G2", "$1:$1")


@pytest.mark.parametrize("name", ["'", "[:*?/\\]", "2026年" * 20, "A'B" * 11])
def test_any_name_can_be_a_list_s(name: str) -> None:
    sheet = load_workbook(exports.workbook(name, ["甲"], [])).active
    assert (len(sheet.title) <= 31, list(sheet.values)) == (True, [("甲",)])
