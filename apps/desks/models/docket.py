"""Dockets: records decided together, by a meeting with agenda and minutes, or on a list under a unit's seal."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.models import Recorded, state_check
from apps.desks import permissions
from apps.desks.states import DocketPurpose, DocketState, Word


class Docket(Recorded):
    """The agenda of a meeting and its minutes, or the list of a unit's people with its stamped scan.

    `scan` is {digest, suffix, name, size}. Free while it is drawn up; once closed, the records were decided on it.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    purpose = models.CharField("用途", max_length=10, choices=DocketPurpose)
    desk = models.CharField(max_length=120)
    title = models.CharField("名称", max_length=100)
    held = models.DateField("日期", null=True)
    place = models.CharField("地点", max_length=100, blank=True)
    present = models.TextField("参加人员", max_length=1000, blank=True)
    minutes = models.TextField("纪要", max_length=10_000, blank=True)
    scan = models.JSONField(default=dict)
    created = models.DateTimeField()

    class Meta:
        constraints = [
            state_check("docket", DocketState),
            models.CheckConstraint(condition=Q(purpose__in=DocketPurpose.values), name="docket_purpose_is_known"),
        ]
        indexes = [models.Index(fields=["desk", "-created"], name="docket_of_desk")]

    def __str__(self) -> str:
        return self.title

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return self.desk

    def subject(self) -> object:
        said = ("purpose", "title", "place", "present", "minutes", "scan")
        items = [[item.record, item.word, item.note] for item in self.items.order_by("number")] if self.pk else []
        return {"held": str(self.held), "items": items, **{name: getattr(self, name) for name in said}}

    @transition("state", DocketState.DRAFT, DocketState.CLOSED, custom={"may": permissions.keeps_it})
    def close(self, **act: Any) -> None:
        """Settle what was decided."""

    @transition("state", DocketState.DRAFT, DocketState.DISCARDED, custom={"may": permissions.keeps_it})
    def discard(self, **act: Any) -> None:
        """Give it up; its records are free for another."""


class DocketItem(models.Model):
    """One record on a docket and what was decided on it; `word` is empty for what was put off.

    A record stands on one docket at a time: `is_open` until that is closed or discarded.
    """

    docket = models.ForeignKey(Docket, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    word = models.CharField(max_length=10, blank=True, choices=Word)
    ground = models.CharField(max_length=80, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["docket", "record"], name="record_once_on_a_docket"),
            models.UniqueConstraint(
                fields=["kind", "record"], condition=Q(is_open=True), name="record_on_one_open_docket"
            ),
            models.CheckConstraint(
                condition=Q(word__in=["", Word.AGREE, Word.REFUSE]), name="docket_item_word_is_known"
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.docket_id}/{self.number}"
