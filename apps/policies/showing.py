"""A pack in plain Chinese, for an office that wants to read what the system will do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.policies import telling
from apps.policies.answers import in_words
from apps.policies.calendar import day_in_words, span
from apps.policies.conditions import render
from apps.policies.facts import FACTS
from apps.policies.routing import chain, if_chosen_in_words, starter
from apps.policies.schema import ClosingReminder, Grounded, Lapse, OverdueReminder, Pack, Rule, Window


def show(pack: Pack) -> str:
    """Return the pack as readable text, each rule with its clause or the question that chose it."""
    parts = (_head, _windows, _form, _rules, _routes, _deadlines, _recognition, _sheet, _questions)
    return "\n".join(line for part in parts for line in part(pack))


def _head(pack: Pack) -> Iterator[str]:
    source = pack.source
    status = "" if source.status == "in_force" else "（征求意见稿）"
    written = day_in_words(source.issued.isoformat()) if source.issued else "未署日期"
    yield f"{pack.title}{status}"
    yield f"依据：{source.issuer}{source.in_marks}{source.number}，{written}"
    yield f"层级：{'—'.join(pack.levels.values())}"


def _windows(pack: Pack) -> Iterator[str]:
    yield "\n时间"
    for window in pack.calendar.windows.values():
        yield f"  {window_in_words(window, pack)}{_because(window, pack)}"
        if window.remind:
            yield f"  {closing_in_words(window, window.remind, pack)}{_because(window.remind, pack)}"
    if hours := pack.calendar.duty_hours:
        spans = "、".join("至".join(span) for span in hours.spans)
        yield f"  值班：{'每天' if hours.every_day else '工作日'}{spans}{_because(hours, pack)}"


def window_in_words(window: Window, pack: Pack) -> str:
    """Return a window's days, and how long after them what comes late is still taken."""
    late = f"，截止后{pack.answer(window.late.days, {})}天内可说明理由补报" if window.late else ""
    opens, closes = (day_in_words(day) if day else "" for day in (window.opens, window.closes))
    days = f"{opens}至{closes}" if opens and closes else f"{opens}起" if opens else f"{closes}止" if closes else "不限"
    return f"{window.label}：{days}{late}"


def closing_in_words(
    window: Window, remind: ClosingReminder, pack: Pack, answers: Mapping[str, Any] | None = None
) -> str:
    """Return how long before a window closes people are reminded."""
    before = (span(days, remind, pack, answers or {}) for days in remind.before_days)
    return f"{window.label}截止前{'、'.join(str(each) if each.days else '当天' for each in before)}提醒"


def _form(pack: Pack) -> Iterator[str]:
    yield "\n申请表"
    for number, step in enumerate(pack.processes.application.form, 1):
        asked = [field.label or FACTS[field.fact].label for field in step.fields]
        handed_in = [f"附件：{wanted.label}" for wanted in step.attachments]
        yield f"  {number}. {step.title}{_of(step.starts, pack)}：{'、'.join([*asked, *handed_in])}"


def _rules(pack: Pack) -> Iterator[str]:
    yield "\n申请条件"
    for rule in pack.processes.application.eligibility:
        yield f"  {_rule(rule, pack)}{_because(rule, pack)}"


def _rule(rule: Rule, pack: Pack) -> str:
    when = (
        f"{if_chosen_in_words(rule.if_chosen, pack)}当{render(rule.when, pack)}时，"
        if rule.when
        else if_chosen_in_words(rule.if_chosen, pack)
    )
    strength = "" if rule.strength == "must" else "（原则上；不符合的须说明理由）"
    return f"{_of(rule.starts, pack)}{when}{strength}{render(rule.require, pack)}"


def _of(starters: Sequence[str], pack: Pack) -> str:
    return f"（{'、'.join(starter(each, pack) for each in starters)}发起的）" if starters else ""


def _routes(pack: Pack) -> Iterator[str]:
    yield "\n办理路径"
    for route in pack.processes.application.routes:
        when = f"当{render(route.when, pack)}时：" if route.when else ""
        yield f"  {if_chosen_in_words(route.if_chosen, pack)}{when}{chain(route, pack)}{_because(route, pack)}"


def _deadlines(pack: Pack) -> Iterator[str]:
    process = pack.processes.application
    if process.remind or process.lapse:
        yield "\n催办"
    if process.remind:
        yield f"  {reminder_in_words(process.remind, pack)}{_because(process.remind, pack)}"
    if process.lapse:
        yield f"  {lapse_in_words(process.lapse, pack)}{_because(process.lapse, pack)}"


def reminder_in_words(remind: OverdueReminder, pack: Pack, answers: Mapping[str, Any] | None = None) -> str:
    """Return who is told of an overdue paper after how many days, and how often it may be urged by hand."""
    rungs = {
        "提醒办理人": remind.after_days,
        "提醒同事": remind.then_colleagues_after,
        "报上一级": remind.then_level_above_after,
        "不再提醒": remind.stop_after,
    }
    said = answers or {}
    told = [f"满{span(days, remind, pack, said)}{what}" for what, days in rungs.items() if days is not None]
    if by_hand := remind.by_hand:
        every, most = span(by_hand.every_days, remind, pack, said), pack.answer(by_hand.at_most, said)
        told.append(f"可人工催办，每{every}一次，最多{most}次")
    return "，".join(told)


def lapse_in_words(lapse: Lapse, pack: Pack, answers: Mapping[str, Any] | None = None) -> str:
    """Return within how many days what was given back must be handed in again, before it is over."""
    return f"退回修改后{span(lapse.returned_after_days, lapse, pack, answers or {})}内未再提交的终止"


def _recognition(pack: Pack) -> Iterator[str]:
    yield from _told(telling.recognition(pack), pack)


def _sheet(pack: Pack) -> Iterator[str]:
    yield from _told(telling.sheet(pack, None), pack)


def _told(told: telling.Told, pack: Pack) -> Iterator[str]:
    by_sort: dict[str, list[str]] = {}
    for sort, words, rule in told:
        by_sort.setdefault(sort, []).append(f"  {words}{_because(rule, pack)}")
    for sort, lines in by_sort.items():
        yield f"\n{sort}"
        yield from lines


def _because(rule: Grounded, pack: Pack) -> str:
    basis = pack.basis(rule)
    return f"\n    {basis.ref}：“{basis.quote}”" if basis.quote else f"\n    办理机关设定：{basis.question}"


def _questions(pack: Pack) -> Iterator[str]:
    yield "\n待定事项（批次开始前可由办公室另行选定）"
    for question in pack.open_questions:
        chosen = in_words(pack, question.id, question.chosen)
        yield f"  {question.id}：{question.text}。选定：{chosen}。理由：{question.why}"
        yield from (f"    可选：{label}" for label in question.options.values())
