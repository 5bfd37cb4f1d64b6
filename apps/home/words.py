"""What the screens say after an act: what happened, and what is next by when."""

from collections.abc import Mapping, Sequence

from apps.core.templatetags.ui import chinese_date
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import AWAITING, DeskAction, DeskState
from apps.desks.walks import Walk
from apps.policies.acts import called

_ENDS = {
    DeskState.RETURNED: "申请人修改后重新提交，将回到办理环节。",
    DeskState.REJECTED: "理由和依据已告知申请人，此件办结。",
    DeskState.WITHDRAWN: "此件办结，已填内容仍可查看。",
    DeskState.PASSED: "全部环节已办结，下一步由系统拟制通知，办理机关印发。",
}
CONFIRMED = {
    DeskAction.WITHDRAW: "撤回后，此次申请即告结束，各环节不再办理。在受理时间内可以重新申请。",
    DeskAction.RECALL: "撤回后，此件回到您的待办，您可以重新办理。下一环节打开此件后不能再撤回。",
}
"""The acts that ask once more before they are done, and what they bring about."""

_COMMON_OPINIONS = ("经审核，同意推荐。", "材料不全，请补充后重新提交。")
_OWN_OPINIONS_OFFERED = 4


CHOOSE_SOME = "没有选中可以批量办理的事项。请勾选等待您办理的事项后再试。"
CHOOSE_ONE_KIND = "选中的事项不属于同一类，不能一起办理。请先按“事项”筛选。"


def opinions(own: Sequence[str]) -> list[str]:
    """Return the opinions a form offers: the viewer's own latest, then the common ones, each once."""
    return list(dict.fromkeys([*own[:_OWN_OPINIONS_OFFERED], *_COMMON_OPINIONS]))


def what_is_next(record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    """Say who is next and by when, or how it ended; `desks` holds the names of desks."""
    if record.state not in AWAITING:
        return _ENDS.get(DeskState(record.state), "")
    return f"下一步：{_whose_turn(record, paper, desks)}。"


def _whose_turn(record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    step = record.present_step()
    due = f"，{chinese_date(paper.due)}前办结" if paper and paper.due else ""
    return f"由{desks.get(step['desk'], step['label'])}办理“{called(step)}”{due}"


def whose_turn(record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    """Say at whose desk it lies now, empty for one that lies on none; `desks` holds the names of desks."""
    return f"现{_whose_turn(record, paper, desks)}。" if record.state in AWAITING else ""


def done(walk: Walk, record: DeskRecord, action: str) -> str:
    """Say that an act is done."""
    return f"已办理“{DeskAction(action).label}”：{walk.title(record)}。"
