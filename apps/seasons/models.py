"""A season, its windows, its calendar, its service groups, their quotas, and the runs of the calendar."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from apps.core.days import FIRST_DAY, LAST_DAY
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.seasons.permissions import MANAGE_SEASON, manages_the_season
from apps.seasons.states import RunKind, SeasonState

MOST_DAYS_LATE = 366
"""For how long a window may be lenient, each way."""


class Season(Recorded):
    """One run of one pack in one jurisdiction and year; pack and source text are stored whole."""

    title = models.CharField("名称", max_length=100)
    year = models.PositiveSmallIntegerField("年度")
    jurisdiction = models.ForeignKey("directory.Region", models.PROTECT)
    pack_id = models.CharField(max_length=80)
    pack_text = models.TextField()
    source_text = models.TextField()
    pack_digest = models.CharField(max_length=64)
    answers = models.JSONField(default=dict, blank=True)

    MOVED_FIELDS = ("answers",)

    class Meta:
        constraints = [
            state_check("season", SeasonState),
            models.UniqueConstraint(
                fields=["jurisdiction", "year", "title"],
                condition=~Q(state=SeasonState.DISCARDED),
                name="season_has_its_own_name",
            ),
        ]
        ordering = ["-year", "-pk"]

    def __str__(self) -> str:
        return self.title

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return f"{MANAGE_SEASON}@region:{self.jurisdiction_id}"

    def subject(self) -> object:
        return {"title": self.title, "year": self.year, "pack": self.pack_digest, "answers": self.answers}

    @transition("state", SeasonState.DRAFT, SeasonState.OPEN, custom={"may": manages_the_season})
    def start(self, **act: Any) -> None:
        """Let people apply."""

    @transition("state", SeasonState.DRAFT, SeasonState.DRAFT, custom={"may": manages_the_season})
    @transition("state", SeasonState.OPEN, SeasonState.OPEN, custom={"may": manages_the_season})
    def amend(self, *, decision: Decision, **act: Any) -> None:
        """Change a window, quotas or an answer; the log row holds old and new."""
        if decision.details.get("what") == "answer":
            self.answers = {**self.answers, decision.details["key"]: decision.details["new"]}

    @transition("state", SeasonState.OPEN, SeasonState.CLOSED, custom={"may": manages_the_season})
    def close(self, **act: Any) -> None:
        """End the season."""

    @transition("state", SeasonState.DRAFT, SeasonState.DISCARDED, custom={"may": manages_the_season})
    def discard(self, **act: Any) -> None:
        """Give up a season that was never started; its name is free again."""


class Window(models.Model):
    """The days, both inclusive, within which an act may be done; NULL leaves that side open.

    For `late_days` after closing and grace what comes late is still taken, with a reason.
    """

    season = models.ForeignKey(Season, models.CASCADE, related_name="windows")
    key = models.CharField(max_length=60)
    label = models.CharField("事项", max_length=100)
    opens = models.DateField("开始", null=True, blank=True)
    closes = models.DateField("截止", null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField("宽限天数", default=0)
    late_days = models.PositiveSmallIntegerField("补报天数", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["season", "key"], name="window_once_in_a_season"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True) | Q(closes__isnull=True) | Q(opens__lte=F("closes")),
                name="window_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=(Q(opens__isnull=True) | Q(opens__range=(FIRST_DAY, LAST_DAY)))
                & (Q(closes__isnull=True) | Q(closes__range=(FIRST_DAY, LAST_DAY))),
                name="window_days_can_be_reckoned_with",
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=MOST_DAYS_LATE, late_days__lte=MOST_DAYS_LATE), name="window_ends_in_time"
            ),
        ]
        ordering = ["closes", "key"]

    def __str__(self) -> str:
        return self.label


class CalendarDay(models.Model):
    """One day that does not keep the rule of the week: a holiday, or a weekend day worked instead (调休)."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="calendar_days")
    day = models.DateField("日期")
    is_working = models.BooleanField("是工作日")
    label = models.CharField("说明", max_length=50, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["season", "day"], name="calendar_day_once_in_a_season"),
            models.CheckConstraint(
                condition=Q(day__range=(FIRST_DAY, LAST_DAY)), name="calendar_day_can_be_reckoned_with"
            ),
        ]
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}：{self.label}"


class ServiceGroup(models.Model):
    """A county, or several districts merged, that is served as one."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="service_groups")
    name = models.CharField(max_length=100)
    counties = models.ManyToManyField("directory.Region", related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "name"], name="service_group_once_in_a_season")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Quota(models.Model):
    """How many people a service group takes of one kind; NULL until the office has set it."""

    season = models.ForeignKey(Season, models.CASCADE, related_name="quotas")
    key = models.CharField(max_length=60)
    group = models.ForeignKey(ServiceGroup, models.CASCADE, related_name="quotas")
    villages = models.PositiveIntegerField("村（社区）数")
    places = models.PositiveIntegerField("名额", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "key", "group"], name="quota_once_for_a_group")]
        ordering = ["group_id"]

    def __str__(self) -> str:
        return f"{self.group}：{self.places}"


class IndustryQuota(models.Model):
    """How many of a group's places go to one industry at most; the group alone bounds an industry without a row."""

    quota = models.ForeignKey(Quota, models.CASCADE, related_name="parts")
    industry = models.CharField("产业", max_length=60)
    places = models.PositiveIntegerField("名额")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quota", "industry"], name="industry_once_in_a_quota")]
        ordering = ["quota", "pk"]

    def __str__(self) -> str:
        return f"{self.industry}{self.places}"


class Overrun(models.Model):
    """So many people beyond a quota, approved: why, on what basis, by whom; `ended` once it stands no more."""

    quota = models.ForeignKey(Quota, models.CASCADE, related_name="overruns")
    extra = models.PositiveIntegerField("超额人数")
    reason = models.CharField("理由", max_length=500)
    basis = models.CharField("批准依据", max_length=300)
    by = models.CharField("批准人", max_length=150)
    at = models.DateTimeField("批准时间")
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quota"], condition=Q(ended__isnull=True), name="one_overrun_of_a_quota_stands"
            ),
            models.CheckConstraint(condition=Q(extra__gte=1), name="overrun_is_of_somebody"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(basis=""), name="overrun_has_reason_and_basis"),
        ]
        ordering = ["quota", "-pk"]

    def __str__(self) -> str:
        return f"{self.quota_id}：+{self.extra}"


class Ceiling(models.Model):
    """How many places the service groups below a region may have together, overruns apart.

    Where people are allocated by the quota, those of a city may have more: it takes no more people than this.
    """

    season = models.ForeignKey(Season, models.CASCADE, related_name="ceilings")
    key = models.CharField(max_length=60)
    region = models.ForeignKey("directory.Region", models.PROTECT, related_name="+")
    places = models.PositiveIntegerField("总数")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "key", "region"], name="ceiling_once_for_a_region")]
        ordering = ["season", "key", "region"]

    def __str__(self) -> str:
        return f"{self.region_id}：{self.places}"


class Run(models.Model):
    """One run of the calendar: when and by whom it was asked for, how far it is, how it ended.

    `done` is [[step, number]] in the order of the steps, the number None where the step failed; `noted` is the last
    sign of life. A run by schedule concerns every season and has none.
    """

    kind = models.CharField(max_length=20, choices=RunKind)
    season = models.ForeignKey(Season, models.CASCADE, null=True, related_name="runs")
    key = models.CharField(max_length=100, unique=True)
    asked_by = models.CharField(max_length=150, blank=True)
    asked = models.DateTimeField()
    started = models.DateTimeField(null=True)
    noted = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    done = models.JSONField(default=list)
    total = models.PositiveSmallIntegerField(default=0)
    handled = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RunKind.values), name="run_kind_is_known"),
            models.CheckConstraint(
                condition=Q(ended__isnull=True) | Q(started__isnull=False), name="run_ends_after_it_began"
            ),
        ]
        indexes = [models.Index(fields=["-asked"], name="run_by_time")]
        ordering = ["-asked", "-pk"]

    def __str__(self) -> str:
        return self.key
