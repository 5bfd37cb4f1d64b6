"""The door's own refusals, in words for the person refused."""

from apps.core.actors import HeldPost
from apps.core.days import written_day, written_moment
from apps.core.kinds import Kind
from apps.core.models import LogEntry
from apps.core.refusals import Refusal

CHANGED = Refusal("changed", "此件在您打开之后已有变动，本次操作未执行。", "请重新打开后再办理。")
OVERTAKEN = frozenset({"overtaken", "changed", "busy"})
"""The codes of refusals that say no more than that others were faster."""
MISSING = Refusal("missing", "未找到此件。", "请返回列表重新选择。")


def _who_did_what(kind: Kind, entry: LogEntry) -> str:
    post = f"（{entry.post}）" if entry.post else ""
    post += f"代{entry.acting_for}" if entry.acting_for else ""
    return f"{entry.actor}{post}已于{written_moment(entry.at)}办理“{kind.act_called(entry.action, entry.from_state)}”"


def overtaken(kind: Kind, entry: LogEntry) -> Refusal:
    """Tell the second of two who was first, with what and when."""
    return Refusal("overtaken", f"{_who_did_what(kind, entry)}，本次操作未执行。", "请重新打开查看最新情况。")


def busy(kind: Kind, last: LogEntry | None) -> Refusal:
    """Tell that another holds the record just now."""
    latest = f"最近一次：{_who_did_what(kind, last)}。" if last else ""
    return Refusal("busy", f"此件正在由他人办理，本次操作未执行。{latest}", "请稍候片刻再试。")


def wrong_state(kind: Kind, state: str, action: str) -> Refusal:
    """Tell that the action does not exist in the present state."""
    return Refusal(
        "wrong_state",
        f"{kind.label}当前为“{kind.called(state)}”，不能办理“{kind.act_called(action)}”。",
        "请重新打开查看最新情况。",
    )


def not_yours(kind: Kind, action: str, ended: HeldPost | None = None) -> Refusal:
    """Tell that the actor may not do this here and now, and since when where the post ended that let him."""
    if ended and ended.ends:
        what = f"代{ended.acting_for}（{ended.title}）办理的期限" if ended.acting_for else f"的任职“{ended.title}”"
        return Refusal(
            "not_yours",
            f"您{what}已于{written_day(ended.ends)}届满，不能再办理“{kind.act_called(action)}”。",
            "请由该环节的经办人员办理；仍须由您代办的，请对方重新委托。" if ended.acting_for else "请由接任人员办理。",
        )
    return Refusal(
        "not_yours",
        f"您当前的任职不能对此{kind.label}办理“{kind.act_called(action)}”，或此件涉及您本人。",
        "请由该环节的经办人员办理。",
    )
