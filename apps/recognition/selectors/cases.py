"""How a recognition stands to the pack of its season."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.core.kinds import Decision
from apps.core.refs import Ref
from apps.core.refusals import Problem, Refusal, Refused
from apps.desks import routes
from apps.desks.facts import facts_for
from apps.desks.states import OPEN, DeskAction
from apps.policies import applying, values
from apps.policies.schema import FormStep, RecognisedKind
from apps.recognition.models import Recognition, Target
from apps.recognition.states import TargetState
from apps.seasons.guards import season_over
from apps.seasons.selectors import pack_of
from apps.writing.writings import Case

KIND = "recognition"
PLACE = "recognition.township"
IS_LISTED = Refusal("is_listed", "已在服务对象名单中，不需要再次申请。", "请在名单中查看。")
_BESIDE = ("season", "county", "host", "township")


def closed(recognition: Recognition, at: datetime | None = None) -> Refusal | None:
    """Return why nothing can be written in a recognition any more: its season has ended."""
    return season_over(recognition.season)


def form_of(recognition: Recognition) -> Sequence[FormStep]:
    """Return the pages of the form."""
    return kind_of(recognition).form


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
    facts, problems = values.read_form(kind.form, recognition.content, pack)
    named = facts.get(PLACE)
    if named and recognition.township_id != named:
        problems.append(Problem(PLACE, "所选苏木乡镇不在申报单位所在的旗县区。", "请从列表中重新选择。"))
    problems += values.missing_files(kind.form, recognition.files)
    route, no_route = _route(recognition, kind, facts, starts)
    shortfalls = applying.shortfalls(kind, facts, answers, pack, starts)
    return Case(
        problems=tuple(problems),
        facts=facts,
        shortfalls=shortfalls,
        told=applying.beyond_filling_in(kind, shortfalls, facts),
        closed=closed(recognition) or (IS_LISTED if is_listed else None),
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
