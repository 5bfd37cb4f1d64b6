"""How an agreement comes about: drafted by the clock, sent out, signed by each party or changed, kept as a copy."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.appointments import documents, guards, selectors
from apps.appointments.models import Agreement, Appointment
from apps.appointments.states import AgreementAction, AgreementState
from apps.core import door, files, outbox, refusals
from apps.core.actors import CLOCK, Actor
from apps.core.days import written_day
from apps.core.kinds import Outcome
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.directory.models import Organization
from apps.directory.selectors import desk_labels, users_at
from apps.notices import printing
from apps.notices.delivery import News, tell, tell_all
from apps.notices.fonts import MissingFonts
from apps.notices.registration import DOCUMENTS_NUMBERED
from apps.notices.services import WantedDocument, make_documents, void_documents
from apps.notices.states import DocumentKind
from apps.policies.schema import APPLICANT, PERSON, Pack
from apps.policies.schema import Agreement as Template
from apps.seasons.selectors import pack_of
from apps.writing.selectors import words

_BESIDE = ("season", "person", "unit", "host", "county__supervisor", "application")


@transaction.atomic
def draft_agreements(*, appointments: Sequence[int], at: datetime) -> list[Agreement]:
    """Let the clock draft, for each appointment, the agreements that its pack wants of a person and that it has not.

    Locks the appointments, so that two runs draft each but once. A party that is nobody yet is left to be named.
    """
    locked = Appointment.objects.select_for_update(of=("self",)).filter(pk__in=appointments)
    rows = list(locked.select_related(*_BESIDE).defer("season__source_text").order_by("pk"))
    there = selectors.about_appointments([str(selectors.ref_of(row.pk)) for row in rows])
    wanted = [
        (row, key, template)
        for row in rows
        for key, template in pack_of(row.season).sheet.agreements.items()
        if not template.is_of_team and (key, str(selectors.ref_of(row.pk))) not in there
    ]
    return door.create(_drafts(wanted, at), by=CLOCK, at=at)


def _drafts(wanted: Sequence[tuple[Appointment, str, Template]], at: datetime) -> list[Agreement]:
    """Compose agreements, each of an appointment by a template of its pack."""
    desks = {(row.pk, key): _desks(row, template) for row, key, template in wanted}
    names = desk_labels({desk for each in desks.values() for desk in each.values() if desk})
    return [_drafted(row, key, template, desks[row.pk, key], names, at) for row, key, template in wanted]


def draw_up_anew(*, agreement: Agreement, by: Actor, at: datetime) -> Agreement:
    """Draft an agreement in the place of a void one, from the text of the pack and the facts as they are now.

    Raises Refused where it is not void, for others than who drew it up, when the term is over, and where there is
    another agreement already.
    """
    row = _appointment_of(agreement)
    refusals.refuse(guards.may_be_drawn_anew(agreement, row, by, at))
    try:
        with transaction.atomic():
            return _drawn_anew(agreement, row, by, at)
    except IntegrityError as error:
        raise Refused(Refusal("drawn_up_already", "已有人重新拟稿。", "请在协议列表中打开新的一份。")) from error


def _drawn_anew(agreement: Agreement, row: Appointment, by: Actor, at: datetime) -> Agreement:
    template = pack_of(row.season).sheet.agreements[agreement.key]
    (draft,) = _drafts([(row, agreement.key, template)], at)
    draft.replaces = agreement
    return door.create([draft], by=by, at=at, details={"replaces": agreement.pk})[0]


@transaction.atomic
def renew_agreements(
    *, agreements: Sequence[int], changed: Sequence[str], is_over: bool, opinion: str, at: datetime
) -> list[Agreement]:
    """Let the clock void the agreements that say what has changed, signed or not, and draft others in their places.

    `changed` names what they may say of the appointee. Where the term is over, all are void and none is drafted.
    """
    rows = Agreement.objects.filter(pk__in=agreements).exclude(state=AgreementState.VOID).order_by("pk")
    cases = [(row, _appointment_of(row)) for row in rows]
    stale = [(row, case) for row, case in cases if is_over or _says(row, case, changed)]
    for agreement, _ in stale:
        door.advance_one(agreement, AgreementAction.SUPERSEDE, by=CLOCK, at=at, opinion=opinion)
    void_documents([agreement.document_id for agreement, _ in stale if agreement.document_id], at=at)
    return [] if is_over else [_drawn_anew(agreement, case, CLOCK, at) for agreement, case in stale]


def _says(agreement: Agreement, row: Appointment, changed: Sequence[str]) -> bool:
    """Tell whether an agreement speaks of what has changed, or is to be signed by others from now on."""
    template = pack_of(row.season).sheet.agreements[agreement.key]
    text = "".join([template.text.title, *template.text.body])
    there = {each["party"]: each["desk"] for each in agreement.content["parties"]}
    other = any(desk and desk != there[party] for party, desk in _desks(row, template).items())
    return other or any(f"{{{name}}}" in text for name in changed)


def _appointment_of(agreement: Agreement) -> Appointment:
    rows = Appointment.objects.select_related(*_BESIDE).defer("season__source_text")
    return rows.get(pk=Ref.parse(agreement.about).key)


def _desks(appointment: Appointment, template: Template) -> dict[str, str]:
    """Return the desk of each party of a case, in their order; an empty one where nobody is that party yet."""
    pack, of = pack_of(appointment.season), selectors.scopes(appointment, appointment.season)
    return {party: selectors.desk_or_none(pack, _office(party, pack), of) for party in template.parties}


def _office(party: str, pack: Pack) -> str:
    """Return the office that a party is, or as what a person starts a case where no office is called so."""
    return APPLICANT if party == PERSON and party not in pack.offices else party


def _label(party: str, pack: Pack) -> str:
    return "科技特派员" if party == PERSON else pack.offices[party].label


def _drafted(
    appointment: Appointment,
    key: str,
    template: Template,
    desks: Mapping[str, str],
    names: Mapping[str, str],
    at: datetime,
) -> Agreement:
    pack = pack_of(appointment.season)
    parties = [
        {"party": party, "label": _label(party, pack), "name": names.get(desk, ""), "desk": desk}
        for party, desk in desks.items()
    ]
    drafted = Agreement(
        season=appointment.season,
        key=key,
        about=str(selectors.ref_of(appointment.pk)),
        person=appointment.person,
        county=appointment.county,
        in_order=template.in_order,
        content=_content(appointment, template, parties),
        remaining=len(parties),
        drafted=at,
    )
    drafted.desk = drafted.drawn_up_by()["desk"]
    return drafted


def _content(appointment: Appointment, template: Template, parties: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Compose what is signed; where a case has nobody as a party, its text says whom was named, or that nobody was."""
    told = _told(appointment, pack_of(appointment.season))
    later = {each["party"]: each["name"] or documents.UNNAMED for each in parties if not told.get(each["party"], True)}
    return documents.compose(template.text, told | later, parties, appointment.person.name)


def _told(appointment: Appointment, pack: Pack) -> dict[str, str]:
    """Return what an agreement may tell of an appointee."""
    content = appointment.application.content
    return {
        "year": str(appointment.season.year),
        "name": appointment.person.name,
        "unit": str(appointment.unit or ""),
        "host": str(appointment.host or ""),
        "county": appointment.county.name,
        "industries": words("application.industries", content, pack),
        "plan": appointment.plan,
        "term_from": written_day(appointment.term_from),
        "term_to": written_day(appointment.term_to),
    }


def name_party(
    *, agreement: Agreement, party: str, organization: Organization, by: Actor, at: datetime, token: str = ""
) -> Agreement:
    """Say which organization stands as a party for which there was nobody, so that the text may be sent out.

    The text is drawn from the pack anew, unless somebody has changed its words since.
    """
    place = desk(pack_of(agreement.season).offices[party].body, Ref("organization", str(organization.pk)))
    said: dict[str, Any] = {"party": party, "desk": place, "name": organization.name}
    if not selectors.is_edited(agreement):
        said["words"] = _words_with(agreement, said)
    return door.advance_one(agreement, AgreementAction.NAME_PARTY, token_key=token, by=by, at=at, details=said)


def _words_with(agreement: Agreement, named: Mapping[str, str]) -> dict[str, Any]:
    """Return the words of the pack once a party is named."""
    row = _appointment_of(agreement)
    template = pack_of(row.season).sheet.agreements[agreement.key]
    parties = [each | named if each["party"] == named["party"] else each for each in agreement.content["parties"]]
    content = _content(row, template, parties)
    return {"title": content["title"], "body": content["body"]}


def send_out(*, seen: Mapping[int, int], by: Actor, at: datetime, token: str = "") -> list[Outcome]:
    """Lay at most 500 drafts before their parties, each of which is told; the words stay as they are from now on."""
    return door.advance(Agreement, seen, AgreementAction.SEND_OUT, by=by, at=at, token=token)


def revise(
    *,
    agreement: Agreement,
    title: str,
    body: Sequence[str],
    by: Actor,
    at: datetime,
    opinion: str,
    token: str = "",
) -> Agreement:
    """Change the words with a reason: all signatures are void, every party is told, and it is sent out anew."""
    said = {"words": {"title": title, "body": list(body)}}
    return door.advance_one(
        agreement, AgreementAction.REVISE, token_key=token, by=by, at=at, opinion=opinion, details=said
    )


def sign(
    *,
    agreement: Agreement,
    party: str,
    digest: str,
    by: Actor,
    at: datetime,
    scan: Accepted | None = None,
    token: str = "",
) -> Agreement:
    """Sign for the party of a desk over the digest of the text that was read; with the last it is signed.

    `scan` is a stamped copy on paper: it counts as that party's signature, filed by itself or by who draws up. Others
    may sign at the same moment: what binds is the text, not the version.
    """
    details = _spoken(agreement, party, digest, by, at) | {"scan": files.keep(scan) if scan else {}}
    return door.insist(agreement, AgreementAction.SIGN, token_key=token, by=by, at=at, details=details)


def refuse(
    *, agreement: Agreement, party: str, digest: str, by: Actor, at: datetime, opinion: str, token: str = ""
) -> Agreement:
    """Say for a party, with a reason, that it does not sign this text; who draws it up is told."""
    details = _spoken(agreement, party, digest, by, at)
    return door.insist(
        agreement, AgreementAction.REFUSE, token_key=token, by=by, at=at, opinion=opinion, details=details
    )


def _spoken(agreement: Agreement, party: str, digest: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Return what the log keeps of who speaks for whom; `by_desk` is the desk at which he does so."""
    return {"party": party, "digest": digest, "by_desk": party if by.sits_at(party, at) else agreement.desk}


def void(*, agreement: Agreement, by: Actor, at: datetime, opinion: str, token: str = "") -> Agreement:
    """Give an agreement up before it is signed; every party that it was sent to is told why."""
    return door.advance_one(agreement, AgreementAction.VOID, token_key=token, by=by, at=at, opinion=opinion)


@transaction.atomic
def file_copy(*, agreement: int, at: datetime) -> Agreement:
    """Number the copy with all signatures, have it printed, and tell every party; done again it changes nothing."""
    signed = selectors.with_lines(Agreement.objects.select_related("season", "person")).get(pk=agreement)
    if signed.state != AgreementState.SIGNED or signed.document_id is not None:
        return signed
    template = pack_of(signed.season).sheet.agreements[signed.key]
    content = documents.copy_of(signed, selectors.lines_of(signed))
    about = Ref(selectors.AGREEMENT, str(signed.pk))
    (document,) = make_documents(
        season=signed.season,
        kind=DocumentKind.AGREEMENT,
        wanted=[WantedDocument(content, holder=signed.person, about=about)],
        form=template.text.number,
        at=at,
    )
    details = {"document": document.pk, "number": document.number, "content": document.content_digest}
    filed = door.advance_one(signed, AgreementAction.FILE_COPY, by=CLOCK, at=at, details=details)
    outbox.emit([outbox.Wish(DOCUMENTS_NUMBERED, f"print:{document.pk}", {"documents": [document.pk]})], at=at)
    _tell_signed(filed, document.number, at)
    return filed


def print_copy(*, agreement: Agreement) -> bytes:
    """Print a text as it stands, with its digest and places to sign and stamp; raise Refused for what no font holds."""
    try:
        return printing.render(documents.copy_of(agreement, selectors.lines_of(agreement)))
    except (MissingFonts, printing.MissingGlyphs) as error:
        raise Refused(Refusal("not_printable", "目前不能打印。", f"请管理员处理：{error}")) from error


def tell_moved(*, told: Sequence[Mapping[str, Any]], by: str, opinion: str, at: datetime) -> None:
    """Tell desks what has come to them, or what has changed in their hands; see `papers`."""
    users = users_at({one["desk"] for one in told}, at)
    tell_all(
        [
            News(
                users[one["desk"]],
                one["template"],
                {"title": _title(one["title"], len(one["records"])), "by": by, "opinion": opinion},
                _link(one["records"]),
                one["key"],
            )
            for one in told
        ],
        at=at,
    )


def _title(first: str, number: int) -> str:
    return first if number == 1 else f"{first}等{number}份"


def _link(records: Sequence[int]) -> str:
    if len(records) == 1:
        return reverse("appointments:agreement", args=[records[0]])
    return reverse("appointments:agreements")


def _tell_signed(agreement: Agreement, number: str, at: datetime) -> None:
    users = users_at(agreement.parties(), at)
    everybody = list({user.pk: user for each in users.values() for user in each}.values())
    context = {"title": agreement.called(), "number": number}
    link, key = reverse("appointments:agreement", args=[agreement.pk]), f"{selectors.AGREEMENT}:{agreement.pk}:signed"
    tell(everybody, "agreement_signed", context, link=link, key=key, at=at)
