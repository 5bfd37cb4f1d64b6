"""Checks of conditions: shape, facts, comparisons that the fact's type allows."""

from typing import Any

from apps.policies.checking.found import APPLICATION, Found, values_of
from apps.policies.conditions import ORDERED, comparisons
from apps.policies.facts import BOOLEAN, CHOICE, CHOICES, FACTS, INTEGER, LATER, SCALE, Fact
from apps.policies.schema import Condition, Pack
from apps.policies.walking import Where, walk


def shapes(pack: Pack, source: str) -> Found:
    """Find conditions that say nothing, two things at once, or compare a fact with what it can never be."""
    for where, node in walk(pack):
        if not isinstance(node, Condition):
            continue
        shape = [node.all is not None, node.any is not None, node.negate is not None, node.fact is not None]
        if sum(shape) != 1:
            yield where, "条件应恰有 all、any、not、fact 之一", "拆开书写"
        elif node.all == () or node.any == ():
            yield where, "条件没有内容", "补上，或删去"
        elif node.fact is not None:
            yield from _leaf(node, where, pack)
        elif comparisons(node):
            yield where, "没有 fact，无从比较", "把比较写在 fact 旁边"


def _leaf(leaf: Condition, where: Where, pack: Pack) -> Found:
    fact = FACTS.get(leaf.fact or "")
    found = comparisons(leaf)
    if fact is None:
        yield (*where, "fact"), f"没有“{leaf.fact}”这一事实", "从事实登记表中选用"
    elif not found:
        yield where, "没有比较方式", "补 is、in、at_least 等"
    elif leaf.present and len(found) > 1:
        yield where, "present 不能与其他比较并写", "只留其他比较：没有填写的本就不符合"
    elif not leaf.present:
        for op, operand in found:
            yield from _comparison(fact, op, operand, where, pack)


def _comparison(fact: Fact, op: str, operand: Any, where: Where, pack: Pack) -> Found:
    if op in ORDERED and fact.type not in (SCALE, INTEGER):
        yield where, f"“{fact.label}”不能比较大小", "改用 is 或 in"
    elif op == "is_" and fact.type == CHOICES:
        yield where, f"“{fact.label}”可有多项，不能用 is", "改用 in"
    else:
        wrong = [value for value in (operand if op == "in_" else [operand]) if not _can_be(fact, value, pack)]
        for value in wrong:
            yield where, f"“{value}”不是“{fact.label}”的取值", _ADVICE.get(fact.type, "从 scales 或 choices 中选用")


_ADVICE = {INTEGER: "写成整数", BOOLEAN: "写成 true 或 false"}


def _can_be(fact: Fact, value: Any, pack: Pack) -> bool:
    if fact.type == INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    if fact.type == BOOLEAN:
        return isinstance(value, bool)
    if fact.type in (SCALE, CHOICE, CHOICES):
        return value in values_of(fact.options, pack)
    return isinstance(value, str)


def provided(pack: Pack, source: str) -> Found:
    """Find rules of what is applied for that speak of what no process counts yet."""
    for where, node in walk(pack.processes, APPLICATION[:1]):
        fact = FACTS.get(node.fact or "") if isinstance(node, Condition) else None
        if fact is not None and fact.provider == LATER:
            yield (*where, "fact"), f"“{fact.label}”尚无程序提供，申请时无从判断", "改用申请时已知的事实"


def unprovided(pack: Pack) -> list[str]:
    """Return the facts that rules speak of and no process counts yet."""
    named = {node.fact for _, node in walk(pack) if isinstance(node, Condition) and node.fact}
    return [name for name, fact in FACTS.items() if name in named and fact.provider == LATER]
