"""What stops an application from being handed in."""

from apps.applications.models import Application
from apps.applications.selectors import Case
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.desks.guards import GUARDS as DESK_GUARDS
from apps.desks.states import DeskAction, DeskState


def window_is_open(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse outside the window; a returned application may be corrected after it."""
    if application.state == DeskState.RETURNED:
        return None
    window = case.window
    if window is None:
        return Refusal("no_window", "本批次没有设定申请时间。", "请联系协调办公室。")
    if window.is_before:
        return Refusal(
            "window_not_open", f"{window.label}自{window.opens:%Y年%m月%d日}开始受理。", "届时再提交，所填内容已保存。"
        )
    if not window.is_open:
        return Refusal(
            "window_closed",
            f"{window.label}已于{window.last_day:%Y年%m月%d日}截止。",
            "所填内容仍保存，可联系县级科技行政主管部门。",
        )
    return None


def form_is_complete(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse while an entry is missing or mistyped."""
    if not case.problems:
        return None
    first = case.problems[0]
    more = f"另有{len(case.problems) - 1}处。" if len(case.problems) > 1 else ""
    return Refusal("incomplete", f"{first.message}{more}", first.remedy)


def meets_the_requirements(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse who does not meet a requirement, with its clause."""
    for shortfall in case.shortfalls:
        if shortfall.must:
            return Refusal(f"ineligible:{shortfall.rule}", shortfall.message, shortfall.remedy, shortfall.basis)
    return None


def has_a_route(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse when no route leads anywhere."""
    return case.no_route


GUARDS = {
    **DESK_GUARDS,
    DeskAction.SUBMIT: [window_is_open, form_is_complete, meets_the_requirements, has_a_route],
}
