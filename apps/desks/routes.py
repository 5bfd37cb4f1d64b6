"""A route as frozen into a record: the pack's steps with the desks they lead to."""

from collections.abc import Mapping
from typing import Any

from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.policies.calendar import WORKING_DAYS
from apps.policies.routing import act_in_words
from apps.policies.schema import APPLICANT, OF_MANY, Office, Pack, Route, Verdicts


def freeze(
    pack: Pack, route: Route, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> list[dict[str, Any]]:
    """Return the steps as plain data {act, called, office, desk, label, days, written, listed, verdicts}.

    A step with days says how they count (`counting`, `duty_hours`) where they are not natural days. `verdicts` of a
    joint act is {rule, least, at_least, one_refusal, silence, sheet, of, parties, among}: `parties` are the desks
    asked, `among` the (body, scope) of those from whom the office has yet to choose. `scopes` names, for each scope
    expression of the pack, whose desk it is in this case; raises Refused when an office of the route has none.
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
            "listed": step.listed,
            "verdicts": _asked(pack, step.verdicts, answers, scopes) if step.verdicts else None,
            **(_counted(pack) if step.days else {}),
        }
        for step in route.steps
    ]


def _counted(pack: Pack) -> dict[str, Any]:
    """Return how the days of a step count, where it is otherwise than natural days at any hour."""
    hours = pack.calendar.duty_hours
    working = {"counting": pack.calendar.counting} if pack.calendar.counting == WORKING_DAYS else {}
    return working | (
        {"duty_hours": {"every_day": hours.every_day, "spans": [list(span) for span in hours.spans]}} if hours else {}
    )


def _asked(
    pack: Pack, verdicts: Verdicts, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> dict[str, Any]:
    silence = verdicts.silence
    known = [key for key in verdicts.of if pack.offices[key].body not in OF_MANY]
    many = [pack.offices[key] for key in verdicts.of if pack.offices[key].body in OF_MANY]
    return {
        "of": list(verdicts.of),
        "rule": verdicts.rule,
        "least": pack.answer(verdicts.least, answers),
        "at_least": pack.answer(verdicts.at_least, answers),
        "one_refusal": verdicts.one_refusal,
        "silence": silence
        and {"after_days": pack.answer(silence.after_days, answers), "means": pack.answer(silence.means, answers)},
        "sheet": [line.model_dump() for line in verdicts.sheet],
        "parties": [_desk(pack, key, scopes) for key in known],
        "among": [[office.body, str(_scope(office, scopes))] for office in many],
    }


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
    return desk(office.body, _scope(office, scopes))


def _scope(office: Office, scopes: Mapping[str, Ref | None]) -> Ref:
    scope = scopes.get(office.scope)
    if scope is None:
        raise Refused(
            Refusal("no_office", f"无法确定办理环节“{office.label}”由谁办理。", "请先补全派出单位、服务单位和服务县。")
        )
    return scope
