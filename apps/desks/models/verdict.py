"""Verdicts: what each of those asked has said of a record."""

from django.db import models
from django.db.models import Q

from apps.desks.states import Word


class Verdict(models.Model):
    """One party asked for its word at one step of a record, and what it said; `word` is empty until it has spoken.

    `digest` is that of the text it spoke on: over another text it counts for nothing. `points` is the sum of `sheet`,
    {line: points}. What no longer counts because the record went back has `void`; it is kept.
    """

    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=120)
    asked = models.DateTimeField()
    word = models.CharField(max_length=10, blank=True, choices=Word)
    points = models.PositiveSmallIntegerField(null=True)
    sheet = models.JSONField(default=dict)
    opinion = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    given = models.DateTimeField(null=True)
    given_by = models.CharField(max_length=150, blank=True)
    void = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record", "step", "party"],
                condition=Q(void__isnull=True),
                name="verdict_once_of_a_party",
            ),
            models.CheckConstraint(condition=Q(word__in=["", *Word.values]), name="verdict_word_is_known"),
            models.CheckConstraint(condition=Q(word="") ^ Q(given__isnull=False), name="verdict_given_has_a_word"),
        ]

    @property
    def mark(self) -> str:
        """Return what tells this word from those said before and after it, empty for silence."""
        return self.given.isoformat() if self.given else ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.record} {self.party}"
