"""What stops an act in the two-way selection."""

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
    Need,
    Pairing,
    Placement,
    PoolEntry,
    VillageContact,
    WishList,
)
from apps.matching.models.allocation import DRAWN_DIGITS, DRAWN_NUMBER
from apps.matching.selectors.adjustments import MoveFacts
from apps.matching.selectors.allocation import Unsettled
from apps.matching.selectors.contacts import ContactFacts
from apps.matching.selectors.grounds import CLIENTS
from apps.matching.selectors.market import person_key
from apps.matching.selectors.notice import NoticePeriod
from apps.matching.selectors.pairings import PairingFacts
from apps.matching.selectors.places import PlacementFacts, least_uncovered
from apps.matching.selectors.pool import PoolFacts
from apps.matching.selectors.rounds import LeftToDo
from apps.matching.selectors.wishes import WishFacts
from apps.matching.states import IN_HAND, PlacementAction, RunState
from apps.policies.matching import Bounds
from apps.seasons.selectors import WindowStatus
from apps.seasons.states import SeasonState

# Wishes


def before_the_freeze(wishes: WishList, facts: WishFacts, decision: Decision) -> Refusal | None:
    """Refuse to change what an allocation is being computed from; in a supplementary round who has no place may."""
    if not facts.is_frozen or (facts.round and wishes.person_id in facts.round.people):
        return None
    if facts.round:
        said = f"正在进行补充志愿，只受理{facts.round.run}分配中未安排人员的志愿。"
        return Refusal("not_in_round", said, "已有安排的人员志愿和审核意见不变。")
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


# Allocation


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


# Placement


def is_not_about_himself(placement: Placement, facts: Any, decision: Decision) -> Refusal | None:
    """Refuse an officer who would choose his own sites, or confirm a placement in which he stands himself."""
    own = person_key(decision.by.person_id) if decision.by.person_id else ""
    about = [decision.details["person"]] if decision.action == PlacementAction.EDIT else placement.people()
    if own not in about:
        return None
    return Refusal("own_case", "本安排涉及您本人，您不能办理。", "请由本单位其他人员办理。")


def is_of_the_newest_allocation(placement: Placement, facts: PlacementFacts, decision: Decision) -> Refusal | None:
    """Refuse to go on with a placement after its allocation was amended."""
    if facts.is_newest:
        return None
    return Refusal("superseded", "分配结果已有新的版本，本安排不再使用。", "请在新版本的安排中办理。")


def serves_known_sites(placement: Placement, facts: PlacementFacts, decision: Decision) -> Refusal | None:
    """Refuse somebody who is not in the group, and sites that are not its own or named twice."""
    said, scope = decision.details, facts.scope
    if any(said["person"] not in rows for rows in placement.result.values()):
        return Refusal("not_in_group", "此人不在本县（市、区）的安排中。", "请从名单中选择。")
    for sort, known in scope.sites.items():
        if not known.keys() >= set(said[sort]) or len(set(said[sort])) < len(said[sort]):
            return Refusal("unknown_site", "所选的村或服务对象重复，或不在本县（市、区）的名单中。", "请从列表中选择。")
    return None


def serves_within_limits(placement: Placement, facts: PlacementFacts, decision: Decision) -> Refusal | None:
    """Refuse more sites than a person may serve, and fewer than he must where the group has any."""
    for sort, bounds in facts.scope.bounds.items():
        number = len(decision.details[sort])
        if bounds.are_passed_by(number) or (facts.scope.sites[sort] and not bounds.allow(number)):
            why = f"{bounds.label}：每人{_between(bounds)}，所选为{number}个。"
            return Refusal(f"number_of_{sort}", why, "请增减后再保存。", bounds.basis)
    return None


def _between(bounds: Bounds) -> str:
    return f"不少于{bounds.least}个" if bounds.most is None else f"{bounds.least}至{bounds.most}个"


OF_SITES = (is_not_about_himself, is_of_the_newest_allocation, serves_known_sites, serves_within_limits)
"""What stops a person from serving other sites."""


def everybody_has_his_sites(placement: Placement, facts: PlacementFacts, decision: Decision) -> Refusal | None:
    """Refuse to hand in while somebody has fewer sites than he must; where no village is listed none is asked for."""
    scope = facts.scope
    for sort, bounds in scope.bounds.items():
        lacking = sum(not bounds.allow(len(sites)) for sites in placement.result[sort].values())
        if lacking and (sort == CLIENTS or scope.sites[sort]):
            why = f"{bounds.label}：每人{_between(bounds)}，还有{lacking}人不符合。"
            return Refusal(f"number_of_{sort}", why, "请补充名单后重新计算，或逐人调整。", bounds.basis)
    return None


def worse_cover_is_explained(placement: Placement, facts: PlacementFacts, decision: Decision) -> Refusal | None:
    """Refuse to leave more villages uncovered than need be without saying why."""
    bare, least = len(facts.scope.uncovered(placement.result)), least_uncovered(placement)
    if bare <= least or decision.opinion.strip():
        return None
    why = f"未覆盖{bare}个村，按现有人员最少可为{least}个。"
    return Refusal("worse_cover", why, "请调整，或在意见中写明理由后提交。")


def serves_the_village(contact: VillageContact, facts: ContactFacts, decision: Decision) -> Refusal | None:
    """Refuse contact with a village that the person does not serve, and where the policy asks for none."""
    if facts.rule and facts.since:
        return None
    return Refusal("not_his_village", "您在本批次没有已确认的该村挂村安排。", "只能登记本人所挂的村。", facts.basis)


def says_of_contact_what_is_asked(contact: VillageContact, facts: ContactFacts, decision: Decision) -> Refusal | None:
    """Refuse an entry that is empty, or of an office that the policy does not name, and a group without who invited."""
    said, rule = decision.details, facts.rule
    assert rule is not None
    if not said["contacts"] and not said["joined"]:
        return Refusal("nothing_said", "没有填写联系或入群的日期。", "请至少填写一项。", facts.basis)
    known = {*said["contacts"]} <= {*rule.offices} and said["invited_by"] in {"", *rule.inviters}
    if not known:
        return Refusal("not_offered", "所填的联系对象或邀请方不在政策所列之中。", "请从列表中选择。", facts.basis)
    if bool(said["joined"]) != bool(said["invited_by"]):
        return Refusal("half_said", f"加入{rule.group}的日期和邀请方须同时填写。", "请补全，或都不填。", facts.basis)
    return None


def contact_is_within_his_time(contact: VillageContact, facts: ContactFacts, decision: Decision) -> Refusal | None:
    """Refuse a day that is to come, or before the person served the village."""
    said, today = decision.details, timezone.localdate(decision.at)
    days = [date.fromisoformat(day) for day in (*said["contacts"].values(), said["joined"]) if day]
    assert facts.since is not None
    for day in days:
        if day > today:
            return Refusal("day_to_come", f"{written_day(day)}还没有到。", "请填写已经发生的日期。")
        if day < facts.since:
            why = f"{written_day(day)}早于您挂该村的日期（{written_day(facts.since)}）。"
            return Refusal("before_placed", why, "请填写挂村之后的日期。")
    return None


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
