"""A record that its starter writes in a form made from the pack, and what he handed in each time."""

from typing import ClassVar

from django.db import models

from apps.desks.models import DeskRecord


class WrittenRecord(DeskRecord):
    """A record whose starter fills in a form before it walks.

    `content` is {fact: what was typed}, as the pack's form asks; `files` is {requirement: [{digest, suffix, name,
    size}]}; `reasons` is {rule: why it is handed in though it falls short of what is meant in principle}. All are free
    while the starter writes and bound by the log's digest from then on. `written` is {page of the form: mark of the
    window that wrote it last}. Its number on the receipt begins with the `PREFIX` of its kind.
    """

    content = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    written = models.JSONField(default=dict, editable=False)

    PREFIX: ClassVar[str]

    class Meta(DeskRecord.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number on the receipt."""
        return f"{self.PREFIX}{self.season_id:04d}{self.pk:08d}"


class Submission(models.Model):
    """What was handed in each time, kept so that a correction can be read against it."""

    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    n = models.PositiveSmallIntegerField()
    content = models.JSONField()
    files = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "n"], name="submission_numbers_are_unique"),
        ]
        ordering = ["n"]

    def __str__(self) -> str:
        return f"{self.kind}/{self.record}/{self.n}"
