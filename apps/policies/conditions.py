"""Conditions as data: judged with their reasons, written in plain Chinese, asked for the facts they need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.policies.facts import BOOLEAN, DATE, FACTS, INTEGER, SCALE
from apps.policies.schema import Condition, Pack

COMPARISONS = ("is_", "in_", "at_least", "at_most", "above", "below", "present")
ORDERED = ("at_least", "at_most", "above", "below")
_WORDS = {"at_least": "不低于", "at_most": "不高于", "above": "高于", "below": "低于"}
_NUMBER_WORDS = {"at_least": "不少于", "at_most": "不多于", "above": "多于", "below": "少于"}


@dataclass(frozen=True)
class Finding:
    """How a condition came out, in words, with the findings it was made of."""

    holds: bool
    text: str
    parts: tuple["Finding", ...] = ()


def evaluate(condition: Condition, facts: Mapping[str, Any], pack: Pack) -> Finding:
    """Judge a condition over facts; a fact that is missing or of another type never satisfies a comparison."""
    if condition.all is not None:
        parts = tuple(evaluate(part, facts, pack) for part in condition.all)
        return Finding(all(part.holds for part in parts), "；且".join(part.text for part in parts), parts)
    if condition.any is not None:
        parts = tuple(evaluate(part, facts, pack) for part in condition.any)
        return Finding(any(part.holds for part in parts), "；或".join(part.text for part in parts), parts)
    if condition.negate is not None:
        inner = evaluate(condition.negate, facts, pack)
        return Finding(not inner.holds, f"并非（{inner.text}）", (inner,))
    return _judge_leaf(condition, facts, pack)


def _judge_leaf(leaf: Condition, facts: Mapping[str, Any], pack: Pack) -> Finding:
    name = leaf.fact or ""
    value = facts.get(name)
    wanted = render(leaf, pack)
    if value is None or value == "":
        return Finding(False, f"{wanted}，而{_label(name)}未填写")
    if leaf.present:
        return Finding(True, f"{_label(name)}已填写")
    holds = all(_compare(op, value, operand, name, pack) for op, operand in comparisons(leaf))
    return Finding(holds, f"{wanted}，实际为{show_value(name, value, pack)}")


def comparisons(leaf: Condition) -> list[tuple[str, Any]]:
    """Return the comparisons of a leaf as (operator, operand)."""
    return [(op, getattr(leaf, op)) for op in COMPARISONS if getattr(leaf, op) is not None]


def _compare(op: str, value: Any, operand: Any, name: str, pack: Pack) -> bool:
    if op == "is_":
        return bool(value == operand)
    if op == "in_":
        return value in operand if not isinstance(value, list) else any(one in operand for one in value)
    left, right = _rank(name, value, pack), _rank(name, operand, pack)
    if left is None or right is None:
        return False
    return {"at_least": left >= right, "at_most": left <= right, "above": left > right, "below": left < right}[op]


def _rank(name: str, value: Any, pack: Pack) -> int | None:
    """Return where a value stands in its order, None when it has no place there."""
    fact = FACTS.get(name)
    if fact is not None and fact.type == SCALE:
        scale = pack.scales.get(fact.options, ())
        return scale.index(value) if value in scale else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def render(condition: Condition, pack: Pack) -> str:
    """Write a condition in plain Chinese."""
    if condition.all is not None:
        return "；且".join(_wrapped(part, pack) for part in condition.all)
    if condition.any is not None:
        return "；或".join(_wrapped(part, pack) for part in condition.any)
    if condition.negate is not None:
        return f"并非（{render(condition.negate, pack)}）"
    name = condition.fact or ""
    return f"{_label(name)}{'、'.join(_phrase(name, op, operand, pack) for op, operand in comparisons(condition))}"


def _wrapped(part: Condition, pack: Pack) -> str:
    text = render(part, pack)
    return text if part.fact is not None else f"（{text}）"


def _phrase(name: str, op: str, operand: Any, pack: Pack) -> str:
    if op == "present":
        return "不为空"
    if op == "is_":
        return f"为{show_value(name, operand, pack)}"
    if op == "in_":
        return f"为{'、'.join(show_value(name, one, pack) for one in operand)}之一"
    fact = FACTS.get(name)
    words = _NUMBER_WORDS if fact is not None and fact.type == INTEGER else _WORDS
    return f"{words[op]}{show_value(name, operand, pack)}"


def _label(name: str) -> str:
    fact = FACTS.get(name)
    return fact.label if fact else f"“{name}”"


def show_value(name: str, value: Any, pack: Pack) -> str:
    """Write a value as people read it: the words of a choice, 是 / 否, a date in Chinese."""
    fact = FACTS.get(name)
    if value is None or value == "" or value == []:
        return "（未填写）"
    if isinstance(value, list):
        return "、".join(show_value(name, one, pack) for one in value)
    if (fact is not None and fact.type == BOOLEAN) or isinstance(value, bool):
        return "是" if value else "否"
    if fact is not None and fact.type == DATE and hasattr(value, "year"):
        return f"{value.year}年{value.month}月{value.day}日"
    if fact is not None and fact.options in pack.choices:
        return pack.choices[fact.options].get(str(value), str(value))
    return f"{value}{fact.unit if fact else ''}"


def facts_of(condition: Condition) -> Iterator[str]:
    """Yield the names of the facts a condition speaks of."""
    for part in [*(condition.all or ()), *(condition.any or ())]:
        yield from facts_of(part)
    if condition.negate is not None:
        yield from facts_of(condition.negate)
    if condition.fact is not None:
        yield condition.fact
