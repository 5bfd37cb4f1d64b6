"""What the door must know of appointments."""

from apps.appointments import selectors
from apps.appointments.guards import has_certificate, term_is_over
from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentAction, AppointmentState
from apps.core.kinds import Kind

APPOINTMENT = Kind(
    name=selectors.KIND,
    model=Appointment,
    label="聘任",
    states=AppointmentState,
    actions=AppointmentAction,
    guards={AppointmentAction.TAKE_EFFECT: [has_certificate], AppointmentAction.END: [term_is_over]},
    facts=selectors.facts_for_door,
)
