"""A route as frozen into a record: the pack's steps with the desks they lead to."""

from collections.abc import Mapping
from typing import Any

from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.policies.schema import APPLICANT, Pack, Route
from apps.policies.showing import act_in_words


def freeze(
    pack: Pack, route: Route, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> list[dict[str, Any]]:
    """Return the steps as plain data {act, called, office, desk, label, days, written}.

    `scopes` names, for each scope expression of the pack, whose desk it is in this case; raises Refused when an
    office of the route has none.
    """
    return [
        {
            "act": step.act,
            "called": act_in_words(step),
            "office": step.office,
            "desk": _desk(pack, step.office, scopes),
            "label": pack.offices[step.office].label,
            "days": pack.answer(step.days, answers),
            "written": step.written,
        }
        for step in route.steps
    ]


def starter_of(pack: Pack, starter: str, scopes: Mapping[str, Ref | None]) -> str:
    """Return as what a desk starts a case: `applicant` for a person's own, else the key of the first office it is.

    Empty for a desk that starts none of the pack's routes.
    """
    for starts in dict.fromkeys(route.starts for route in pack.processes.application.routes):
        if starting_desk(pack, starts, scopes) == starter:
            return starts
    return ""


def starting_desk(pack: Pack, starts: str, scopes: Mapping[str, Ref | None]) -> str:
    """Return the desk from which `starts` starts a case, empty when there is none."""
    if starts != APPLICANT:
        return _desk(pack, starts, scopes)
    person = scopes.get("record.person")
    return desk(APPLICANT, person) if person else ""


def _desk(pack: Pack, office_id: str, scopes: Mapping[str, Ref | None]) -> str:
    office = pack.offices[office_id]
    scope = scopes.get(office.scope)
    if scope is None:
        raise Refused(
            Refusal("no_office", f"无法确定办理环节“{office.label}”由谁办理。", "请先补全派出单位、服务单位和服务县。")
        )
    return desk(office.body, scope)
