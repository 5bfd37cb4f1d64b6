"""A person's application for appointment."""

from django.db import models

from apps.desks.models import DeskRecord
from apps.desks.states import GIVEN_UP


class Application(DeskRecord):
    """A person asks to be appointed, or an office asks him to be.

    `content` is {fact: what was typed}, as the pack's form asks; `files` is {requirement: [{digest, suffix, name,
    size}]}; `reasons` is {rule: why he is to be appointed though he falls short of what is meant in principle}. All
    are free while the starter writes and bound by the log's digest from then on. `written` is {page of the form: mark
    of the window that wrote it last}.
    """

    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    content = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    written = models.JSONField(default=dict, editable=False)

    class Meta(DeskRecord.Meta):
        constraints = [
            *DeskRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["season", "person"],
                condition=~models.Q(state__in=GIVEN_UP),
                name="one_live_application_in_a_season",
            ),
        ]
        indexes = [
            *DeskRecord.Meta.indexes,
            models.Index(fields=["unit"], name="application_by_unit"),
            models.Index(fields=["host"], name="application_by_host"),
            models.Index(fields=["-submitted", "-id"], name="application_newest"),
            models.Index(fields=["county", "-submitted", "-id"], name="application_by_county"),
            models.Index(fields=["season", "submitted"], include=["county", "starter"], name="application_handed_in"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number on the applicant's receipt."""
        return f"SQ{self.season_id:04d}{self.pk:08d}"

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


class Submission(models.Model):
    """What the applicant handed in each time, kept so that a correction can be read against it."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="submissions")
    n = models.PositiveSmallIntegerField()
    content = models.JSONField()
    files = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "n"], name="submission_numbers_are_unique")]
        ordering = ["n"]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.n}"
