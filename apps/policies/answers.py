"""Answers to open questions: which of them a season may give, what fits there, how it reads."""

from collections.abc import Iterator
from typing import Any

from apps.policies.calendar import is_day
from apps.policies.schema import Ask, Pack
from apps.policies.values import Mistyped
from apps.policies.walking import walk

DAYS, YEARS, DAY, OPTION = "days", "years", "day", "option"
_KIND_OF_PLACE = {"days": DAYS, "before_days": DAYS, "after_days": DAYS, "years": YEARS, "begins": DAY}
_MOST = {DAYS: 366, YEARS: 20}
_UNITS = {DAYS: "天", YEARS: "年"}
_WANTED = {
    DAYS: "应填写1至366的整数（天）",
    YEARS: "应填写1至20的整数（年）",
    DAY: "应写成 01-01 这样的月日",
    OPTION: "请从所列选项中选择",
}


def asked(pack: Pack) -> frozenset[str]:
    """Return the questions a season may answer by a value or an option; the pack's text settles all others."""
    return frozenset(kinds(pack))


def kinds(pack: Pack) -> dict[str, str]:
    """Return {question: DAYS, YEARS, DAY or OPTION}, from the places that ask it."""
    options = {question.id: OPTION for question in pack.open_questions if question.options}
    return {node.ask: kind for kind, node in _places(pack)} | options


def _places(pack: Pack) -> Iterator[tuple[str, Ask]]:
    for where, node in walk(pack):
        if isinstance(node, Ask):
            yield _KIND_OF_PLACE[next(key for key in reversed(where) if isinstance(key, str))], node


def options(pack: Pack, key: str) -> list[tuple[str, str]]:
    """Return what may be chosen as (value, label), empty where a value is typed."""
    question = pack.question(key)
    return list(question.options.items()) if question else []


def read(pack: Pack, key: str, text: str) -> Any:
    """Read what was typed as an answer to a question that may be answered; raise Mistyped when it does not fit."""
    kind, text = kinds(pack)[key], text.strip()
    if kind in _MOST and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= _MOST[kind]:
        return int(text)
    if (kind == DAY and is_day(text)) or (kind == OPTION and text in dict(options(pack, key))):
        return text
    raise Mistyped(_WANTED[kind])


def in_words(pack: Pack, key: str, value: Any) -> str:
    """Write an answer as people read it: with its unit, or the words of the option."""
    return dict(options(pack, key)).get(str(value), f"{value}{_UNITS.get(kinds(pack).get(key, ''), '')}")
