"""What contact a person has with the offices of a village that he serves."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.matching import permissions
from apps.matching.states import ContactState


class VillageContact(Recorded):
    """Since when a person is in contact with the offices of a village, and in its group: each entry of it is an act.

    `contacts` is {office: day} and `invited_by` one who may invite, both by the keys of the pack.
    """

    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    village = models.ForeignKey("matching.Village", models.PROTECT, related_name="contacts")
    contacts = models.JSONField("联系日期", default=dict)
    invited_by = models.CharField("邀请方", max_length=60, blank=True)
    joined = models.DateField("加入日期", null=True)
    note = models.CharField("备注", max_length=200, blank=True)

    MOVED_FIELDS = ("contacts", "invited_by", "joined", "note")

    class Meta:
        constraints = [
            state_check("village_contact", ContactState),
            models.UniqueConstraint(fields=["person", "village"], name="one_contact_of_a_person_in_a_village"),
            models.CheckConstraint(
                condition=Q(joined__isnull=True, invited_by="") | Q(joined__isnull=False) & ~Q(invited_by=""),
                name="who_joined_was_invited",
            ),
        ]
        ordering: ClassVar = ["village", "person"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.village_id}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the person."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    def subject(self) -> object:
        return {"person": self.person_id, "village": self.village_id, **self.said()}

    def said(self) -> dict[str, Any]:
        """Return what stands in it as an act says it, the day of joining empty where he has not."""
        joined = self.joined.isoformat() if self.joined else ""
        return {"contacts": self.contacts, "invited_by": self.invited_by, "joined": joined, "note": self.note}

    @transition("state", ContactState.KEPT, ContactState.KEPT, custom={"may": permissions.keeps_the_contact})
    def write(self, *, decision: Decision, **act: Any) -> None:
        """Enter it, or correct what was entered."""
        said = decision.details
        self.contacts, self.invited_by, self.note = said["contacts"], said["invited_by"], said["note"]
        self.joined = date.fromisoformat(said["joined"]) if said["joined"] else None
