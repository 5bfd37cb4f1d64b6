"""What stops an act on needs, the pool and pairings."""

from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.matching.models import (
    Need,
    Pairing,
    PoolEntry,
)
from apps.matching.selectors.pairings import PairingFacts
from apps.matching.selectors.pool import PoolFacts
from apps.seasons.selectors import WindowStatus
from apps.seasons.states import SeasonState

NOT_OPEN = Refusal("season_closed", "本批次不在进行中。", "请留意下一批次的通知。")


def says_why(record: Any, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give back, to turn down or to take off without saying why."""
    if decision.opinion.strip():
        return None
    return Refusal("no_reason", "没有填写理由。", "请写明理由，对方将看到。")


def need_is_in_time(need: Need, window: WindowStatus | None, decision: Decision) -> Refusal | None:
    """Refuse a need outside its season, or outside the window that its policy sets for needs."""
    if need.season.state != SeasonState.OPEN:
        return NOT_OPEN
    if window is None or window.is_open or window.is_late:
        return None
    if window.is_before and window.opens:
        return Refusal("window_not_open", f"{window.label}自{written_day(window.opens)}开始。", "请届时再提交。")
    return Refusal("window_closed", f"{window.label}已经截止。", "填写的内容仍可查看。")


def is_in_season(record: Any, facts: PoolFacts | PairingFacts, decision: Decision) -> Refusal | None:
    """Refuse in a season that has ended."""
    return None if facts.is_in_season else NOT_OPEN


def says_what_he_offers(entry: PoolEntry, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse an entry that does not say in which industries, and with what, he can help."""
    if entry.industries and entry.offer.strip():
        return None
    return Refusal("incomplete", "没有填写服务产业或能提供的服务。", "请补全后再提交。")


def place_is_over(entry: PoolEntry, facts: PoolFacts, decision: Decision) -> Refusal | None:
    """Refuse to end a place in the pool before its last day is over."""
    is_past = entry.until is not None and entry.until < timezone.localdate(decision.at)
    if is_past or not facts.is_in_season:
        return None
    return Refusal("in_term", "在库有效期未满。", "期满后系统自动出库。")


def speaks_on_these_terms(pairing: Pairing, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse a word on other terms than those that stand."""
    if decision.details.get("digest") == pairing.digest():
        return None
    return Refusal("text_changed", "对接内容与您打开的不一致，本次操作未记录。", "请重新打开，阅读后再办理。")


def answers_in_time(pairing: Pairing, facts: PairingFacts, decision: Decision) -> Refusal | None:
    """Refuse an answer after the last day to give it."""
    if not facts.is_late or pairing.until is None:
        return None
    return Refusal("too_late", f"答复已于{written_day(pairing.until)}截止。", "如仍有意向，请重新提出。")


def is_not_supported_twice(pairing: Pairing, facts: PairingFacts, decision: Decision) -> Refusal | None:
    """Refuse for whom another level supports already, unless it is only meant in principle and a reason is given."""
    for each in facts.shortfalls:
        if each.must:
            return Refusal(f"ineligible:{each.rule}", f"{each.message}{each.found}。", each.remedy, each.basis)
        if not decision.opinion.strip():
            said = f"原则上要求：{each.message}{each.found}。"
            return Refusal(f"no_reason:{each.rule}", said, "确需同意的，请写明理由，将记入办理记录。", each.basis)
    return None


def pairing_is_over(pairing: Pairing, facts: PairingFacts, decision: Decision) -> Refusal | None:
    """Refuse to let lapse what may still be answered, or stands agreed in a season in progress."""
    if facts.is_late or not facts.is_in_season:
        return None
    return Refusal("in_time", "尚在答复期限内。", "期满后系统自动失效。")
