"""Officials at once around an allocation: two freezes, a verdict during the freeze, a consent and a withdrawal."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.core import audit
from apps.core.kinds import Outcome
from apps.core.refusals import Refused
from apps.matching import services
from apps.matching.models import AllocationRun
from apps.matching.selectors import market as markets
from apps.matching.states import WishWord
from tests.concurrency.conftest import LONG_ENOUGH
from tests.factories import Scene, actor
from tests.factories.allocation import REASON, allocating_at, answer, make_market, make_run, move, move_again
from tests.factories.wishes import groups_of, make_wishes, wish_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CONSTRAINT = "one_allocation_under_way_in_a_season"
AtOnce = Callable[..., list[Any]]


def freezes(scene: Scene) -> list[Callable[[], AllocationRun]]:
    """Return what two officials do: each freezes."""
    act = {"reason": REASON, "by": scene.office, "at": allocating_at(scene)}
    return [lambda: services.freeze(season=scene.season, **act)] * 2


def test_of_two_freezes_at_once_one_stands(transactional_scene: Scene, at_once: AtOnce):
    make_market(transactional_scene)
    refused = [each for each in at_once(*freezes(transactional_scene)) if isinstance(each, Refused)]
    assert [each.refusals[0].code for each in refused] == ["under_way"]
    assert AllocationRun.objects.count() == 1
    assert audit.verify().faults == ()


def test_without_the_constraint_two_freezes_would_stand(transactional_scene: Scene, at_once: AtOnce):
    """The control: it is the database alone that keeps them to one."""
    make_market(transactional_scene)
    (constraint,) = [each for each in AllocationRun._meta.constraints if each.name == CONSTRAINT]
    with connection.schema_editor() as editor:
        editor.remove_constraint(AllocationRun, constraint)
    try:
        at_once(*freezes(transactional_scene))
        assert AllocationRun.objects.count() == 2
    finally:
        AllocationRun.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(AllocationRun, constraint)


def test_a_verdict_during_the_freeze_is_in_the_market_or_refused(
    transactional_scene: Scene, at_once: AtOnce, locked: bool, monkeypatch: pytest.MonkeyPatch
):
    scene, read = transactional_scene, markets.market_of
    make_market(scene, people=0)
    first, second = (make_wishes(scene, groups_of(scene)[:1]) for _ in range(2))
    at, by = allocating_at(scene), actor(scene.officers.county)

    def held(*season: Any) -> Any:
        market = read(*season)
        time.sleep(2 * LONG_ENOUGH)
        return market

    def judge() -> list[Outcome]:
        time.sleep(LONG_ENOUGH)
        return services.judge_wishes(wishes=[wish_of(second).pk], word=WishWord.INVITE, points=None, by=by, at=at)

    monkeypatch.setattr(markets, "market_of", held)
    run, outcomes = at_once(freezes(scene)[0], judge)
    first_in, second_in = markets.person_key(first.person_id), markets.person_key(second.person_id)
    prefs = run.market["right"][markets.group_key(groups_of(scene)[0].pk)]["prefs"]
    is_left_out = outcomes[0].done and prefs != [second_in, first_in]
    assert is_left_out is not locked


def test_of_the_last_consent_and_a_withdrawal_at_once_the_second_is_refused(
    transactional_scene: Scene, at_once: AtOnce, slow_door: None, locked: bool
):
    scene = transactional_scene
    adjustment = answer(scene, move(scene, make_run(scene)), person="yes", unit="yes")
    at, county, office = allocating_at(scene), actor(scene.stranger), scene.office
    results = at_once(
        lambda: services.agree_to_move(adjustment=move_again(adjustment), by=county, at=at),
        lambda: services.withdraw_adjustment(adjustment=move_again(adjustment), opinion="另有安排", by=office, at=at),
    )
    assert (len([each for each in results if isinstance(each, Refused)]) == 1) == locked
