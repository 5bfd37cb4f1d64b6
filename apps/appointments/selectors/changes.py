"""Reads of changes within a term: who may report one, who may see it, what is lacking, where it goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.applications.selectors import counties_in
from apps.appointments.models import Appointment, Change
from apps.appointments.permissions import begins_it
from apps.appointments.states import AppointmentState, ChangeSort
from apps.core import log
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.models import LogEntry
from apps.core.problems import Problem
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.desks import routes
from apps.desks.facts import facts_for
from apps.desks.states import ENDED, DeskAction, DeskState
from apps.directory.models import Organization
from apps.directory.selectors import called, named, organizations_like
from apps.policies.schema import Adjustment, Pack, Route
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

CHANGE = "change"
MOST_FOUND = 20
_BESIDE = (
    "season", "person", "unit", "host__region", "county__supervisor", "to_county__supervisor", "to_host__region",
    "appointment__county",
)  # fmt: skip
_HEAVY = ("files", "route", "season__pack_text", "season__source_text", "season__answers")


def changes_visible_to(viewer: Actor, at: datetime) -> QuerySet[Change]:
    """Return the changes a viewer may see: about himself, of his unit or host, of the regions he works for.

    Host and region are those served until now, and those to be served. A draft is its starter's alone.
    """
    organizations = viewer.organization_ids(at)
    theirs = Q(unit__in=organizations) | Q(host__in=organizations) | Q(to_host__in=organizations)
    for path in viewer.region_paths(at):
        theirs |= Q(county__path__startswith=path) | Q(to_county__path__startswith=path)
    lent = viewer.lent(CHANGE, at)
    theirs |= Q(pk__in=lent) if lent else Q()
    about_him = Q(person=viewer.person_id) & ~Q(state=DeskState.DRAFT) if viewer.person_id else Q(pk__in=[])
    started = Q(starter__in=viewer.desks(at))
    return Change.objects.filter(started | about_him | theirs & ~Q(submitted=None)).select_related(*_BESIDE)


def changes_listed(viewer: Actor, at: datetime) -> QuerySet[Change]:
    """Return what a viewer may see as lines of a list: the newest first, without the long texts."""
    return changes_visible_to(viewer, at).defer(*_HEAVY).order_by("-submitted", "-pk")


def changes_matching(rows: QuerySet[Change], text: str) -> QuerySet[Change]:
    """Narrow changes to those whose person, unit or host holds a text, or sounds so."""
    return rows.filter(called(text, "person__") | named(text, "unit__") | named(text, "to_host__"))


def changes_of(appointment: int, viewer: Actor, at: datetime) -> QuerySet[Change]:
    """Return the changes of an appointment that a viewer may see, the newest first."""
    return changes_visible_to(viewer, at).filter(appointment=appointment).order_by("-pk")


def written_by(viewer: Actor, at: datetime) -> QuerySet[Change]:
    """Return the changes begun at the viewer's desks, as one who writes in them needs them."""
    return Change.objects.filter(starter__in=viewer.desks(at)).select_related(*_BESIDE, "season__jurisdiction")


def open_change(appointment: int) -> Change | None:
    """Return the change of an appointment that is on its way, None where there is none."""
    return Change.objects.filter(appointment=appointment).exclude(state__in=ENDED).first()


def adjustment_named(pack: Pack, key: str) -> Adjustment | None:
    """Return a change that a pack knows by its key, None for one that it does not know."""
    return next((each for each in pack.sheet.adjustments if each.id == key), None)


def adjustment_of(change: Change) -> Adjustment:
    """Return what the pack of its season says of a change."""
    found = adjustment_named(pack_of(change.season), change.key)
    assert found is not None, "the pack of a season stays as it was when it was prepared"
    return found


def scopes(appointment: Appointment, season: Season) -> dict[str, Ref | None]:
    """Return whose desk each scope expression of a pack means for an appointment as it stands."""
    county, unit, host = appointment.county, appointment.unit_id, appointment.host_id
    return {
        "record.person": Ref("person", str(appointment.person_id)),
        "applicant.unit": Ref("organization", str(unit)) if unit else None,
        "record.host": Ref("organization", str(host)) if host else None,
        "record.county_served": Ref("region", county.pk),
        "record.county_served.supervisor": Ref("region", county.supervisor_id) if county.supervisor_id else None,
        "jurisdiction": Ref("region", season.jurisdiction_id),
    }


@dataclass(frozen=True)
class ChangeStart:
    """A change that a viewer may report, and the desk from which he does."""

    adjustment: Adjustment
    route: Route
    desk: str


def starts_of(appointment: Appointment, viewer: Actor, at: datetime) -> list[ChangeStart]:
    """Return the changes that a viewer may report of an appointment in service, each from the first desk of his."""
    if not in_service(appointment, at):
        return []
    found = {start.adjustment.id: start for start in reversed(list(_starts(appointment, viewer, at)))}
    return list(found.values())[::-1]


def _starts(appointment: Appointment, viewer: Actor, at: datetime) -> Iterator[ChangeStart]:
    pack, of = pack_of(appointment.season), scopes(appointment, appointment.season)
    for adjustment in pack.sheet.adjustments:
        for route in _in_force(adjustment, pack, appointment.season.answers):
            desk = desk_or_none(pack, route.starts, of)
            if desk and begins_it(viewer, appointment, desk, at):
                yield ChangeStart(adjustment, route, desk)


def _in_force(adjustment: Adjustment, pack: Pack, answers: Mapping[str, Any]) -> list[Route]:
    return [route for route in adjustment.routes if pack.holds(route.if_chosen, answers)]


def desk_or_none(pack: Pack, starts: str, of: Mapping[str, Ref | None]) -> str:
    """Return the desk of who starts a case, or is a party; empty where a case has nobody who is that."""
    try:
        return routes.starting_desk(pack, starts, of)
    except Refused:
        return ""


def in_service(appointment: Appointment, at: datetime) -> bool:
    """Tell whether an appointment is in force on the day."""
    is_active = appointment.state == AppointmentState.ACTIVE
    return is_active and appointment.term_from <= timezone.localdate(at) <= appointment.term_to


@dataclass(frozen=True)
class ChangeCase:
    """How a change stands to the pack: what is lacking in it, and the route it would take."""

    problems: tuple[Problem, ...]
    route: list[dict[str, Any]]
    resumes: bool
    no_route: Refusal | None


def case_of_change(change: Change) -> ChangeCase:
    """Judge one change as it stands."""
    adjustment = adjustment_of(change)
    route, no_route = _route(change, adjustment)
    problems = (*_lacking(change, adjustment), *_missing(change, adjustment))
    return ChangeCase(problems, route, adjustment.resubmission == "resumes", no_route)


def _route(change: Change, adjustment: Adjustment) -> tuple[list[dict[str, Any]], Refusal | None]:
    pack, of, answers = pack_of(change.season), scopes(change.appointment, change.season), change.season.answers
    offered = _in_force(adjustment, pack, answers)
    fit = [each for each in offered if desk_or_none(pack, each.starts, of) == change.starter]
    if not fit:
        return [], Refusal("no_route", "本政策没有适用于此项调整的办理路径。", "请联系上级科技管理部门。")
    try:
        return routes.freeze(pack, fit[0], answers, of), None
    except Refused as refused:
        return [], refused.refusals[0]


def _lacking(change: Change, adjustment: Adjustment) -> Iterator[Problem]:
    if not change.sorts:
        yield Problem("sorts", "没有选择调整内容。", "请至少选一项。")
    if change.ends_the_term and len(change.sorts) > 1:
        said = adjustment.changes["person"]
        yield Problem("sorts", f"“{said}”通过后聘任即结束，不能同时调整其他内容。", "请只选一项。")
    if ChangeSort.AREA in change.sorts:
        yield from _lacking_of_area(change)
    if ChangeSort.TASK in change.sorts and change.to_plan in ("", change.appointment.plan):
        yield Problem("to_plan", "新的任务没有填写，或与现在相同。", "请写明调整后的任务。")
    if not change.reason:
        yield Problem("reason", "没有写明调整的原因。", "请写明实际情况。")


def _lacking_of_area(change: Change) -> Iterator[Problem]:
    now, host = change.appointment, change.to_host
    if change.to_county is None:
        yield Problem("to_county", "没有选择新的服务县。", "县不变、只换服务单位的，选现在的县。")
    elif now.host_id and host is None:
        yield Problem("to_host", "没有选择新的服务单位。", "单位不变的，选现在的单位。")
    elif host and not host.region.path.startswith(change.to_county.path):
        yield Problem("to_host", f"{host}不在{change.to_county}。", "请重新选择服务县或服务单位。")
    elif (change.to_county_id, change.to_host_id) == (now.county_id, now.host_id):
        yield Problem("to_county", "新的服务县和服务单位与现在相同。", "请更正，或不选此项调整。")


def _missing(change: Change, adjustment: Adjustment) -> Iterator[Problem]:
    for wanted in adjustment.attachments:
        if wanted.required and not change.files.get(wanted.id):
            yield Problem(wanted.id, f"缺少附件“{wanted.label}”。", "请上传。")


def facts_of_changes(records: Sequence[Change], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action need to know, fetched once for the whole batch."""
    if decision.action == DeskAction.REOPEN:
        return _rivals(records)
    if decision.action != DeskAction.SUBMIT:
        return facts_for(CHANGE, records, decision)
    beside = Change.objects.select_related(*_BESIDE).in_bulk([record.pk for record in records])
    for record in records:
        record.person = beside[record.pk].person
    return {record.pk: case_of_change(beside[record.pk]) for record in records}


def _rivals(records: Sequence[Change]) -> dict[int, bool]:
    """Tell for each record whether another change of its appointment is on its way."""
    open_now = Change.objects.filter(appointment__in=[record.appointment_id for record in records])
    busy = set(open_now.exclude(state__in=ENDED).values_list("appointment", flat=True))
    return {record.pk: record.appointment_id in busy for record in records}


def hosts_for(change: Change, text: str) -> list[Organization]:
    """Return at most 20 organizations called so within the jurisdiction of a change's season."""
    if len(text.strip()) < 2:
        return []
    within = change.season.jurisdiction.path
    found = organizations_like(text.strip()).filter(region__path__startswith=within)
    return list(found.order_by("name", "pk")[:MOST_FOUND])


def counties_for(change: Change) -> Sequence[tuple[str, str]]:
    """Return the counties that an appointee may be sent to, as choices."""
    return [(county.pk, f"{county.supervisor}{county.name}") for county in counties_in(change.season)]


@dataclass(frozen=True)
class Attached:
    """A document handed in with a change; `wanted` is the requirement it meets."""

    wanted: str
    label: str
    name: str
    size: int
    digest: str
    suffix: str


def attached(change: Change) -> list[Attached]:
    """Return the documents of a change in the order of the pack."""
    return [
        Attached(wanted.id, wanted.label, file["name"], file["size"], file["digest"], file["suffix"])
        for wanted in adjustment_of(change).attachments
        for file in change.files.get(wanted.id, ())
    ]


@dataclass(frozen=True)
class Altered:
    """One thing that shall change: what it is called, how it stood, how it shall be."""

    label: str
    old: str
    new: str


def altered(change: Change) -> list[Altered]:
    """Return what a change alters, line by line; how it stood is told as of when it was begun."""
    words = sorts_in_words(change)
    lines = []
    if ChangeSort.AREA in change.sorts:
        lines.append(Altered("服务县（市、区）", str(change.county), str(change.to_county or "（未选）")))
        if change.host or change.to_host:
            lines.append(Altered("服务单位", str(change.host or "—"), str(change.to_host or "（未选）")))
    if ChangeSort.TASK in change.sorts:
        lines.append(Altered("任务", change.plan or "—", change.to_plan or "（未填）"))
    if change.ends_the_term:
        lines.append(Altered(words, "在聘", "聘任于办结之日结束"))
    return lines


def sorts_listed(change: Change) -> str:
    """Name what shall change in a word each, without asking the pack."""
    return "、".join(ChangeSort(sort).label for sort in change.sorts)


def given_back(change: Change) -> LogEntry | None:
    """Return the row of the log by which a change was given back, None unless it is being corrected."""
    return log.last_entries(CHANGE, [change.pk])[change.pk] if change.state == DeskState.RETURNED else None


def sorts_in_words(change: Change) -> str:
    """Name what shall change in the words of the policy."""
    called_so = adjustment_of(change).changes
    return "、".join(words for sort, words in called_so.items() if sort in change.sorts)
