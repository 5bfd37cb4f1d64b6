"""Reads of appointments; each takes the viewer where the public may not look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentAction, AppointmentState
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref
from apps.directory.models import Region
from apps.directory.selectors import called, named
from apps.notices.selectors import certificates_about
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

KIND = "appointment"
_HEAVY = (
    "season__pack_text",
    "season__source_text",
    "notice__content",
    "notice__document__content",
    "certificate__content",
)


def ref_of(appointment: int) -> Ref:
    """Name an appointment for a lower app."""
    return Ref(KIND, str(appointment))


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Appointment]:
    """Return the appointments a viewer may see: his own, his unit's and host's, those of the regions he works for."""
    organizations = viewer.organization_ids(at)
    regions = Q(unit__in=organizations) | Q(host__in=organizations)
    for path in viewer.region_paths(at):
        regions |= Q(county__path__startswith=path)
    own = Q(person=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    rows = Appointment.objects.filter(own | regions)
    return rows.select_related(
        "season", "person", "unit", "host", "county__supervisor", "certificate", "notice__document"
    )


def listed(viewer: Actor, at: datetime) -> QuerySet[Appointment]:
    """Return what a viewer may see as lines of a list, by county and name, without the long texts."""
    rows = visible_to(viewer, at).defer(*_HEAVY)
    return rows.order_by("county__code", "person__name", "pk")


def matching(rows: QuerySet[Appointment], text: str) -> QuerySet[Appointment]:
    """Narrow appointments to those whose person, unit or certificate holds a text, or sounds so."""
    numbered = Q(certificate__number__icontains=text)
    return rows.filter(called(text, "person__") | named(text, "unit__") | numbered)


def cities_awaiting_notice(season: Season) -> QuerySet[Region]:
    """Return the offices right above the counties of those who are named and stand on no notice yet, by code."""
    named = Appointment.objects.filter(season=season, state=AppointmentState.NAMED, notice=None)
    return Region.objects.filter(pk__in=named.order_by().values("county__supervisor")).order_by("code")


def to_be_listed(season: Season, city: str) -> QuerySet[Appointment]:
    """Return the named of one city who stand on no notice yet, in the order of a roster."""
    rows = Appointment.objects.filter(season=season, state=AppointmentState.NAMED, notice=None, county__supervisor=city)
    return rows.select_related("person", "unit", "host", "county").order_by("county", "person__name", "pk")


def on_notice(notice: int, state: AppointmentState) -> QuerySet[Appointment]:
    """Return the appointments that a notice lists and that are in a state."""
    rows = Appointment.objects.filter(notice=notice, state=state)
    return rows.select_related("person__user", "unit", "host", "county").order_by("county", "person__name", "pk")


def over(day: date, at_most: int) -> list[Appointment]:
    """Return appointments in force whose last day is past."""
    return list(Appointment.objects.filter(state=AppointmentState.ACTIVE, term_to__lt=day).order_by("pk")[:at_most])


@dataclass(frozen=True)
class Certified:
    """The key of an appointee's certificate, and whether the policy wants one."""

    certificate: int | None
    is_wanted: bool


def facts_for_door(records: Sequence[Appointment], decision: Decision) -> Mapping[int, Any]:
    """Return what an act needs to know: to take effect, each one's certificate."""
    if decision.action != AppointmentAction.TAKE_EFFECT:
        return {}
    seasons = Season.objects.in_bulk({record.season_id for record in records})
    wanted = {pk: pack_of(season).documents.certificate is not None for pk, season in seasons.items()}
    certificates = certificates_about([str(ref_of(record.pk)) for record in records])
    return {
        record.pk: Certified(certificates.get(str(ref_of(record.pk))), wanted[record.season_id]) for record in records
    }
