"""Two officers move people into the last place of a county at once: one wins, and the quota holds."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core import audit
from apps.core.refusals import Refused
from apps.directory.states import Role
from apps.matching import services
from apps.matching.models import Adjustment, AllocationRun, Outcome
from apps.matching.selectors.adjustments import standing_in
from tests.concurrency.test_door import only_the_database_stood_in_the_way
from tests.factories import Scene, actor, build_scene, make_officer
from tests.factories.allocation import again, allocating_at, make_run
from tests.factories.wishes import groups_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return build_scene()


def moves(scene: Scene, run: AllocationRun) -> list[Callable[[], Any]]:
    """Return what two officers do: each moves another person into the one place of the third county."""
    people = [row.person for row in Outcome.objects.filter(run=run, rank__in=[1, 2]).order_by("rank")]
    officers = [scene.office, actor(make_officer(Role.COORDINATION_OFFICE, scene.region))]
    said: dict[str, Any] = {
        "to": groups_of(scene)[2], "reason": "急需", "basis": "会议纪要", "at": allocating_at(scene)
    }  # fmt: skip
    return [
        lambda person=person, by=by: services.adjust(run=again(run), person=person, by=by, **said)
        for person, by in zip(people, officers, strict=True)
    ]


def test_the_last_place_of_a_county_goes_to_one(
    scene: Scene, at_once: Callable[..., list[Any]], slow_door: None, locked: bool
):
    run = make_run(scene, places=1)
    results = at_once(*moves(scene, run))
    if not locked:
        assert only_the_database_stood_in_the_way(results)
        return
    assert [isinstance(each, Refused) for each in results].count(True) == 1
    assert [isinstance(each, AllocationRun) for each in results].count(True) == 1
    assert standing_in(run).count() == 1
    second = moves(scene, run)[[isinstance(each, Refused) for each in results].index(True)]
    with pytest.raises(Refused) as refused:
        second()
    assert refused.value.refusals[0].code == "quota_full"
    assert Adjustment.objects.count() == 1
    assert audit.verify().faults == ()
