"""What stops an act on an appointment."""

from typing import Any

from django.utils import timezone

from apps.appointments.models import Appointment
from apps.appointments.selectors import Certified
from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal


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
