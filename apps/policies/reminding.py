"""What a pack says of papers that lie too long: who is told when, and how often one may be urged by hand."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from apps.policies.calendar import Span, span
from apps.policies.schema import Pack

Audience = Literal["holders", "colleagues", "above"]


class Rung(NamedTuple):
    """One rung of the ladder: its number from 1, who is told, after how long, and until how long."""

    number: int
    audience: Audience
    after: Span
    stop: Span | None


class Limit(NamedTuple):
    """How often one paper may be urged by hand: not again within a span of days, at most some times."""

    every: Span
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
    stop = None if rule.stop_after is None else span(rule.stop_after, rule, pack, answers)
    wanted = [(audience, span(days, rule, pack, answers)) for audience, days in said if days is not None]
    return [Rung(number, audience, after, stop) for number, (audience, after) in enumerate(wanted, start=1)]


def by_hand(pack: Pack, answers: Mapping[str, Any]) -> Limit | None:
    """Return the limit of urging by hand, whose days count as those of the ladder do; None where the pack has none."""
    rule = pack.processes.application.remind
    if rule is None or rule.by_hand is None:
        return None
    return Limit(span(rule.by_hand.every_days, rule, pack, answers), pack.answer(rule.by_hand.at_most, answers))


def lapse(pack: Pack, answers: Mapping[str, Any]) -> Span | None:
    """Return how long one has to hand in again what was given back, None where the pack sets no limit."""
    rule = pack.processes.application.lapse
    return None if rule is None else span(rule.returned_after_days, rule, pack, answers)
