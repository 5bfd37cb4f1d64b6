"""What a pack says of one case: what is lacking, which route it takes, how long a term lasts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.core.refusals import Basis
from apps.policies.calendar import year_day
from apps.policies.conditions import evaluate, facts_of
from apps.policies.schema import APPLICANT, FormStep, Office, Pack, Route, Rule, Term, Walked

SUPPORTS = "supports"
"""What a pack counts by the levels that support one person at once."""


@dataclass(frozen=True)
class Shortfall:
    """One requirement a person does not meet: what to tell him, what was found, what it rests on."""

    rule: str
    must: bool
    message: str
    remedy: str
    found: str
    basis: Basis


def rules_in_force(process: Walked, answers: Mapping[str, Any], pack: Pack, starts: str = "") -> tuple[Rule, ...]:
    """Return the rules of eligibility that stand under the answers given, for a case started by `starts` or any."""
    standing = (rule for rule in process.eligibility if pack.holds(rule.if_chosen, answers))
    return tuple(rule for rule in standing if not (starts and rule.starts) or starts in rule.starts)


def routes_in_force(process: Walked, answers: Mapping[str, Any], pack: Pack, starts: str = "") -> tuple[Route, ...]:
    """Return the routes that stand under the answers given, those that `starts` may start or all."""
    standing = (route for route in process.routes if pack.holds(route.if_chosen, answers))
    return tuple(route for route in standing if not starts or route.starts == starts)


def pages(process: Walked, starts: str) -> tuple[FormStep, ...]:
    """Return the pages of the form that are asked of who starts a case."""
    return tuple(page for page in process.form if not page.starts or starts in page.starts)


def shortfalls(
    process: Walked, facts: Mapping[str, Any], answers: Mapping[str, Any], pack: Pack, starts: str = APPLICANT
) -> tuple[Shortfall, ...]:
    """Return the requirements that the facts do not meet, in the pack's order."""
    found = []
    for rule in rules_in_force(process, answers, pack, starts):
        if rule.when is not None and not evaluate(rule.when, facts, pack).holds:
            continue
        finding = evaluate(rule.require, facts, pack)
        if not finding.holds:
            must = rule.strength == "must"
            found.append(Shortfall(rule.id, must, rule.message, rule.remedy, finding.text, pack.basis(rule)))
    return tuple(found)


def beyond_filling_in(process: Walked, found: Sequence[Shortfall], facts: Mapping[str, Any]) -> tuple[Shortfall, ...]:
    """Return the shortfalls to be told: those meant in principle, and those that filling in what is empty mends not."""
    rules = {rule.id: rule for rule in process.eligibility}
    return tuple(
        each
        for each in found
        if not (each.must and each.rule in rules) or None not in map(facts.get, facts_of(rules[each.rule].require))
    )


def limits_supports(pack: Pack) -> bool:
    """Tell whether the pack limits how many levels may support one person at once."""
    return any(limit.what == SUPPORTS for limit in pack.sheet.limits.values())


def supported_too_often(pack: Pack, answers: Mapping[str, Any], elsewhere: Collection[str]) -> tuple[Shortfall, ...]:
    """Return the limits that a person whom others support already would go beyond; `elsewhere` names those others."""
    return tuple(
        Shortfall(
            rule=f"limits.{key}",
            must=limit.strength == "must",
            message=f"{limit.label}不超过{most}项。",
            remedy="本年度已在其他层级获得支持的，请先与其商定由哪一级支持。",
            found=f"本年度已有：{'、'.join(elsewhere)}",
            basis=pack.basis(limit),
        )
        for key, limit in pack.sheet.limits.items()
        if limit.what == SUPPORTS
        and (most := pack.answer(limit.between.at_most, answers)) is not None
        and len(elsewhere) >= most > 0
    )


def choose_route(
    process: Walked, facts: Mapping[str, Any], answers: Mapping[str, Any], pack: Pack, starts: str = APPLICANT
) -> Route | None:
    """Return the first route chosen by the office whose condition holds, None when none does."""
    offered = routes_in_force(process, answers, pack, starts)
    return next((each for each in offered if each.when is None or evaluate(each.when, facts, pack).holds), None)


def term_of(term: Term, year: int, answers: Mapping[str, Any], pack: Pack) -> tuple[date, date]:
    """Return the first and the last day of an appointment made in a season of `year`."""
    begins = year_day(str(pack.answer(term.begins, answers)), year)
    years = int(pack.answer(term.years, answers))
    return begins, _same_day(begins, begins.year + years) - timedelta(days=1)


def _same_day(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def offices_of(pack: Pack) -> dict[str, Office]:
    """Return the offices that the routes of the application name: those that start, decide, or are asked."""
    routes = pack.processes.application.routes
    steps = [step for route in routes for step in route.steps]
    asked = {key for step in steps if step.verdicts for key in step.verdicts.of}
    named = {route.starts for route in routes} | {step.office for step in steps} | asked
    return {key: office for key, office in pack.offices.items() if key in named}
