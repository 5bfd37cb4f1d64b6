"""The acts a route may consist of. A state names the act awaited; which office does it is data of the step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Act:
    """One act: its Chinese name, whether a walk may end with it, is joint, is carried out by this version."""

    key: str
    label: str
    may_end: bool = False
    executable: bool = False
    is_joint: bool = False


ACTS = {
    act.key: act
    for act in (
        Act("consent", "同意推荐", executable=True),
        Act("review", "审核", executable=True),
        Act("nomination", "筛选推荐"),
        Act("selection", "选定", may_end=True),
        Act("verdicts", "共同选定", may_end=True, executable=True, is_joint=True),
        Act("scores", "专家评审", executable=True, is_joint=True),
        Act("meeting", "会议研究", executable=True),
        Act("opinions", "征求意见", executable=True, is_joint=True),
        Act("vote", "推选"),
        Act("notice", "公示", executable=True),
        Act("finalisation", "聘任", may_end=True, executable=True),
        Act("resolution", "协调解决", may_end=True, executable=True, is_joint=True),
        Act("filing", "备案", may_end=True, executable=True),
    )
}


def called(step: Mapping[str, Any]) -> str:
    """Return what the act of a frozen step is called: in the pack's own words if it has any."""
    return str(step.get("called") or ACTS[step["act"]].label)
