"""A change of an appointment within its term, as it is reported and resolved."""

from django.db import models

from apps.appointments.states import ChangeSort
from apps.desks.models import DeskRecord
from apps.desks.states import ENDED


class Change(DeskRecord):
    """A report that something of an appointment shall change within its term, resolved by who the pack says.

    `key` names it in the pack. `sorts` are what shall change: the area, for `to_county` and `to_host`; the task, for
    `to_plan`; or the person, whose term then ends. `county`, `host` and `plan` are as they were when it was begun.
    `files` is {requirement: [{digest, suffix, name, size}]}. What shall be is free while the starter writes.
    """

    appointment = models.ForeignKey("appointments.Appointment", models.PROTECT, related_name="changes")
    key = models.CharField(max_length=60)
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    sorts = models.JSONField("调整内容", default=list)
    to_county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    to_host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    plan = models.TextField("任务", blank=True)
    to_plan = models.TextField("新的任务", blank=True)
    reason = models.TextField("原因", blank=True)
    files = models.JSONField(default=dict)

    class Meta(DeskRecord.Meta):
        constraints = [
            *DeskRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~models.Q(state__in=ENDED),
                name="one_open_change_of_an_appointment",
            ),
        ]
        indexes = [
            *DeskRecord.Meta.indexes,
            models.Index(fields=["county", "-submitted", "-id"], name="change_by_county"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number on the receipt."""
        return f"TZ{self.season_id:04d}{self.pk:08d}"

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
        said = ("key", "appointment_id", "sorts", "to_county_id", "to_host_id", "to_plan", "reason", "files")
        return {name: getattr(self, name) for name in said}
