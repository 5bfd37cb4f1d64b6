"""How something of an appointment changes within its term: reported, resolved, and brought about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.applications.permissions import may_write
from apps.applications.selectors import counties_in
from apps.appointments import selectors
from apps.appointments.models import Appointment, Change
from apps.appointments.states import AppointmentAction, AppointmentState, ChangeSort
from apps.core import door, files
from apps.core.actors import CLOCK, Actor
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted
from apps.desks.states import DeskAction, DeskState
from apps.directory.models import Organization
from apps.directory.selectors import users_at
from apps.directory.states import Role
from apps.notices.delivery import News, tell_all
from apps.notices.services import void_documents
from apps.policies.schema import Attachment


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
        to_county_id=appointment.county_id,
        to_host_id=appointment.host_id,
        to_plan=appointment.plan,
    )
    begun = selectors.open_change(appointment.pk) or _create(draft, by, at)
    if begun.starter != draft.starter:
        raise Refused(Refusal("has_one", "这一聘任另有一项调整正在办理。", "请待其办结，或与提出人联系。"))
    return begun


def _create(draft: Change, by: Actor, at: datetime) -> Change:
    """Create a change, or return the one that somebody began at the same moment."""
    try:
        with transaction.atomic():
            return door.create([draft], by=by, at=at)[0]
    except IntegrityError:
        begun = selectors.open_change(draft.appointment_id)
        if begun is None:
            raise
        return begun


@transaction.atomic
def save_change(*, change: Change, said: Mapping[str, Any], by: Actor, at: datetime) -> Change:
    """Keep what was written so far, right or wrong; only what the pack lets change is kept. Raises Refused later."""
    mine = _locked(change, by, at)
    adjustment = selectors.adjustment_of(mine)
    mine.sorts = [sort for sort in adjustment.changes if sort in said["sorts"]]
    if ChangeSort.AREA in adjustment.changes:
        mine.to_county = counties_in(mine.season).filter(pk=said["to_county"]).first()
        mine.to_host = _host(mine, said["to_host"])
    mine.to_plan, mine.reason = said["to_plan"].strip(), said["reason"].strip()
    mine.save(update_fields=["sorts", "to_county", "to_host", "to_plan", "reason"])
    return mine


def _host(change: Change, key: str) -> Organization | None:
    if not (key.isdecimal() and len(key) < 12):
        return None
    within = Organization.objects.filter(region__path__startswith=change.season.jurisdiction.path)
    return within.filter(pk=int(key)).first()


def _locked(change: Change, by: Actor, at: datetime) -> Change:
    """Return a change, locked, for its writer; raise Refused once it is handed in."""
    rows = Change.objects.select_for_update(of=("self",)).select_related("season__jurisdiction")
    mine = rows.get(pk=change.pk)
    if not may_write(by, mine, at):
        raise Refused(Refusal("read_only", "已提交，不能再修改。", "如需更正，请联系办理环节退回修改。"))
    return mine


@transaction.atomic
def attach_to_change(*, change: Change, wanted: Attachment, accepted: Accepted, by: Actor, at: datetime) -> Change:
    """Keep an uploaded document; raise Refused when there are as many as the pack allows."""
    mine = _locked(change, by, at)
    mine.files = files.added(mine.files, wanted.id, accepted, label=wanted.label, at_most=wanted.at_most_files)
    mine.save(update_fields=["files"])
    return mine


@transaction.atomic
def detach_from_change(*, change: Change, digests: Sequence[str], by: Actor, at: datetime) -> Change:
    """Take documents off a change."""
    mine = _locked(change, by, at)
    mine.files = {key: [file for file in kept if file["digest"] not in digests] for key, kept in mine.files.items()}
    mine.save(update_fields=["files"])
    return mine


def submit_change(*, change: Change, by: Actor, at: datetime, token: str = "") -> Change:
    """Hand a change in: its route is frozen, it lies with who resolves it, and all others told have it at once."""
    return door.advance_one(change, DeskAction.SUBMIT, token_key=token, by=by, at=at)


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
        "altered": [line for line in selectors.altered(row) if line.old != line.new],
    }
    link = reverse("home:record", args=[selectors.CHANGE, row.pk])
    key = f"{selectors.CHANGE}:{row.pk}:carried_out"
    tell_all([News(users[desk], "appointment_changed", context, link, f"{key}:{desk}") for desk in desks], at=at)


def _told(change: Change) -> list[str]:
    units = [desk(Role.DISPATCHING_UNIT, Ref("organization", str(change.unit_id)))] if change.unit_id else []
    hosts = [desk(Role.HOST, Ref("organization", str(key))) for key in (change.host_id, change.to_host_id) if key]
    counties = [change.county_id, change.to_county_id]
    return [*units, *hosts, *(desk(Role.SCI_TECH_AUTHORITY, Ref("region", str(key))) for key in counties if key)]
