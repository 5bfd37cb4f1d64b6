"""The states of every record that walks from desk to desk: a state names the act awaited."""

from collections.abc import Mapping

from django.db.models import TextChoices


class DeskState(TextChoices):
    DRAFT = "draft", "填写中"
    RETURNED = "returned", "退回修改"
    AWAITING_CONSENT = "awaiting_consent", "待同意"
    AWAITING_REVIEW = "awaiting_review", "待审核"
    AWAITING_VERDICTS = "awaiting_verdicts", "待共同选定"
    AWAITING_SCORES = "awaiting_scores", "待专家评审"
    AWAITING_MEETING = "awaiting_meeting", "待会议研究"
    AWAITING_OPINIONS = "awaiting_opinions", "待征求意见"
    ON_NOTICE = "on_notice", "公示环节"
    AWAITING_FINALISATION = "awaiting_finalisation", "待聘任"
    AWAITING_RESOLUTION = "awaiting_resolution", "待协调解决"
    AWAITING_FILING = "awaiting_filing", "待备案"
    PASSED = "passed", "已通过"
    REJECTED = "rejected", "未通过"
    WITHDRAWN = "withdrawn", "已撤回申请"
    LAPSED = "lapsed", "逾期终止"


class DeskAction(TextChoices):
    CREATE = "create", "开始填写"
    SUBMIT = "submit", "提交"
    PASS_UP = "pass_up", "同意"
    SEND_BACK = "send_back", "退回修改"
    REJECT = "reject", "不同意"
    WITHDRAW = "withdraw", "撤回申请"
    RECALL = "recall", "撤回意见"
    ANNOUNCE = "announce", "列入公示"
    ASK = "ask", "送请表态"
    GIVE_VERDICT = "give_verdict", "表态"
    LAPSE = "lapse", "逾期终止"
    REOPEN = "reopen", "重新办理"


STATE_OF_ACT = {
    "consent": DeskState.AWAITING_CONSENT,
    "review": DeskState.AWAITING_REVIEW,
    "verdicts": DeskState.AWAITING_VERDICTS,
    "scores": DeskState.AWAITING_SCORES,
    "meeting": DeskState.AWAITING_MEETING,
    "opinions": DeskState.AWAITING_OPINIONS,
    "notice": DeskState.ON_NOTICE,
    "finalisation": DeskState.AWAITING_FINALISATION,
    "resolution": DeskState.AWAITING_RESOLUTION,
    "filing": DeskState.AWAITING_FILING,
}
ACTS_IN = {(DeskState.AWAITING_FILING.value, DeskAction.PASS_UP.value): "备案"}
"""What an act is called in a state where it has another name: what is filed is recorded, not agreed to."""
WRITING = (DeskState.DRAFT, DeskState.RETURNED)
AWAITING = tuple(STATE_OF_ACT.values())
OFFICE_ACTS = tuple(state for state in AWAITING if state != DeskState.ON_NOTICE)
REFUSABLE = tuple(state for state in OFFICE_ACTS if state != DeskState.AWAITING_FILING)
"""The acts at which an office may turn down; what is filed is recorded, not approved."""
JOINT = (
    DeskState.AWAITING_VERDICTS,
    DeskState.AWAITING_SCORES,
    DeskState.AWAITING_OPINIONS,
    DeskState.AWAITING_RESOLUTION,
)
"""The acts for which others are asked for their verdicts."""
OPEN = (*WRITING, *AWAITING)
ENDED = tuple(state for state in DeskState if state not in OPEN)
GIVEN_UP = tuple(state for state in ENDED if state != DeskState.PASSED)
PUT_OFF = "put_off"
STATES_LISTED = [*DeskState.choices, (PUT_OFF, "会议待议")]
"""By what lists are narrowed: the states, and that a meeting has left a record undecided, which is none of its own."""

TONES: Mapping[str, str] = {
    DeskState.DRAFT: "muted",
    DeskState.RETURNED: "warning",
    DeskState.ON_NOTICE: "info",
    DeskState.PASSED: "success",
    DeskState.REJECTED: "danger",
    DeskState.WITHDRAWN: "muted",
    DeskState.LAPSED: "muted",
}
"""How a state looks; an awaited act looks like work."""


class Word(TextChoices):
    """What one who is asked may say."""

    AGREE = "agree", "同意"
    REFUSE = "refuse", "不同意"
    RECUSE = "recuse", "回避"


class DocketState(TextChoices):
    DRAFT = "draft", "拟定中"
    CLOSED = "closed", "已定稿"
    DISCARDED = "discarded", "已作废"


class DocketAction(TextChoices):
    CREATE = "create", "拟定"
    CLOSE = "close", "定稿"
    DISCARD = "discard", "作废"


class DocketPurpose(TextChoices):
    MEETING = "meeting", "会议研究"
    LIST = "list", "盖章名单"


DOCKET_TONES: Mapping[str, str] = {
    DocketState.DRAFT: "info",
    DocketState.CLOSED: "success",
    DocketState.DISCARDED: "muted",
}
