"""What is adjusted in an allocation, and what those asked about it have said."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE, transition

from apps.core.actors import APPLICANT
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.matching import permissions
from apps.matching.states import (
    STANDING,
    AdjustmentOrigin,
    AdjustmentState,
    ConsentParty,
    ConsentWord,
)
from apps.seasons.permissions import MANAGE_SEASON


def _once_agreed(adjustment: "Adjustment", *args: Any, **act: Any) -> str:
    """Tell what a yes leads to: others are still asked, or it was the last."""
    return AdjustmentState.PROPOSED if len(adjustment.unanswered()) > 1 else AdjustmentState.HOLDS


class Adjustment(Recorded):
    """A person moved by hand or for a floor: from where, to where, why, on what basis, by whom at which desk.

    It holds once everybody asked has consented; a refusal ends it, and the office may take it out.
    """

    run = models.ForeignKey("matching.AllocationRun", models.PROTECT, related_name="adjustments")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+", verbose_name="人选")
    came_from = models.ForeignKey("seasons.ServiceGroup", models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey("seasons.ServiceGroup", models.PROTECT, related_name="+")
    origin = models.CharField("来源", max_length=10, choices=AdjustmentOrigin)
    reason = models.CharField("事由", max_length=300)
    basis = models.CharField("依据", max_length=300, blank=True)
    desk = models.CharField(max_length=120, editable=False)
    by = models.CharField("提出人", max_length=150)
    at = models.DateTimeField("提出时间")

    class Meta:
        constraints = [
            state_check("adjustment", AdjustmentState),
            models.UniqueConstraint(
                fields=["run", "person"], condition=Q(state__in=STANDING), name="person_is_moved_once_in_a_run"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_a_reason"),
            models.CheckConstraint(condition=Q(origin__in=AdjustmentOrigin.values), name="adjustment_origin_is_known"),
        ]
        ordering: ClassVar = ["run", "pk"]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.to_id}"

    @property
    def season_id(self) -> int:
        """Return the season of its run."""
        return self.run.season_id

    def called(self) -> str:
        """Name it on a desk."""
        return f"{self.person.name}调整到{self.to}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the party that speaks, or the office that moves people."""
        return str(details.get("desk") or f"{MANAGE_SEASON}@region:{self.run.season.jurisdiction_id}")

    def subject(self) -> object:
        said = ("run_id", "person_id", "came_from_id", "to_id", "origin", "reason", "basis")
        return {name: getattr(self, name) for name in said}

    def person_desk(self) -> str:
        """Name the own desk of the person."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the person who speaks for himself alone."""
        return (self.person_id,)

    def unanswered(self) -> "list[Consent]":
        """Return what is asked and not answered yet, as it was read with the record."""
        return [each for each in self.consents.all() if not each.word]

    def awaited_desks(self) -> Sequence[str]:
        """Name the desks that have something to do with it now."""
        asked = self.unanswered() if self.state == AdjustmentState.PROPOSED else []
        return list(dict.fromkeys(each for consent in asked for each in consent.desks))

    def followers(self) -> Sequence[str]:
        """Name the desks that are told what comes of it."""
        return [self.desk, self.person_desk()]

    @transition(
        "state",
        AdjustmentState.PROPOSED,
        GET_STATE(_once_agreed, states=list(STANDING)),
        custom={"may": permissions.is_asked_about_it},
    )
    def agree(self, **act: Any) -> None:
        """Say yes for a party; with the last one it holds."""

    @transition(
        "state", AdjustmentState.PROPOSED, AdjustmentState.REFUSED, custom={"may": permissions.is_asked_about_it}
    )
    def decline(self, **act: Any) -> None:
        """Say no for a party, which ends it."""

    @transition("state", list(STANDING), AdjustmentState.WITHDRAWN, custom={"may": permissions.may_take_it_out})
    def withdraw(self, **act: Any) -> None:
        """Take it out again, as though it had never been."""


class Consent(models.Model):
    """What person, unit or county is asked about an adjustment, at whose desks, and what was answered."""

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="consents")
    party = models.CharField("征求对象", max_length=10, choices=ConsentParty)
    desks = models.JSONField(default=list)
    word = models.CharField("意见", max_length=5, choices=ConsentWord, blank=True)
    opinion = models.CharField("理由", max_length=500, blank=True)
    by = models.CharField("答复人", max_length=150, blank=True)
    at = models.DateTimeField("答复时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["adjustment", "party"], name="party_is_asked_once"),
            models.CheckConstraint(condition=Q(party__in=ConsentParty.values), name="consent_party_is_known"),
            models.CheckConstraint(condition=Q(word__in=["", *ConsentWord.values]), name="consent_word_is_known"),
            models.CheckConstraint(
                condition=~Q(word=ConsentWord.NO) | ~Q(opinion=""), name="refused_consent_has_a_reason"
            ),
        ]
        ordering: ClassVar = ["adjustment", "pk"]

    def __str__(self) -> str:
        return f"{self.adjustment_id} {self.party}"
