"""A change of an appointment within its term, as it is reported and resolved."""

from django.db import models

from apps.appointments.states import ChangeSort
from apps.desks.states import ENDED
from apps.writing.models import WrittenRecord


class Change(WrittenRecord):
    """A report that something of an appointment shall change within its term, resolved by who the pack says.

    `key` names it in the pack. `county`, `host` and `plan` are as they were when it was begun; `to_county` and
    `to_host` follow the entries.
    """

    appointment = models.ForeignKey("appointments.Appointment", models.PROTECT, related_name="changes")
    key = models.CharField(max_length=60)
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    to_county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    to_host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    plan = models.TextField("任务", blank=True)

    PREFIX = "TZ"

    class Meta(WrittenRecord.Meta):
        constraints = [
            *WrittenRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~models.Q(state__in=ENDED),
                name="one_open_change_of_an_appointment",
            ),
        ]
        indexes = [
            *WrittenRecord.Meta.indexes,
            models.Index(fields=["county", "-submitted", "-id"], name="change_by_county"),
        ]

    @property
    def sorts(self) -> list[str]:
        """Return what shall change: the area, the task, or the person, whose term then ends."""
        return [sort for sort in ChangeSort.values if self.content.get(f"change.{sort}") == "yes"]

    @property
    def to_plan(self) -> str:
        """Return the new task."""
        return str(self.content.get("change.plan") or "").strip()

    @property
    def reason(self) -> str:
        """Return why it shall change."""
        return str(self.content.get("change.reason") or "").strip()

    @property
    def ends_the_term(self) -> bool:
        """Tell whether the person himself is to be replaced."""
        return ChangeSort.PERSON in self.sorts

    def outcome(self) -> dict[str, object]:
        """Return the columns of the appointment that are to hold something else."""
        where = {"county_id": self.to_county_id, "host_id": self.to_host_id} if ChangeSort.AREA in self.sorts else {}
        return {**where, **({"plan": self.to_plan} if ChangeSort.TASK in self.sorts else {})}

    def organizations_concerned(self) -> tuple[int, ...]:
        return tuple(key for key in (self.unit_id, self.host_id, self.to_host_id) if key is not None)

    def subject(self) -> object:
        said = ("key", "appointment_id", "to_county_id", "to_host_id", "content", "files", "reasons")
        return {name: getattr(self, name) for name in said}
