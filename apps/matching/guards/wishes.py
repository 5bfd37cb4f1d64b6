"""What stops an act on wishes."""

from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.open_forms import changed_since_checked
from apps.core.refusals import Refusal
from apps.matching.models import (
    WishList,
)
from apps.matching.selectors.wishes import WishFacts


def before_the_freeze(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to change what an allocation is being computed from; in a supplementary round who has no place may."""
    if not facts.is_frozen or (facts.round and wishes.person_id in facts.round.people):
        return None
    if facts.round:
        said = f"正在进行补充志愿，只受理{facts.round.run}分配中未安排人员的志愿。"
        return Refusal("not_in_round", said, "已有安排的人员志愿和审核意见不变。")
    return Refusal("frozen", "志愿和审核意见已冻结，正在进行分配。", "如确需更改，请联系协调办公室。")


def wishes_are_as_checked(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse wishes that were written otherwise since their writer looked them over."""
    return changed_since_checked(wishes.entries, decision.details.get("checked", ""))


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


def within_the_round(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to change wishes after the last day of a supplementary round."""
    until = facts.round.until if facts.round else None
    if until is None or timezone.localdate(decision.at) <= until:
        return None
    return Refusal("round_over", f"补充志愿已于{written_day(until)}截止。", "如确需更改，请联系协调办公室。")


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


def wishes_have_room(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse in a supplementary round what has no free seat any more."""
    for number, entry in enumerate(wishes.entries, 1):
        if facts.round and not facts.round.has_room(entry["group"], entry["industry"]):
            said = f"志愿{number}所选的县（市、区）或产业已没有空余名额。"
            return Refusal("no_free_seat", said, "请从列出空余名额的县（市、区）和产业中改选。")
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
