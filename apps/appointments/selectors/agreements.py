"""Whose agreements there are, which a viewer may see, and how one stands with its parties."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.appointments import permissions
from apps.appointments.models import Agreement, Signatory, Signature
from apps.appointments.selectors.appointments import ref_of
from apps.appointments.states import AgreementAction, AgreementState, SignatureWord
from apps.core import log
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.directory.models import Organization
from apps.directory.selectors import called, organizations_like, users_at

AGREEMENT = "agreement"
LINES = "signatories__signatures"
MOST_FOUND = 20
_HEAVY = ("season__pack_text", "season__source_text", "season__answers", "document__content")


@dataclass(frozen=True)
class Line:
    """One party with its word that counts, None as long as it has said nothing of this text."""

    signatory: Signatory
    signature: Signature | None

    @property
    def is_named(self) -> bool:
        return bool(self.signatory.desk)

    @property
    def is_signed(self) -> bool:
        return self.signature is not None and self.signature.word == SignatureWord.SIGNED

    @property
    def is_refused(self) -> bool:
        return self.signature is not None and self.signature.word == SignatureWord.REFUSED


def with_lines(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Read with agreements what `lines_of` tells of them."""
    return rows.prefetch_related(LINES)


def lines_of(agreement: Agreement) -> list[Line]:
    """Return the parties of an agreement in their order, each with its standing word."""
    return [
        Line(signatory, next((each for each in signatory.signatures.all() if each.void is None), None))
        for signatory in agreement.signatories.all()
    ]


def awaited(agreement: Agreement, lines: Sequence[Line]) -> list[Line]:
    """Return the parties that may sign now: all that have not, or where there is an order the first of them."""
    if agreement.state != AgreementState.SIGNING:
        return []
    unsigned = [line for line in lines if not line.is_signed]
    return unsigned[:1] if agreement.in_order else unsigned


def progress(agreement: Agreement) -> str:
    """Say how many of how many have signed."""
    wanted = len(agreement.content["parties"])
    return f"{wanted - agreement.remaining}/{wanted}"


def whom_it_waits_for(agreement: Agreement) -> str:
    """Name those who may sign now and have not."""
    return "、".join(line.signatory.label for line in awaited(agreement, lines_of(agreement)))


def facts_of_agreements(records: Sequence[Agreement], decision: Decision) -> Mapping[int, list[Line]]:
    """Return how each agreement stands with its parties, as read after the lock."""
    return {record.pk: lines_of(record) for record in records}


def agreements_of(viewer: Actor, at: datetime) -> QuerySet[Agreement]:
    """Return the agreements a viewer may see: those drawn up at his desks, and once sent out those he is a party to."""
    desks = viewer.desks(at)
    party = Q(pk__in=Signatory.objects.filter(desk__in=desks).values("agreement"))
    rows = Agreement.objects.filter(Q(desk__in=desks) | party & ~Q(sent=None))
    beside = ("season", "person", "county__supervisor", "document", "replaced_by")
    return rows.select_related(*beside).defer(*_HEAVY)


def in_full(viewer: Actor, pk: int, at: datetime) -> Agreement | None:
    """Return one agreement with its parties, None for one that the viewer may not see."""
    return with_lines(agreements_of(viewer, at)).filter(pk=pk).first()


def agreements_listed(viewer: Actor, at: datetime) -> QuerySet[Agreement]:
    """Return what a viewer may see as lines of a list, the newest first."""
    return with_lines(agreements_of(viewer, at)).order_by("-drafted", "-pk")


def agreements_matching(rows: QuerySet[Agreement], text: str) -> QuerySet[Agreement]:
    """Narrow agreements to those whose person or number holds a text, or sounds so."""
    return rows.filter(called(text, "person__") | Q(document__number__icontains=text))


def to_be_sent(rows: QuerySet[Agreement], viewer: Actor, at: datetime, at_most: int) -> list[Agreement]:
    """Return, of some agreements, those that the viewer may send out to be signed, the oldest first."""
    drafts = rows.filter(desk__in=viewer.desks(at), state=AgreementState.DRAFTED).order_by("drafted", "pk")
    return [each for each in drafts[:at_most] if permissions.draws_it_up(viewer, each, at)]


def standing_about(appointment: int) -> list[int]:
    """Return the agreements about an appointment that are not void, by key."""
    rows = Agreement.objects.filter(about=str(ref_of(appointment))).exclude(state=AgreementState.VOID)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def about_appointments(refs: Collection[str]) -> set[tuple[str, str]]:
    """Return which agreements there already are about records, voided ones included, as (key, record)."""
    return set(Agreement.objects.filter(about__in=refs).values_list("key", "about"))


def scan_of(agreement: Agreement, digest: str) -> Mapping[str, Any] | None:
    """Return a stamped scan of an agreement, whether it still counts or not."""
    found = Signature.objects.filter(signatory__agreement=agreement, scan__digest=digest).order_by("pk").first()
    return found.scan if found else None


@dataclass(frozen=True)
class Standing:
    """How an agreement stands for one viewer: what each party said, and what he himself may do now.

    `mine` are the parties for which he may sign here and now, `on_paper` those whose stamped scan he may file; `keeps`
    tells that he draws it up, `redraws` that he may draw it up anew. `deserted` are the desks of parties at which
    nobody sits, told to who draws it up.
    """

    lines: Sequence[Line]
    mine: Sequence[Line]
    on_paper: Sequence[Line]
    keeps: bool
    redraws: bool
    deserted: Collection[str]

    @property
    def signed(self) -> int:
        return sum(line.is_signed for line in self.lines)


def standing(agreement: Agreement, viewer: Actor, at: datetime) -> Standing:
    """Return how an agreement stands for a viewer; the door judges again."""
    lines = lines_of(agreement)
    is_open = agreement.state in (AgreementState.DRAFTED, AgreementState.SIGNING)
    keeps = is_open and permissions.draws_it_up(viewer, agreement, at)
    now = awaited(agreement, lines)
    mine = [line for line in now if permissions.speaks_for(viewer, agreement, line.signatory.desk, at)]
    on_paper = [line for line in now if keeps and line not in mine]
    is_over = agreement.state == AgreementState.VOID and successor(agreement) is None
    redraws = is_over and permissions.draws_it_up(viewer, agreement, at)
    return Standing(lines, mine, on_paper, keeps, redraws, _deserted(agreement, at) if keeps else ())


def _deserted(agreement: Agreement, at: datetime) -> list[str]:
    """Return the desks of the parties at which nobody sits, in one query."""
    return [desk for desk, users in users_at(agreement.parties(), at).items() if not users]


def successor(agreement: Agreement) -> Agreement | None:
    """Return the agreement drawn up in the place of a void one, None where there is none."""
    return getattr(agreement, "replaced_by", None)


def predecessor(agreement: Agreement) -> LogEntry | None:
    """Return the row of the log by which the agreement became void in whose place another was drawn up."""
    if agreement.replaces_id is None:
        return None
    return log.entries_of(Ref(AGREEMENT, str(agreement.replaces_id))).filter(to_state=AgreementState.VOID).last()


def is_edited(agreement: Agreement) -> bool:
    """Tell whether somebody has changed its words since they were drawn from the text of the pack."""
    of_words = log.entries_of(Ref(AGREEMENT, str(agreement.pk))).filter(action=AgreementAction.REVISE)
    return of_words.exists()


def may_stand(text: str) -> list[Organization]:
    """Return the first organizations called so, of whom one may be named as a party."""
    return list(organizations_like(text).order_by("name", "pk")[:MOST_FOUND]) if text else []
