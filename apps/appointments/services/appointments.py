"""How people come to be appointed: named, listed on a notice, in force, over."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Application
from apps.applications.selectors import cities_with_open
from apps.appointments import selectors
from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentAction, AppointmentState
from apps.core import door, outbox
from apps.core.actors import CLOCK
from apps.core.days import written_day
from apps.core.refusals import Refused
from apps.directory.models import Region
from apps.directory.states import Level
from apps.matching import services as matching
from apps.matching.models import Service
from apps.matching.services import pool
from apps.notices import documents
from apps.notices.delivery import News, tell_all
from apps.notices.models import Document, Notice
from apps.notices.registration import DOCUMENTS_NUMBERED
from apps.notices.services import WantedDocument, draft, make_documents
from apps.notices.states import DocumentKind
from apps.policies.applying import term_of
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

PRINTED_TOGETHER = 50


@transaction.atomic
def name(*, applications: Sequence[int], at: datetime) -> list[Appointment]:
    """Name an appointee for each application that has passed and has none, with the term the season's pack gives.

    Locks the applications, so that two runs name each but once. Who is named takes part in the season's allocation.
    """
    rows = Application.objects.select_for_update(of=("self",)).filter(pk__in=applications, appointment=None)
    passed = list(rows.select_related("season", "unit").order_by("pk"))
    terms = {each.season_id: _term(each.season) for each in passed}
    named = door.create([_named(each, *terms[each.season_id]) for each in passed], by=CLOCK, at=at)
    for season in {each.season for each in passed}:
        matching.admit(season=season, named=[_taking_part(each) for each in passed if each.season == season])
    return named


def _taking_part(application: Application) -> matching.Named:
    level = application.unit.level if application.unit else None
    return matching.Named(application.person_id, application.unit_id, level, str(application.county_id))


def _named(application: Application, term_from: date, term_to: date) -> Appointment:
    assert application.county_id is not None, "every pack's form asks which county is served"
    return Appointment(
        season=application.season,
        person_id=application.person_id,
        unit_id=application.unit_id,
        host_id=application.host_id,
        county_id=application.county_id,
        plan=str(application.content.get("application.plan") or ""),
        application=application,
        term_from=term_from,
        term_to=term_to,
    )


def _term(season: Season) -> tuple[date, date]:
    pack = pack_of(season)
    return term_of(pack.processes.application.term, season.year, season.answers, pack)


def draft_notices(*, season: Season, at: datetime) -> list[Notice]:
    """Draft a notice for every city that has named people and no application on its way; return the drafts."""
    waiting = selectors.cities_awaiting_notice(season)
    busy = cities_with_open(season.pk)
    drafts = [_draft_notice(season, city, at) for city in waiting if city.pk not in busy]
    return [notice for notice in drafts if notice]


@transaction.atomic
def _draft_notice(season: Season, city: Region, at: datetime) -> Notice | None:
    """Draft one city's notice; the locked appointments keep a second run from drafting it as well."""
    listed = list(selectors.to_be_listed(season, city.pk).select_for_update(of=("self",)))
    if not listed:
        return None
    roster = pack_of(season).documents.appointment_notice.roster
    values = {
        "year": season.year,
        "city": _whose(city, listed),
        "count": len(listed),
        "term_from": written_day(listed[0].term_from),
        "term_to": written_day(listed[0].term_to),
    }
    notice = draft(
        season=season,
        kind=DocumentKind.APPOINTMENT_NOTICE,
        key=f"{DocumentKind.APPOINTMENT_NOTICE}:{season.pk}:{city.pk}:{listed[0].pk}:{at.isoformat()}",
        region=city,
        values=values,
        columns=list(roster.values()),
        rows=[[_told(each)[name] for name in roster] for each in listed],
        at=at,
    )
    Appointment.objects.filter(pk__in=[each.pk for each in listed]).update(notice=notice)
    return notice


def _whose(city: Region, listed: Sequence[Appointment]) -> str:
    """Name the city of a notice; where counties report straight to a region, themselves."""
    counties = dict.fromkeys(each.county.name for each in listed)
    return "、".join(counties) if city.level == Level.REGION else city.name


def _told(appointment: Appointment) -> dict[str, str]:
    """Return what documents may tell of an appointee."""
    return {
        "name": appointment.person.name,
        "unit": str(appointment.unit or "—"),
        "host": str(appointment.host or ""),
        "county": appointment.county.name,
    }


def release(*, notice: int) -> None:
    """Take the named off a notice that was given up, so that the clock lists them anew."""
    Appointment.objects.filter(notice=notice, state=AppointmentState.NAMED).update(notice=None)


def take_effect(*, notice: int, at: datetime) -> int:
    """Put in force whom an issued notice lists, each with a numbered certificate if the policy has one, and tell him.

    Return how many.

    In sets of at most 500, each whole or not at all; run again it goes on where it stopped.
    """
    done = 0
    while batch := list(selectors.on_notice(notice, AppointmentState.NAMED)[: door.BATCH_LIMIT]):
        _put_in_force(Notice.objects.select_related("document", "season").get(pk=notice), batch, at)
        done += len(batch)
    return done


@transaction.atomic
def _put_in_force(notice: Notice, batch: Sequence[Appointment], at: datetime) -> None:
    made = _certificates(notice, batch, at)
    seen = {each.pk: each.version for each in batch}
    outcomes = door.advance(Appointment, seen, AppointmentAction.TAKE_EFFECT, by=CLOCK, at=at)
    refusals = [refusal for outcome in outcomes for refusal in outcome.refusals]
    if refusals:
        raise Refused(*refusals)
    outbox.emit(
        [
            outbox.Wish(DOCUMENTS_NUMBERED, f"print:{part[0]}", {"documents": part})
            for part in _parts([document.pk for document in made])
        ],
        at=at,
    )
    _tell_appointed(notice, batch, [document.number for document in made] or [""] * len(batch), at)


def note_services(*, appointments: Sequence[int]) -> None:
    """Note in the directory of commissioners where appointees serve, and in which industries."""
    rows = Appointment.objects.filter(pk__in=appointments).select_related("application")
    pool.note_services(
        services=[
            Service(
                season_id=each.season_id,
                person_id=each.person_id,
                county_id=each.county_id,
                host_id=each.host_id,
                industries=list(each.application.content.get("application.industries") or []),
            )
            for each in rows
        ]
    )


def _certificates(notice: Notice, batch: Sequence[Appointment], at: datetime) -> list[Document]:
    """Number a certificate for each, in their order; none where the policy knows of none."""
    template = pack_of(notice.season).documents.certificate
    if template is None:
        return []
    wanted = [
        WantedDocument(
            documents.compose(
                DocumentKind.CERTIFICATE,
                template,
                {
                    **_told(each),
                    "term_from": written_day(each.term_from),
                    "term_to": written_day(each.term_to),
                },
            ),
            region=each.county,
            holder=each.person,
            about=selectors.ref_of(each.pk),
        )
        for each in batch
    ]
    return make_documents(season=notice.season, kind=DocumentKind.CERTIFICATE, wanted=wanted, at=at)


def _parts(pks: list[int]) -> list[list[int]]:
    return [pks[start : start + PRINTED_TOGETHER] for start in range(0, len(pks), PRINTED_TOGETHER)]


def _tell_appointed(notice: Notice, batch: Sequence[Appointment], certificates: Sequence[str], at: datetime) -> None:
    assert notice.document is not None
    on_paper, link = f"{notice.title}（{notice.document.number}）", reverse("notices:mine")
    news = []
    for each, certificate in zip(batch, certificates, strict=True):
        user = getattr(each.person, "user", None)
        context = {"notice": on_paper, "certificate": certificate}
        news.append(News([user] if user else [], "appointed", context, link, f"appointed:{each.pk}"))
    tell_all(news, at=at)


def end_terms(*, at: datetime) -> int:
    """Let the clock end at most 500 appointments whose last day is over; return how many."""
    ended = selectors.over(timezone.localdate(at), door.BATCH_LIMIT)
    outcomes = door.advance(
        Appointment, {each.pk: each.version for each in ended}, AppointmentAction.END, by=CLOCK, at=at
    )
    return sum(outcome.done for outcome in outcomes)
