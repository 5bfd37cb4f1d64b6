"""Appointments, and the agreements that those concerned sign on them."""

from apps.appointments.models.agreement import Agreement, Signatory, Signature
from apps.appointments.models.appointment import Appointment

__all__ = ["Agreement", "Appointment", "Signatory", "Signature"]
