"""Pairings: a person and a host, or a county that invites him, agree that he shall serve there."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import transition

from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.log import digest_of
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.matching import permissions
from apps.matching.states import PAIRING_LIVE, PairingState


class Pairing(Recorded):
    """One proposal between a person and a desk that wants him: a host's, or a county's; each side says its own word.

    `by_person` tells which side proposed it; `until` is the last day to answer, None for no limit. `used_for` names the
    record for which an agreed one has stood (`application:7`).
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", verbose_name="批次")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+", verbose_name="人选")
    desk = models.CharField(max_length=120, editable=False)
    host = models.ForeignKey("directory.Organization", models.PROTECT, null=True, related_name="+", editable=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name="服务县")
    need = models.ForeignKey("matching.Need", models.PROTECT, null=True, related_name="pairings", editable=False)
    by_person = models.BooleanField("由人选提出", editable=False)
    industry = models.CharField("产业", max_length=60)
    terms = models.TextField("服务内容", max_length=1000)
    proposed = models.DateTimeField("提出时间", editable=False)
    until = models.DateField("答复截止", null=True, editable=False)
    used_for = models.CharField(max_length=60, blank=True, editable=False)

    MOVED_FIELDS = ("used_for",)

    class Meta:
        constraints = [
            state_check("pairing", PairingState),
            models.UniqueConstraint(
                fields=["season", "person", "desk"],
                condition=Q(state__in=PAIRING_LIVE),
                name="one_live_pairing_of_a_person_and_a_host",
            ),
            models.CheckConstraint(
                condition=Q(state=PairingState.USED) ^ Q(used_for=""), name="used_pairing_names_its_record"
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "state"], name="pairing_by_desk"),
            models.Index(fields=["state", "until"], name="pairing_by_last_day"),
        ]
        ordering: ClassVar = ["-proposed", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Return the number by which it is cited."""
        return f"DJ{self.season_id:04d}{self.pk:08d}"

    def called(self) -> str:
        """Name it on a desk."""
        return f"{self.person.name}与{self.host or self.county}的对接"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the side that speaks."""
        return str(details.get("side", ""))

    def subject(self) -> object:
        said = ("season_id", "person_id", "desk", "county_id", "need_id", "industry", "terms")
        return {name: getattr(self, name) for name in said}

    def digest(self) -> str:
        """Return the SHA-256 of what is agreed on (64 hex digits)."""
        return digest_of(self.subject())

    def person_desk(self) -> str:
        """Name the own desk of the person."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the person who speaks for himself alone."""
        return (self.person_id,)

    def awaited_desk(self) -> str:
        """Name the desk of the side that was asked."""
        return self.desk if self.by_person else self.person_desk()

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        return [self.awaited_desk()] if self.state == PairingState.PROPOSED else []

    def followers(self) -> Sequence[str]:
        """Name the desks that are told how it fares."""
        return [self.desk, self.person_desk()]

    @transition("state", PairingState.PROPOSED, PairingState.AGREED, custom={"may": permissions.is_awaited})
    def agree(self, **act: Any) -> None:
        """Say yes to what the other side proposed."""

    @transition("state", PairingState.PROPOSED, PairingState.DECLINED, custom={"may": permissions.is_awaited})
    def decline(self, **act: Any) -> None:
        """Say no to what the other side proposed."""

    @transition("state", PAIRING_LIVE, PairingState.WITHDRAWN, custom={"may": permissions.may_take_it_back})
    def withdraw(self, **act: Any) -> None:
        """Take it back, agreed or not."""

    @transition("state", PAIRING_LIVE, PairingState.LAPSED, custom={"may": permissions.is_the_clock})
    def lapse(self, **act: Any) -> None:
        """Be over: the last day to answer has passed, or the season."""

    @transition("state", PairingState.AGREED, PairingState.USED, custom={"may": permissions.is_the_clock})
    def use(self, *, decision: Decision, **act: Any) -> None:
        """Have stood for the consent of the host."""
        self.used_for = decision.details["record"]
