"""A person's appointment: named by the finalised application, effective with the notice that lists it."""

from typing import Any, ClassVar

from django.db import models
from django_fsm import transition

from apps.appointments.states import AppointmentState
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.notices.permissions import is_the_clock


class Appointment(Recorded):
    """One term of one person in one county; first and last day inclusive."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="appointments")
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="appointment")
    term_from = models.DateField("聘期起")
    term_to = models.DateField("聘期止")
    notice = models.ForeignKey("notices.Notice", models.PROTECT, null=True, related_name="appointments", editable=False)
    certificate = models.OneToOneField("notices.Document", models.PROTECT, null=True, related_name="+", editable=False)

    MOVED_FIELDS = ("certificate",)

    class Meta:
        constraints = [
            state_check("appointment", AppointmentState),
            models.UniqueConstraint(fields=["season", "person"], name="one_appointment_in_a_season"),
            models.CheckConstraint(
                condition=models.Q(term_from__lte=models.F("term_to")), name="appointment_term_is_in_order"
            ),
        ]
        indexes = [models.Index(fields=["season", "county"], name="appointment_by_county")]
        ordering: ClassVar = ["county", "person__name", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.county_id}"

    def subject(self) -> object:
        return {
            "person": self.person_id,
            "unit": self.unit_id,
            "host": self.host_id,
            "county": self.county_id,
            "from": self.term_from,
            "to": self.term_to,
            "certificate": self.certificate_id,
        }

    @transition("state", AppointmentState.NAMED, AppointmentState.ACTIVE, custom={"may": is_the_clock})
    def take_effect(self, *, facts: Any, decision: Decision) -> None:
        """Stand appointed by the issued notice, with a certificate of one's own if there is one."""
        self.certificate_id = facts.certificate

    @transition("state", AppointmentState.ACTIVE, AppointmentState.ENDED, custom={"may": is_the_clock})
    def end(self, **act: Any) -> None:
        """Be over after the last day."""
