"""What a pack says of two-way selection: who looks needs through, who keeps a pool, how long an offer stands."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from apps.policies.schema import APPLICANT, Pack

NEEDS = "needs"
"""What a pack calls the return by which needs are collected, and the window for them, where it has one."""
POOL_ENTRY, PAIRING_PROPOSED = "pool_entry", "pairing_proposed"
"""What the deadlines of a pack follow."""


def reviewers_of_needs(pack: Pack) -> tuple[str, ...]:
    """Return the offices a need passes before it is published: those that the pack collects it by, or the county's."""
    collected = pack.sheet.returns.get(NEEDS)
    if collected:
        return tuple(level.office for level in collected.up)
    return tuple(key for key, office in pack.offices.items() if office.scope == "record.county_served")[:1]


def keeper_of_pool(pack: Pack) -> str:
    """Return the office that keeps the reserve pool, which starts applications from it; empty where there is none."""
    return next((route.starts for route in pack.processes.application.routes if route.starts != APPLICANT), "")


def last_day_after(event: str, day: date, pack: Pack, answers: Mapping[str, Any]) -> date | None:
    """Return the last day of what began with an event on a day, None where the pack sets no limit to it."""
    days = next((each.days for each in pack.sheet.deadlines.values() if each.follows == event), None)
    return None if days is None else day + timedelta(days=int(pack.answer(days, answers)))


def industries(pack: Pack) -> dict[str, str]:
    """Return the industries that the pack knows, by key."""
    return dict(pack.choices.get("industries", {}))
