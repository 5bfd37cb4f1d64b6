"""The states of every record that walks from desk to desk: a state names the act awaited."""

from collections.abc import Mapping

from django.db.models import TextChoices


class DeskState(TextChoices):
    DRAFT = "draft", "填写中"
    RETURNED = "returned", "退回修改"
    AWAITING_CONSENT = "awaiting_consent", "待同意"
    AWAITING_REVIEW = "awaiting_review", "待审核"
    ON_NOTICE = "on_notice", "公示环节"
    AWAITING_FINALISATION = "awaiting_finalisation", "待聘任"
    PASSED = "passed", "已通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回申请"


class DeskAction(TextChoices):
    CREATE = "create", "开始填写"
    SUBMIT = "submit", "提交"
    PASS_UP = "pass_up", "同意"
    SEND_BACK = "send_back", "退回修改"
    REJECT = "reject", "不同意"
    WITHDRAW = "withdraw", "撤回申请"
    RECALL = "recall", "撤回意见"
    ANNOUNCE = "announce", "列入公示"


STATE_OF_ACT = {
    "consent": DeskState.AWAITING_CONSENT,
    "review": DeskState.AWAITING_REVIEW,
    "notice": DeskState.ON_NOTICE,
    "finalisation": DeskState.AWAITING_FINALISATION,
}
WRITING = (DeskState.DRAFT, DeskState.RETURNED)
AWAITING = tuple(STATE_OF_ACT.values())
OFFICE_ACTS = tuple(state for state in AWAITING if state != DeskState.ON_NOTICE)
OPEN = (*WRITING, *AWAITING)
ENDED = tuple(state for state in DeskState if state not in OPEN)

TONES: Mapping[str, str] = {
    DeskState.DRAFT: "muted",
    DeskState.RETURNED: "warning",
    DeskState.ON_NOTICE: "info",
    DeskState.PASSED: "success",
    DeskState.REJECTED: "danger",
    DeskState.WITHDRAWN: "muted",
}
"""How a state looks; an awaited act looks like work."""
