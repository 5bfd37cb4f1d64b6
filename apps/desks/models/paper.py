"""Papers: what lies on desks."""

from django.db import models
from django.db.models.functions import Coalesce

from apps.core.daily import LocalDay
from apps.core.refs import Ref
from apps.desks.states import DeskState


class Paper(models.Model):
    """One paper on a desk: one row for each awaited act, written with the act that brought it there.

    `latest` marks the newest paper of a record; its `state` is then the record's own. `rung` says how far up the ladder
    of reminders it has come: 0 nobody was told that it is overdue. `put_off` is when a meeting last left it undecided.
    `since` is the day on which it was done, or arrived as long as it is not. Every act writes two rows, so that there
    are indexes for the lists alone, none for the relations.
    """

    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", db_index=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey("directory.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    starter = models.CharField(max_length=120)
    state = models.CharField(max_length=32)
    office = models.CharField(max_length=60, blank=True)
    desk = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    arrived = models.DateTimeField()
    opened = models.DateTimeField(null=True)
    due = models.DateField(null=True)
    reminded = models.DateTimeField(null=True)
    rung = models.PositiveSmallIntegerField(default=0)
    put_off = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40, blank=True)
    since = models.GeneratedField(
        expression=LocalDay(Coalesce("done", "arrived")), output_field=models.DateField(), db_persist=True
    )
    latest = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record"], condition=models.Q(latest=True), name="one_latest_paper_of_a_record"
            )
        ]
        indexes = [
            models.Index(
                fields=["desk", "due", "arrived", "id"],
                condition=models.Q(done__isnull=True) & ~models.Q(state=DeskState.ON_NOTICE),
                name="paper_on_desk",
            ),
            models.Index(fields=["done_by", "-done"], condition=models.Q(done__isnull=False), name="paper_done"),
            models.Index(fields=["person", "-arrived"], name="paper_of_person"),
            models.Index(fields=["starter", "-arrived"], condition=models.Q(latest=True), name="paper_started"),
            models.Index(
                fields=["season", "kind", "state", "county", "office", "since", "due"],
                condition=models.Q(latest=True),
                name="paper_counted",
            ),
            models.Index(fields=["state", "due"], condition=models.Q(done__isnull=True), name="paper_by_due_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_put_off(self) -> bool:
        """Tell whether it waits for a meeting that has left it undecided before."""
        return self.put_off is not None and self.done is None and self.state == DeskState.AWAITING_MEETING

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, str(self.record))


class Urge(models.Model):
    """One urging by hand (催办) of the desk that has a paper."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="urges")
    by = models.CharField("催办人", max_length=150)
    at = models.DateTimeField("时间")
    note = models.CharField("留言", max_length=100, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.paper}：{self.by}"
