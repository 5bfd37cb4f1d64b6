"""What stops an act on an appointment, an agreement or a change within a term."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from apps.appointments.models import Agreement, Appointment, Change
from apps.appointments.permissions import draws_it_up, speaks_for
from apps.appointments.selectors import NOT_IN_SERVICE, Certified, Line, awaited, in_service
from apps.appointments.states import OVER, AgreementState
from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.kinds import Decision, Guard
from apps.core.refusals import Refusal
from apps.desks.guards import GUARDS as DESK_GUARDS
from apps.desks.states import DeskAction
from apps.writing.guards import ON_SUBMIT


def has_certificate(appointment: Appointment, facts: Certified, decision: Decision) -> Refusal | None:
    """Refuse to take effect without a certificate of one's own where the policy wants one."""
    if facts.certificate or not facts.is_wanted:
        return None
    return Refusal("no_certificate", "聘书尚未编号。", "请稍候，系统将自动补办。")


def term_is_over(appointment: Appointment, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to end before the last day is over."""
    if appointment.term_to < timezone.localdate(decision.at):
        return None
    return Refusal("in_term", f"聘期至{written_day(appointment.term_to)}。", "期满后系统自动结束。")


def has_reason(agreement: Agreement, lines: Any, decision: Decision) -> Refusal | None:
    """Refuse to change, to refuse or to give up without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写理由。", "请写明理由，各签署方将看到。")


def words_have_changed(agreement: Agreement, lines: Any, decision: Decision) -> Refusal | None:
    """Refuse to void signatures for words that stay as they were."""
    if any(agreement.content[name] != said for name, said in decision.details["words"].items()):
        return None
    return Refusal("nothing_changed", "文本没有改动。", "请修改后再保存，或直接返回。")


def may_be_drawn_anew(agreement: Agreement, appointment: Appointment, by: Actor, at: datetime) -> Refusal | None:
    """Refuse to draw up anew what is not void, for who never drew it up, and for a term that is over."""
    if not draws_it_up(by, agreement, at):
        return Refusal("not_yours", "您当前的任职不能办理此事项。", "由原拟稿机关重新拟稿。")
    if agreement.state != AgreementState.VOID:
        return Refusal("not_void", "这份协议没有作废。", "需要改动的，请修改文本后重新送签。")
    if appointment.state in OVER:
        return Refusal("term_over", f"聘期已于{written_day(appointment.term_to)}结束。", "聘期结束的不再签订协议。")
    return None


def has_all_parties(agreement: Agreement, lines: Any, decision: Decision) -> Refusal | None:
    """Refuse to send out what somebody is to sign who has yet to be named."""
    lacking = "、".join(each["label"] for each in agreement.content["parties"] if not each["desk"])
    if not lacking:
        return None
    return Refusal(
        "party_lacking", f"“{agreement.called()}”尚未确定签署方：{lacking}。", "请打开协议，指定签署单位后再送签。"
    )


def is_to_be_named(agreement: Agreement, lines: Any, decision: Decision) -> Refusal | None:
    """Refuse to name a party that stands in the text already, and one that would sign twice."""
    said = decision.details
    if said["party"] not in [each["party"] for each in agreement.content["parties"] if not each["desk"]]:
        return Refusal("named_already", "这一签署方已经确定。", "请重新打开查看最新情况。")
    if said["desk"] in agreement.parties():
        return Refusal("signs_already", f"{said['name']}已是本协议的签署方。", "请选择另一单位。")
    return None


def speaks_on_this_text(agreement: Agreement, lines: Any, decision: Decision) -> Refusal | None:
    """Refuse to sign what was changed since it was read."""
    if decision.details.get("digest") == agreement.digest():
        return None
    return Refusal("text_changed", "协议文本在您阅读之后已有修改，本次操作未记录。", "请重新打开，阅读后再办理。")


def speaks_for_the_party(agreement: Agreement, lines: Sequence[Line], decision: Decision) -> Refusal | None:
    """Refuse to speak for a party at whose desk one does not sit, unless its stamped scan is filed."""
    party, is_on_paper = decision.details["party"], bool(decision.details.get("scan"))
    if speaks_for(decision.by, agreement, party, decision.at):
        return None
    if is_on_paper and party in agreement.parties() and draws_it_up(decision.by, agreement, decision.at):
        return None
    return Refusal(
        "not_a_party", "您不能代这一方签署。", "由该方经办人员签署；已在纸质文本上签章的，由拟稿机关上传扫描件。"
    )


def is_its_turn(agreement: Agreement, lines: Sequence[Line], decision: Decision) -> Refusal | None:
    """Refuse to speak twice, or before those whose turn comes first."""
    if decision.details["party"] in [line.signatory.desk for line in awaited(agreement, lines)]:
        return None
    first = next((line for line in lines if not line.is_signed), None)
    if first and decision.details["party"] in [line.signatory.desk for line in lines if not line.is_signed]:
        return Refusal("not_its_turn", f"须依次签署，现由{first.signatory.name}签署。", "轮到时系统会通知您。")
    return Refusal("signed_already", "这一方已经签署。", "请重新打开查看最新情况。")


def still_in_service(change: Change, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to change what is over: an appointment that is not in force on the day."""
    return None if in_service(change.appointment, decision.at) else NOT_IN_SERVICE


def has_no_other_open(change: Change, has_rival: bool, decision: Decision) -> Refusal | None:
    """Refuse to take up again what another change of the same appointment has overtaken."""
    if not has_rival:
        return None
    return Refusal("has_one", "这一聘任另有一项调整正在办理。", "请待其办结后再办理。")


OF_CHANGES: Mapping[str, Sequence[Guard]] = {
    **DESK_GUARDS,
    DeskAction.SUBMIT: ON_SUBMIT,
    DeskAction.PASS_UP: [*DESK_GUARDS[DeskAction.PASS_UP], still_in_service],
    DeskAction.REOPEN: [*DESK_GUARDS[DeskAction.REOPEN], still_in_service, has_no_other_open],
}
