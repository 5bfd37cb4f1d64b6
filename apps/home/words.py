"""What the screens say after an act: what happened, and what is next by when."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.templatetags.ui import chinese_date
from apps.desks.joint import lasts, parties_in_words, speaking
from apps.desks.models import DeskRecord, Paper
from apps.desks.selectors import reminded_after
from apps.desks.states import AWAITING, DeskAction, DeskState
from apps.desks.walks import Walk
from apps.home.selectors import JointShown
from apps.policies.acts import called
from apps.policies.schema import HEARD

_ENDS = {
    DeskState.RETURNED: "申请人修改后重新提交，将回到办理环节。",
    DeskState.REJECTED: "理由和依据已告知申请人，此件办结。",
    DeskState.WITHDRAWN: "此件办结，已填内容仍可查看。",
    DeskState.LAPSED: "退回后逾期没有重新提交，此件办结。",
}
CONFIRMED = {
    DeskAction.WITHDRAW: "撤回后，此次申请即告结束，各环节不再办理。在受理时间内可以重新申请。",
    DeskAction.RECALL: "撤回后，此件回到您的待办，您可以重新办理。下一环节打开此件后不能再撤回。",
}
"""The acts that ask once more before they are done, and what they bring about."""

_COMMON_OPINIONS = {
    DeskAction.PASS_UP: ("经审核，同意推荐。",),
    DeskAction.SEND_BACK: ("材料不全，请补充后重新提交。",),
    DeskAction.REJECT: (),
}
_OWN_OPINIONS_OFFERED = 4


CHOOSE_SOME = "没有选中可以批量办理的事项。请勾选等待您办理的事项后再试。"
CHOOSE_ONE_KIND = "选中的事项不属于同一类，不能一起办理。请先按“事项”筛选。"


def opinions(own: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the opinions a form offers for each act: the viewer's own latest, then the common ones, each once."""
    return {
        str(action): list(dict.fromkeys([*own.get(action, ())[:_OWN_OPINIONS_OFFERED], *common]))
        for action, common in _COMMON_OPINIONS.items()
    }


def what_is_next(walk: Walk, record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    """Say who is next and by when, or how it ended; `desks` holds the names of desks."""
    if record.state == DeskState.PASSED:
        return walk.brings(record)
    if record.state not in AWAITING:
        return _ENDS.get(DeskState(record.state), "")
    return f"下一步：{_whose_turn(record, paper, desks)}。"


def _whose_turn(record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    step = record.present_step()
    due = f"，{chinese_date(paper.due)}前办结" if paper and paper.due else ""
    reminded = reminded_after(record.season, paper)
    due = f"，{chinese_date(reminded)}后仍未办理的，系统提醒该环节" if reminded else due
    return f"由{desks.get(step['desk'], step['label'])}办理“{called(step)}”{due}"


def whose_turn(record: DeskRecord, paper: Paper | None, desks: Mapping[str, str]) -> str:
    """Say at whose desk it lies now, empty for one that lies on none; `desks` holds the names of desks."""
    return f"现{_whose_turn(record, paper, desks)}。" if record.state in AWAITING else ""


_MEANING = {"agrees": "视为同意", "refuses": "视为不同意", "abstains": "视为不参加"}


def until(joint: JointShown) -> str:
    """Tell one who is asked by which day to speak, and what his silence means then; empty where it means nothing."""
    if joint.until is None:
        return ""
    does, meaning = speaking(joint.asked), _MEANING[joint.asked["silence"]["means"]]
    return f"请于{chinese_date(joint.until)}前（含当日）{does}，逾期未{does}的{meaning}。"


def rule(asked: Mapping[str, Any]) -> str:
    """Say by what rule verdicts are judged."""
    least, silence = asked["least"], asked["silence"]
    if asked["rule"] == HEARD:
        return "已同时报送下列各方，各方可以提出意见；办理不以各方表态为条件。"
    said = {
        "all": "各方均同意即通过",
        "any": "一方同意即通过",
        "quorum": f"至少{least}方同意即通过",
        "average": f"平均分不低于{least}分即通过",
    }[asked["rule"]]
    blocks = "；有一方不同意即不通过" if asked["one_refusal"] == "blocks" and asked["rule"] != "all" else ""
    silent = f"；{lasts(silence)}内未表态的{_MEANING[silence['means']]}" if silence else ""
    return f"至少请{parties_in_words(asked, asked['at_least'])}{speaking(asked)}，{said}{blocks}{silent}。"


def _spoken(joint: JointShown) -> str:
    does = speaking(joint.asked)
    if not joint.number:
        return f"尚未送请{does}。"
    recused = f"，{parties_in_words(joint.asked, joint.recused)}回避" if joint.recused else ""
    spoken, asked = (parties_in_words(joint.asked, number) for number in (joint.spoken, joint.number))
    return f"已有{spoken}{does}{recused}，共请{asked}。"


def standing(joint: JointShown) -> str:
    """Say how a joint act stands."""
    spoken = _spoken(joint)
    if joint.standing is None:
        return spoken
    mean = f"平均{float(joint.standing.mean):.1f}分。" if joint.standing.mean is not None else ""
    if joint.asked["rule"] == HEARD:
        return spoken
    short = joint.standing.short_of
    wanted = f"还须另请{parties_in_words(joint.asked, short)}{speaking(joint.asked)}。" if short else ""
    end = "已达到通过的要求。" if joint.standing.is_met else "已不能通过。" if joint.standing.is_failed else ""
    return f"{spoken}{mean}{wanted}{end}"


def done(walk: Walk, record: DeskRecord, action: str) -> str:
    """Say that an act is done."""
    return f"已办理“{walk.kind.act_called(action, record.state)}”：{walk.title(record)}。"
