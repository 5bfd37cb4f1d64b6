"""What the door must know of appointments and agreements."""

from collections.abc import Sequence

from apps.appointments import guards, papers, selectors
from apps.appointments.models import Agreement, Appointment
from apps.appointments.states import (
    AgreementAction,
    AgreementState,
    AppointmentAction,
    AppointmentState,
)
from apps.core import outbox
from apps.core.kinds import Decision, Kind, Outcome

IN_FORCE = "appointment.in_force"


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Wish for what comes of appointments that took effect."""
    if decision.action == AppointmentAction.TAKE_EFFECT:
        records = [outcome.pk for outcome in outcomes]
        outbox.emit([outbox.Wish(IN_FORCE, f"{IN_FORCE}:{records[0]}", {"records": records})], at=decision.at)


APPOINTMENT = Kind(
    name=selectors.KIND,
    model=Appointment,
    label="聘任",
    states=AppointmentState,
    actions=AppointmentAction,
    guards={AppointmentAction.TAKE_EFFECT: [guards.has_certificate], AppointmentAction.END: [guards.term_is_over]},
    facts=selectors.facts_for_door,
    follow=follow,
)

_SPEAKING = [guards.speaks_on_this_text, guards.speaks_for_the_party, guards.is_its_turn]

AGREEMENT = Kind(
    name=selectors.AGREEMENT,
    model=Agreement,
    label="协议",
    states=AgreementState,
    actions=AgreementAction,
    guards={
        AgreementAction.SEND_OUT: [guards.has_all_parties],
        AgreementAction.NAME_PARTY: [guards.is_to_be_named],
        AgreementAction.REVISE: [guards.has_reason, guards.words_have_changed],
        AgreementAction.SIGN: _SPEAKING,
        AgreementAction.REFUSE: [*_SPEAKING, guards.has_reason],
        AgreementAction.VOID: [guards.has_reason],
    },
    facts=selectors.facts_of_agreements,
    follow=papers.follow,
    related=(selectors.LINES,),
    tones={
        AgreementState.DRAFTED: "warning",
        AgreementState.SIGNING: "info",
        AgreementState.SIGNED: "success",
        AgreementState.VOID: "muted",
    },
    page="appointments:agreement",
)
