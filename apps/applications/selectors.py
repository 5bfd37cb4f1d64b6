"""Reads of applications, and the facts a submission is judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.applications.models import Application, Submission
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.desks import routes
from apps.desks.selectors import opened_facts
from apps.desks.states import WRITING, DeskAction, DeskState
from apps.directory.models import Organization, Person, Region
from apps.directory.states import Level
from apps.policies import applying, values
from apps.policies.applying import Shortfall
from apps.policies.conditions import show_value
from apps.policies.facts import FACTS
from apps.policies.schema import Pack
from apps.policies.values import Problem
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, pack_of, statuses

KIND = "application"


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Application]:
    """Return the applications a viewer may see: his own, his unit's, and those of the regions he works for.

    A draft is its writer's alone.
    """
    regions = Q()
    for path in viewer.region_paths(at):
        regions |= Q(county__path__startswith=path)
    handed_in = (
        Q(unit__in=viewer.organization_ids(at)) | regions if regions else Q(unit__in=viewer.organization_ids(at))
    )
    own = Q(starter=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    rows = Application.objects.filter(own | handed_in & ~Q(submitted=None))
    return rows.select_related("season", "starter", "county", "unit", "unit__region")


def of_person(person: int, season: Season) -> Application | None:
    """Return a person's live application in a season."""
    ended = [DeskState.REJECTED, DeskState.WITHDRAWN]
    return Application.objects.filter(season=season, starter=person).exclude(state__in=ended).first()


def open_below(season: int, counties: Sequence[str]) -> int:
    """Return how many applications of some counties are still on their way."""
    ended = [DeskState.PASSED, DeskState.REJECTED, DeskState.WITHDRAWN]
    on_their_way = Application.objects.filter(season=season, county__in=counties).exclude(state__in=[*ended, *WRITING])
    return on_their_way.count()


@dataclass(frozen=True)
class Case:
    """What the pack says of an application as it stands: what is missing, what falls short, where it would go."""

    facts: Mapping[str, Any]
    problems: tuple[Problem, ...]
    shortfalls: tuple[Shortfall, ...]
    window: WindowStatus | None
    route: list[dict[str, Any]]
    resumes: bool
    no_route: Refusal | None


def facts_for_door(records: Sequence[Application], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action need to know, fetched once for the whole batch."""
    if decision.action == DeskAction.SUBMIT:
        return cases(records, decision.at)
    return opened_facts(KIND, records) if decision.action == DeskAction.RECALL else {}


def cases(applications: Sequence[Application], at: datetime) -> dict[int, Case]:
    """Judge applications by the packs of their seasons, with a constant number of queries."""
    pks = [application.pk for application in applications]
    loaded = Application.objects.filter(pk__in=pks).select_related("season", "unit__region", "county")
    related = {application.pk: application for application in loaded}
    seasons = list({row.season_id: row.season for row in related.values()}.values())
    packs = {season.pk: pack_of(season) for season in seasons}
    windows: dict[int, WindowStatus] = {}
    for key in {pack.processes.application.window for pack in packs.values()}:
        windows |= statuses(seasons, key, at)
    return {
        application.pk: _case(
            related[application.pk], packs[application.season_id], windows.get(application.season_id), at
        )
        for application in applications
    }


def case_of(application: Application, at: datetime) -> Case:
    """Judge one application."""
    return cases([application], at)[application.pk]


def _case(application: Application, pack: Pack, window: WindowStatus | None, at: datetime) -> Case:
    process = pack.processes.application
    facts, problems = values.read_form(process, application.content, pack)
    problems += values.missing_files(process, application.files)
    problems += _unknown_places(application, facts)
    facts |= derived(facts, application, timezone.localdate(at))
    route, no_route = _route(application, pack, facts)
    return Case(
        facts=facts,
        problems=tuple(problems),
        shortfalls=applying.shortfalls(process, facts, pack),
        window=window,
        route=route,
        resumes=process.resubmission == "resumes",
        no_route=no_route,
    )


def _unknown_places(application: Application, facts: Mapping[str, Any]) -> list[Problem]:
    problems = []
    if facts.get("application.county") and application.county_id != facts["application.county"]:
        problems.append(Problem("application.county", "服务县不在本批次范围内。", "请从列表中重新选择。"))
    if facts.get("person.unit") and str(application.unit_id) != facts["person.unit"]:
        problems.append(
            Problem("person.unit", "派出单位未登记。", "请从列表中重新选择，或联系县级科技行政主管部门登记。")
        )
    return problems


def derived(facts: Mapping[str, Any], application: Application, day: date) -> dict[str, Any]:
    """Work out the facts that nobody types."""
    unit, county = application.unit, application.county
    born = facts.get("person.birth_date")
    return {
        "person.age": day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None,
        "unit.kind": unit.kind if unit else None,
        "unit.level": unit.level if unit else None,
        "application.serves_own_county": _is_own_county(unit, county) if unit and county else None,
    }


def _is_own_county(unit: Organization, county: Any) -> bool:
    return bool(unit.region.path.startswith(county.path))


def _route(
    application: Application, pack: Pack, facts: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], Refusal | None]:
    chosen = applying.choose_route(pack.processes.application, facts, pack)
    if chosen is None:
        return [], Refusal("no_route", "本政策没有适用于您的办理路径。", "请联系县级科技行政主管部门。")
    try:
        return routes.freeze(pack, chosen, application.season.answers, scopes(application)), None
    except Refused as refused:
        return [], refused.refusals[0]


def scopes(application: Application) -> dict[str, Ref | None]:
    """Return whose desk each scope expression of a pack means in this case."""
    county, unit = application.county, application.unit_id
    chief = county.supervisor_id if county else None
    return {
        "applicant": Ref("person", str(application.starter_id)),
        "applicant.unit": Ref("organization", str(unit)) if unit else None,
        "record.county_served": Ref("region", county.pk) if county else None,
        "record.county_served.supervisor": Ref("region", chief) if chief else None,
        "jurisdiction": Ref("region", application.season.jurisdiction_id),
    }


@dataclass(frozen=True)
class Entry:
    """One line of the paper as shown: the fact, its label and its value in words."""

    key: str
    label: str
    value: str
    is_long: bool


def shown(application: Application, content: Mapping[str, Any] | None = None) -> list[tuple[str, list[Entry]]]:
    """Return the filled form page by page, as people read it."""
    pack = pack_of(application.season)
    filled = application.content if content is None else content
    places = {"application.county": _place(application), "person.unit": str(application.unit or "")}
    pages = []
    for step in pack.processes.application.form:
        entries = [
            Entry(
                field.fact,
                field.label or FACTS[field.fact].label,
                places.get(field.fact) or _in_words(field.fact, filled.get(field.fact), pack),
                FACTS[field.fact].type == "longtext",
            )
            for field in step.fields
        ]
        pages.append((step.title, entries))
    return pages


def _place(application: Application) -> str:
    return str(application.county) if application.county else ""


def _in_words(name: str, typed: Any, pack: Pack) -> str:
    try:
        return show_value(name, values.read_value(FACTS[name], typed, pack), pack)
    except values.Mistyped:
        return str(typed)


@dataclass(frozen=True)
class Change:
    """What a correction changed: label, old words, new words."""

    label: str
    old: str
    new: str


def changes(application: Application) -> list[Change]:
    """Compare the last two submissions, entry by entry."""
    last_two = list(Submission.objects.filter(application=application).order_by("-n")[:2])
    if len(last_two) < 2:
        return []
    new, old = last_two
    pack = pack_of(application.season)
    changed = [
        Change(
            field.label or FACTS[field.fact].label,
            _words(field.fact, old.content, pack),
            _words(field.fact, new.content, pack),
        )
        for field in values.fields_of(pack.processes.application)
        if old.content.get(field.fact) != new.content.get(field.fact)
    ]
    return changed + _changed_files(old, new, pack)


def _words(name: str, content: Mapping[str, Any], pack: Pack) -> str:
    return place_name(name, content.get(name)) or _in_words(name, content.get(name), pack)


def place_name(fact: str, code: Any) -> str:
    """Return the name of a county or unit that a form holds by its key, empty for other facts."""
    if fact == "application.county":
        return Region.objects.filter(pk=str(code)).values_list("name", flat=True).first() or ""
    if fact == "person.unit" and str(code).isdecimal():
        return Organization.objects.filter(pk=int(code)).values_list("name", flat=True).first() or ""
    return ""


def _changed_files(old: Submission, new: Submission, pack: Pack) -> list[Change]:
    wanted = [each for step in pack.processes.application.form for each in step.attachments]
    return [
        Change(each.label, _file_names(old.files.get(each.id)), _file_names(new.files.get(each.id)))
        for each in wanted
        if old.files.get(each.id) != new.files.get(each.id)
    ]


def _file_names(files: Any) -> str:
    return "、".join(file["name"] for file in files or []) or "（无）"


def from_file(person: Person) -> dict[str, Any]:
    """Return what a person's file already answers, as it would be typed."""
    known = {
        "person.name": person.name,
        "person.sex": person.sex,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.unit": str(person.unit_id or ""),
        "person.education": person.education,
        "person.title": person.title,
        "person.specialty": person.specialty,
        "person.years_of_service": "" if person.years_of_service is None else str(person.years_of_service),
    }
    return {name: value for name, value in known.items() if value}


def counties_in(season: Season) -> QuerySet[Any]:
    """Return the counties a season may serve, by code."""
    return Region.objects.filter(path__startswith=f"{season.jurisdiction.path}", level=Level.COUNTY).select_related(
        "supervisor"
    )


@dataclass(frozen=True)
class Handed:
    """A document handed in, with the requirement it meets."""

    wanted: str
    label: str
    digest: str
    name: str
    size: int


def documents(application: Application) -> list[Handed]:
    """Return the documents of an application in the order of the form."""
    form = pack_of(application.season).processes.application.form
    return [
        Handed(wanted.id, wanted.label, file["digest"], file["name"], file["size"])
        for step in form
        for wanted in step.attachments
        for file in application.files.get(wanted.id, [])
    ]
