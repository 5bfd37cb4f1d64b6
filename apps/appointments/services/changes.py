"""How something of an appointment changes within its term: reported, resolved, and brought about."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse

from apps.appointments import selectors
from apps.appointments.models import Appointment, Change
from apps.appointments.states import AppointmentAction, AppointmentState
from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.desks.states import DeskState
from apps.directory.selectors import users_at
from apps.directory.states import Role
from apps.notices.delivery import News, tell_all
from apps.notices.services import void_documents
from apps.seasons.selectors import counties_in
from apps.writing import services as writing
from apps.writing.selectors import organization_of


def begin_change(*, appointment: Appointment, key: str, by: Actor, at: datetime) -> Change:
    """Begin to report a change of an appointment in service, or go on with the one begun at the same desk.

    Raises Refused for who may not report it, and where another's is on its way.
    """
    starts = {start.adjustment.id: start for start in selectors.starts_of(appointment, by, at)}
    if key not in starts:
        raise Refused(Refusal("not_yours", "您目前不能提出此项调整。", "在聘期内由政策规定的人员或单位提出。"))
    draft = Change(
        season=appointment.season,
        person_id=appointment.person_id,
        starter=starts[key].desk,
        county_id=appointment.county_id,
        appointment=appointment,
        key=key,
        unit_id=appointment.unit_id,
        host_id=appointment.host_id,
        plan=appointment.plan,
        content={
            "change.county": appointment.county_id,
            "change.host": str(appointment.host_id or ""),
            "change.plan": appointment.plan,
        },
    )
    settle(draft)
    open_now = partial(selectors.open_change, appointment.pk)
    begun = open_now() or writing.begin(draft, find=open_now, by=by, at=at)
    if begun.starter != draft.starter:
        raise Refused(Refusal("has_one", "这一聘任另有一项调整正在办理。", "请待其办结，或与提出人联系。"))
    return begun


def settle(change: Change) -> Sequence[str]:
    """Let county and host follow the entries that name them; both lie where the season runs."""
    season, named = change.season, str(change.content.get("change.county") or "")
    host = organization_of(change.content.get("change.host"))
    change.to_county = counties_in(season).filter(pk=named).first()
    change.to_host = host if host and host.region.path.startswith(season.jurisdiction.path) else None
    return ("to_county", "to_host")


@transaction.atomic
def carry_out(*, changes: Sequence[int], at: datetime) -> list[Appointment]:
    """Let the clock bring about what was resolved: serve elsewhere or with another task from now on, or leave.

    What is so already, or over, stays as it is.
    """
    rows = Change.objects.filter(pk__in=changes, state=DeskState.PASSED).select_related("appointment").order_by("pk")
    return [_carried_out(row, at) for row in rows if _is_due(row)]


def _is_due(change: Change) -> bool:
    now = change.appointment
    differs = any(getattr(now, name) != value for name, value in change.outcome().items())
    return now.state == AppointmentState.ACTIVE and (change.ends_the_term or differs)


def _carried_out(change: Change, at: datetime) -> Appointment:
    action = AppointmentAction.LEAVE if change.ends_the_term else AppointmentAction.CHANGE
    details = {"change": change.pk, "to": change.outcome()}
    said = f"按{change.number}号调整办理。"
    if change.ends_the_term and change.appointment.certificate_id:
        void_documents([change.appointment.certificate_id], at=at)
    return door.advance_one(change.appointment, action, by=CLOCK, at=at, opinion=said, details=details)


def tell_changed(*, change: int, at: datetime) -> None:
    """Tell the unit, and the counties and hosts served before and from now on, what has changed."""
    row = Change.objects.select_related("season", "person", "county", "host", "to_county", "to_host").get(pk=change)
    desks = list(dict.fromkeys(_told(row)))
    users = users_at(desks, at)
    context = {
        "name": row.person.name,
        "number": row.number,
        "ends": row.ends_the_term,
        "altered": selectors.altered(row),
    }
    link = reverse("home:record", args=[selectors.CHANGE, row.pk])
    key = f"{selectors.CHANGE}:{row.pk}:carried_out"
    tell_all([News(users[desk], "appointment_changed", context, link, f"{key}:{desk}") for desk in desks], at=at)


def _told(change: Change) -> list[str]:
    units = [desk(Role.DISPATCHING_UNIT, Ref("organization", str(change.unit_id)))] if change.unit_id else []
    hosts = [desk(Role.HOST, Ref("organization", str(key))) for key in (change.host_id, change.to_host_id) if key]
    counties = [change.county_id, change.to_county_id]
    return [*units, *hosts, *(desk(Role.SCI_TECH_AUTHORITY, Ref("region", str(key))) for key in counties if key)]
