"""What stops an act on an allocation."""

import re
from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.desks.permissions import acts_at
from apps.matching.models import (
    Adjustment,
    AllocationRun,
)
from apps.matching.models.allocation import DRAWN_DIGITS, DRAWN_NUMBER
from apps.matching.selectors.adjustments import MoveFacts
from apps.matching.selectors.allocation import Unsettled
from apps.matching.selectors.notice import NoticePeriod
from apps.matching.selectors.rounds import LeftToDo
from apps.matching.states import IN_HAND, RunState


def is_drawn_once(run: AllocationRun, facts: AllocationRun | None, decision: Decision) -> Refusal | None:
    """Refuse what is no number, and a second one: whoever could draw again could choose.

    What was drawn for the same market holds though that version was given up.
    """
    if run.seed:
        return Refusal("drawn", f"摇号结果已登记为“{run.drawn}”，不能更改。", "同一内容只摇号一次，请按此继续。")
    if facts and decision.details["drawn"] != facts.drawn:
        said = f"冻结的内容与已作废的{facts}完全相同，其摇号结果“{facts.drawn}”继续有效，不再摇号。"
        return Refusal("number_holds", said, f"请登记“{facts.drawn}”。")
    if re.fullmatch(DRAWN_NUMBER, decision.details["drawn"]):
        return None
    return Refusal("no_number", f"摇号结果须为{DRAWN_DIGITS}位数字。", "请填写现场公开产生的号码。")


def was_drawn(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to compute before a number was drawn in public."""
    return None if run.seed else Refusal("not_drawn", "尚未登记公开摇号的结果。", "请先登记。")


def everybody_has_answered(run: AllocationRun, facts: Unsettled, decision: Decision) -> Refusal | None:
    """Refuse to settle what somebody is still asked about."""
    if not facts.unanswered:
        return None
    return Refusal("unanswered", f"还有{facts.unanswered}项征求意见没有答复。", "请待答复，或撤销有关调整。")


def is_reckoned(run: AllocationRun, facts: Unsettled, decision: Decision) -> Refusal | None:
    """Refuse to settle a result that does not follow the moves that hold."""
    if not facts.is_behind:
        return None
    return Refusal("behind", "调整已有变化，结果正在重新计算。", "请稍候片刻再办理。")


def somebody_is_left(run: AllocationRun, facts: Unsettled, decision: Decision) -> Refusal | None:
    """Refuse a supplementary round for which there is nobody, or no seat."""
    if facts.round and facts.round.people and facts.round.seats:
        return None
    return Refusal("nobody_left", "没有未安排的人员，或已没有空余名额。", "请直接确认结果，或先增加名额。")


def last_day_is_to_come(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse a last day of a supplementary round that is past, or before the one that was told."""
    until = decision.details["until"]
    if until < timezone.localdate(decision.at).isoformat():
        return Refusal("last_day", "补充志愿的截止日不能早于今日。", "请更正日期。")
    if run.until and until < run.until.isoformat():
        return Refusal("last_day", f"已通知截止到{written_day(run.until)}，只能推后。", "请更正日期。")
    return None


def round_is_over(run: AllocationRun, facts: LeftToDo, decision: Decision) -> Refusal | None:
    """Refuse to go on before the last day of the round is over, unless all have wished anew and were judged."""
    if not facts or run.until is None or run.until < timezone.localdate(decision.at):
        return None
    waits = f"还有{facts.lacking}人没有重新提交，{facts.unjudged}个志愿未审核"
    said = f"补充志愿至{written_day(run.until)}截止（含当日），{waits}。"
    return Refusal("in_round", said, "请截止后再冻结；全部重新提交并审核完毕的，可以提前冻结。")


def run_is_in_hand(adjustment: Adjustment, facts: MoveFacts, decision: Decision) -> Refusal | None:
    """Refuse to change a move of an allocation that was settled or given up."""
    if facts.run_state in IN_HAND:
        return None
    label = RunState(facts.run_state).label
    return Refusal("not_in_hand", f"本次分配{label}，不能再改动其中的调整。", "如确需变更，请联系协调办公室。")


def speaks_for_who_is_asked(adjustment: Adjustment, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse a word for a desk that has answered already, or was never asked."""
    desk = decision.details["desk"]
    if desk in adjustment.awaited_desks() and acts_at(desk, decision.by, adjustment, decision.at):
        return None
    return Refusal("not_asked", "这一征求意见不是报给您的，或已经答复。", "请重新打开查看最新情况。")


def notice_days_are_to_come(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse days of notice that are out of order or over."""
    today = timezone.localdate(decision.at).isoformat()
    if today <= decision.details["opens"] <= decision.details["closes"]:
        return None
    return Refusal("notice_days", "公示须自今日或以后开始，截止日不早于开始日。", "请更正日期。")


def notice_is_as_long_as_set(run: AllocationRun, facts: NoticePeriod | None, decision: Decision) -> Refusal | None:
    """Refuse a notice shorter than the policy has it, a longer one without a reason, one that ends years off."""
    closes = date.fromisoformat(decision.details["closes"])
    if abs(closes.year - run.season.year) > 1:
        return Refusal("notice_far", f"公示截止日{written_day(closes)}与批次年度相差过远。", "请核对年份。")
    if facts is None or closes == facts.closes:
        return None
    said = f"公示期限{facts.days}天，按所填开始日应公示至{written_day(facts.closes)}。"
    if closes < facts.closes:
        return Refusal("notice_short", said, "请更正截止日，公示不得短于期限。")
    return None if decision.opinion.strip() else Refusal("notice_long", said, "确需延长的，请写明理由。")


def notice_is_over(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to publish before the last day of the notice is over."""
    if run.closes and run.closes < timezone.localdate(decision.at):
        return None
    return Refusal("on_notice", f"公示至{written_day(run.closes) if run.closes else ''}。", "期满后再公布。")


def run_is_given_up_with_reason(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give an allocation up without saying why."""
    return None if decision.opinion.strip() else Refusal("no_reason", "作废须写明理由。", "请填写理由。")
