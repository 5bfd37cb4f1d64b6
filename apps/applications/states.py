"""What the common states of the walk are called for an application."""

from collections.abc import Mapping

from apps.desks.states import DeskState

PUBLIC_LABELS: Mapping[str, str] = {
    DeskState.DRAFT: "填写中",
    DeskState.RETURNED: "退回修改",
    DeskState.AWAITING_CONSENT: "征求同意中",
    DeskState.AWAITING_REVIEW: "审核中",
    DeskState.AWAITING_VERDICTS: "共同选定中",
    DeskState.AWAITING_SCORES: "专家评审中",
    DeskState.AWAITING_MEETING: "会议研究中",
    DeskState.AWAITING_OPINIONS: "征求意见中",
    DeskState.AWAITING_RESOLUTION: "协调解决中",
    DeskState.ON_NOTICE: "公示中",
    DeskState.AWAITING_FINALISATION: "待聘任",
    DeskState.AWAITING_FILING: "待备案",
    DeskState.PASSED: "已聘任",
    DeskState.REJECTED: "未通过",
    DeskState.WITHDRAWN: "已撤回",
    DeskState.LAPSED: "逾期终止",
}
