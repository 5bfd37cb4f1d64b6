"""How people come into the pool and leave it, and where it is noted that they serve."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Person
from apps.matching.guards import NOT_OPEN
from apps.matching.models import PoolEntry, Service
from apps.matching.permissions import is_in_person
from apps.matching.selectors import pool as selectors
from apps.matching.states import PoolAction, PoolState
from apps.policies.matching import industries
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.seasons.states import SeasonState


def enter_pool(*, season: Season, person: Person, by: Actor, at: datetime) -> PoolEntry:
    """Begin one's own entry to the pool of a season, or return the live one. Raises Refused for another's."""
    if by.person_id != person.pk:
        raise Refused(Refusal("not_yours", "只能为本人申请入库。", "请用本人账号登录。"))
    return _begin(season, person, by, at)


def _begin(season: Season, person: Person, by: Actor, at: datetime) -> PoolEntry:
    """Return the person's live entry, begun unless there is one; raise Refused where there is no pool."""
    desk = selectors.keeper_desk(season)
    if season.state != SeasonState.OPEN:
        raise Refused(NOT_OPEN)
    if not desk:
        raise Refused(Refusal("no_pool", "本批次的政策没有设储备库。", "请按政策规定的途径申请。"))
    try:
        with transaction.atomic():
            (made,) = door.create([PoolEntry(season=season, person=person, desk=desk, entered=at)], by=by, at=at)
            return made
    except IntegrityError:
        found = selectors.entry_in(season, person.pk)
        if found is None:
            raise
        return found


@transaction.atomic
def invite_to_pool(*, season: Season, person: Person, by: Actor, at: datetime, opinion: str = "") -> PoolEntry:
    """Invite a person into the pool as its keeper; he is told and says yes or no himself.

    Raises Refused for who keeps no pool there, and for a person who has a live entry already.
    """
    if not by.sits_at(selectors.keeper_desk(season), at):
        raise Refused(Refusal("not_yours", "储备库由政策规定的机关管理。", "请由该机关经办人员邀请。"))
    entry = _begin(season, person, by, at)
    if entry.state != PoolState.DRAFT:
        raise Refused(Refusal("has_one", f"{person.name}已在库或正在办理入库。", "请在储备库中查看。"))
    return door.advance_one(entry, PoolAction.INVITE, by=by, at=at, opinion=opinion)


@transaction.atomic
def write_entry(*, entry: PoolEntry, said: Mapping[str, Any], by: Actor, at: datetime) -> PoolEntry:
    """Keep what a person has written of what he offers, as long as he has not handed it in."""
    mine = PoolEntry.objects.select_for_update(of=("self",)).select_related("season").get(pk=entry.pk)
    if mine.state not in (PoolState.DRAFT, PoolState.INVITED) or not is_in_person(by, mine, at):
        raise Refused(Refusal("read_only", "已提交，不能再修改。", "如需更正，请联系管理机关退回修改。"))
    known = industries(pack_of(mine.season))
    mine.industries = [key for key in said["industries"] if key in known]
    mine.offer = said["offer"]
    mine.save(update_fields=["industries", "offer"])
    return mine


def submit_entry(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str = "", token: str = "") -> PoolEntry:
    """Hand one's entry in to the keeper of the pool."""
    return door.advance_one(entry, PoolAction.SUBMIT, token_key=token, by=by, at=at, opinion=opinion)


def accept_invitation(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str = "", token: str = "") -> PoolEntry:
    """Say yes to an invitation: the person is in the pool."""
    return door.advance_one(entry, PoolAction.ACCEPT, token_key=token, by=by, at=at, opinion=opinion)


def decline_invitation(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str = "", token: str = "") -> PoolEntry:
    """Say no to an invitation."""
    return door.advance_one(entry, PoolAction.DECLINE, token_key=token, by=by, at=at, opinion=opinion)


def admit(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str = "", token: str = "") -> PoolEntry:
    """Let a person in, for as long as the pack says."""
    return door.advance_one(entry, PoolAction.ADMIT, token_key=token, by=by, at=at, opinion=opinion)


def send_entry_back(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str, token: str = "") -> PoolEntry:
    """Give an entry back with a reason."""
    return door.advance_one(entry, PoolAction.SEND_BACK, token_key=token, by=by, at=at, opinion=opinion)


def refuse_entry(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str, token: str = "") -> PoolEntry:
    """Not let a person in, with a reason."""
    return door.advance_one(entry, PoolAction.REFUSE, token_key=token, by=by, at=at, opinion=opinion)


def leave_pool(*, entry: PoolEntry, by: Actor, at: datetime, opinion: str, token: str = "") -> PoolEntry:
    """Leave the pool, or take a person out of it, with a reason."""
    return door.advance_one(entry, PoolAction.LEAVE, token_key=token, by=by, at=at, opinion=opinion)


def expire_places(*, at: datetime) -> int:
    """Let the clock end at most 500 places whose last day, or whose season, is over; return how many."""
    over = selectors.places_over(timezone.localdate(at), door.BATCH_LIMIT)
    seen = {each.pk: each.version for each in over}
    return sum(outcome.done for outcome in door.advance(PoolEntry, seen, PoolAction.EXPIRE, by=CLOCK, at=at))


def note_services(*, services: Sequence[Service]) -> None:
    """Note where people serve, once a season each; what is known already is brought up to date."""
    Service.objects.bulk_create(
        services,
        update_conflicts=True,
        unique_fields=["season", "person"],
        update_fields=["county", "host", "industries"],
    )


def note_grades(*, season: Season, grades: Mapping[int, str]) -> None:
    """Note what the years of people came to, by person."""
    persons: Collection[int] = grades.keys()
    for service in Service.objects.filter(season=season, person__in=persons):
        Service.objects.filter(pk=service.pk).update(grade=grades[service.person_id])
