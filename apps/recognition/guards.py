"""What stops a recognition from being handed in or decided, and a list from being changed or filed."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.kinds import Decision, Guard
from apps.core.refusals import Refusal
from apps.desks.guards import GUARDS as DESK_GUARDS
from apps.desks.states import DeskAction
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.selectors.cases import IS_LISTED
from apps.recognition.selectors.targets import Drawn, Standing
from apps.writing.guards import ON_SUBMIT

NOTHING_CHANGED = Refusal("nothing_changed", "上次报送以后，名单没有调整。", "名单调整后再报送备案。")


def is_not_of_his_own_host(recognition: Recognition, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse who sits at the desk of the host: nobody decides his own case."""
    if not decision.by.sits_at(recognition.starter, decision.at):
        return None
    return Refusal("own_case", "您是申报单位的经办人，不能办理本单位的认定。", "请由同事办理。")


def has_no_other(recognition: Recognition, has_rival: bool, decision: Decision) -> Refusal | None:
    """Refuse to take up again what the host has applied for anew since, or what it is listed as."""
    if not has_rival:
        return None
    return Refusal("has_one", "该单位（户）已另有一份申请或已在名单中。", "请办理现有的申请。")


def says_why(record: Target | ListFiling, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to change a list, or to give one back, without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有写明理由。", "请写明理由，将告知对方并留有记录。")


def is_grounded(target: Target, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to take off the list without a ground of the policy."""
    return None if decision.ground else Refusal("no_ground", "没有选择调出的依据。", "请选择依据后再提交。")


def is_listed_once(target: Target, facts: Standing, decision: Decision) -> Refusal | None:
    """Refuse to put back who was recognised anew since."""
    return IS_LISTED if facts.is_listed_anew else None


def list_has_changed(filing: ListFiling, facts: Drawn, decision: Decision) -> Refusal | None:
    """Refuse to hand in again a list that differs in nothing from the one filed before."""
    return None if facts.changes else NOTHING_CHANGED


_NOT_HIS_OWN: Mapping[str, Sequence[Guard]] = {
    action: [is_not_of_his_own_host, *DESK_GUARDS[action]]
    for action in (DeskAction.PASS_UP, DeskAction.SEND_BACK, DeskAction.REJECT, DeskAction.ASK, DeskAction.GIVE_VERDICT)
}
GUARDS: Mapping[str, Sequence[Guard]] = {
    **DESK_GUARDS,
    **_NOT_HIS_OWN,
    DeskAction.REOPEN: [is_not_of_his_own_host, *DESK_GUARDS[DeskAction.REOPEN], has_no_other],
    DeskAction.SUBMIT: ON_SUBMIT,
}
