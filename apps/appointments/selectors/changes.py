"""Reads of changes within a term: who may report one, who may see it, what is lacking, where it goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.appointments.models import Appointment, Change
from apps.appointments.permissions import begins_it
from apps.appointments.states import AppointmentState, ChangeSort
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk
from apps.core.refusals import Problem, Refusal, Refused
from apps.desks import routes
from apps.desks.facts import facts_for
from apps.desks.states import ENDED, DeskAction, DeskState
from apps.directory.selectors import called, named
from apps.directory.states import Role
from apps.policies import values
from apps.policies.facts import FACTS
from apps.policies.schema import HEARD, Adjustment, FormField, FormStep, Pack, Route
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.writing.selectors import place_name
from apps.writing.writings import Case, Difference

CHANGE = "change"
HOST = "application.host"
NOT_IN_SERVICE = Refusal(
    "not_in_service", "该聘任不在聘期内，不能再调整。", "请退回或不同意；需要的，在下一批次另行办理。"
)
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


def written_at(viewer: Actor, at: datetime) -> QuerySet[Change]:
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


def form_of(change: Change) -> list[FormStep]:
    """Return the one page on which a change is reported: what may change by the pack, why, and what proves it."""
    adjustment = adjustment_of(change)
    asked = [field for sort, said in adjustment.changes.items() for field in _asked(sort, said, change)]
    reason = FormField(fact="change.reason", help="写明实际情况；人员变更的，可以写明建议接替的人选。")
    page = FormStep(title=adjustment.label, fields=(*asked, reason), attachments=adjustment.attachments)
    return [page]


def _asked(sort: str, said: str, change: Change) -> list[FormField]:
    """Return what is asked of one thing that may change, which the policy calls `said`."""
    choice = FormField(fact=f"change.{sort}", label=f"{said}：是否调整")
    if sort == ChangeSort.TASK:
        now = f"调整{said}的填写；现在的{said}已填在框内，请在此基础上修改。"
        return [choice, FormField(fact="change.plan", label=f"新{said}", required=False, help=now)]
    if sort == ChangeSort.AREA:
        where = f"{change.county}{f'、{change.host}' if change.host else ''}"
        return [
            choice,
            FormField(fact="change.county", required=False, help=f"调整服务区域的填写，现为{where}。"),
            FormField(
                fact="change.host", label=f"新{_called_host(change)}", required=False, help="单位不变的，选现在的单位。"
            ),
        ]
    return [choice]


def _called_host(change: Change) -> str:
    """Return what the policy calls the host where people apply."""
    pages = pack_of(change.season).processes.application.form
    labels = [field.label for page in pages for field in page.fields if field.fact == HOST]
    return next(filter(None, labels), FACTS[HOST].label)


def case_of_change(change: Change, at: datetime) -> Case:
    """Judge one change as it stands."""
    adjustment, form, pack = adjustment_of(change), form_of(change), pack_of(change.season)
    route, no_route = _route(change, adjustment)
    facts, problems = values.read_form(form, change.content, pack)
    if not problems:
        problems = [*_lacking(change, facts)]
    problems += values.missing_files(form, change.files)
    return Case(
        problems=tuple(problems),
        facts=facts,
        route=route,
        resumes=adjustment.resubmission == "resumes",
        no_route=no_route,
        closed=closed(change, at),
    )


def closed(change: Change, at: datetime) -> Refusal | None:
    """Return why nothing can be written in a change any more: its appointment is not in force."""
    return None if in_service(change.appointment, at) else NOT_IN_SERVICE


def _route(change: Change, adjustment: Adjustment) -> tuple[list[dict[str, Any]], Refusal | None]:
    pack, of, answers = pack_of(change.season), scopes(change.appointment, change.season), change.season.answers
    offered = _in_force(adjustment, pack, answers)
    fit = [each for each in offered if desk_or_none(pack, each.starts, of) == change.starter]
    if not fit:
        return [], Refusal("no_route", "本政策没有适用于此项调整的办理路径。", "请联系上级科技管理部门。")
    try:
        return [_heard_too(step, newcomers(change)) for step in routes.freeze(pack, fit[0], answers, of)], None
    except Refused as refused:
        return [], refused.refusals[0]


def newcomers(change: Change) -> list[str]:
    """Return the desks of the county and the host to which a change leads."""
    to_county, to_host = change.outcome().get("county_id"), change.outcome().get("host_id")
    counties = [desk(Role.SCI_TECH_AUTHORITY, Ref("region", str(to_county)))] if to_county else []
    hosts = [desk(Role.HOST, Ref("organization", str(to_host)))] if to_host else []
    return [*counties, *hosts]


def _heard_too(step: dict[str, Any], newcomers: Sequence[str]) -> dict[str, Any]:
    """Let those to be served from now on be heard where those served until now are."""
    asked = step["verdicts"]
    if not asked or asked["rule"] != HEARD:
        return step
    return {**step, "verdicts": {**asked, "parties": list(dict.fromkeys([*asked["parties"], *newcomers]))}}


def _lacking(change: Change, facts: Mapping[str, Any]) -> Iterator[Problem]:
    if not change.sorts:
        first = next(name for name in facts if name.removeprefix("change.") in ChangeSort.values)
        yield Problem(first, "没有选择调整内容。", "需要调整的一项请选“是”。")
    if change.ends_the_term and len(change.sorts) > 1:
        said = sorts_of(change)[ChangeSort.PERSON]
        yield Problem("change.person", f"“{said}”通过后聘任即结束，不能同时调整其他内容。", "请只选一项“是”。")
    if ChangeSort.AREA in change.sorts:
        yield from _lacking_of_area(change)
    if ChangeSort.TASK in change.sorts and change.to_plan in ("", change.appointment.plan):
        said = sorts_of(change)[ChangeSort.TASK]
        yield Problem("change.plan", f"新{said}没有填写，或与现在相同。", f"请写明调整后的{said}。")


def _lacking_of_area(change: Change) -> Iterator[Problem]:
    now, host = change.appointment, change.to_host
    if change.to_county is None:
        yield Problem("change.county", "没有选择新服务县。", "县不变、只换服务单位的，选现在的县。")
    elif now.host_id and host is None:
        yield Problem("change.host", f"没有选择新{_called_host(change)}。", "单位不变的，选现在的单位。")
    elif host and not host.region.path.startswith(change.to_county.path):
        yield Problem("change.host", f"{host}不在{change.to_county}。", f"请重新选择服务县或{_called_host(change)}。")
    elif (change.to_county_id, change.to_host_id) == (now.county_id, now.host_id):
        yield Problem("change.county", f"新服务县和{_called_host(change)}与现在相同。", "请更正，或不选此项调整。")


def facts_of_changes(records: Sequence[Change], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action need to know, fetched once for the whole batch."""
    if decision.action == DeskAction.REOPEN:
        return _rivals(records)
    if decision.action != DeskAction.SUBMIT:
        return facts_for(CHANGE, records, decision)
    beside = Change.objects.select_related(*_BESIDE).in_bulk([record.pk for record in records])
    for record in records:
        record.person = beside[record.pk].person
    return {record.pk: case_of_change(beside[record.pk], decision.at) for record in records}


def _rivals(records: Sequence[Change]) -> dict[int, bool]:
    """Tell for each record whether another change of its appointment is on its way."""
    open_now = Change.objects.filter(appointment__in=[record.appointment_id for record in records])
    busy = set(open_now.exclude(state__in=ENDED).values_list("appointment", flat=True))
    return {record.pk: record.appointment_id in busy for record in records}


def altered(change: Change, content: Mapping[str, Any] | None = None) -> list[Difference]:
    """Return what a change alters, line by line; how it stood is told as of when it was begun."""
    said = change.content if content is None else content
    sorts = [sort for sort in ChangeSort.values if said.get(f"change.{sort}") == "yes"]
    lines = []
    if ChangeSort.AREA in sorts:
        county, host = (place_name(fact, said.get(fact)) for fact in ("change.county", "change.host"))
        lines += [_line("服务县（市、区）", change.county, county), _line("服务单位", change.host, host)]
    if ChangeSort.TASK in sorts:
        lines.append(_line("任务", change.plan, str(said.get("change.plan") or "")))
    if ChangeSort.PERSON in sorts:
        lines.append(Difference(sorts_of(change)[ChangeSort.PERSON], "在聘", "聘任于办结之日结束"))
    return [line for line in lines if line.old != line.new]


def _line(label: str, old: object, new: str) -> Difference:
    return Difference(label, str(old or "—"), new or "—")


def sorts_listed(change: Change) -> str:
    """Name what shall change in a word each, without asking the pack."""
    return "、".join(ChangeSort(sort).label for sort in change.sorts)


def sorts_of(change: Change) -> Mapping[Any, str]:
    """Return what may change, in the words of the policy."""
    return adjustment_of(change).changes


def sorts_in_words(change: Change) -> str:
    """Name what shall change in the words of the policy."""
    return "、".join(words for sort, words in sorts_of(change).items() if sort in change.sorts)
