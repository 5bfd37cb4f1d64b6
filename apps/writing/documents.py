"""What the paper for who has handed something in says: his receipt, as plain data to be printed."""

from typing import Any

from apps.core.days import written_day, written_moment
from apps.writing import writings
from apps.writing.models import WrittenRecord
from apps.writing.selectors import NextStep


def receipt(record: WrittenRecord, following: NextStep | None, address: str) -> dict[str, Any]:
    """Return the text of a receipt; `address` is where its code leads."""
    assert record.submitted is not None
    writing = writings.of(record)
    return {
        "layout": "receipt",
        "title": f"{writing.label}回执",
        "number": record.number,
        "rows": [
            *([label, said] for label, said in writing.head(record)),
            ["提交时间", written_moment(record.submitted)],
            _standing(record, following),
        ],
        "note": "扫描二维码，登录后可查看办理进度。",
        "verify_url": address,
    }


def _standing(record: WrittenRecord, following: NextStep | None) -> list[str]:
    if following is None:
        return ["当前状态", writings.of(record).walk.kind.public_label(record.state)]
    due = f"（{written_day(following.due)}前）" if following.due else ""
    return ["下一步", f"{following.office}办理“{following.act}”{due}"]
