"""What stops an act in the two-way selection."""

from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.matching.models import AllocationRun, Need, Pairing, PoolEntry, WishList
from apps.matching.selectors.pairings import PairingFacts
from apps.matching.selectors.pool import PoolFacts
from apps.matching.selectors.wishes import WishFacts
from apps.seasons.selectors import WindowStatus
from apps.seasons.states import SeasonState

# Wishes


def before_the_freeze(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to change what an allocation is being computed from."""
    if not facts.is_frozen:
        return None
    return Refusal("frozen", "志愿和审核意见已冻结，正在进行分配。", "如确需更改，请联系协调办公室。")


def within_the_window(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to hand in outside the window; what comes late needs a reason."""
    window = facts.window
    if window is None or window.is_open:
        return None
    if window.is_before and window.opens:
        return Refusal("window_not_open", f"“{window.label}”自{written_day(window.opens)}开始。", "请届时再提交。")
    if window.is_late and decision.opinion.strip():
        return None
    if window.is_late and window.late_until:
        return Refusal("late", f"已逾期，{written_day(window.late_until)}前可补报。", "请写明逾期原因后提交。")
    return Refusal("window_closed", f"“{window.label}”已经截止。", "如确需更改，请联系协调办公室。")


def wishes_are_in_order(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse too few or too many wishes, a county twice, one outside the season, an industry that it has not."""
    chosen = [entry["group"] for entry in wishes.entries]
    least, most = facts.least, facts.most
    if not least <= len(chosen) <= most:
        return Refusal(
            "number_of_wishes", f"须填{least}至{most}个志愿，现有{len(chosen)}个。", "请增减后再提交。", facts.basis
        )
    if len(set(chosen)) < len(chosen):
        return Refusal("county_twice", "同一个县（市、区）填了两次。", "请改选另一个，或删去一个志愿。")
    for number, entry in enumerate(wishes.entries, 1):
        if entry["group"] not in facts.industries:
            return Refusal("not_in_season", f"志愿{number}所选的县（市、区）不在本批次范围内。", "请从列表中选择。")
        if entry["industry"] not in facts.industries[entry["group"]]:
            return Refusal("not_its_industry", f"志愿{number}没有选择该县的特色产业。", "请从该县的产业清单中选择。")
    return None


def speaks_for_the_county(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to judge a wish that is aimed at another county, or that was taken back meanwhile."""
    desks = facts.desks.get((wishes.pk, decision.details["group"]), ())
    if decision.details["desk"] in desks and decision.by.sits_at(decision.details["desk"], decision.at):
        return None
    return Refusal("not_your_wish", "这一志愿不是报给您所在县（市、区）的，或已由本人撤回。", "请重新打开名单。")


def refusal_has_reason(wishes: WishList, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to turn somebody down without saying why."""
    if decision.details["word"] != "refuse" or decision.opinion.strip():
        return None
    return Refusal("no_reason", "不接收须写明理由。", "请填写理由，本人将在分配结果说明中看到。")


# Allocation


def is_drawn_once(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse an empty number, and a second one: whoever could draw again could choose."""
    if run.seed:
        return Refusal("drawn", f"摇号结果已登记为“{run.drawn}”，不能更改。", "如登记有误，请作废本次分配。")
    if decision.details["drawn"].strip():
        return None
    return Refusal("nothing_drawn", "没有填写公开摇号的结果。", "请填写现场公开产生的号码。")


def was_drawn(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to compute before a number was drawn in public."""
    return None if run.seed else Refusal("not_drawn", "尚未登记公开摇号的结果。", "请先登记。")


def everybody_has_answered(run: AllocationRun, unanswered: int | None, decision: Decision) -> Refusal | None:
    """Refuse to settle what somebody is still asked about."""
    if not unanswered:
        return None
    return Refusal("unanswered", f"还有{unanswered}项征求意见没有答复。", "请待答复，或撤销有关调整。")


def notice_days_are_to_come(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse days of notice that are out of order or over."""
    today = timezone.localdate(decision.at).isoformat()
    if today <= decision.details["opens"] <= decision.details["closes"]:
        return None
    return Refusal("notice_days", "公示须自今日或以后开始，截止日不早于开始日。", "请更正日期。")


def notice_is_over(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to publish before the last day of the notice is over."""
    if run.closes and run.closes < timezone.localdate(decision.at):
        return None
    return Refusal("on_notice", f"公示至{written_day(run.closes) if run.closes else ''}。", "期满后再公布。")


def run_is_given_up_with_reason(run: AllocationRun, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse to give an allocation up without saying why."""
    return None if decision.opinion.strip() else Refusal("no_reason", "作废须写明理由。", "请填写理由。")


# Needs, the pool, pairings

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


def pairing_is_over(pairing: Pairing, facts: PairingFacts, decision: Decision) -> Refusal | None:
    """Refuse to let lapse what may still be answered, or stands agreed in a season in progress."""
    if facts.is_late or not facts.is_in_season:
        return None
    return Refusal("in_time", "尚在答复期限内。", "期满后系统自动失效。")
