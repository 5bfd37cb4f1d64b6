"""A route as frozen into a record: the pack's steps with the desks they lead to."""

from collections.abc import Mapping
from typing import Any

from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused
from apps.policies.calendar import Span, span
from apps.policies.routing import act_in_words
from apps.policies.schema import APPLICANT, OF_MANY, Office, Pack, Route, Silence, Step, Verdicts


def freeze(
    pack: Pack, route: Route, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> list[dict[str, Any]]:
    """Return the steps as plain data {act, called, office, desk, label, days, written, listed, verdicts}.

    Days that are not plain natural days say how they count: by `counting`, those of a step also by `duty_hours`.
    `verdicts` of a joint act is {rule, least, at_least, one_refusal, silence, sheet, of, parties, among}: `parties` are
    the desks asked, `among` the (body, scope) of those from whom the office has yet to choose. `scopes` names, for each
    scope expression of the pack, whose desk it is in this case; raises Refused when an office of the route has none.
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
            **(_counted(pack, step, answers) if step.days else {}),
        }
        for step in route.steps
    ]


def _counted(pack: Pack, step: Step, answers: Mapping[str, object]) -> dict[str, Any]:
    """Return how the days of a step count."""
    hours = pack.calendar.duty_hours
    on_duty = {"every_day": hours.every_day, "spans": [list(each) for each in hours.spans]} if hours else None
    return _counting(span(step.days, step, pack, answers)) | ({"duty_hours": on_duty} if on_duty else {})


def _counting(days: Span) -> dict[str, Any]:
    return {"counting": days.counting} if days.is_of_working_days else {}


def _asked(
    pack: Pack, verdicts: Verdicts, answers: Mapping[str, object], scopes: Mapping[str, Ref | None]
) -> dict[str, Any]:
    known = [key for key in verdicts.of if pack.offices[key].body not in OF_MANY]
    many = [pack.offices[key] for key in verdicts.of if pack.offices[key].body in OF_MANY]
    return {
        "of": list(verdicts.of),
        "rule": verdicts.rule,
        "least": pack.answer(verdicts.least, answers),
        "at_least": pack.answer(verdicts.at_least, answers),
        "one_refusal": verdicts.one_refusal,
        "silence": _silence(pack, verdicts.silence, answers) if verdicts.silence else None,
        "sheet": [line.model_dump() for line in verdicts.sheet],
        "parties": [_desk(pack, key, scopes) for key in known],
        "among": [[office.body, str(_scope(office, scopes))] for office in many],
    }


def _silence(pack: Pack, silence: Silence, answers: Mapping[str, object]) -> dict[str, Any]:
    days = span(silence.after_days, silence, pack, answers)
    return {"after_days": days.days, "means": pack.answer(silence.means, answers), **_counting(days)}


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
