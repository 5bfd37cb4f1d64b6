"""The reserve pool, and where people have served: what is known of commissioners before they apply."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.actors import APPLICANT
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.matching import permissions
from apps.matching.states import POOL_OVER, PoolAction, PoolState

_OF_THE_PERSON = (PoolAction.CREATE, PoolAction.SUBMIT, PoolAction.ACCEPT, PoolAction.DECLINE)


class PoolEntry(Recorded):
    """One person's place in the pool of a season, by his own application or by invitation of its keeper.

    `desk` is the keeper's; `until` is the last day of the place, None where the policy sets no limit to it.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", verbose_name="批次")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+", verbose_name="人选")
    desk = models.CharField(max_length=120, editable=False)
    is_invited = models.BooleanField("由邀请入库", default=False, editable=False)
    industries = models.JSONField("服务产业", default=list)
    offer = models.TextField("能提供的服务", max_length=1000, blank=True)
    entered = models.DateTimeField("填写时间", editable=False)
    until = models.DateField("有效期至", null=True, editable=False)

    MOVED_FIELDS = ("until", "is_invited")

    class Meta:
        constraints = [
            state_check("pool_entry", PoolState),
            models.UniqueConstraint(
                fields=["season", "person"], condition=~Q(state__in=POOL_OVER), name="one_live_place_in_a_pool"
            ),
        ]
        indexes = [models.Index(fields=["season", "state"], name="pool_by_season_state")]
        ordering: ClassVar = ["-entered", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number on the person's receipt."""
        return f"CB{self.season_id:04d}{self.pk:08d}"

    def called(self) -> str:
        """Name it on a desk."""
        return f"{self.person.name}进入储备库"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the keeper's desk, or the person's own for what he does himself."""
        return self.person_desk() if action in _OF_THE_PERSON else self.desk

    def subject(self) -> object:
        return {"person": self.person_id, "industries": self.industries, "offer": self.offer}

    def person_desk(self) -> str:
        """Name the own desk of the person."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the person who may not decide on his own place."""
        return (self.person_id,)

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        waiting = {PoolState.INVITED: self.person_desk(), PoolState.AWAITING_REVIEW: self.desk}
        return [waiting[PoolState(self.state)]] if self.state in waiting else []

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return [self.person_desk()] if self.state != PoolState.LEFT else [self.person_desk(), self.desk]

    @transition("state", PoolState.DRAFT, PoolState.INVITED, custom={"may": permissions.keeps_the_pool})
    def invite(self, **act: Any) -> None:
        """Ask the person whether he wants to be in it."""
        self.is_invited = True

    @transition("state", PoolState.DRAFT, PoolState.AWAITING_REVIEW, custom={"may": permissions.is_in_person})
    def submit(self, **act: Any) -> None:
        """Hand it in to the keeper."""

    @transition("state", PoolState.INVITED, PoolState.IN_POOL, custom={"may": permissions.is_in_person})
    def accept(self, *, facts: Any, **act: Any) -> None:
        """Say yes to an invitation: who keeps the pool has said yes before."""
        self.until = facts.until

    @transition("state", PoolState.INVITED, PoolState.LEFT, custom={"may": permissions.is_in_person})
    def decline(self, **act: Any) -> None:
        """Say no to an invitation."""

    @transition("state", PoolState.AWAITING_REVIEW, PoolState.IN_POOL, custom={"may": permissions.keeps_the_pool})
    def admit(self, *, facts: Any, **act: Any) -> None:
        """Let him in."""
        self.until = facts.until

    @transition("state", PoolState.AWAITING_REVIEW, PoolState.DRAFT, custom={"may": permissions.keeps_the_pool})
    def send_back(self, **act: Any) -> None:
        """Give it back with a reason."""

    @transition("state", PoolState.AWAITING_REVIEW, PoolState.REJECTED, custom={"may": permissions.keeps_the_pool})
    def refuse(self, **act: Any) -> None:
        """Not let him in."""

    @transition("state", PoolState.IN_POOL, PoolState.EXPIRED, custom={"may": permissions.is_the_clock})
    def expire(self, **act: Any) -> None:
        """Be over after the last day, or with the season."""

    @transition(
        "state",
        [PoolState.DRAFT, PoolState.INVITED, PoolState.AWAITING_REVIEW, PoolState.IN_POOL],
        PoolState.LEFT,
        custom={"may": permissions.may_take_out},
    )
    def leave(self, **act: Any) -> None:
        """Be taken out, by himself or by the keeper."""


class Service(models.Model):
    """That a person served in a season, where, for whom and in which industries; `grade` is what his year came to."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="services")
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+")
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+")
    industries = models.JSONField(default=list)
    grade = models.CharField("考核等次", max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["season", "person"], name="one_service_in_a_season")]
        ordering: ClassVar = ["-season", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.county_id}"
