"""Checks of days and hours: they exist, and come in their order."""

from itertools import pairwise

from apps.policies.answers import options
from apps.policies.calendar import SOME_LEAP_YEAR, WORKING_DAYS, is_day, year_day
from apps.policies.checking.found import Found, number
from apps.policies.schema import Ask, Counted, DutyHours, OverdueReminder, Pack, Return, Term, Window
from apps.policies.walking import Where, walk


def days(pack: Pack, source: str) -> Found:
    """Find days that do not exist, and windows, collections and duty hours that end before they begin."""
    for where, node in walk(pack):
        if isinstance(node, Window):
            yield from _window(node, where)
        elif isinstance(node, Term) and isinstance(node.begins, str) and not is_day(node.begins):
            yield _no_such_day((*where, "begins"), node.begins)
        elif isinstance(node, Return):
            yield from _collected(node, where)
        elif isinstance(node, DutyHours):
            yield from _duty(node, where)


def _window(window: Window, where: Where) -> Found:
    wrong = [name for name in ("opens", "closes") if (day := getattr(window, name)) and not is_day(day)]
    for name in wrong:
        yield _no_such_day((*where, name), getattr(window, name))
    if window.opens and window.closes and not wrong and _is_earlier(window.closes, window.opens):
        yield where, "窗口在开始之前就已截止", "更正 opens 与 closes"
    if window.late and not window.closes:
        yield (*where, "late"), "没有截止日，无所谓逾期", "补 closes，或删去 late"


def _collected(form: Return, where: Where) -> Found:
    given = [(place, level.by) for place, level in enumerate(form.up) if level.by]
    wrong = [(place, day) for place, day in given if not is_day(day)]
    for place, day in wrong:
        yield _no_such_day((*where, "up", place, "by"), day)
    for (_, before), (place, after) in pairwise(given if not wrong else []):
        if _is_earlier(after, before):
            yield (*where, "up", place), "上一级的截止日早于下一级", "更正 by"


def _is_earlier(day: str, than: str) -> bool:
    return len(day) == len(than) and year_day(day, SOME_LEAP_YEAR) < year_day(than, SOME_LEAP_YEAR)


def _duty(hours: DutyHours, where: Where) -> Found:
    for place, (begins, ends) in enumerate(hours.spans):
        if ends <= begins:
            yield (*where, "spans", place), "值班时段在开始之前就已结束", "更正时段"
    for place, (before, after) in enumerate(pairwise(hours.spans), 1):
        if after[0] < before[1]:
            yield (*where, "spans", place), "值班时段重叠或次序颠倒", "按先后书写，不要重叠"


def _no_such_day(where: Where, text: str) -> tuple[Where, str, str]:
    return where, f"没有“{text}”这一天", "写成 08-05 或 2023-08-05"


COUNTS = {"natural_days", WORKING_DAYS}
LADDER = ("after_days", "then_colleagues_after", "then_level_above_after", "stop_after")


def counting(pack: Pack, source: str) -> Found:
    """Find days that count in no known way."""
    for where, node in walk(pack):
        asked = node.counting if isinstance(node, Counted) else None
        if isinstance(asked, Ask) and not dict(options(pack, asked.ask)).keys() <= COUNTS:
            yield (*where, "counting"), "选项不是计算天数的办法", f"可用：{'、'.join(sorted(COUNTS))}"


def ladder(pack: Pack, source: str) -> Found:
    """Find reminders whose next rung comes before the one below it."""
    for where, node in walk(pack):
        if isinstance(node, OverdueReminder):
            rungs = [(name, day) for name in LADDER if (day := number(getattr(node, name), pack)) is not None]
            for (_, before), (name, day) in pairwise(rungs):
                if day <= before:
                    yield (*where, name), "提醒的天数应逐级增加", f"大于上一级的{before}天"
