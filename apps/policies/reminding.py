"""What a pack says of papers that lie too long: who is told when, and how often one may be urged by hand."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apps.policies.schema import Pack

Audience = Literal["holders", "colleagues", "above"]


class Rung(NamedTuple):
    """One rung of the ladder: its number from 1, who is told, after how many days, and until how many; which count."""

    number: int
    audience: Audience
    after_days: int
    stop_after: int | None
    counting: str = "natural_days"


class Limit(NamedTuple):
    """How often one paper may be urged by hand: not again within some days, at most some times."""

    every_days: int
    at_most: int


def ladder(pack: Pack, answers: Mapping[str, Any]) -> list[Rung]:
    """Return the rungs that the pack has, the lowest first; none where it reminds nobody."""
    rule = pack.processes.application.remind
    if rule is None:
        return []
    said: list[tuple[Audience, Any]] = [
        ("holders", rule.after_days),
        ("colleagues", rule.then_colleagues_after),
        ("above", rule.then_level_above_after),
    ]
    stop, counting = pack.answer(rule.stop_after, answers), pack.answer(rule.counting, answers)
    wanted = [(audience, pack.answer(days, answers)) for audience, days in said if days is not None]
    return [Rung(number, audience, days, stop, counting) for number, (audience, days) in enumerate(wanted, start=1)]


def by_hand(pack: Pack, answers: Mapping[str, Any]) -> Limit | None:
    """Return the limit of urging by hand, None where the pack knows none."""
    rule = pack.processes.application.remind
    if rule is None or rule.by_hand is None:
        return None
    return Limit(pack.answer(rule.by_hand.every_days, answers), pack.answer(rule.by_hand.at_most, answers))
