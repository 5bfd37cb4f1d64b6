"""A person's appointment: named by the finalised application, effective with the notice that lists it."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django_fsm import transition

from apps.appointments.states import AppointmentState
from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.notices.permissions import is_the_clock


class Appointment(Recorded):
    """One term of one person in one county; first and last day inclusive."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="appointments")
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    plan = models.TextField("任务", blank=True)
    application = models.OneToOneField("applications.Application", models.PROTECT, related_name="appointment")
    term_from = models.DateField("聘期起")
    term_to = models.DateField("聘期止")
    notice = models.ForeignKey("notices.Notice", models.PROTECT, null=True, related_name="appointments", editable=False)
    certificate = models.OneToOneField("notices.Document", models.PROTECT, null=True, related_name="+", editable=False)

    MOVED_FIELDS = ("certificate", "county", "host", "plan", "term_to")

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
            "plan": self.plan,
            "from": self.term_from,
            "to": self.term_to,
            "certificate": self.certificate_id,
        }

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the persons who decide nothing of it in an office."""
        return (self.person_id,)

    def person_desk(self) -> str:
        """Name the own desk of the person appointed."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    @transition("state", AppointmentState.NAMED, AppointmentState.ACTIVE, custom={"may": is_the_clock})
    def take_effect(self, *, facts: Any, decision: Decision) -> None:
        """Stand appointed by the issued notice, with a certificate of one's own if there is one."""
        self.certificate_id = facts.certificate

    @transition("state", AppointmentState.ACTIVE, AppointmentState.ENDED, custom={"may": is_the_clock})
    def end(self, **act: Any) -> None:
        """Be over after the last day."""

    @transition("state", AppointmentState.ACTIVE, AppointmentState.ACTIVE, custom={"may": is_the_clock})
    def change(self, *, decision: Decision, **act: Any) -> None:
        """Serve elsewhere, or with another task, as was resolved."""
        for name, value in decision.details["to"].items():
            setattr(self, name, value)

    @transition("state", AppointmentState.ACTIVE, AppointmentState.LEFT, custom={"may": is_the_clock})
    def leave(self, *, decision: Decision, **act: Any) -> None:
        """Be over before its last day, as was resolved; the day of it is the last."""
        self.term_to = timezone.localdate(decision.at)
