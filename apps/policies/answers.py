"""Answers to open questions: which of them a season may give, what fits there, how it reads."""

from collections.abc import Iterator
from typing import Any

from apps.policies.calendar import day_in_words, is_day
from apps.policies.schema import Ask, Pack
from apps.policies.values import Mistyped

DAYS, YEARS, NUMBER, PERCENT, DAY, OPTION = "days", "years", "number", "percent", "day", "option"
_PLACES = {
    DAYS: (
        "days", "before_days", "after_days", "then_colleagues_after", "then_level_above_after", "stop_after",
        "every_days", "returned_after_days",
    ),
    YEARS: ("years",),
    NUMBER: ("at_least", "at_most", "least", "count", "statement_at_most", "fit", "had", "further"),
    PERCENT: ("percent", "weight"),
    DAY: ("begins",),
    OPTION: ("means", "base", "ties", "counting"),
}  # fmt: skip
_KIND_OF_PLACE = {place: kind for kind, places in _PLACES.items() for place in places}
_RANGES = {DAYS: (1, 366), YEARS: (1, 20), NUMBER: (0, 1_000_000), PERCENT: (0, 100)}
_LONGEST = 7
_UNITS = {DAYS: "天", YEARS: "年", PERCENT: "%"}
_WANTED = {
    DAYS: "应填写1至366的整数（天）",
    YEARS: "应填写1至20的整数（年）",
    NUMBER: "应填写0至1000000的整数",
    PERCENT: "应填写0至100的整数（%）",
    DAY: "应写成 01-01 这样的月日",
    OPTION: "请从所列选项中选择",
}


def asked(pack: Pack) -> frozenset[str]:
    """Return the questions a season may answer by a value or an option; the pack's text settles all others."""
    return frozenset(kinds(pack))


def kinds(pack: Pack) -> dict[str, str]:
    """Return {question: its kind}, from the places that ask it; OPTION for all that offer options."""
    options = {question.id: OPTION for question in pack.open_questions if question.options}
    return {node.ask: kind for kind, node in _places(pack)} | options


def _places(pack: Pack) -> Iterator[tuple[str, Ask]]:
    for where, node in pack.asking:
        yield _KIND_OF_PLACE[next(key for key in reversed(where) if isinstance(key, str))], node


def options(pack: Pack, key: str) -> list[tuple[str, str]]:
    """Return what may be chosen as (value, label), empty where a value is typed."""
    question = pack.question(key)
    return list(question.options.items()) if question else []


def read(pack: Pack, key: str, text: str) -> Any:
    """Read what was typed as an answer to a question that may be answered; raise Mistyped when it does not fit."""
    kind, text = kinds(pack)[key], text.strip()
    if kind in _RANGES and text.isdecimal() and len(text) <= _LONGEST:
        least, most = _RANGES[kind]
        if least <= int(text) <= most:
            return int(text)
    if (kind == DAY and is_day(text)) or (kind == OPTION and text in dict(options(pack, key))):
        return text
    raise Mistyped(_WANTED[kind])


def in_words(pack: Pack, key: str, value: Any) -> str:
    """Write an answer as people read it: with its unit, or the words of the option."""
    kind = kinds(pack).get(key, "")
    typed = day_in_words(value) if kind == DAY else f"{value}{_UNITS.get(kind, '')}"
    return dict(options(pack, key)).get(str(value), typed)
