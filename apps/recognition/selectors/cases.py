"""How a recognition stands to the pack of its season."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.core.kinds import Decision
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.desks import routes
from apps.desks.facts import facts_for
from apps.desks.states import AWAITING, OPEN, DeskAction
from apps.directory.models import Region
from apps.directory.selectors import desk_labels
from apps.directory.states import Level
from apps.policies import applying, values
from apps.policies.acts import called
from apps.policies.applying import Shortfall
from apps.policies.conditions import show_value
from apps.policies.facts import FACTS, TOWNSHIP
from apps.policies.schema import RecognisedKind
from apps.policies.values import Problem
from apps.recognition.models import Recognition, Target
from apps.recognition.states import TargetState
from apps.seasons.selectors import pack_of
from apps.seasons.states import SeasonState

KIND = "recognition"
PLACE = "recognition.township"
_BESIDE = ("season", "county", "host", "township")


@dataclass(frozen=True)
class Case:
    """What the pack says of a recognition as it stands: what is missing, what falls short, where it would go."""

    problems: tuple[Problem, ...]
    shortfalls: tuple[Shortfall, ...]
    is_in_season: bool
    is_listed: bool
    route: list[dict[str, Any]]
    resumes: bool
    no_route: Refusal | None


def kind_of(recognition: Recognition) -> RecognisedKind:
    """Return what the pack says of the kind as which a host asks to be recognised."""
    return pack_of(recognition.season).processes.recognised[recognition.kind]


def facts_for_door(records: Sequence[Recognition], decision: Decision) -> Mapping[int, Any]:
    """Return what the guards of an action need to know, fetched once for the whole batch."""
    if decision.action == DeskAction.SUBMIT:
        return _cases(records)
    if decision.action == DeskAction.REOPEN:
        hosts = [record.host_id for record in records]
        live = Recognition.objects.filter(host__in=hosts, state__in=OPEN).values_list("kind", "host")
        taken = {*live, *_listed(hosts)}
        return {record.pk: (record.kind, record.host_id) in taken for record in records}
    return facts_for(KIND, records, decision)


def _listed(hosts: Sequence[int]) -> set[tuple[str, int]]:
    """Return as what hosts are on a list now, as (kind, host)."""
    rows = Target.objects.filter(host__in=hosts, state=TargetState.LISTED)
    return set(rows.values_list("kind", "host"))


def case_of(recognition: Recognition, at: datetime) -> Case:
    """Judge one recognition."""
    return _cases([recognition])[recognition.pk]


def _cases(records: Sequence[Recognition]) -> dict[int, Case]:
    rows = Recognition.objects.select_related(*_BESIDE).defer("season__source_text")
    found = rows.in_bulk([record.pk for record in records])
    listed = _listed([row.host_id for row in found.values()])
    return {pk: _case(row, (row.kind, row.host_id) in listed) for pk, row in found.items()}


def _case(recognition: Recognition, is_listed: bool) -> Case:
    pack, kind, answers = pack_of(recognition.season), kind_of(recognition), recognition.season.answers
    starts = kind.routes[0].starts
    facts, problems = values.read_form(kind, recognition.content, pack, starts)
    named = facts.get(PLACE)
    if named and recognition.township_id != named:
        problems.append(Problem(PLACE, "所选苏木乡镇不在申报单位所在的旗县区。", "请从列表中重新选择。"))
    route, no_route = _route(recognition, kind, facts, starts)
    return Case(
        problems=tuple(problems),
        shortfalls=applying.shortfalls(kind, facts, answers, pack, starts),
        is_in_season=recognition.season.state == SeasonState.OPEN,
        is_listed=is_listed,
        route=route,
        resumes=kind.resubmission == "resumes",
        no_route=no_route,
    )


def _route(
    recognition: Recognition, kind: RecognisedKind, facts: Mapping[str, Any], starts: str
) -> tuple[list[dict[str, Any]], Refusal | None]:
    pack, answers = pack_of(recognition.season), recognition.season.answers
    chosen = applying.choose_route(kind, facts, answers, pack, starts)
    if chosen is None:
        return [], Refusal("no_route", "本政策没有适用于您的办理路径。", "请联系旗县区科技管理部门。")
    try:
        return routes.freeze(pack, chosen, answers, scopes(recognition)), None
    except Refused as refused:
        return [], refused.refusals[0]


def scopes(recognition: Recognition) -> dict[str, Ref | None]:
    """Return whose desk each scope expression of a pack means in this case."""
    county, township = recognition.county, recognition.township_id
    chief = county.supervisor_id if county else None
    return {
        "record.host": Ref("organization", str(recognition.host_id)),
        "record.township": Ref("region", township) if township else None,
        "record.county_served": Ref("region", county.pk) if county else None,
        "record.county_served.supervisor": Ref("region", chief) if chief else None,
        "jurisdiction": Ref("region", recognition.season.jurisdiction_id),
    }


def next_step(recognition: Recognition) -> tuple[str, str] | None:
    """Return the office that has it now and the act awaited, None when it waits for no office."""
    if recognition.state not in AWAITING:
        return None
    step = recognition.present_step()
    return desk_labels([step["desk"]])[step["desk"]] or step["label"], called(step)


def townships_of(recognition: Recognition) -> list[Region]:
    """Return the townships of the county where the host lies, by code."""
    below = Region.objects.filter(parent=recognition.county_id, level=Level.TOWNSHIP)
    return list(below.order_by("code"))


def shown(recognition: Recognition) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the filled form page by page, as (title, [(label, words)]), with the host before all."""
    pack = pack_of(recognition.season)
    pages = [
        (
            page.title,
            [(field.label or FACTS[field.fact].label, _words(field.fact, recognition, pack)) for field in page.fields],
        )
        for page in kind_of(recognition).form
    ]
    host = [("名称", str(recognition.host)), ("所在旗县区", str(recognition.county)), ("申报类别", recognition.label)]
    return [("申报单位（户）", host), *pages]


def _words(name: str, recognition: Recognition, pack: Any) -> str:
    typed = recognition.content.get(name)
    if FACTS[name].type == TOWNSHIP:
        return str(recognition.township or "（未填写）")
    try:
        return show_value(name, values.read_value(FACTS[name], typed, pack), pack)
    except values.Mistyped:
        return str(typed)
