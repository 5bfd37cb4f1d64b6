"""Appointments, the agreements that those concerned sign on them, and what changes within their terms."""

from apps.appointments.models.agreement import Agreement, Signatory, Signature
from apps.appointments.models.appointment import Appointment
from apps.appointments.models.change import Change

__all__ = ["Agreement", "Appointment", "Change", "Signatory", "Signature"]
