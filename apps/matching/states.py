"""States and actions of the two-way selection."""

from collections.abc import Mapping

from django.db.models import TextChoices

# Wishes


class WishListState(TextChoices):
    DRAFT = "draft", "填写中"
    SUBMITTED = "submitted", "已提交"


class WishListAction(TextChoices):
    CREATE = "create", "开始填写"
    SUBMIT = "submit", "提交"
    TAKE_BACK = "take_back", "撤回"
    RESTORE = "restore", "恢复"
    JUDGE = "judge", "审核志愿"


class WishWord(TextChoices):
    """What a county says of a wish, the most welcome first."""

    INVITE = "invite", "邀请"
    RECOMMEND = "recommend", "推荐"
    ACCEPT = "accept", "接收"
    REFUSE = "refuse", "不接收"


# Allocation


class RunState(TextChoices):
    DRAFTED = "draft", "已冻结，待计算"
    COMPUTED = "computed", "已计算"
    ADJUSTED = "adjusted", "已调整"
    CONFIRMED = "confirmed", "已确认"
    ON_NOTICE = "on_notice", "公示中"
    PUBLISHED = "published", "已公布"
    SUPPLEMENTING = "supplementing", "补充志愿中"
    SUPERSEDED = "superseded", "已接续"
    DISCARDED = "discarded", "已作废"


LIVE = (
    RunState.DRAFTED,
    RunState.COMPUTED,
    RunState.ADJUSTED,
    RunState.SUPPLEMENTING,
    RunState.CONFIRMED,
    RunState.ON_NOTICE,
)
"""States of an allocation that is under way; a season has one such at most."""


class RunAction(TextChoices):
    CREATE = "create", "冻结"
    DRAW = "draw", "登记摇号"
    COMPUTE = "compute", "计算"
    PROPOSE = "propose", "提出调整"
    ADJUST = "adjust", "按调整重新计算"
    SUPPLEMENT = "supplement", "开放补充志愿"
    CALL_OFF = "call_off", "停止补充志愿"
    GO_ON = "go_on", "接续"
    RESUME = "resume", "恢复补充志愿"
    CONFIRM = "confirm", "确认"
    ANNOUNCE = "announce", "公示"
    PUBLISH = "publish", "公布"
    DISCARD = "discard", "作废"


IN_HAND = (RunState.COMPUTED, RunState.ADJUSTED)
"""States in which people may be moved."""


class AdjustmentState(TextChoices):
    PROPOSED = "draft", "征求意见中"
    HOLDS = "holds", "已生效"
    REFUSED = "refused", "未获同意"
    WITHDRAWN = "withdrawn", "已撤销"


class AdjustmentAction(TextChoices):
    CREATE = "create", "提出"
    AGREE = "agree", "同意"
    DECLINE = "decline", "不同意"
    WITHDRAW = "withdraw", "撤销"


STANDING = (AdjustmentState.PROPOSED, AdjustmentState.HOLDS)
"""States of a move that is asked about or holds; a person has one such at most in a run."""
ADJUSTMENT_TONES: Mapping[str, str] = {
    AdjustmentState.PROPOSED: "warning",
    AdjustmentState.HOLDS: "success",
    AdjustmentState.REFUSED: "danger",
    AdjustmentState.WITHDRAWN: "muted",
}


class AdjustmentOrigin(TextChoices):
    BALANCE = "balance", "系统建议"
    MANUAL = "manual", "人工调整"


class ConsentParty(TextChoices):
    PERSON = "person", "本人"
    UNIT = "unit", "派出单位"
    COUNTY = "county", "接收县（市、区）"


class ConsentWord(TextChoices):
    YES = "yes", "同意"
    NO = "no", "不同意"


class TieRule(TextChoices):
    LOTTERY = "lottery", "摇号"
    PROMOTION = "promotion", "落选者优先，再摇号"


# Placement


class PlacementState(TextChoices):
    DRAFTED = "draft", "待计算"
    IN_HAND = "in_hand", "待县级核对"
    RETURNED = "returned", "退回修改"
    AWAITING_CONFIRMATION = "awaiting_confirmation", "待确认"
    CONFIRMED = "confirmed", "已确认"


class PlacementAction(TextChoices):
    CREATE = "create", "建立"
    COMPUTE = "compute", "重新计算"
    EDIT = "edit", "调整"
    SUBMIT = "submit", "提交"
    SEND_BACK = "send_back", "退回修改"
    CONFIRM = "confirm", "同意"


class SiteListState(TextChoices):
    KEPT = "draft", "在用"


class SiteListAction(TextChoices):
    CREATE = "create", "建立"
    WRITE = "write", "更新"
    TAKE_OFF = "take_off", "移出"


class ContactState(TextChoices):
    KEPT = "draft", "已登记"


class ContactAction(TextChoices):
    CREATE = "create", "建立"
    WRITE = "write", "登记"


PLACEMENT_EDITED = (PlacementState.IN_HAND, PlacementState.RETURNED)
"""States in which the county may move people."""
PLACEMENT_TONES: Mapping[str, str] = {
    PlacementState.DRAFTED: "muted",
    PlacementState.IN_HAND: "warning",
    PlacementState.RETURNED: "warning",
    PlacementState.AWAITING_CONFIRMATION: "info",
    PlacementState.CONFIRMED: "success",
}


# Needs, the pool, pairings


class NeedState(TextChoices):
    DRAFT = "draft", "填写中"
    RETURNED = "returned", "退回修改"
    AWAITING_REVIEW = "awaiting_review", "待审核"
    PUBLISHED = "published", "已发布"
    MET = "met", "已满足"
    CLOSED = "closed", "已关闭"


class NeedAction(TextChoices):
    CREATE = "create", "填写"
    SUBMIT = "submit", "提交"
    PASS_UP = "pass_up", "同意"
    SEND_BACK = "send_back", "退回修改"
    MEET = "meet", "需求已满足"
    CLOSE = "close", "关闭"


NEED_WRITING = (NeedState.DRAFT, NeedState.RETURNED)
NEED_TONES: Mapping[str, str] = {
    NeedState.DRAFT: "muted",
    NeedState.RETURNED: "warning",
    NeedState.AWAITING_REVIEW: "info",
    NeedState.PUBLISHED: "success",
    NeedState.MET: "success",
    NeedState.CLOSED: "muted",
}


class PoolState(TextChoices):
    DRAFT = "draft", "填写中"
    INVITED = "invited", "待本人确认"
    AWAITING_REVIEW = "awaiting_review", "待审核"
    IN_POOL = "in_pool", "在库"
    REJECTED = "rejected", "未入库"
    EXPIRED = "expired", "已到期"
    LEFT = "left", "已撤销"


class PoolAction(TextChoices):
    CREATE = "create", "填写"
    INVITE = "invite", "邀请入库"
    SUBMIT = "submit", "提交"
    ACCEPT = "accept", "同意入库"
    DECLINE = "decline", "不同意入库"
    ADMIT = "admit", "同意"
    SEND_BACK = "send_back", "退回修改"
    REFUSE = "refuse", "不同意"
    EXPIRE = "expire", "到期出库"
    LEAVE = "leave", "撤销登记"


POOL_OVER = (PoolState.REJECTED, PoolState.EXPIRED, PoolState.LEFT)
POOL_TONES: Mapping[str, str] = {
    PoolState.DRAFT: "muted",
    PoolState.INVITED: "warning",
    PoolState.AWAITING_REVIEW: "info",
    PoolState.IN_POOL: "success",
    PoolState.REJECTED: "danger",
    PoolState.EXPIRED: "muted",
    PoolState.LEFT: "muted",
}


class PairingState(TextChoices):
    PROPOSED = "draft", "待对方确认"
    AGREED = "agreed", "双方已达成一致"
    USED = "used", "已用于申请"
    DECLINED = "declined", "对方不同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "逾期失效"


class PairingAction(TextChoices):
    CREATE = "create", "提出"
    AGREE = "agree", "同意"
    DECLINE = "decline", "不同意"
    WITHDRAW = "withdraw", "撤回"
    LAPSE = "lapse", "逾期失效"
    USE = "use", "用于申请"


PAIRING_LIVE = (PairingState.PROPOSED, PairingState.AGREED)
PAIRING_TONES: Mapping[str, str] = {
    PairingState.PROPOSED: "info",
    PairingState.AGREED: "success",
    PairingState.USED: "success",
    PairingState.DECLINED: "danger",
    PairingState.WITHDRAWN: "muted",
    PairingState.LAPSED: "muted",
}
