"""What stops an act on the walk, whatever the process."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision, Guard
from apps.core.refusals import Refusal
from apps.desks.models import DeskRecord
from apps.desks.states import DeskAction, DeskState


def has_reason(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give back or turn down without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写意见。", "退回、不同意须写明理由，申请人将看到您的意见。")


def has_ground(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to turn down without a ground."""
    return None if decision.ground else Refusal("no_ground", "没有选择不同意的依据。", "请选择依据后再提交。")


def is_written(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to agree without a word where the policy wants it in writing."""
    asked = record.step is not None and record.present_step().get("written")
    if not asked or decision.opinion.strip():
        return None
    return Refusal("no_opinion", "本环节须书面同意，没有填写意见。", "请写明意见后再同意。")


def notice_is_over(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to leave the public notice before its last day is over."""
    if record.state != DeskState.ON_NOTICE:
        return None
    if record.notice_until is None:
        return Refusal("not_announced", "尚未列入公示名单。", "请先由该环节办理人员发布公示。")
    if timezone.localdate(decision.at) <= record.notice_until:
        return Refusal(
            "notice_running", f"公示期至{written_day(record.notice_until)}，尚未结束。", "期满后系统自动转办。"
        )
    return None


def not_announced_yet(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to put on a second list what is on one already."""
    if record.notice_until is None:
        return None
    return Refusal("announced", f"已列入公示名单，公示期至{written_day(record.notice_until)}。", "无需再次公示。")


def not_opened_yet(record: DeskRecord, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to take back what the next desk has opened, or what stands on a public list."""
    if record.notice_until is not None:
        return Refusal("announced", "已列入公示名单，不能撤回意见。", "如有异议，请在公示期内提出。")
    if facts is not None and facts.opened:
        return Refusal("opened", "下一环节已打开此件，不能撤回意见。", "请与下一环节联系，由其退回。")
    return None


GUARDS: Mapping[str, Sequence[Guard]] = {
    DeskAction.PASS_UP: [notice_is_over, is_written],
    DeskAction.SEND_BACK: [has_reason],
    DeskAction.REJECT: [has_reason, has_ground],
    DeskAction.ANNOUNCE: [not_announced_yet],
    DeskAction.RECALL: [not_opened_yet],
}
