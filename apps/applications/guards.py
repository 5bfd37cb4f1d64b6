"""What stops an application from being handed in, or taken up again."""

from collections.abc import Mapping, Sequence

from apps.applications.models import Application
from apps.core.kinds import Decision, Guard
from apps.core.refusals import Refusal
from apps.desks.guards import GUARDS as DESK_GUARDS
from apps.desks.states import DeskAction
from apps.writing.guards import ON_SUBMIT


def has_no_other(application: Application, has_rival: bool, decision: Decision) -> Refusal | None:
    """Refuse to take up again what the person has applied for anew since."""
    if not has_rival:
        return None
    return Refusal("has_one", "该人员在本批次已另有一份申请。", "请办理现有的申请；确需恢复此件的，先由其撤回。")


GUARDS: Mapping[str, Sequence[Guard]] = {
    **DESK_GUARDS,
    DeskAction.REOPEN: [*DESK_GUARDS[DeskAction.REOPEN], has_no_other],
    DeskAction.SUBMIT: ON_SUBMIT,
}
