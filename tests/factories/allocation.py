"""Allocations in every state, brought there as in life."""

from datetime import datetime, timedelta

from apps.directory.models import Post, Region, User
from apps.directory.states import Role
from apps.matching import services
from apps.matching.models import Adjustment, AllocationRun, Outcome, Participant, WishList
from apps.matching.states import RunState
from apps.seasons import services as seasons
from apps.seasons.models import Quota, ServiceGroup
from tests.factories.notices import run_effects
from tests.factories.people import actor, make_officer
from tests.factories.scene import Scene
from tests.factories.wishes import entries_for, groups_of, make_wishes, wishing_at

NUMBER = "0357"
REASON = "会议研究决定"
"""Why wishes are frozen."""
ROUND = timedelta(days=3)
"""How long a supplementary round is open after the day of the freeze."""


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
    if state == RunState.DRAFTED:
        return services.freeze(season=scene.season, reason=REASON, by=by, at=at)
    run = allocate(scene)
    if state in (RunState.COMPUTED, RunState.DISCARDED):
        if state == RunState.DISCARDED:
            services.discard(run=again(run), reason="重新组织", by=by, at=at)
        return again(run)
    if state == RunState.PUBLISHED:
        return settle(scene, run, at)
    services.confirm(run=again(run), by=by, at=at)
    if state == RunState.ON_NOTICE:
        show_one_day(scene, run, at)
    return again(run)


def allocate(scene: Scene, base: AllocationRun | None = None, at: datetime | None = None) -> AllocationRun:
    """Freeze what is wished today, draw and compute."""
    at, by = at or allocating_at(scene), scene.office
    run = services.freeze(season=scene.season, base=base, reason=REASON, by=by, at=at)
    services.draw(run=again(run), drawn=NUMBER, by=by, at=at)
    run_effects(at)
    return again(run)


def show_one_day(scene: Scene, run: AllocationRun, at: datetime) -> AllocationRun:
    """Put an allocation before the public for one day, as though that were enough for the season."""
    season, answers = type(scene.season).objects.filter(pk=scene.season.pk), again(run).season.answers
    season.update(answers={**answers, "notice_days": 1})
    shown = services.announce(run=again(run), opens=at.date(), closes=at.date(), by=scene.office, at=at)
    season.update(answers=answers)
    return shown


def settle(scene: Scene, run: AllocationRun, at: datetime) -> AllocationRun:
    """Confirm, show and publish an allocation."""
    services.confirm(run=again(run), by=scene.office, at=at)
    show_one_day(scene, run, at)
    services.publish(run=again(run), by=scene.office, at=at + timedelta(days=1))
    return again(run)


def make_scarce(scene: Scene, people: int = 4) -> AllocationRun:
    """Allocate people who all wish for the first county alone, which has two places, as the others have."""
    make_market(scene, people=0, villages=(0, 0, 0))
    for _ in range(people):
        make_wishes(scene, groups_of(scene)[:1])
    return allocate(scene)


def make_round(scene: Scene, people: int = 4) -> AllocationRun:
    """Open a supplementary round for those of them who got no place."""
    run, at = make_scarce(scene, people), allocating_at(scene)
    services.supplement(run=run, until=at.date() + ROUND, by=scene.office, at=at)
    run_effects(at)
    return again(run)


def left_out(run: AllocationRun) -> list[Participant]:
    """Return who got no place in an allocation."""
    people = Outcome.objects.filter(run=run, group=None).values("person")
    rows = Participant.objects.filter(season=run.season, person__in=people).select_related("season", "person__user")
    return list(rows.order_by("pk"))


def wish_anew(participant: Participant, groups: list[ServiceGroup], at: datetime) -> WishList:
    """Let somebody take his wishes back and hand others in."""
    by = actor(participant.person.user)
    wishes = WishList.objects.get(season=participant.season, person=participant.person)
    services.take_back_wishes(wishes=wishes, by=by, at=at)
    draft = services.save_wishes(participant=participant, entries=entries_for(groups), by=by, at=at)
    return services.submit_wishes(wishes=draft, by=by, at=at)


def move(scene: Scene, run: AllocationRun, to: int = 2) -> Adjustment:
    """Propose to move the first who got his first wish, and is not there yet, to another county."""
    there = groups_of(scene)[to]
    person = Outcome.objects.filter(run=run, rank=1).exclude(group=there).order_by("person_id")[0].person
    services.adjust(
        run=again(run), person=person, to=there, reason="当地急需", basis="会议纪要", by=scene.office,
        at=allocating_at(scene),
    )  # fmt: skip
    return move_again(Adjustment.objects.get(run=run, person=person, state="draft"))


def move_again(adjustment: Adjustment) -> Adjustment:
    """Read a move anew."""
    rows = Adjustment.objects.select_related("run__season", "person", "to").prefetch_related("consents")
    return rows.get(pk=adjustment.pk)


def answer(scene: Scene, adjustment: Adjustment, **words: str) -> Adjustment:
    """Let person, unit or county say yes or no to a move, and reckon the run anew where that changes it."""
    at, county = allocating_at(scene), adjustment.to.counties.get()
    for party, word in words.items():
        by = actor(_speaker(scene, adjustment, party, county))
        if word == "yes":
            services.agree_to_move(adjustment=move_again(adjustment), by=by, at=at)
        else:
            services.decline_move(adjustment=move_again(adjustment), opinion="难以到任", by=by, at=at)
    run_effects(at)
    return move_again(adjustment)


def _speaker(scene: Scene, adjustment: Adjustment, party: str, county: Region) -> User:
    if party == "county":
        post = Post.objects.filter(role=Role.SCI_TECH_AUTHORITY, region=county).select_related("user").first()
        return post.user if post else make_officer(Role.SCI_TECH_AUTHORITY, county)
    return adjustment.person.user if party == "person" else scene.officers.unit
