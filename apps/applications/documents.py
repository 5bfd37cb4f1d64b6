"""What the paper for an applicant says: his receipt, as plain data to be printed."""

from typing import Any

from apps.applications.models import Application
from apps.applications.selectors import NextStep
from apps.applications.states import PUBLIC_LABELS
from apps.core.days import written_day, written_moment


def receipt(application: Application, following: NextStep | None, address: str) -> dict[str, Any]:
    """Return the text of a receipt; `address` is where its code leads."""
    assert application.submitted is not None
    rows = [
        ["申请人", application.person.name],
        ["批次", application.season.title],
        *([["派出单位", application.unit.name]] if application.unit else []),
        *([["服务单位", application.host.name]] if application.host else []),
        ["服务县（市、区）", str(application.county or "")],
        ["提交时间", written_moment(application.submitted)],
        _standing(application, following),
    ]
    return {
        "layout": "receipt",
        "title": "申请回执",
        "number": application.number,
        "rows": rows,
        "note": "扫描二维码，登录后可查看办理进度。",
        "verify_url": address,
    }


def _standing(application: Application, following: NextStep | None) -> list[str]:
    if following is None:
        return ["当前状态", PUBLIC_LABELS[application.state]]
    due = f"（{written_day(following.due)}前）" if following.due else ""
    return ["下一步", f"{following.office}办理“{following.act}”{due}"]
