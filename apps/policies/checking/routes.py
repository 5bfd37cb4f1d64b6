"""Checks of routes: each has who starts it, can be walked, is taken by somebody, and ends with a decision."""

from collections.abc import Iterator
from itertools import chain, product
from math import prod
from typing import Any

from apps.policies.acts import ACTS
from apps.policies.applying import choose_route
from apps.policies.checking.found import APPLICATION, Found, values_of
from apps.policies.conditions import comparisons
from apps.policies.facts import BOOLEAN, FACTS, INTEGER
from apps.policies.schema import APPLICANT, Condition, FormStep, Ground, Pack, Route, Rule, Scope, Step
from apps.policies.walking import Where, walk

MOST_CASES = 20_000
ADJUSTMENTS: Where = ("sheet", "adjustments")
_REGIONAL: tuple[Scope, ...] = ("record.county_served", "record.county_served.supervisor", "jurisdiction")
SCOPES_OF_BODY: dict[str, tuple[Scope, ...]] = {
    APPLICANT: ("record.person",),
    "dispatching_unit": ("applicant.unit",),
    "host": ("record.host",),
    "sci_tech_authority": _REGIONAL,
    "sci_tech_institute": _REGIONAL,
    "coordination_office": _REGIONAL,
    "expert": _REGIONAL,
    "member_unit": _REGIONAL,
    "township_office": ("record.township",),
    "team_leader": ("record.team",),
}


def offices(pack: Pack, source: str) -> Found:
    """Find offices whose body cannot sit in their scope, and an application without its window."""
    for key, office in pack.offices.items():
        if office.scope not in SCOPES_OF_BODY[office.body]:
            fit = "、".join(SCOPES_OF_BODY[office.body])
            yield ("offices", key), f"{office.body} 不能设在 {office.scope}", f"scope 可用：{fit}"
    process = pack.processes.application
    if process.window not in pack.calendar.windows:
        yield (*APPLICATION, "window"), f"没有“{process.window}”这一窗口", "在 calendar.windows 中补上"


def starts(pack: Pack, source: str) -> Found:
    """Find routes, pages and rules of a starter that the pack does not know, and offices that cannot start."""
    for where, node in walk(pack.processes.application, APPLICATION):
        if isinstance(node, Route) and node.starts != APPLICANT:
            office = pack.offices.get(node.starts)
            if office is None:
                yield (*where, "starts"), f"没有“{node.starts}”这一办理机关", f"写 {APPLICANT}，或在 offices 中补上"
            elif office.scope != "jurisdiction":
                yield (*where, "starts"), "只有设在 jurisdiction 的机关可以发起", "改为本级机关"
        elif isinstance(node, FormStep | Rule):
            known = {APPLICANT} | {route.starts for route in pack.processes.application.routes}
            for name in node.starts:
                if name not in known:
                    yield (*where, "starts"), f"没有由“{name}”发起的路径", "从 routes 的 starts 中选用"


def starts_of_sheet(pack: Pack, source: str) -> Found:
    """Find routes of later processes that an office starts which the pack does not know."""
    for where, node in walk(pack.sheet, ("sheet",)):
        if isinstance(node, Route) and node.starts not in (APPLICANT, *pack.offices):
            yield (*where, "starts"), f"没有“{node.starts}”这一办理机关", f"写 {APPLICANT}，或在 offices 中补上"


def grounds(pack: Pack, source: str) -> Found:
    """Find grounds of offices that are not there, and persons asked for their consent who could not refuse it."""
    process = pack.processes.application
    for where, node in walk(process.grounds, (*APPLICATION, "grounds")):
        for name in node.offices if isinstance(node, Ground) else ():
            if name not in pack.offices:
                yield (*where, "offices"), f"没有“{name}”这一办理机关", "在 offices 中补上"
    given = {name for ground in process.grounds for name in ground.offices}
    asked = {
        step.office: (number, place)
        for number, route in enumerate(process.routes)
        for place, step in enumerate(route.steps)
    }
    for name, (number, place) in asked.items():
        if name not in given and name in pack.offices and pack.offices[name].body == APPLICANT:
            at = (*APPLICATION, "routes", number, "steps", place)
            yield at, "本人没有可选的不同意理由", f"在 grounds 中补一项，offices: [{name}]"


def steps(pack: Pack, source: str) -> Found:
    """Find steps that nobody can do, and routes without a final act."""
    for where, node in walk(pack):
        if not isinstance(node, Route):
            continue
        is_walked = where[0] == APPLICATION[0] or where[:2] == ADJUSTMENTS
        for place, step in enumerate(node.steps):
            at: Where = (*where, "steps", place)
            yield from _step(step, at, pack, is_walked)
            if step.act == "notice":
                yield from _notice(step, place, at, pack, is_walked)
        last = ACTS.get(node.steps[-1].act)
        if last is not None and not last.may_end:
            yield (*where, "steps", len(node.steps) - 1), "最后一步不是终审行为", "以 finalisation 等结束"


def _step(step: Step, where: Where, pack: Pack, is_walked: bool) -> Found:
    act, office = ACTS.get(step.act), pack.offices.get(step.office)
    if act is None or (is_walked and not act.executable):
        usable = "、".join(each.key for each in ACTS.values() if each.executable or not is_walked)
        yield where, f"没有程序办理“{step.act}”这一行为", f"可用：{usable}"
    if office is None:
        yield where, f"没有“{step.office}”这一办理机关", "在 offices 中补上"
    elif office.body == APPLICANT and step.act != "consent":
        yield where, "申请人不能办理这一行为", "改为其他机关"
    elif where[:2] == APPLICATION and office.scope == "record.team":
        yield where, "申请还没有所属的团队", "改为其他机关"
    elif where[:2] == APPLICATION and office.scope == "record.township":
        yield where, "申请只问服务县，不问乡镇", "改为其他机关"


def _notice(step: Step, place: int, where: Where, pack: Pack, is_walked: bool) -> Found:
    office = pack.offices.get(step.office)
    if place == 0:
        yield where, "公示不能是第一步", "先审核，后公示"
    if is_walked and pack.documents.publicity_list is None:
        yield where, "没有公示名单的文本", "在 documents 中补 publicity_list"
    if step.days is None:
        yield where, "公示没有期限", "补 days，或 days: {ask: …}"
    if step.written:
        yield (*where, "written"), "公示期满由系统转办，没有人填写意见", "删去 written"
    if office is not None and (office.body, office.scope) != ("coordination_office", "jurisdiction"):
        yield where, "公示只能由本级协调办公室发布", "改为 body: coordination_office、scope: jurisdiction 的机关"


def reached(pack: Pack, source: str) -> Found:
    """Find routes that nobody takes, by trying every case their conditions can tell apart."""
    routes = pack.processes.application.routes
    taken = _taken(pack)
    for number, route in enumerate(routes):
        if taken is not None and route.id not in taken:
            yield (
                (*APPLICATION, "routes", number),
                f"路径“{route.id}”永远走不到",
                "把无条件的路径放在最后，条件不要重复",
            )


def _taken(pack: Pack) -> set[str] | None:
    """Return the ids of the routes that some case takes; None when there are too many cases to try."""
    process = pack.processes.application
    facts, answers = _facts(process.routes, pack), _answers(process.routes, pack)
    if prod(len(values) for values in chain(facts.values(), answers.values())) > MOST_CASES:
        return None
    starters = {route.starts for route in process.routes}
    found = (
        choose_route(process, case, chosen, pack, starter)
        for case in _cases(facts)
        for chosen in _cases(answers)
        for starter in starters
    )
    return {route.id for route in found if route is not None}


def _cases(values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(values, case, strict=True)) for case in product(*values.values()))


def _facts(routes: tuple[Route, ...], pack: Pack) -> dict[str, list[Any]]:
    """Return the values of each fact between which the conditions of the routes can tell."""
    found: dict[str, list[Any]] = {}
    for _, node in walk(routes):
        if isinstance(node, Condition) and node.fact is not None:
            found.setdefault(node.fact, [None]).extend(_values(node, pack))
    return {name: list(dict.fromkeys(values)) for name, values in found.items()}


def _values(leaf: Condition, pack: Pack) -> list[Any]:
    fact = FACTS.get(leaf.fact or "")
    if fact is None:
        return []
    named = [value for op, operand in comparisons(leaf) for value in (operand if op == "in_" else [operand])]
    if fact.type == BOOLEAN:
        return [True, False]
    if fact.type == INTEGER:
        return [value + by for value in named if isinstance(value, int) for by in (-1, 0, 1)]
    return [*values_of(fact.options, pack)] or named


def _answers(routes: tuple[Route, ...], pack: Pack) -> dict[str, list[Any]]:
    asked = {route.if_chosen.ask for route in routes if route.if_chosen}
    return {key: list(question.options) for key in asked if (question := pack.question(key))}
