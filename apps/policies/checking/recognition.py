"""Checks of the recognition of hosts: they apply themselves, the form asks what is needed, the list has its keeper."""

from apps.policies.checking import forms
from apps.policies.checking.found import Found
from apps.policies.facts import COUNTY, FACTS, ORGANIZATIONS, TOWNSHIP
from apps.policies.schema import Pack, RecognisedKind, Scope
from apps.policies.walking import Where

KINDS: Where = ("processes", "recognition", "kinds")
KNOWN_SCOPES: tuple[Scope, ...] = (
    "record.host",
    "record.township",
    "record.county_served",
    "record.county_served.supervisor",
    "jurisdiction",
)
"""Whose desks a recognition can lie on: there is neither an applicant's unit nor a team."""
NEVER_ASKED = (COUNTY, *ORGANIZATIONS)
"""What a host need not be asked: it is the host that applies, in the county where it lies."""


def kinds(pack: Pack, source: str) -> Found:
    """Find kinds that others than hosts apply for, whose form asks too little or too much, or that nobody keeps."""
    for key, kind in pack.processes.recognised.items():
        at = (*KINDS, key)
        yield from _entries(kind, at, pack)
        yield from forms.twice(list(enumerate(kind.form)), at)
        yield from _routes(kind, at, pack)
        yield from _keeping(kind, (*at, "keeping"), pack)


def _entries(kind: RecognisedKind, at: Where, pack: Pack) -> Found:
    for number, page in enumerate(kind.form):
        where = (*at, "form", number)
        for place, field in enumerate(page.fields):
            fact = FACTS.get(field.fact)
            if fact is not None and fact.type in NEVER_ASKED:
                yield (*where, "fields", place), f"“{fact.label}”由申报单位所在地确定，不必询问", "删去"
            else:
                yield from forms.entry(field, (*where, "fields", place), pack)


def _routes(kind: RecognisedKind, at: Where, pack: Pack) -> Found:
    asked = {field.fact for page in kind.form for field in page.fields}
    for part in ("eligibility", "routes"):
        for number, rule in enumerate(getattr(kind, part)):
            yield from forms.unasked(rule, asked, (*at, part, number))
    for number, route in enumerate(kind.routes):
        where = (*at, "routes", number)
        starter = pack.offices.get(route.starts)
        if starter is None or starter.body != "host":
            yield (*where, "starts"), "认定由服务对象自愿申报", "改为 body: host 的机关"
        for place, step in enumerate(route.steps):
            office = pack.offices.get(step.office)
            if office is not None and office.scope not in KNOWN_SCOPES:
                yield (*where, "steps", place), f"认定中没有 {office.scope}", "改为其他机关"
            elif office is not None and office.scope == "record.township" and not _asks_township(asked):
                yield (*where, "steps", place), "表单没有询问所在乡镇，此环节无从确定", "在 form 中加入"


def _asks_township(asked: set[str]) -> bool:
    return any(FACTS[name].type == TOWNSHIP for name in asked if name in FACTS)


def _keeping(kind: RecognisedKind, at: Where, pack: Pack) -> Found:
    named = {"office": kind.keeping.office}
    named |= {"filing": kind.keeping.filing.office} if kind.keeping.filing else {}
    for part, name in named.items():
        office = pack.offices.get(name)
        if office is None or office.scope not in ("record.county_served", "jurisdiction"):
            yield (*at, part), f"“{name}”不是县级或本级的办理机关", "从 offices 中选用"
