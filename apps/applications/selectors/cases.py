"""How an application stands to the pack of its season."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from apps.applications.models import Application
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk_parts
from apps.core.refusals import Basis, Problem, Refusal, Refused
from apps.desks import routes
from apps.desks.facts import DeskFacts, facts_for
from apps.desks.states import GIVEN_UP, DeskAction, DeskState
from apps.directory.models import Organization, Region
from apps.directory.states import Role
from apps.matching.selectors.pairings import agreed_among
from apps.matching.selectors.supports import supports
from apps.policies import applying, values
from apps.policies.schema import FormStep, Pack
from apps.seasons.guards import NO_WINDOW, not_begun, over, season_over
from apps.seasons.selectors import WindowStatus, pack_of, statuses, window_status
from apps.writing.writings import Case

KIND = "application"


def facts_for_door(records: Sequence[Application], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action need to know, fetched once for the whole batch.

    Those handed in come to hold the person and the county that their titles name.
    """
    if decision.action == DeskAction.SUBMIT:
        beside = _with_relations(records)
        for record in records:
            record.person, record.county = beside[record.pk].person, beside[record.pk].county
        return _cases(beside, decision.at)
    if decision.action == DeskAction.REOPEN:
        return _rivals(records)
    if decision.action == DeskAction.PASS_UP and decision.by.is_clock:
        return {**facts_for(KIND, records, decision), **_agreed_before(records)}
    return facts_for(KIND, records, decision)


def _agreed_before(records: Sequence[Application]) -> dict[int, DeskFacts]:
    """Tell which records lie at the desk of a host that has agreed with the person in a pairing."""
    asked = {record.pk: key for record in records if (key := pairing_key(record))}
    agreed = agreed_among(asked.values())
    return {pk: DeskFacts(has_agreed_before=True) for pk, key in asked.items() if key in agreed}


def pairing_key(record: Application) -> tuple[int, int, str] | None:
    """Return the season, person and desk whose pairing stands for the consent asked now, None where none does."""
    if record.state != DeskState.AWAITING_CONSENT or desk_parts(record.desk)[0] != Role.HOST:
        return None
    return record.season_id, record.person_id, record.desk


def _rivals(records: Sequence[Application]) -> dict[int, bool]:
    """Tell for each record whether the person has another application in that season that is not given up."""
    live = Application.objects.filter(person__in=[record.person_id for record in records]).exclude(state__in=GIVEN_UP)
    pairs = set(live.values_list("person", "season"))
    return {record.pk: (record.person_id, record.season_id) in pairs for record in records}


def cases(applications: Sequence[Application], at: datetime) -> dict[int, Case]:
    """Judge applications by the packs of their seasons, with a constant number of queries."""
    return _cases(_with_relations(applications), at)


def _with_relations(applications: Sequence[Application]) -> dict[int, Application]:
    """Read applications anew, with all that judging them asks for."""
    beside = ("season__jurisdiction", "person", "county", "unit__region", "host__region")
    rows = Application.objects.select_related(*beside).defer("season__source_text")
    return rows.in_bulk([application.pk for application in applications])


def _cases(applications: Mapping[int, Application], at: datetime) -> dict[int, Case]:
    seasons = list({row.season_id: row.season for row in applications.values()}.values())
    packs = {season.pk: pack_of(season) for season in seasons}
    windows: dict[int, WindowStatus] = {}
    for key in {pack.processes.application.window for pack in packs.values()}:
        windows |= statuses(seasons, key, at)
    limited = [row for row in applications.values() if applying.limits_supports(packs[row.season_id])]
    others = supports([(row.person_id, row.season) for row in limited])
    return {
        pk: _case(
            row, packs[row.season_id], windows.get(row.season_id), others.get((row.person_id, row.season_id), []), at
        )
        for pk, row in applications.items()
    }


def case_of(application: Application, at: datetime) -> Case:
    """Judge one application."""
    return cases([application], at)[application.pk]


def _case(
    application: Application, pack: Pack, window: WindowStatus | None, others: Sequence[str], at: datetime
) -> Case:
    process = pack.processes.application
    starts = starts_of(application)
    form = applying.pages(process, starts)
    facts, problems = values.read_form(form, application.content, pack)
    problems += values.missing_files(form, application.files)
    problems += [*_unknown_places(application, facts), *_not_yet_born(facts, timezone.localdate(at))]
    facts |= derived(facts, application, timezone.localdate(at))
    route, no_route = _route(application, pack, facts, starts)
    shortfalls = (
        *applying.shortfalls(process, facts, application.season.answers, pack, starts),
        *applying.supported_too_often(pack, application.season.answers, others),
    )
    is_draft = application.state == DeskState.DRAFT
    return Case(
        facts=facts,
        problems=tuple(problems),
        shortfalls=shortfalls,
        told=applying.beyond_filling_in(process, shortfalls, facts),
        closed=season_over(application.season) or (_too_late(window) if is_draft else None),
        early=not_begun(window) if window and is_draft else None,
        window=window,
        late_basis=_late_basis(pack),
        route=route,
        resumes=process.resubmission == "resumes",
        no_route=no_route,
    )


def closed(application: Application, at: datetime) -> Refusal | None:
    """Return why nothing can be written in an application any more: a draft has its window, all has its season."""
    if application.state != DeskState.DRAFT:
        return season_over(application.season)
    window = window_status(application.season, pack_of(application.season).processes.application.window, at)
    return season_over(application.season) or _too_late(window)


def _too_late(window: WindowStatus | None) -> Refusal | None:
    return over(window) if window else NO_WINDOW


def _late_basis(pack: Pack) -> Basis | None:
    late = pack.calendar.windows[pack.processes.application.window].late
    return pack.basis(late) if late else None


def _unknown_places(application: Application, facts: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if facts.get("application.county") and application.county_id != facts["application.county"]:
        problems.append(Problem("application.county", "服务县不在本批次范围内。", "请从列表中重新选择。"))
    if facts.get("person.unit") and str(application.unit_id) != facts["person.unit"]:
        problems.append(
            Problem("person.unit", "派出单位未登记。", "请从列表中重新选择，或联系县级科技行政主管部门登记。")
        )
    if facts.get("application.host") and str(application.host_id) != facts["application.host"]:
        problems.append(Problem("application.host", "服务单位不在本批次范围内或未登记。", "请从列表中重新选择。"))
    return problems


def _not_yet_born(facts: Mapping[str, Any], today: date) -> list[Problem]:
    born = facts.get("person.birth_date")
    if born is None or born < today:
        return []
    return [Problem("person.birth_date", "出生日期应在今天以前。", "请更正。")]


def starts_of(application: Application) -> str:
    """Return as what an application was started: `applicant`, or the key of an office of its pack."""
    return routes.starter_of(pack_of(application.season), application.starter, scopes(application))


def form_of(application: Application) -> Sequence[FormStep]:
    """Return the pages of the form as they are asked of who started an application."""
    return applying.pages(pack_of(application.season).processes.application, starts_of(application))


def derived(facts: Mapping[str, Any], application: Application, day: date) -> dict[str, Any]:
    """Work out the facts that nobody types."""
    unit, host, county = application.unit, application.host, application.county
    born = facts.get("person.birth_date")
    return {
        "person.age": day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None,
        "unit.kind": unit.kind if unit else None,
        "unit.level": unit.level if unit else None,
        "application.serves_own_county": _lies_in(unit, county) if unit and county else None,
        "host.kind": host.kind if host else None,
        "application.host_in_county": _lies_in(host, county) if host and county else None,
    }


def _lies_in(organization: Organization, county: Region) -> bool:
    return organization.region.path.startswith(county.path)


def _route(
    application: Application, pack: Pack, facts: Mapping[str, Any], starts: str
) -> tuple[list[dict[str, Any]], Refusal | None]:
    answers = application.season.answers
    chosen = applying.choose_route(pack.processes.application, facts, answers, pack, starts)
    if chosen is None:
        return [], Refusal("no_route", "本政策没有适用于您的办理路径。", "请联系县级科技行政主管部门。")
    try:
        return routes.freeze(pack, chosen, answers, scopes(application)), None
    except Refused as refused:
        return [], refused.refusals[0]


def scopes(application: Application) -> dict[str, Ref | None]:
    """Return whose desk each scope expression of a pack means in this case."""
    county, unit, host = application.county, application.unit_id, application.host_id
    chief = county.supervisor_id if county else None
    return {
        "record.person": Ref("person", str(application.person_id)),
        "applicant.unit": Ref("organization", str(unit)) if unit else None,
        "record.host": Ref("organization", str(host)) if host else None,
        "record.county_served": Ref("region", county.pk) if county else None,
        "record.county_served.supervisor": Ref("region", chief) if chief else None,
        "jurisdiction": Ref("region", application.season.jurisdiction_id),
    }
