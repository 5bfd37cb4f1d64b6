"""An agreement between any number of parties, and what each of them has said of its text."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE, transition

from apps.appointments import permissions
from apps.appointments.states import AgreementState, SignatureWord
from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.log import digest_of
from apps.core.models import Recorded, state_check
from apps.core.refs import Ref, desk
from apps.notices.permissions import is_the_clock


def _state_of_remaining(agreement: "Agreement", **act: Any) -> str:
    """Read the state from how many signatures are still wanted."""
    return AgreementState.SIGNING if agreement.remaining else AgreementState.SIGNED


class Agreement(Recorded):
    """An agreement drawn up at a desk from the pack's text, on the service of a person, and signed by every party.

    `key` names it in the pack and `about` the record that it was drawn up for (`appointment:12`). `content` is {name,
    title, parties, body}: what is signed, by its digest; a party without a `desk` has yet to be named. `remaining` is
    the number of signatures that are still wanted. `replaces` is the void one in whose place it was drawn up.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    about = models.CharField(max_length=60)
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="agreements")
    county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    desk = models.CharField("拟稿", max_length=120)
    in_order = models.BooleanField("依次签订")
    content = models.JSONField()
    remaining = models.PositiveSmallIntegerField()
    drafted = models.DateTimeField("拟稿时间")
    sent = models.DateTimeField("送签时间", null=True)
    document = models.OneToOneField("notices.Document", models.PROTECT, null=True, related_name="+", editable=False)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by", editable=False)

    MOVED_FIELDS = ("content", "remaining", "sent", "document")

    class Meta:
        constraints = [
            state_check("agreement", AgreementState),
            models.UniqueConstraint(
                fields=["key", "about"],
                condition=~Q(state=AgreementState.VOID),
                name="one_live_agreement_about_a_record",
            ),
            models.CheckConstraint(
                condition=Q(state=AgreementState.SIGNED, remaining=0)
                | (~Q(state=AgreementState.SIGNED) & Q(remaining__gt=0)),
                name="agreement_is_signed_by_all",
            ),
        ]
        indexes = [
            models.Index(fields=["season", "state"], name="agreement_by_season_state"),
            models.Index(fields=["desk"], name="agreement_by_desk"),
        ]
        ordering: ClassVar = ["-drafted", "-pk"]

    def __str__(self) -> str:
        return str(self.content["title"])

    def called(self) -> str:
        """Name it on a desk."""
        return f"{self.content['name']}的{self.content['title']}"

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk of the party that speaks, or else the one that draws it up."""
        return str(details.get("by_desk") or self.desk)

    def subject(self) -> object:
        return self.content

    def digest(self) -> str:
        """Return the SHA-256 of the text, over which it is signed (64 hex digits)."""
        return digest_of(self.content)

    def parties(self) -> Sequence[str]:
        """Return the desks of the parties that have one, in their order."""
        return [each["desk"] for each in self.content["parties"] if each["desk"]]

    def drawn_up_by(self) -> Mapping[str, str]:
        """Return the party that draws it up: the first that has a desk."""
        party: Mapping[str, str] = next(each for each in self.content["parties"] if each["desk"])
        return party

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the persons who may sign for nobody but themselves."""
        return (self.person_id,)

    def person_desk(self) -> str:
        """Name the own desk of the person whose service it is about."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    @transition("state", AgreementState.DRAFTED, AgreementState.SIGNING, custom={"may": permissions.draws_it_up})
    def send_out(self, *, decision: Decision, **act: Any) -> None:
        """Lay it before its parties to be signed."""
        self.sent = decision.at

    @transition(
        "state",
        [AgreementState.DRAFTED, AgreementState.SIGNING],
        AgreementState.DRAFTED,
        custom={"may": permissions.draws_it_up},
    )
    def revise(self, *, decision: Decision, **act: Any) -> None:
        """Change its words: whatever was signed counts no longer."""
        self.content = {**self.content, **decision.details["words"]}
        self.remaining = len(self.content["parties"])

    @transition("state", AgreementState.DRAFTED, AgreementState.DRAFTED, custom={"may": permissions.draws_it_up})
    def name_party(self, *, decision: Decision, **act: Any) -> None:
        """Say who stands as a party for which there was nobody; its words follow where they were drawn anew."""
        named = {name: decision.details[name] for name in ("party", "desk", "name")}
        parties = [each | named if each["party"] == named["party"] else each for each in self.content["parties"]]
        self.content = {**self.content, **decision.details.get("words", {}), "parties": parties}

    @transition(
        "state",
        AgreementState.SIGNING,
        GET_STATE(_state_of_remaining, states=(AgreementState.SIGNING, AgreementState.SIGNED)),
        custom={"may": permissions.speaks_in_it},
    )
    def sign(self, **act: Any) -> None:
        """Sign for one party; with the last it is signed."""
        self.remaining -= 1

    @transition("state", AgreementState.SIGNING, AgreementState.SIGNING, custom={"may": permissions.speaks_in_it})
    def refuse(self, **act: Any) -> None:
        """Say for one party why it does not sign this text."""

    @transition(
        "state",
        [AgreementState.DRAFTED, AgreementState.SIGNING],
        AgreementState.VOID,
        custom={"may": permissions.draws_it_up},
    )
    def void(self, **act: Any) -> None:
        """Give it up before it is signed."""

    @transition(
        "state",
        [AgreementState.DRAFTED, AgreementState.SIGNING, AgreementState.SIGNED],
        AgreementState.VOID,
        custom={"may": is_the_clock},
    )
    def supersede(self, **act: Any) -> None:
        """Hold no longer, for what it is about has changed: whatever was signed counts no longer."""
        self.remaining = len(self.content["parties"])

    @transition("state", AgreementState.SIGNED, AgreementState.SIGNED, custom={"may": is_the_clock})
    def file_copy(self, *, decision: Decision, **act: Any) -> None:
        """Keep the numbered copy with all signatures."""
        self.document_id = decision.details["document"]


class Signatory(models.Model):
    """One party of an agreement, at whose desk it is signed; without a desk as long as it has yet to be named."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatories")
    number = models.PositiveSmallIntegerField()
    party = models.CharField(max_length=60)
    label = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    desk = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="signatory_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["agreement", "desk"], condition=~Q(desk=""), name="desk_signs_an_agreement_once"
            ),
        ]
        indexes = [models.Index(fields=["desk"], name="signatory_by_desk")]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"{self.label}：{self.name}"


class Signature(models.Model):
    """What was said for a party: its signature over a digest, or its refusal.

    Once `void` it counts no longer, and stays. `scan` is {digest, suffix, name, size} where the party signed on paper
    and a stamped copy was uploaded.
    """

    signatory = models.ForeignKey(Signatory, models.CASCADE, related_name="signatures")
    word = models.CharField(max_length=10, choices=SignatureWord)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    post = models.CharField(max_length=200, blank=True)
    acting_for = models.CharField(max_length=200, blank=True)
    opinion = models.TextField(blank=True)
    scan = models.JSONField(default=dict)
    void = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["signatory"], condition=Q(void__isnull=True), name="one_standing_word_of_a_signatory"
            ),
            models.CheckConstraint(condition=Q(word__in=SignatureWord.values), name="signature_word_is_known"),
            models.CheckConstraint(
                condition=Q(word=SignatureWord.SIGNED) | ~Q(opinion=""), name="refused_signature_has_a_reason"
            ),
        ]
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.signatory_id} {self.get_word_display()}"

    @property
    def acts(self) -> str:
        """Name who signed, in which post, and whom he stood in for."""
        post = f"（{self.post}）" if self.post else ""
        return f"{self.by}{post}" + (f"代{self.acting_for}" if self.acting_for else "")
