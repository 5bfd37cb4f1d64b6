"""What was typed into a form, read as the facts it stands for; a mistake is told in words, never raised."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from apps.core.characters import has_unseen
from apps.core.refusals import Problem
from apps.policies.facts import (
    BOOLEAN,
    CHOICE,
    CHOICES,
    COUNTY,
    DATE,
    FACTS,
    INTEGER,
    LONG_TEXT,
    ORGANIZATIONS,
    SCALE,
    TOWNSHIP,
    Fact,
)
from apps.policies.schema import FormField, FormStep, Pack

MOST_CHARACTERS = 500
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


class Mistyped(ValueError):
    """Say why a typed value cannot be read."""


def options(fact: Fact, pack: Pack) -> list[tuple[str, str]]:
    """Return the values a fact may take as (value, label), empty for free ones."""
    if fact.type == SCALE:
        return [(value, pack.choices.get(fact.options, {}).get(value, value)) for value in pack.scales[fact.options]]
    if fact.type in (CHOICE, CHOICES):
        return list(pack.choices[fact.options].items())
    return []


def read_value(fact: Fact, typed: Any, pack: Pack) -> Any:
    """Read what was typed as the fact's type; None for nothing typed. Raises Mistyped in words."""
    if typed in (None, "", []):
        return None
    if fact.type == CHOICES:
        return _read_choices(fact, typed, pack)
    if not isinstance(typed, str):
        raise Mistyped(f"{fact.label}的格式不对")
    text = _clean(fact, typed)
    if not text:
        return None
    readers = {INTEGER: _read_integer, DATE: _read_date, BOOLEAN: _read_boolean}
    readers |= dict.fromkeys((COUNTY, TOWNSHIP, *ORGANIZATIONS), _read_code)
    if fact.type in readers:
        return readers[fact.type](fact, text)
    if fact.type in (SCALE, CHOICE) and text not in dict(options(fact, pack)):
        raise Mistyped(f"{fact.label}“{text[:20]}”不在可选范围内")
    return text


def _clean(fact: Fact, typed: str) -> str:
    text = typed.strip()
    most = fact.at_most if fact.at_most and fact.type != INTEGER else MOST_CHARACTERS
    if len(text) > most:
        raise Mistyped(f"{fact.label}最多{most}字，现有{len(text)}字")
    if has_unseen(text, in_lines=fact.type == LONG_TEXT):
        raise Mistyped(f"{fact.label}含有不可见或无法印出的字符")
    return text


def _read_choices(fact: Fact, typed: Any, pack: Pack) -> list[str]:
    chosen = [typed] if isinstance(typed, str) else typed
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        raise Mistyped(f"{fact.label}的格式不对")
    known = dict(options(fact, pack))
    strange = next((one for one in chosen if one not in known), None)
    if strange is not None:
        raise Mistyped(f"{fact.label}“{strange[:20]}”不在可选范围内")
    return list(dict.fromkeys(chosen))


def _read_integer(fact: Fact, text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise Mistyped(f"{fact.label}应填写整数")
    number = int(text)
    if fact.at_most and number > fact.at_most:
        raise Mistyped(f"{fact.label}不能大于{fact.at_most}")
    return number


def _read_date(fact: Fact, text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise Mistyped(f"{fact.label}应写成 1985-03-21 这样的日期")
    return day


def _read_boolean(fact: Fact, text: str) -> bool:
    if text not in ("yes", "no"):
        raise Mistyped(f"{fact.label}应选择是或否")
    return text == "yes"


def _read_code(fact: Fact, text: str) -> str:
    if not text.isdecimal() or len(text) > 12:
        raise Mistyped(f"{fact.label}请从列表中选择")
    return text


def fields_of(form: Sequence[FormStep]) -> list[FormField]:
    """Return the entries that the pages of a form ask for."""
    return [field for page in form for field in page.fields]


def read_form(form: Sequence[FormStep], content: Mapping[str, Any], pack: Pack) -> tuple[dict[str, Any], list[Problem]]:
    """Return the facts of a filled form, and a problem for each field that is missing or mistyped."""
    facts: dict[str, Any] = {}
    problems = []
    for field in fields_of(form):
        fact = FACTS[field.fact]
        try:
            value = read_value(fact, content.get(fact.name), pack)
        except Mistyped as error:
            problems.append(Problem(fact.name, f"{error}。", "请更正。"))
            continue
        if value is None and field.required:
            problems.append(Problem(fact.name, f"{field.label or fact.label}没有填写。", "请补填。"))
        facts[fact.name] = value
    return facts, problems


def missing_files(form: Sequence[FormStep], files: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each document that is required and not handed in."""
    return [
        Problem(wanted.id, f"缺少附件“{wanted.label}”。", "请上传。")
        for page in form
        for wanted in page.attachments
        if wanted.required and not files.get(wanted.id)
    ]
