"""Checks of words: quotes, what rules rest on, names used twice, days that exist, placeholders."""

from collections.abc import Iterable

from apps.policies import wording
from apps.policies.calendar import SOME_LEAP_YEAR, is_day, year_day
from apps.policies.checking.found import APPLICATION, Found
from apps.policies.schema import Clause, Grounded, Pack, Term, Window
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
    """Find names given twice."""
    process = pack.processes.application
    for part in ("eligibility", "routes", "grounds"):
        yield from _twice((*APPLICATION, part), [rule.id for rule in getattr(process, part)])
    yield from _twice(("open_questions",), [question.id for question in pack.open_questions])
    for key, scale in pack.scales.items():
        yield from _twice(("scales", key), scale)


def _twice(where: Where, names: Iterable[str]) -> Found:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield (*where, number), f"“{name}”重复", "改名，或删去一处"
        seen.add(name)


def days(pack: Pack, source: str) -> Found:
    """Find days that do not exist, and windows that close before they open."""
    for where, node in walk(pack):
        if isinstance(node, Window):
            yield from _window(node, where)
        elif isinstance(node, Term) and isinstance(node.begins, str) and not is_day(node.begins):
            yield _no_such_day((*where, "begins"), node.begins)


def _window(window: Window, where: Where) -> Found:
    wrong = [name for name in ("opens", "closes") if (day := getattr(window, name)) and not is_day(day)]
    for name in wrong:
        yield _no_such_day((*where, name), getattr(window, name))
    if window.opens and window.closes and not wrong:
        opens, closes = (year_day(day, SOME_LEAP_YEAR) for day in (window.opens, window.closes))
        if (len(window.opens) == len(window.closes)) and closes < opens:
            yield where, "窗口在开始之前就已截止", "更正 opens 与 closes"


def _no_such_day(where: Where, text: str) -> tuple[Where, str, str]:
    return where, f"没有“{text}”这一天", "写成 08-05 或 2023-08-05"


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
