"""Checks of words: quotes, what rules rest on, names used twice, placeholders."""

from collections.abc import Iterable

from apps.policies import wording
from apps.policies.checking.found import Found
from apps.policies.schema import Attachment, Clause, Data, Grounded, Pack
from apps.policies.walking import Where, walk

SHORTEST_QUOTE = 6
"""A shorter quote stands in any text."""


def quotes(pack: Pack, source: str) -> Found:
    """Find quotes that do not stand in the source text, white space apart."""
    words = _squeezed(source)
    for where, node in walk(pack):
        if isinstance(node, Clause):
            quote = _squeezed(node.quote)
            if len(quote) < SHORTEST_QUOTE:
                yield (*where, "quote"), f"引文过短：“{quote}”", f"至少摘录{SHORTEST_QUOTE}字"
            elif quote not in words:
                yield (*where, "quote"), "引文不在政策原文中", "逐字摘录原文（空白不计）"


def _squeezed(text: str) -> str:
    return "".join(text.split())


def grounds(pack: Pack, source: str) -> Found:
    """Find rules that rest on nothing, or on both a clause and an open question."""
    for where, node in walk(pack):
        if not isinstance(node, Grounded):
            continue
        if node.clause and node.asks:
            yield where, "同时写了条款与待定事项", "只留一个"
        elif not (node.clause or node.asks or _is_covered(where)):
            yield where, "规则既无条款依据，也未列入待定事项", "补 clause，或补 asks"


def _is_covered(where: Where) -> bool:
    """Tell whether the mapping around a rule answers for it: the steps of a route, the plain fields of a form."""
    return "steps" in where or "fields" in where


def ids(pack: Pack, source: str) -> Found:
    """Find names given twice in one list; documents of a form are counted page by page."""
    for where, node in walk(pack):
        named = [each for each in node if isinstance(each, Data)] if isinstance(node, tuple) else []
        names = [str(name) for each in named if (name := getattr(each, "id", None))]
        if not any(isinstance(each, Attachment) for each in named):
            yield from _twice(where, names)
    for key, scale in pack.scales.items():
        yield from _twice(("scales", key), scale)


def _twice(where: Where, names: Iterable[str]) -> Found:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield (*where, number), f"“{name}”重复", "改名，或删去一处"
        seen.add(name)


def documents(pack: Pack, source: str) -> Found:
    """Find placeholders that nobody fills in, and documents that need a number and have none."""
    for kind, known in wording.PLACEHOLDERS_OF.items():
        for where, node in walk(getattr(pack.documents, kind), ("documents", kind)):
            for name in wording.unknown(node, known) if isinstance(node, str) else ():
                yield where, f"没有“{name}”这一占位", f"可用：{'、'.join(f'{{{each}}}' for each in known)}"
    for kind in ("appointment_notice", "certificate"):
        document = getattr(pack.documents, kind)
        if document and document.number is None:
            yield ("documents", kind), "没有编号格式", "补 number"
    for name in pack.documents.appointment_notice.roster:
        if name not in wording.ROSTER:
            where = ("documents", "appointment_notice", "roster", name)
            yield where, f"名单没有“{name}”这一栏", f"可用：{'、'.join(wording.ROSTER)}"
