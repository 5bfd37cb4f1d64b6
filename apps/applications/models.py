"""A person's application for appointment."""

from django.db import models

from apps.desks.states import GIVEN_UP
from apps.writing.models import WrittenRecord


class Application(WrittenRecord):
    """A person asks to be appointed, or an office asks him to be; unit, host and county follow the entries."""

    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")

    PREFIX = "SQ"

    class Meta(WrittenRecord.Meta):
        constraints = [
            *WrittenRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["season", "person"],
                condition=~models.Q(state__in=GIVEN_UP),
                name="one_live_application_in_a_season",
            ),
        ]
        indexes = [
            *WrittenRecord.Meta.indexes,
            models.Index(fields=["unit"], name="application_by_unit"),
            models.Index(fields=["host"], name="application_by_host"),
            models.Index(fields=["-submitted", "-id"], name="application_newest"),
            models.Index(fields=["county", "-submitted", "-id"], name="application_by_county"),
            models.Index(fields=["season", "submitted"], include=["county", "starter"], name="application_handed_in"),
        ]

    def organizations_concerned(self) -> tuple[int, ...]:
        return tuple(key for key in (self.unit_id, self.host_id) if key is not None)

    def subject(self) -> object:
        return {
            "content": self.content,
            "files": self.files,
            "reasons": self.reasons,
            "person": self.person_id,
            "county": self.county_id,
            "unit": self.unit_id,
            "host": self.host_id,
        }
