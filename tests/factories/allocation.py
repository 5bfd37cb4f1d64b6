"""Allocations in every state, brought there as in life."""

from datetime import datetime, timedelta

from apps.matching import services
from apps.matching.models import AllocationRun, Consent
from apps.matching.states import RunState
from apps.seasons import services as seasons
from apps.seasons.models import Quota, ServiceGroup
from tests.factories.notices import run_effects
from tests.factories.scene import Scene
from tests.factories.wishes import groups_of, make_wishes, wishing_at

NUMBER = "0357"


def allocating_at(scene: Scene) -> datetime:
    """Return the moment of the freeze."""
    return wishing_at(scene) + timedelta(days=1)


def set_places(scene: Scene, places: dict[int, int]) -> None:
    """Set the places of groups by their keys; those not named have none."""
    season = type(scene.season).objects.get(pk=scene.season.pk)
    rows = Quota.objects.filter(season=season)
    wanted = {row.pk: places.get(row.group_id, 0) for row in rows}
    key = rows[0].key
    seasons.set_quotas(season=season, key=key, places=wanted, reason="按测算设定", by=scene.office, at=scene.at)


def make_market(
    scene: Scene, people: int = 3, places: int = 2, villages: tuple[int, ...] = (0, 4, 0)
) -> list[ServiceGroup]:
    """Let people wish for all three counties in the same order; the second has villages to be served."""
    groups = groups_of(scene)
    set_places(scene, {group.pk: places for group in groups})
    for group, number in zip(groups, villages, strict=True):
        Quota.objects.filter(group=group).update(villages=number)
    for _ in range(people):
        make_wishes(scene, groups)
    return groups


def again(run: AllocationRun) -> AllocationRun:
    """Read a run anew."""
    return AllocationRun.objects.select_related("season").get(pk=run.pk)


def make_run(scene: Scene, state: str = RunState.COMPUTED, **market: int) -> AllocationRun:
    """Make an allocation in a state."""
    at, by = allocating_at(scene), scene.office
    make_market(scene, **market)
    run = services.freeze(season=scene.season, ties="lottery", by=by, at=at)
    if state == RunState.DRAFTED:
        return run
    services.draw(run=again(run), drawn=NUMBER, by=by, at=at)
    run_effects(at)
    if state in (RunState.COMPUTED, RunState.DISCARDED):
        if state == RunState.DISCARDED:
            services.discard(run=again(run), reason="重新组织", by=by, at=at)
        return again(run)
    services.confirm(run=again(run), by=by, at=at)
    if state in (RunState.ON_NOTICE, RunState.PUBLISHED):
        today = at.date()
        services.announce(run=again(run), opens=today, closes=today, by=by, at=at)
    if state == RunState.PUBLISHED:
        services.publish(run=again(run), by=by, at=at + timedelta(days=1))
    return again(run)


def consents_of(run: AllocationRun) -> dict[str, Consent]:
    """Return what is asked in a run, by party."""
    return {consent.party: consent for consent in Consent.objects.filter(adjustment__run=run)}
