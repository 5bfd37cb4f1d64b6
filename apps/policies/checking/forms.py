"""Checks of the form: pages with content, entries that can be typed, and all that rules and offices need."""

from collections.abc import Iterator, Sequence

from apps.policies.applying import pages as pages_of
from apps.policies.checking.found import APPLICATION, Found, values_of
from apps.policies.facts import FACTS
from apps.policies.schema import Condition, FormField, FormStep, Pack, Route, Rule
from apps.policies.values import fields_of
from apps.policies.walking import Where, walk

ALWAYS = ("person.unit", "application.county")
"""What every appointment names."""
HOST = "application.host"


def pages(pack: Pack, source: str) -> Found:
    """Find pages without content, entries and documents asked twice, entries that nobody can type."""
    for number, step in enumerate(pack.processes.application.form):
        at: Where = (*APPLICATION, "form", number)
        if not (step.fields or step.attachments):
            yield at, "这一步没有内容", "删去，或补填写项"
        for place, field in enumerate(step.fields):
            yield from entry(field, (*at, "fields", place), pack)
    process = pack.processes.application
    for starts in _starters(pack):
        asked_of_him = pages_of(process, starts)
        yield from twice([(n, page) for n, page in enumerate(process.form) if page in asked_of_him], APPLICATION)


def _starters(pack: Pack) -> list[str]:
    return list(dict.fromkeys(route.starts for route in pack.processes.application.routes))


def twice(form: Sequence[tuple[int, FormStep]], process: Where) -> Found:
    """Find what one and the same starter is asked for a second time on the numbered pages of a form."""
    seen: set[str] = set()
    for number, page in form:
        at: Where = (*process, "form", number)
        for place, field in enumerate(page.fields):
            if field.fact in seen:
                yield (*at, "fields", place), f"“{field.fact}”重复", "删去一处"
            seen.add(field.fact)
        for place, wanted in enumerate(page.attachments):
            if wanted.id in seen:
                yield (*at, "attachments", place), f"附件“{wanted.id}”重复", "改名或删去"
            seen.add(wanted.id)


def entry(field: FormField, where: Where, pack: Pack) -> Found:
    """Find an entry of a form that nobody can type, or for which the pack has no values."""
    fact = FACTS.get(field.fact)
    if fact is None or not fact.is_typed:
        yield where, f"“{field.fact}”不能由申请人填写", "从事实登记表中选用"
    elif fact.options and not values_of(fact.options, pack):
        yield where, f"“{fact.label}”没有可选的值", f"在 scales 或 choices 中补 {fact.options}"


def asked(pack: Pack, source: str) -> Found:
    """Find facts that a rule judges or an appointment names, and that the form never asks for."""
    process = pack.processes.application
    for starts in _starters(pack):
        known = {field.fact for field in fields_of(pages_of(process, starts))}
        for name in ALWAYS:
            if name not in known:
                yield (*APPLICATION, "form"), f"表单没有询问“{FACTS[name].label}”，聘任时要用到", "在 form 中加入"
        for part in ("eligibility", "routes"):
            for number, rule in enumerate(getattr(process, part)):
                if _is_for(rule, starts):
                    yield from unasked(rule, known, (*APPLICATION, part, number))
        yield from _without_host(pack, starts, known)


def _is_for(rule: Rule | Route, starts: str) -> bool:
    return rule.starts == starts if isinstance(rule, Route) else not rule.starts or starts in rule.starts


def unasked(rule: Rule | Route, known: set[str], at: Where) -> Found:
    """Find conditions of a rule that cannot be judged, for the form never asks what they speak of."""
    for where, node in walk(rule, at):
        for name in _typed(node) if isinstance(node, Condition) else ():
            if name not in known:
                yield where, f"表单没有询问“{FACTS[name].label}”，此条件无从判断", "在 form 中加入"


def _without_host(pack: Pack, starts: str, known: set[str]) -> Found:
    """Find steps of the host in a route whose form never asks who that is."""
    for number, route in enumerate(pack.processes.application.routes):
        for place, step in enumerate(route.steps if route.starts == starts else ()):
            office = pack.offices.get(step.office)
            if office and office.scope == "record.host" and HOST not in known:
                where = (*APPLICATION, "routes", number, "steps", place)
                yield where, f"表单没有询问“{FACTS[HOST].label}”，此环节无从确定", "在 form 中加入"


def _typed(leaf: Condition) -> Iterator[str]:
    """Yield what an applicant must type for a comparison to be judged."""
    fact = FACTS.get(leaf.fact or "")
    if fact is not None:
        yield from (fact.name,) if fact.is_typed else fact.needs
