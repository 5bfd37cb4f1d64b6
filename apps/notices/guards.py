"""What stops an act on a notice or a public list."""

from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.notices.models import Notice, PublicityList


def has_reason(notice: Notice, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give a draft up without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写作废理由。", "请写明理由，系统将重新拟稿。")


def is_printed(notice: Notice, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to issue what has no printed text yet."""
    if decision.details.get("pdf"):
        return None
    return Refusal("not_printed", "文件尚未制作完成。", "请稍候，完成后自动印发。")


def period_is_over(publicity: PublicityList, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to end a list before its last day is over."""
    if publicity.closes < timezone.localdate(decision.at):
        return None
    return Refusal("notice_running", f"公示期至{written_day(publicity.closes)}，尚未结束。", "期满后系统自动结束。")
