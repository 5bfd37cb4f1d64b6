"""How people come to their sites: a group placed by the clock, edited by its county, confirmed by the region."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.kinds import Decision
from apps.core.refusals import Refusal, Refused, refuse
from apps.matching import guards
from apps.matching.models import AllocationRun, AssessmentBase, KeyClient, Placement
from apps.matching.selectors import bases
from apps.matching.selectors import places as selectors
from apps.matching.selectors.allocation import published_for
from apps.matching.selectors.grounds import CLIENTS, VILLAGES, client_key
from apps.matching.selectors.market import person_key
from apps.matching.states import PlacementAction, PlacementState
from apps.policies.matching import BASES_OF_PERSON, PEOPLE_OF_BASE, bounds_of
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.selectors import pack_of


@transaction.atomic
def compute(*, run: int, group: int, at: datetime) -> bool:
    """Let the clock place one group of a published allocation; return whether there was anything to do.

    Killed and started again it gives the same result, and what is placed already stays. Groups do not touch each other.
    """
    locked = ServiceGroup.objects.select_for_update(no_key=True).get(pk=group)
    newest = published_for(locked.season_id)
    if newest is None or newest.pk != run:
        return False
    placement = selectors.placement_of(run, group) or _begun(newest, locked, at)
    if placement.state != PlacementState.DRAFTED:
        return False
    door.advance_one(placement, PlacementAction.COMPUTE, by=CLOCK, at=at)
    return True


def _begun(run: AllocationRun, group: ServiceGroup, at: datetime) -> Placement:
    desks, office = selectors.desks_of(group), selectors.office_of(run.season)
    placement = Placement(season=run.season, run=run, group=group, desks=desks, office=office)
    return door.create([placement], by=CLOCK, at=at)[0]


def compute_anew(*, placement: Placement, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Placement:
    """Place a group once more for its county, from the lists as they are now; what was edited is gone."""
    return door.advance_one(placement, PlacementAction.COMPUTE, token_key=token, by=by, at=at, opinion=opinion)


def foresee(
    *, placement: Placement, person: int, villages: Sequence[int], clients: Sequence[int], by: Actor, at: datetime
) -> selectors.Effect:
    """Tell what other sites of a person would bring about, and keep nothing; raise Refused where they may not be."""
    details = _details(placement, person, villages, clients, by, at)
    decision = Decision(PlacementAction.EDIT, by, at, details=details)
    facts = selectors.facts_of_placements([placement], decision)[placement.pk]
    refuse(*(guard(placement, facts, decision) for guard in guards.OF_SITES))
    after = selectors.result_with(placement, person, details)
    return selectors.effect_between(facts.scope, placement.result, after)


def serve(
    *,
    placement: Placement,
    person: int,
    villages: Sequence[int],
    clients: Sequence[int],
    reason: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> Placement:
    """Let a person serve these villages and key clients instead of those he has, with a reason."""
    details = _details(placement, person, villages, clients, by, at)
    return door.advance_one(
        placement, PlacementAction.EDIT, token_key=token, by=by, at=at, opinion=reason, details=details
    )


def _details(
    placement: Placement, person: int, villages: Sequence[int], clients: Sequence[int], by: Actor, at: datetime
) -> dict[str, Any]:
    codes = selectors.codes_of(villages)
    return {
        "person": person_key(person),
        VILLAGES: [codes.get(pk, str(pk)) for pk in villages],
        CLIENTS: [client_key(pk) for pk in clients],
        **_desk(placement, by, at),
    }


def _desk(placement: Placement, by: Actor, at: datetime) -> Mapping[str, str]:
    """Name the desk at which the actor sits, of those that may act."""
    return next(({"desk": each} for each in placement.desks if by.sits_at(each, at)), {})


def submit(*, placement: Placement, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Placement:
    """Hand a placement in to who runs the season; why more stays uncovered than need be is said with it."""
    details = _desk(placement, by, at)
    return door.advance_one(
        placement, PlacementAction.SUBMIT, token_key=token, by=by, at=at, opinion=opinion, details=details
    )


def send_back(*, placement: Placement, by: Actor, at: datetime, opinion: str, token: str = "") -> Placement:
    """Give a placement back to its county, with a reason."""
    return door.advance_one(placement, PlacementAction.SEND_BACK, token_key=token, by=by, at=at, opinion=opinion)


def confirm(*, placement: Placement, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Placement:
    """Let a placement stand; everybody placed is told where he serves."""
    return door.advance_one(placement, PlacementAction.CONFIRM, token_key=token, by=by, at=at, opinion=opinion)


def choose_base(*, season: Season, client: int, by: Actor, at: datetime) -> AssessmentBase:
    """Bind a key client of his group as a person's assessment base.

    Raises Refused before his placement is confirmed, for a client of another group or taken off the list, for a second
    base of his, and for a base that another has bound: the database keeps both to one.
    """
    pack = pack_of(season)
    of_person, of_base = (bounds_of(limit, pack, season.answers) for limit in (BASES_OF_PERSON, PEOPLE_OF_BASE))
    placement = bases.place_in(by.person_id, season.pk)
    if of_person is None or of_base is None or placement is None or by.person_id is None:
        raise Refused(Refusal("no_place", "您在本批次还没有确认的挂村安排。", "请待自治区确认后再选定考核基地。"))
    try:
        with transaction.atomic():
            KeyClient.objects.select_for_update(no_key=True).filter(pk=client).first()
            if not bases.clients_of(placement).filter(pk=client).exists():
                raise Refused(Refusal("not_in_group", "所选对象不在您服务的县（市、区）。", "请从列表中选择。"))
            return AssessmentBase.objects.create(season=season, person_id=by.person_id, client_id=client, chosen=at)
    except IntegrityError as error:
        if held := bases.base_of(by.person_id, season.pk):
            why = f"您已绑定考核基地“{held.client}”，每人只能绑定{of_person.most}个。"
            raise Refused(Refusal("has_base", why, "如确需更换，请先解除。", of_person.basis)) from error
        name = KeyClient.objects.get(pk=client).name
        why = f"“{name}”已由他人绑为考核基地，一个基地只能由{of_base.most}人绑定。"
        raise Refused(Refusal("base_taken", why, "请另选一个。", of_base.basis)) from error


def release_base(*, base: AssessmentBase, reason: str, by: Actor, at: datetime) -> AssessmentBase:
    """Let a person's assessment base go, with a reason; he may bind another, and another may bind it."""
    if by.person_id != base.person_id:
        raise Refused(Refusal("not_yours", "只能解除您本人绑定的考核基地。", "请由本人办理。"))
    if not reason.strip():
        raise Refused(Refusal("no_reason", "没有填写解除理由。", "请写明理由。"))
    base.released, base.reason = at, reason.strip()
    base.save(update_fields=["released", "reason"])
    return base
