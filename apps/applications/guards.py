"""What stops an application from being written in, or handed in."""

from collections.abc import Mapping, Sequence

from apps.applications.models import Application
from apps.applications.selectors import LATE, Case
from apps.core.days import written_day
from apps.core.kinds import Decision, Guard
from apps.core.refusals import Refusal
from apps.desks.guards import GUARDS as DESK_GUARDS
from apps.desks.states import DeskAction, DeskState
from apps.seasons.selectors import WindowStatus

NO_WINDOW = Refusal("no_window", "本批次没有设定申请时间。", "请联系协调办公室。")
SEASON_OVER = Refusal("season_closed", "本批次不在受理中。", "请留意下一批次的通知。")


def not_begun(window: WindowStatus) -> Refusal | None:
    """Refuse before a window opens."""
    if not window.is_before or window.opens is None:
        return None
    return Refusal("window_not_open", f"{window.label}自{written_day(window.opens)}开始受理。", "请届时再提交。")


def over(window: WindowStatus) -> Refusal | None:
    """Refuse after a window has closed, late entry included, and say since when."""
    if window.is_open or window.is_before or window.is_late or window.last_day is None:
        return None
    late = f"，补报已于{written_day(window.late_until)}截止" if window.late_until else ""
    return Refusal(
        "window_closed",
        f"{window.label}已于{written_day(window.last_day)}截止{late}。",
        "已保存的内容仍可查看；如需补报，请联系县级科技行政主管部门。",
    )


def too_late(application: Application, is_in_season: bool, window: WindowStatus | None) -> Refusal | None:
    """Refuse to write in a draft after its window, and in anything after its season."""
    if not is_in_season:
        return SEASON_OVER
    return over(window) if window and application.state == DeskState.DRAFT else None


def season_is_open(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse in a season that has ended."""
    return None if case.is_in_season else SEASON_OVER


def window_is_open(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse outside the window; a returned application may be corrected after it."""
    if application.state == DeskState.RETURNED:
        return None
    if case.window is None:
        return NO_WINDOW
    return not_begun(case.window) or over(case.window)


def says_why_late(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse what comes after the window without a reason, with the clause that lets it come all the same."""
    window = case.window
    if application.state == DeskState.RETURNED or window is None or not window.is_late:
        return None
    if application.reasons.get(LATE):
        return None
    assert window.last_day is not None
    return Refusal(
        "no_reason:late",
        f"{window.label}已于{written_day(window.last_day)}截止，补报须说明理由。",
        "请写明逾期的原因，随申请一并审核。",
        case.late_basis,
    )


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


def tells_the_reason(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse who falls short of what is meant in principle and does not say why all the same, with its clause."""
    for shortfall in case.shortfalls:
        if not (shortfall.must or application.reasons.get(shortfall.rule)):
            return Refusal(
                f"no_reason:{shortfall.rule}",
                f"原则上要求：{shortfall.message}",
                "请说明情况和理由，随申请一并审核。",
                shortfall.basis,
            )
    return None


def has_a_route(application: Application, case: Case, decision: Decision) -> Refusal | None:
    """Refuse when no route leads anywhere."""
    return case.no_route


def has_no_other(application: Application, has_rival: bool, decision: Decision) -> Refusal | None:
    """Refuse to take up again what the person has applied for anew since."""
    if not has_rival:
        return None
    return Refusal("has_one", "该人员在本批次已另有一份申请。", "请办理现有的申请；确需恢复此件的，先由其撤回。")


GUARDS: Mapping[str, Sequence[Guard]] = {
    **DESK_GUARDS,
    DeskAction.REOPEN: [*DESK_GUARDS[DeskAction.REOPEN], has_no_other],
    DeskAction.SUBMIT: [
        season_is_open,
        window_is_open,
        says_why_late,
        form_is_complete,
        meets_the_requirements,
        tells_the_reason,
        has_a_route,
    ],
}
