"""Needs that hosts, and counties for their villages, post."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE, transition

from apps.core.fields import EncryptedField
from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.core.pinyin import PinyinField
from apps.core.search import CharacterIndex
from apps.matching import permissions
from apps.matching.states import NeedAction, NeedState


def _state_of_step(need: "Need", **act: Any) -> str:
    """Read the state from the step it has just moved to."""
    return NeedState.AWAITING_REVIEW if need.desk else NeedState.PUBLISHED


class Need(Recorded):
    """What somebody wants help with: in which industry, where, by how many people.

    `poster` is the desk that posts it: a host's, or the county's for a place in it. `route` is [{office, label, desk}]
    of those who look it through, frozen when it is handed in; `desk` is where it lies, empty when nowhere.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", verbose_name="批次")
    poster = models.CharField("提出单位", max_length=120, editable=False)
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+", editable=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", editable=False)
    place = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", verbose_name="乡镇、村")
    industry = models.CharField("产业", max_length=60)
    title = models.CharField("需求名称", max_length=60)
    pinyin = PinyinField(of="title")
    detail = models.TextField("需求内容", max_length=2000)
    wanted = models.PositiveSmallIntegerField("需要人数", default=1)
    contact = models.CharField("联系人", max_length=50)
    phone = EncryptedField("联系电话")
    route = models.JSONField(default=list, editable=False)
    desk = models.CharField(max_length=120, blank=True, editable=False)
    created = models.DateTimeField("填写时间", editable=False)
    published = models.DateTimeField("发布时间", null=True, editable=False)

    MOVED_FIELDS = ("route", "desk", "published")

    class Meta:
        constraints = [
            state_check("need", NeedState),
            models.CheckConstraint(
                condition=Q(state=NeedState.AWAITING_REVIEW) ^ Q(desk=""), name="need_lies_on_a_desk_while_reviewed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[NeedState.PUBLISHED, NeedState.MET]) | Q(published__isnull=False),
                name="published_need_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(wanted__gte=1), name="need_wants_somebody"),
        ]
        indexes = [
            models.Index(fields=["state", "-published"], name="need_published"),
            models.Index(fields=["county", "state"], name="need_by_county"),
            models.Index(fields=["poster"], name="need_by_poster"),
            CharacterIndex(fields=["title"], name="need_by_characters"),
            CharacterIndex(fields=["pinyin"], name="need_by_sound"),
        ]
        ordering: ClassVar = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """Return the number by which it is cited."""
        return f"XQ{self.season_id:04d}{self.pk:08d}"

    def called(self) -> str:
        """Name it on a desk."""
        return f"科技需求：{self.title}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk that looks it through, or else the one that posts it."""
        return self.desk if action in (NeedAction.PASS_UP, NeedAction.SEND_BACK) else self.poster

    def subject(self) -> object:
        said = ("poster", "county_id", "place_id", "industry", "title", "detail", "wanted", "contact", "phone")
        return {name: getattr(self, name) for name in said}

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        return [self.desk] if self.desk else [self.poster] if self.state == NeedState.RETURNED else []

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return [self.poster]

    @transition(
        "state",
        [NeedState.DRAFT, NeedState.RETURNED],
        GET_STATE(_state_of_step, states=(NeedState.AWAITING_REVIEW, NeedState.PUBLISHED)),
        custom={"may": permissions.posts_it},
    )
    def submit(self, *, decision: Decision, **act: Any) -> None:
        """Hand it in: it goes to the first who looks it through, or is published where that is its own desk alone."""
        self.route = decision.details["route"]
        self._go_on(0, decision)

    @transition(
        "state",
        NeedState.AWAITING_REVIEW,
        GET_STATE(_state_of_step, states=(NeedState.AWAITING_REVIEW, NeedState.PUBLISHED)),
        custom={"may": permissions.reviews_it},
    )
    def pass_up(self, *, decision: Decision, **act: Any) -> None:
        """Let it go on to the next desk; after the last it is published."""
        self._go_on([step["desk"] for step in self.route].index(self.desk) + 1, decision)

    def _go_on(self, step: int, decision: Decision) -> None:
        left = self.route[step:]
        self.desk = left[0]["desk"] if left else ""
        self.published = None if left else decision.at

    @transition("state", NeedState.AWAITING_REVIEW, NeedState.RETURNED, custom={"may": permissions.reviews_it})
    def send_back(self, **act: Any) -> None:
        """Give it back with a reason."""
        self.desk = ""

    @transition("state", NeedState.PUBLISHED, NeedState.MET, custom={"may": permissions.posts_it})
    def meet(self, **act: Any) -> None:
        """Say that help was found."""

    @transition(
        "state",
        [NeedState.DRAFT, NeedState.RETURNED, NeedState.AWAITING_REVIEW, NeedState.PUBLISHED],
        NeedState.CLOSED,
        custom={"may": permissions.may_close_it},
    )
    def close(self, **act: Any) -> None:
        """Take it back, or take it off the list."""
        self.desk = ""
