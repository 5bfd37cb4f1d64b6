"""Two officers at once around a supplementary round: both open it, both go on from it, a person wishes meanwhile."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.core import audit
from apps.core.refusals import Refused
from apps.directory.states import Role
from apps.matching import services
from apps.matching.models import AllocationRun, WishList
from apps.matching.selectors import market as markets
from apps.matching.states import RunState, WishListState
from tests.concurrency.conftest import LONG_ENOUGH
from tests.concurrency.test_door import only_the_database_stood_in_the_way
from tests.factories import Scene, actor, make_officer
from tests.factories.allocation import ROUND, again, allocating_at, left_out, make_round, make_scarce
from tests.factories.wishes import groups_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AtOnce = Callable[..., list[Any]]


def officers(scene: Scene) -> list[Any]:
    return [scene.office, actor(make_officer(Role.COORDINATION_OFFICE, scene.region))]


def test_of_two_officers_who_open_a_round_one_does_and_the_other_hears_of_it(
    transactional_scene: Scene, at_once: AtOnce, slow_door: None, locked: bool
):
    scene = transactional_scene
    run, at = make_scarce(scene), allocating_at(scene)
    results = at_once(
        *[
            lambda by=by, days=days: services.supplement(run=again(run), until=at.date() + days, by=by, at=at)
            for by, days in zip(officers(scene), (ROUND, ROUND * 2), strict=True)
        ]
    )
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    (refused,) = [each for each in results if isinstance(each, Refused)]
    assert refused.refusals[0].code == "overtaken"
    assert again(run).version == run.version + 1
    assert audit.verify().faults == ()


def test_of_two_officers_who_go_on_from_a_round_one_freezes(
    transactional_scene: Scene, at_once: AtOnce, slow_door: None, locked: bool
):
    scene = transactional_scene
    run, after = make_round(scene), allocating_at(scene) + ROUND * 2
    results = at_once(
        *[lambda by=by: services.freeze(season=scene.season, base=run, by=by, at=after) for by in officers(scene)]
    )
    frozen = [each for each in results if isinstance(each, AllocationRun)]
    assert len(frozen) == 1
    if locked:
        (refused,) = [each for each in results if isinstance(each, Refused)]
        assert refused.refusals[0].code == "wrong_state"
    else:
        assert not [each for each in results if isinstance(each, Refused) and each.refusals[0].code == "wrong_state"]
    assert [each.state for each in AllocationRun.objects.order_by("number")] == [RunState.SUPERSEDED, RunState.DRAFTED]


def test_wishes_handed_in_while_it_is_gone_on_from_are_in_the_market_or_refused(
    transactional_scene: Scene, at_once: AtOnce, locked: bool, monkeypatch: pytest.MonkeyPatch
):
    scene, read = transactional_scene, markets.market_of
    run, last = make_round(scene), allocating_at(scene)
    after = last + ROUND * 2
    first, second = left_out(run)
    for each in (first, second):
        by = actor(each.person.user)
        wishes = WishList.objects.get(person=each.person)
        services.take_back_wishes(wishes=wishes, by=by, at=last)

    def held(*season: Any) -> Any:
        market = read(*season)
        time.sleep(2 * LONG_ENOUGH)
        return market

    def hand_in() -> WishList:
        time.sleep(LONG_ENOUGH)
        by, entry = actor(first.person.user), {"group": groups_of(scene)[2].pk, "industry": "水稻"}
        draft = services.save_wishes(participant=first, entries=[entry], by=by, at=last)
        return services.submit_wishes(wishes=draft, by=by, at=last)

    monkeypatch.setattr(markets, "market_of", held)
    frozen, _ = at_once(lambda: services.freeze(season=scene.season, base=run, by=scene.office, at=after), hand_in)
    assert isinstance(frozen, AllocationRun)
    handed_in = WishList.objects.get(person=first.person).state == WishListState.SUBMITTED
    is_left_out = handed_in and not frozen.market["left"][markets.person_key(first.person_id)]
    assert is_left_out is not locked
