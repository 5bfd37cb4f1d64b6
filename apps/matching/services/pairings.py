"""How a person and a host, or a county, come to agree: proposed by either, answered by the other."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Organization, Person, Region
from apps.matching.guards import NOT_OPEN
from apps.matching.models import Need, Pairing
from apps.matching.selectors import needs
from apps.matching.selectors import pairings as selectors
from apps.matching.states import NeedState, PairingAction
from apps.policies.matching import PAIRING_PROPOSED, has_hosts, industries, time_after
from apps.seasons.models import Season
from apps.seasons.selectors import last_day_after, pack_of
from apps.seasons.states import SeasonState


def propose(
    *,
    season: Season,
    person: Person,
    side: Organization | Region,
    industry: str,
    terms: str,
    by: Actor,
    at: datetime,
    need: Need | None = None,
) -> Pairing:
    """Propose that a person serve at a host or in a county, as himself or as that desk; the other side is asked.

    One's own live proposal is returned as it is. Raises Refused for a stranger, for one's own case at a host's desk,
    outside the season, for another's need, and where the other side has proposed already.
    """
    draft = _draft(season, person, side, by, at)
    draft.industry, draft.terms, draft.need, draft.proposed = industry, terms, need, at
    answered_in = time_after(PAIRING_PROPOSED, pack_of(season), season.answers)
    draft.until = last_day_after(season.pk, timezone.localdate(at), answered_in) if answered_in else None
    _refuse_unfit(draft)
    try:
        with transaction.atomic():
            proposer = draft.person_desk() if draft.by_person else draft.desk
            (made,) = door.create([draft], by=by, at=at, details={"side": proposer})
            return made
    except IntegrityError:
        return _there_already(draft)


def _draft(season: Season, person: Person, side: Organization | Region, by: Actor, at: datetime) -> Pairing:
    desk = needs.poster_desk(side)
    county = needs.county_of(side.region if isinstance(side, Organization) else side)
    by_person = by.person_id == person.pk
    if not by_person and not by.sits_at(desk, at):
        raise Refused(Refusal("not_yours", "您不能代这一方提出对接。", "由人选本人、受援单位或县级科技部门提出。"))
    if by_person and by.sits_at(desk, at):
        raise Refused(Refusal("own_case", "您是该单位经办人，不能与本人对接。", "请由同事办理。"))
    if person.pk in by.persons_stood_for(at):
        raise Refused(Refusal("own_case", "您正代该人选办理事项，不能由您提出。", "请由同事办理。"))
    if county is None or not county.path.startswith(season.jurisdiction.path):
        raise Refused(Refusal("not_in_season", "该单位所在地不在本批次范围内。", "请选择所在地正在进行的批次。"))
    host = side if isinstance(side, Organization) else None
    return Pairing(season=season, person=person, desk=desk, host=host, county=county, by_person=by_person)


def _refuse_unfit(draft: Pairing) -> None:
    if draft.season.state != SeasonState.OPEN:
        raise Refused(NOT_OPEN)
    pack = pack_of(draft.season)
    if not has_hosts(pack):
        raise Refused(Refusal("no_hosts", "本批次的政策没有双向对接。", "请按本批次的政策办理。"))
    if draft.industry not in industries(pack):
        raise Refused(Refusal("unknown_industry", "所选产业不在本批次的产业清单中。", "请从列表中重新选择。"))
    if not draft.terms.strip():
        raise Refused(Refusal("incomplete", "没有填写服务内容。", "请写明拟开展的服务。"))
    need = draft.need
    if need and (need.poster != draft.desk or need.season_id != draft.season_id or need.state != NeedState.PUBLISHED):
        raise Refused(Refusal("need_gone", "所选需求已满足、已关闭，或不是这一单位的。", "请重新选择需求。"))


def _there_already(draft: Pairing) -> Pairing:
    """Return the live pairing that stands in the way if the same side proposed the same; raise Refused otherwise."""
    found = selectors.live_pairing(draft.season, draft.person_id, draft.desk)
    if found is None or found.by_person != draft.by_person:
        raise Refused(Refusal("has_one", "对方已先提出对接，或双方已达成一致。", "请在“双向对接”中打开并办理。"))
    if (found.industry, found.terms, found.need_id) != (draft.industry, draft.terms, draft.need_id):
        said = f"已向对方提出过对接（{found.number}），内容与本次填写的不同，本次填写的没有记录。"
        raise Refused(Refusal("proposed_already", said, "如需更改内容，请先在“双向对接”中撤回，再重新提出。"))
    return found


def agree(*, pairing: Pairing, digest: str, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Pairing:
    """Say yes for the side that was asked, to the terms of a digest: both agree, and an application may rest on it."""
    return _speak(pairing, PairingAction.AGREE, by, at, opinion, token, digest)


def decline(*, pairing: Pairing, digest: str, by: Actor, at: datetime, opinion: str, token: str = "") -> Pairing:
    """Say no for the side that was asked, with a reason."""
    return _speak(pairing, PairingAction.DECLINE, by, at, opinion, token, digest)


def withdraw(*, pairing: Pairing, by: Actor, at: datetime, opinion: str, token: str = "") -> Pairing:
    """Take a pairing back for one's own side, agreed or not, with a reason; the other side is told."""
    return _speak(pairing, PairingAction.WITHDRAW, by, at, opinion, token)


def _speak(
    pairing: Pairing, action: str, by: Actor, at: datetime, opinion: str, token: str, digest: str = ""
) -> Pairing:
    mine = [desk for desk in (pairing.person_desk(), pairing.desk) if by.sits_at(desk, at)]
    details: dict[str, Any] = {"side": mine[0] if mine else "", "digest": digest}
    return door.advance_one(pairing, action, token_key=token, by=by, at=at, opinion=opinion, details=details)


def use(*, pairing: Pairing, record: Ref, at: datetime) -> Pairing:
    """Let the clock note for which record an agreed pairing has stood."""
    return door.advance_one(pairing, PairingAction.USE, by=CLOCK, at=at, details={"record": str(record)})


def lapse_pairings(*, at: datetime) -> int:
    """Let the clock end at most 500 pairings not answered in time, or of seasons that are over; return how many."""
    over = selectors.pairings_over(timezone.localdate(at), door.BATCH_LIMIT)
    seen = {each.pk: each.version for each in over}
    return sum(outcome.done for outcome in door.advance(Pairing, seen, PairingAction.LAPSE, by=CLOCK, at=at))
