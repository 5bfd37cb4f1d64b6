"""A route as frozen into a record: the pack's steps with the desks they lead to."""

from collections.abc import Mapping
from typing import Any

from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.policies.schema import Pack, Route


def freeze(
    pack: Pack, route: Route, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> list[dict[str, Any]]:
    """Return the steps as plain data {act, office, desk, label, days}.

    `scopes` names, for each scope expression of the pack, whose desk it is in this case; raises Refused when an
    office of the route has none.
    """
    return [
        {
            "act": step.act,
            "office": step.office,
            "desk": _desk(pack, step.office, scopes),
            "label": pack.offices[step.office].label,
            "days": pack.answer(step.days, answers),
        }
        for step in route.steps
    ]


def _desk(pack: Pack, office_id: str, scopes: Mapping[str, Ref | None]) -> str:
    office = pack.offices[office_id]
    scope = scopes.get(office.scope)
    if scope is None:
        raise Refused(Refusal("no_office", f"无法确定办理环节“{office.label}”由谁办理。", "请先补全派出单位和服务县。"))
    return desk(office.body, scope)
