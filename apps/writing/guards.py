"""What stops a record from being handed in."""

from collections.abc import Sequence
from typing import Any

from apps.core.days import written_day
from apps.core.kinds import Decision, Guard
from apps.core.open_forms import changed_since_checked
from apps.core.refusals import Refusal
from apps.desks.states import DeskState
from apps.writing import selectors
from apps.writing.writings import Case

LATE = "late-entry"
"""Under what a record keeps why it came late, beside the rules it falls short of; no rule is called so."""


def is_open(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse what may be written no more, or be handed in not yet."""
    return case.closed or case.early


def stands_as_checked(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse what was written otherwise since its writer looked it over."""
    return changed_since_checked(selectors.checked(record), decision.details.get("checked", ""))


def says_why_late(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse what comes after the window without a reason, with the clause that lets it come all the same."""
    window = case.window
    if record.state == DeskState.RETURNED or window is None or not window.is_late or record.reasons.get(LATE):
        return None
    assert window.last_day is not None
    return Refusal(
        "no_reason:late",
        f"{window.label}已于{written_day(window.last_day)}截止，补报须说明理由。",
        "请写明逾期的原因，随申请一并审核。",
        case.late_basis,
    )


def form_is_complete(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse while an entry is missing or mistyped."""
    if not case.problems:
        return None
    first = case.problems[0]
    more = f"另有{len(case.problems) - 1}处。" if len(case.problems) > 1 else ""
    return Refusal("incomplete", f"{first.message}{more}", first.remedy)


def meets_the_requirements(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse who does not meet a requirement, with its clause."""
    for shortfall in case.shortfalls:
        if shortfall.must:
            return Refusal(f"ineligible:{shortfall.rule}", shortfall.message, shortfall.remedy, shortfall.basis)
    return None


def tells_the_reason(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse who falls short of what is meant in principle and does not say why all the same, with its clause."""
    for shortfall in case.shortfalls:
        if not (shortfall.must or record.reasons.get(shortfall.rule)):
            return Refusal(
                f"no_reason:{shortfall.rule}",
                f"原则上要求：{shortfall.message}",
                "请说明情况和理由，随申请一并审核。",
                shortfall.basis,
            )
    return None


def has_a_route(record: Any, case: Case, decision: Decision) -> Refusal | None:
    """Refuse when no route leads anywhere."""
    return case.no_route


ON_SUBMIT: Sequence[Guard] = (
    is_open,
    stands_as_checked,
    says_why_late,
    form_is_complete,
    meets_the_requirements,
    tells_the_reason,
    has_a_route,
)
