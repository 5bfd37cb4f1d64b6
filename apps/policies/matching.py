"""What a pack says of two-way selection: who looks needs through, who keeps a pool, how long an offer stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.refusals import Basis
from apps.policies.calendar import Span, span
from apps.policies.schema import APPLICANT, Pack, Placing, VillageContacts

NEEDS = "needs"
"""What a pack calls the return by which needs are collected, and the window for them, where it has one."""
VILLAGES, CLIENTS = "villages", "key_clients"
"""What the packs call the limits on the villages and the key clients of a person."""
BASES_OF_PERSON, PEOPLE_OF_BASE = "assessment_bases", "people_of_base"
"""What the packs call the limits on the assessment bases of a person, and on who is bound to one."""
POOL_ENTRY, PAIRING_PROPOSED = "pool_entry", "pairing_proposed"
"""What the deadlines of a pack follow."""


def reviewers_of_needs(pack: Pack) -> tuple[str, ...]:
    """Return the offices a need passes before it is published: those that the pack collects it by, or the county's."""
    collected = pack.sheet.returns.get(NEEDS)
    if collected:
        return tuple(level.office for level in collected.up)
    return tuple(key for key, office in pack.offices.items() if office.scope == "record.county_served")[:1]


def has_hosts(pack: Pack) -> bool:
    """Tell whether a policy knows a host that a person serves, and with which he can so come to an agreement."""
    return any(office.scope == "record.host" for office in pack.offices.values())


def keeper_of_pool(pack: Pack) -> str:
    """Return the office that keeps the reserve pool, which starts applications from it; empty where there is none."""
    return next((route.starts for route in pack.processes.application.routes if route.starts != APPLICANT), "")


def time_after(event: str, pack: Pack, answers: Mapping[str, Any]) -> Span | None:
    """Return for how long what began with an event lasts, None where the pack sets no limit to it."""
    rule = next((each for each in pack.sheet.deadlines.values() if each.follows == event), None)
    return None if rule is None else span(rule.days, rule, pack, answers)


def industries(pack: Pack) -> dict[str, str]:
    """Return the industries that the pack knows, by key."""
    return dict(pack.choices.get("industries", {}))


@dataclass(frozen=True)
class Bounds:
    """How many of something a policy asks for: between which numbers, `most` None for any, and on what it rests."""

    label: str
    least: int
    most: int | None
    basis: Basis

    def allow(self, number: int) -> bool:
        """Tell whether a number lies within."""
        return number >= self.least and not self.are_passed_by(number)

    def are_passed_by(self, number: int) -> bool:
        """Tell whether a number is too large."""
        return self.most is not None and number > self.most


def bounds_of(limit: str, pack: Pack, answers: Mapping[str, Any]) -> Bounds | None:
    """Return what a limit of the pack comes to in a season, None where the pack has no such limit."""
    found = pack.sheet.limits.get(limit)
    if found is None:
        return None
    least, most = (pack.answer(side, answers) for side in (found.between.at_least, found.between.at_most))
    return Bounds(found.label, int(least or 0), None if most is None else int(most), pack.basis(found))


def ties_of(pack: Pack, answers: Mapping[str, Any]) -> str:
    """Return how people of equal standing are put in order in a season, empty where the policy allocates nobody."""
    allocation = pack.sheet.allocation
    return str(pack.answer(allocation.ties, answers)) if allocation else ""


def quota_allocated(pack: Pack, answers: Mapping[str, Any]) -> str:
    """Return the quota by which a policy allocates people to counties, empty where it allocates nobody."""
    return next(iter(pack.quotas), "") if ties_of(pack, answers) else ""


def notice_days(pack: Pack, answers: Mapping[str, Any]) -> int:
    """Return how many days a policy puts before the public whom it names, 0 where it does not."""
    steps = (step for route in pack.processes.application.routes for step in route.steps if step.act == "notice")
    return max((int(pack.answer(step.days, answers)) for step in steps), default=0)


def placing_of(pack: Pack) -> Placing | None:
    """Return how a policy places people at villages and key clients, None where it does not."""
    return pack.sheet.placing


def contacts_of(pack: Pack) -> VillageContacts | None:
    """Return what contact a policy asks people to keep in their villages, None where it asks none."""
    return pack.sheet.placing.contacts if pack.sheet.placing else None
