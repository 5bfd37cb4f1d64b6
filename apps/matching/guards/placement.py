"""What stops an act on the placement at villages and key clients."""

from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.matching.models import (
    Placement,
    VillageContact,
)
from apps.matching.selectors.contacts import ContactFacts
from apps.matching.selectors.grounds import CLIENTS
from apps.matching.selectors.market import person_key
from apps.matching.selectors.places import PlacementFacts, least_uncovered
from apps.matching.states import PlacementAction
from apps.policies.matching import Bounds


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
