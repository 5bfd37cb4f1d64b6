"""The base of every record with a state, its log and the seals over it, the outbox, the book of revealed data."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django_fsm import FSMField

from apps.core.refs import Ref


def state_check(name: str, states: type[models.TextChoices]) -> models.CheckConstraint:
    """Return the constraint that lets only the named states into the column."""
    return models.CheckConstraint(condition=models.Q(state__in=states.values), name=f"{name}_state_is_known")


class Recorded(models.Model):
    """A record whose state only the door moves; `log_count` and `log_head` make a cut log visible."""

    state = FSMField(default="draft", max_length=32, protected=True, verbose_name="状态")
    version = models.PositiveIntegerField(default=0, editable=False)
    log_count = models.PositiveIntegerField(default=0, editable=False)
    log_head = models.CharField(max_length=64, default="", editable=False)

    MOVED_FIELDS: ClassVar[tuple[str, ...]] = ()
    """Columns that transitions of this model set besides the state; the door saves exactly these."""

    class Meta:
        abstract = True

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the post with which an action is done, or `permission@scope`."""
        return ""

    def subject(self) -> object:
        """Return what a decision is about, as plain data: the log keeps its digest with each act."""
        return {}

    def particulars(self, action: str) -> Mapping[str, Any]:
        """Return what of an act is this record's own, asked once it has moved; the log keeps it with the details."""
        return {}


class LogEntry(models.Model):
    """One act on one record: who, in which post, when, from where to where, on what text, and why. Append-only."""

    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    n = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    post = models.CharField(max_length=200, blank=True)
    acting_for = models.CharField(max_length=200, blank=True)
    opinion = models.TextField(blank=True)
    ground = models.TextField(blank=True)
    clause = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    subject_digest = models.CharField(max_length=64)
    token = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "record", "n"], name="log_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["kind", "record", "token"], condition=~models.Q(token=""), name="log_token_is_used_once"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"], name="log_by_time"),
            models.Index(fields=["-at"], condition=models.Q(actor_id__isnull=True), name="log_of_the_clock"),
        ]

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, str(self.record))


class Seal(models.Model):
    """What the database remembers of a seal whose file lies outside it (see `core.seals`)."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    root = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    records = models.PositiveIntegerField()
    rows = models.PositiveBigIntegerField()
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"第{self.number}号 {' '.join(self.root[start : start + 4] for start in range(0, 16, 4))}"


class Effect(models.Model):
    """What an act brings about after its transaction: written with it, run once, kept as proof."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField()
    created = models.DateTimeField()
    due = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.DateTimeField(null=True)
    parked = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due"], condition=models.Q(done__isnull=True, parked__isnull=True), name="effect_waiting"
            )
        ]


class Reveal(models.Model):
    """Who read whose personal data in full, when and why."""

    user_id = models.BigIntegerField()
    actor = models.CharField(max_length=150)
    ref = models.CharField(max_length=60, db_index=True)
    field = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="reveal_has_a_reason")]
