"""An allocation from the freeze to its publication, and who got what."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.matching import permissions
from apps.matching.states import IN_HAND, LIVE, RunState, TieRule
from apps.notices.permissions import is_the_clock
from apps.seasons.permissions import MANAGE_SEASON

DRAWN_DIGITS = 4
DRAWN_NUMBER = f"[0-9]{{{DRAWN_DIGITS}}}"
"""How a number that was drawn in public is written."""


class AllocationRun(Recorded):
    """One version of a season's allocation.

    `market` is what was frozen, in the engine's format, `market_digest` its SHA-256; `drawn` was drawn in public after
    the freeze, and `seed` comes of both. `report` is the engine's, which the checker has passed. Whom `base` had placed
    is a pin of the market. Its supplementary round of wishes goes from `asked` until the day `until`.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="allocations")
    number = models.PositiveSmallIntegerField("版本")
    base = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="followers", verbose_name="接续的版本", editable=False
    )
    ties = models.CharField("同等条件", max_length=10, choices=TieRule)
    reason = models.TextField("事由", blank=True)
    market = models.JSONField(default=dict)
    market_digest = models.CharField(max_length=64)
    frozen = models.DateTimeField("冻结时间")
    drawn = models.CharField("摇号结果", max_length=100, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)
    computed = models.DateTimeField("计算时间", null=True)
    asked = models.DateTimeField("补充志愿开始", null=True)
    until = models.DateField("补充志愿截止", null=True)
    opens = models.DateField("公示开始", null=True)
    closes = models.DateField("公示截止", null=True)

    MOVED_FIELDS = ("drawn", "seed", "report", "computed", "asked", "until", "opens", "closes")

    class Meta:
        constraints = [
            state_check("allocation_run", RunState),
            models.UniqueConstraint(fields=["season", "number"], name="allocation_version_once_in_a_season"),
            models.UniqueConstraint(
                fields=["season"], condition=Q(state__in=LIVE), name="one_allocation_under_way_in_a_season"
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(opens__lte=F("closes")),
                name="allocation_notice_days_are_in_order",
            ),
            models.CheckConstraint(condition=Q(ties__in=TieRule.values), name="allocation_ties_are_known"),
            models.CheckConstraint(
                condition=~Q(state=RunState.SUPPLEMENTING) | Q(asked__isnull=False, until__isnull=False),
                name="supplementary_round_has_its_days",
            ),
        ]
        ordering: ClassVar = ["-season", "-number"]

    def __str__(self) -> str:
        return f"第{self.number}版"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return f"{MANAGE_SEASON}@region:{self.season.jurisdiction_id}"

    def subject(self) -> object:
        return {"market": self.market_digest, "seed": self.seed, "output": self.output_digest}

    @property
    def output_digest(self) -> str:
        """Return the SHA-256 of the result, empty while there is none."""
        return str(self.report.get("output_sha256", ""))

    @transition("state", RunState.DRAFTED, RunState.DRAFTED, custom={"may": permissions.runs_the_allocation})
    def draw(self, *, decision: Decision, **act: Any) -> None:
        """Keep the number that was drawn in public."""
        self.drawn, self.seed = decision.details["drawn"], decision.details["seed"]

    @transition("state", RunState.DRAFTED, RunState.COMPUTED, custom={"may": is_the_clock})
    def compute(self, *, decision: Decision, facts: Any) -> None:
        """Keep what the engine found and the checker passed."""
        self.report, self.computed = facts.report, decision.at

    @transition("state", RunState.COMPUTED, RunState.COMPUTED, custom={"may": permissions.runs_the_allocation})
    @transition("state", RunState.ADJUSTED, RunState.ADJUSTED, custom={"may": permissions.runs_the_allocation})
    def propose(self, **act: Any) -> None:
        """Ask whether people may be moved; the result stays as it is until all have consented."""

    @transition("state", list(IN_HAND), RunState.ADJUSTED, custom={"may": is_the_clock})
    def adjust(self, *, decision: Decision, facts: Any) -> None:
        """Keep the result around the moves that hold now."""
        self.report, self.computed = facts.report, decision.at

    @transition(
        "state",
        [*IN_HAND, RunState.SUPPLEMENTING],
        RunState.SUPPLEMENTING,
        custom={"may": permissions.runs_the_allocation},
    )
    def supplement(self, *, decision: Decision, **act: Any) -> None:
        """Let those without a place wish once more, until a day; asked again it puts the day off."""
        self.asked = self.asked or decision.at
        self.until = date.fromisoformat(decision.details["until"])

    @transition("state", RunState.SUPPLEMENTING, RunState.ADJUSTED, custom={"may": permissions.runs_the_allocation})
    def call_off(self, **act: Any) -> None:
        """Take the result in hand again as it was; what was wished meanwhile is not heeded."""
        self.asked = self.until = None

    @transition("state", RunState.SUPPLEMENTING, RunState.SUPERSEDED, custom={"may": permissions.runs_the_allocation})
    def go_on(self, **act: Any) -> None:
        """Give way to the version that goes on from it."""

    @transition("state", RunState.SUPERSEDED, RunState.SUPPLEMENTING, custom={"may": permissions.runs_the_allocation})
    def resume(self, **act: Any) -> None:
        """Take its round of wishes up again, for the version that went on from it was given up."""

    @transition("state", list(IN_HAND), RunState.CONFIRMED, custom={"may": permissions.runs_the_allocation})
    def confirm(self, **act: Any) -> None:
        """Settle it; nothing is adjusted any more."""

    @transition("state", RunState.CONFIRMED, RunState.ON_NOTICE, custom={"may": permissions.runs_the_allocation})
    def announce(self, *, decision: Decision, **act: Any) -> None:
        """Put it before the public for some days."""
        self.opens, self.closes = (date.fromisoformat(decision.details[name]) for name in ("opens", "closes"))

    @transition("state", RunState.ON_NOTICE, RunState.PUBLISHED, custom={"may": permissions.runs_the_allocation})
    def publish(self, **act: Any) -> None:
        """Let it stand."""

    @transition("state", list(LIVE), RunState.DISCARDED, custom={"may": permissions.runs_the_allocation})
    def discard(self, **act: Any) -> None:
        """Give it up, so that wishes may change again and another be frozen."""


class Outcome(models.Model):
    """Where the newest computation of a run puts a person; `rank` is the number of the wish granted.

    `group` is None for whom no wish could be granted, `rank` where he was moved.
    """

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="outcomes")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey("seasons.ServiceGroup", models.PROTECT, null=True, related_name="+")
    rank = models.PositiveSmallIntegerField("志愿", null=True)
    is_moved = models.BooleanField("调整", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="one_outcome_of_a_person_in_a_run")]
        indexes = [models.Index(fields=["run", "group"], name="outcome_by_group")]
        ordering: ClassVar = ["run", "group", "person__name", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.group_id}"
