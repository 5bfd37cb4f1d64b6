"""Who takes part in the allocation of a season, what counties of his choice he lists, and what these say of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.matching import permissions
from apps.matching.states import WishListState, WishWord
from apps.notices.permissions import is_the_clock

MOST_POINTS = 100


class Participant(models.Model):
    """Somebody who was named for a season: he serves `county` without choosing, or lists wishes where it is none."""

    season = models.ForeignKey("seasons.Season", models.CASCADE, related_name="participants")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "person"], name="takes_part_in_a_season_once")]
        ordering: ClassVar = ["season", "person__name", "pk"]

    def __str__(self) -> str:
        return str(self.person)


class GroupIndustry(models.Model):
    """An industry of a service group, as the office keeps its list."""

    group = models.ForeignKey("seasons.ServiceGroup", models.CASCADE, related_name="industries")
    industry = models.CharField("产业", max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "industry"], name="industry_once_in_a_group")]
        ordering: ClassVar = ["group", "pk"]

    def __str__(self) -> str:
        return self.industry


class WishList(Recorded):
    """The counties and industries that a person would serve in a season, the dearest first.

    `entries` is what stands in it, [{group, industry}]; once it is submitted each has its `Wish`. `written` is the
    mark of the window that wrote it last.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="wish_lists")
    entries = models.JSONField(default=list)
    saved = models.DateTimeField("保存时间")
    submitted = models.DateTimeField("提交时间", null=True)
    is_late = models.BooleanField("逾期", default=False)
    written = models.CharField(max_length=64, blank=True, editable=False)

    MOVED_FIELDS = ("entries", "submitted", "is_late")

    class Meta:
        constraints = [
            state_check("wish_list", WishListState),
            models.UniqueConstraint(fields=["season", "person"], name="one_wish_list_in_a_season"),
            models.CheckConstraint(
                condition=Q(state=WishListState.DRAFT) | Q(submitted__isnull=False), name="submitted_wishes_have_a_day"
            ),
        ]
        ordering: ClassVar = ["season", "person__name", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.season_id}"

    @property
    def number(self) -> str:
        """Return the number on the person's receipt."""
        return f"ZY{self.season_id:04d}{self.pk:08d}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the county's desk that judges, or that of the person."""
        return str(details.get("desk") or desk(APPLICANT, Ref("person", str(self.person_id))))

    def subject(self) -> object:
        return self.entries

    @transition("state", WishListState.DRAFT, WishListState.SUBMITTED, custom={"may": permissions.writes_his_wishes})
    def submit(self, *, decision: Decision, facts: Any) -> None:
        """Hand them in."""
        self.submitted, self.is_late = decision.at, bool(facts.window and facts.window.is_late)

    @transition("state", WishListState.SUBMITTED, WishListState.DRAFT, custom={"may": permissions.writes_his_wishes})
    def take_back(self, **act: Any) -> None:
        """Change them once more; what counties said of them is gone."""

    @transition("state", WishListState.DRAFT, WishListState.SUBMITTED, custom={"may": is_the_clock})
    def restore(self, *, decision: Decision, **act: Any) -> None:
        """Let stand what was handed in last, for the round in which it was taken back was stopped."""
        self.entries = [{name: wish[name] for name in ("group", "industry")} for wish in decision.details["handed_in"]]

    @transition("state", WishListState.SUBMITTED, WishListState.SUBMITTED, custom={"may": permissions.receives_wishes})
    def judge(self, **act: Any) -> None:
        """Say for a county what it thinks of the wish aimed at it."""


class Wish(models.Model):
    """One wish that was handed in, and what its county says of it; `word` is empty as long as it has said nothing."""

    list = models.ForeignKey(WishList, models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField("志愿")
    group = models.ForeignKey("seasons.ServiceGroup", models.PROTECT, related_name="wishes")
    industry = models.CharField("产业", max_length=60)
    word = models.CharField("县级意见", max_length=10, choices=WishWord, blank=True)
    points = models.PositiveSmallIntegerField("评分", null=True)
    reason = models.TextField("理由", blank=True)
    judged = models.DateTimeField("审核时间", null=True)
    judged_by = models.CharField("审核人", max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "rank"], name="rank_once_in_a_wish_list"),
            models.UniqueConstraint(fields=["list", "group"], name="group_once_in_a_wish_list"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="wish_ranks_count_from_one"),
            models.CheckConstraint(condition=Q(word__in=["", *WishWord.values]), name="wish_word_is_known"),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__lte=MOST_POINTS), name="wish_points_are_in_bounds"
            ),
            models.CheckConstraint(
                condition=~Q(word=WishWord.REFUSE) | ~Q(reason=""), name="refused_wish_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["group", "word"], name="wish_by_group")]
        ordering: ClassVar = ["list", "rank"]

    def __str__(self) -> str:
        return f"志愿{self.rank} {self.group}"

    @property
    def mark(self) -> str:
        """Return what tells what its county says now from what it said before, empty where it has said nothing."""
        return self.judged.isoformat() if self.judged else ""

    @property
    def said(self) -> tuple[str, int | None, str]:
        """Return what its county says of it: the word, the points, the reason."""
        return self.word, self.points, self.reason
