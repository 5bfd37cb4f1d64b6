"""What the paper for an applicant says: his receipt, as plain data to be printed."""

from typing import Any

from apps.applications.models import Application
from apps.applications.selectors import NextStep
from apps.core.days import written_moment


def receipt(application: Application, following: NextStep | None, address: str) -> dict[str, Any]:
    """Return the text of a receipt; `address` is where its code leads."""
    assert application.submitted is not None
    rows = [
        ["申请人", application.starter.name],
        ["批次", application.season.title],
        ["派出单位", str(application.unit or "")],
        ["服务县（市、区）", str(application.county or "")],
        ["提交时间", written_moment(application.submitted)],
        ["下一步", f"{following.office}“{following.act}”" if following else "已办结"],
    ]
    return {
        "layout": "receipt",
        "title": "申请回执",
        "number": application.number,
        "rows": rows,
        "note": "扫描二维码，登录后可查看办理进度。",
        "verify_url": address,
    }
