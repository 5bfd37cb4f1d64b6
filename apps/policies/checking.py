"""What makes a pack unfit to run: each fault with its line and what to do."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from apps.policies import wording
from apps.policies.acts import ACTS
from apps.policies.calendar import year_day
from apps.policies.conditions import ORDERED, comparisons
from apps.policies.facts import CHOICE, CHOICES, DERIVED, FACTS, INTEGER, SCALE
from apps.policies.loading import Fault, PackError, line_of, parse, read, tree
from apps.policies.schema import Application, Ask, Clause, Condition, Grounded, Pack

Where = tuple[str | int, ...]
Found = Iterator[tuple[Where, str, str]]
SOME_YEAR = 2024
"""A leap year: a day without a year must exist in one."""


@dataclass(frozen=True)
class Report:
    """What was found in a pack; `notes` are for the season office, not faults."""

    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()


def check(path: str | Path) -> Report:
    """Check a pack by id or path and return all faults found, in the order of their lines."""
    try:
        files = read(path)
        pack = parse(files.pack_text, files.source_text, str(files.path))
    except PackError as error:
        return Report(tuple(sorted(error.faults)))
    data = tree(files.pack_text, str(files.path))
    found = [each for checker in CHECKS for each in checker(pack, files.source_text)]
    faults = {
        Fault(str(files.path), line_of(data, where), ".".join(map(str, where)), message, remedy)
        for where, message, remedy in found
    }
    return Report(tuple(sorted(faults)), tuple(_notes(pack)))


def _walk(node: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Yield every part of a pack with its place, under the keys it has in the file."""
    yield where, node
    if isinstance(node, BaseModel):
        for name, info in type(node).model_fields.items():
            yield from _walk(getattr(node, name), (*where, info.alias or name))
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _walk(value, (*where, key))
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from _walk(value, (*where, number))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _quotes(pack: Pack, source: str) -> Found:
    words = _squeezed(source)
    for where, node in _walk(pack):
        if isinstance(node, Clause) and _squeezed(node.quote) not in words:
            yield (*where, "quote"), "引文不在政策原文中", "逐字摘录原文（空白不计）"


def _grounds(pack: Pack, source: str) -> Found:
    for where, node in _walk(pack):
        if isinstance(node, Grounded) and not (node.clause or node.asks) and not _covered(where):
            yield where, "规则既无条款依据，也未列入待定事项", "补 clause，或补 asks"
        if isinstance(node, Grounded) and node.clause and node.asks:
            yield where, "同时写了条款与待定事项", "只留一个"


def _covered(where: Where) -> bool:
    """Tell whether the mapping around a rule answers for it: the steps of a route, the plain fields of a form."""
    return "steps" in where or "fields" in where


def _questions(pack: Pack, source: str) -> Found:
    known = Counter(question.id for question in pack.open_questions)
    asked = set()
    for where, node in _walk(pack):
        name = node.ask if isinstance(node, Ask) else node.asks if isinstance(node, Grounded) else None
        if name:
            asked.add(name)
            if name not in known:
                yield where, f"待定事项“{name}”不存在", "在 open_questions 中补上"
    for number, question in enumerate(pack.open_questions):
        if question.id not in asked:
            yield ("open_questions", number), f"待定事项“{question.id}”没有规则引用", "删去，或由规则引用"
        if known[question.id] > 1:
            yield ("open_questions", number), f"待定事项“{question.id}”重复", "改名或合并"


def _answers_fit(pack: Pack, source: str) -> Found:
    for where, node in _walk(pack):
        if not isinstance(node, Ask) or where[-1] not in ("days", "years", "begins"):
            continue
        chosen = pack.answer(node, {})
        if where[-1] == "begins":
            yield from _day(chosen, where)
        elif not isinstance(chosen, int) or isinstance(chosen, bool) or chosen < 1:
            yield where, f"待定事项“{node.ask}”应选定一个正整数", "更正 chosen"


def _conditions(pack: Pack, source: str) -> Found:
    for where, node in _walk(pack):
        if not isinstance(node, Condition):
            continue
        shapes = [node.all is not None, node.any is not None, node.negate is not None, node.fact is not None]
        if sum(shapes) != 1:
            yield where, "条件应恰有 all、any、not、fact 之一", "拆开书写"
        elif node.all == () or node.any == ():
            yield where, "条件没有内容", "补上，或删去"
        elif node.fact is not None:
            yield from _leaf(node, where, pack)


def _leaf(leaf: Condition, where: Where, pack: Pack) -> Found:
    fact = FACTS.get(leaf.fact or "")
    found = comparisons(leaf)
    if fact is None:
        yield (*where, "fact"), f"没有“{leaf.fact}”这一事实", "从事实登记表中选用"
        return
    if not found:
        yield where, "没有比较方式", "补 is、in、at_least 等"
    for op, operand in found:
        if op in ORDERED and fact.type not in (SCALE, INTEGER):
            yield where, f"“{fact.label}”不能比较大小", "改用 is 或 in"
        for value in operand if op == "in_" else [operand]:
            if fact.type == INTEGER and not isinstance(value, int):
                yield where, f"“{fact.label}”应与整数比较", "更正取值"
            if fact.type in (SCALE, CHOICE, CHOICES) and value not in _values(fact.options, pack):
                yield where, f"“{value}”不是“{fact.label}”的取值", "从 scales 或 choices 中选用"


def _values(options: str, pack: Pack) -> tuple[str, ...]:
    return pack.scales.get(options) or tuple(pack.choices.get(options, ()))


def _forms(pack: Pack, source: str) -> Found:
    process = pack.processes.application
    asked: list[str] = []
    names: list[str] = []
    for number, step in enumerate(process.form):
        at: Where = ("processes", "application", "form", number)
        for place, field in enumerate(step.fields):
            fact = FACTS.get(field.fact)
            if fact is None or fact.provider == DERIVED:
                yield (*at, "fields", place), f"“{field.fact}”不能由申请人填写", "从事实登记表中选用"
            elif fact.options and not _values(fact.options, pack):
                yield (*at, "fields", place), f"“{fact.label}”没有可选的值", f"在 scales 或 choices 中补 {fact.options}"
            if field.fact in asked:
                yield (*at, "fields", place), f"“{field.fact}”重复", "删去一处"
            asked.append(field.fact)
        for place, wanted in enumerate(step.attachments):
            if wanted.id in names:
                yield (*at, "attachments", place), f"附件“{wanted.id}”重复", "改名或删去"
            names.append(wanted.id)
        if not (step.fields or step.attachments):
            yield at, "这一步没有内容", "删去，或补填写项"
    yield from _unasked(process, asked)


def _unasked(process: Application, asked: list[str]) -> Found:
    """Find facts that a rule judges, that an applicant would type, and that the form never asks for."""
    base: Where = ("processes", "application")
    for part in ("eligibility", "routes"):
        for where, node in _walk(getattr(process, part), (*base, part)):
            fact = FACTS.get(node.fact or "") if isinstance(node, Condition) else None
            if fact is not None and fact.provider != DERIVED and fact.name not in asked:
                yield where, f"表单没有询问“{fact.label}”，此条件无从判断", "在 form 中加入"


def _routes(pack: Pack, source: str) -> Found:
    process = pack.processes.application
    earlier: list[Condition] = []
    for number, route in enumerate(process.routes):
        at: Where = ("processes", "application", "routes", number)
        if (number and process.routes[number - 1].when is None) or route.when in earlier:
            yield at, f"路径“{route.id}”永远走不到", "把无条件的路径放在最后，条件不要重复"
        if route.when is not None:
            earlier.append(route.when)
        yield from _steps(pack, number)
        last = ACTS.get(route.steps[-1].act)
        if last is not None and not last.may_end:
            yield (*at, "steps", len(route.steps) - 1), "最后一步不是终审行为", "以 finalisation 等结束"
    if process.window not in pack.calendar.windows:
        yield ("processes", "application", "window"), f"没有“{process.window}”这一窗口", "在 calendar.windows 中补上"


def _steps(pack: Pack, number: int) -> Found:
    at: Where = ("processes", "application", "routes", number, "steps")
    for place, step in enumerate(pack.processes.application.routes[number].steps):
        act, office = ACTS.get(step.act), pack.offices.get(step.office)
        if act is None or not act.executable:
            yield (*at, place), f"没有程序办理“{step.act}”这一行为", "可用：consent、review、notice、finalisation"
        if office is None:
            yield (*at, place), f"没有“{step.office}”这一办理机关", "在 offices 中补上"
        elif office.body == "applicant" and step.act != "consent":
            yield (*at, place), "申请人不能办理这一行为", "改为其他机关"
        if place == 0 and step.act == "notice":
            yield (*at, place), "公示不能是第一步", "先审核，后公示"
        if step.act == "notice" and step.days is None:
            yield (*at, place), "公示没有期限", "补 days，或 days: {ask: …}"


def _ids(pack: Pack, source: str) -> Found:
    process = pack.processes.application
    for part in ("eligibility", "routes", "grounds"):
        seen: set[str] = set()
        for number, rule in enumerate(getattr(process, part)):
            if rule.id in seen:
                yield ("processes", "application", part, number), f"“{rule.id}”重复", "改名"
            seen.add(rule.id)


def _days(pack: Pack, source: str) -> Found:
    for key, window in pack.calendar.windows.items():
        at: Where = ("calendar", "windows", key)
        wrong = [fault for day in (window.opens, window.closes) if day for fault in _day(day, at)]
        yield from wrong
        if not wrong and window.opens and window.closes:
            opens, closes = year_day(window.opens, SOME_YEAR), year_day(window.closes, SOME_YEAR)
            if closes < opens:
                yield at, "窗口在开始之前就已截止", "更正 opens 与 closes"


def _day(text: object, where: Where) -> Found:
    try:
        year_day(str(text), SOME_YEAR)
    except ValueError:
        yield where, f"没有“{text}”这一天", "写成 08-05 或 2023-08-05"


def _documents(pack: Pack, source: str) -> Found:
    for where, node in _walk(pack.documents, ("documents",)):
        if isinstance(node, str):
            for name in wording.unknown(node):
                yield where, f"没有“{{{name}}}”这一占位", f"可用：{'、'.join(wording.PLACEHOLDERS)}"
    for kind in ("appointment_notice", "certificate"):
        if getattr(pack.documents, kind).number is None:
            yield ("documents", kind), "没有编号格式", "补 number"


CHECKS: tuple[Callable[[Pack, str], Found], ...] = (
    _quotes, _grounds, _questions, _answers_fit, _conditions, _forms, _routes, _ids, _days, _documents,
)  # fmt: skip


def _notes(pack: Pack) -> Iterator[str]:
    for question in pack.open_questions:
        yield f"待定：{question.text}；选定 {question.chosen}（{question.why}）"
