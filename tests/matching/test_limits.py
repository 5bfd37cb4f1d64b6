"""Whatever people and sites a group has: within limits, all covered that can be, nobody sent outside, in any order."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.matching.models import AllocationRun, KeyClient, Village
from apps.matching.selectors.grounds import CLIENTS, VILLAGES, Found, bounds_in, client_key, found_for
from apps.matching.states import RunState
from apps.seasons.models import ServiceGroup
from apps.seasons.selectors import pack_of
from tests.factories import Scene
from tests.factories.allocation import make_run
from tests.factories.placing import make_clients, make_villages, village_codes
from tests.factories.wishes import groups_of

MOST_PEOPLE, MOST_CLIENTS = 3, 3
INDUSTRIES = ("水稻", "茶叶", "柑橘")
KINDS: tuple[list[str] | None, ...] = (["lifted"], ["lifted", "border"], [], None)
"""What a village may be: served for one ground or for two, served on demand, not listed at all."""
kinds = st.tuples(*[st.sampled_from(KINDS)] * 4)


@dataclass(frozen=True)
class County:
    """The first county of a published allocation, beside others that have villages too."""

    scene: Scene
    run: AllocationRun
    group: ServiceGroup

    def found(self, people: int, clients: int, listed: tuple[list[str] | None, ...], chance: random.Random) -> Found:
        """Place so many people among these villages and clients, the villages listed in an order of chance."""
        given = self.run.outcomes.order_by("pk")
        self.run.outcomes.update(group=None)
        self.run.outcomes.filter(pk__in=[row.pk for row in given[:people]]).update(group=self.group)
        for number, each in enumerate(KeyClient.everything.order_by("pk")):
            KeyClient.everything.filter(pk=each.pk).update(removed=None if number < clients else self.scene.at)
        here = zip(village_codes(self.scene.county), listed, strict=True)
        rows = [(self.scene.county.pk, code, sorts) for code, sorts in here if sorts is not None]
        rows += [(other.pk, code, ["lifted"]) for other in self.scene.counties[1:] for code in village_codes(other)]
        Village.everything.all().delete()
        Village.objects.bulk_create(
            Village(
                season=self.run.season, county_id=county, region_id=code, kinds=sorts, kept=self.scene.at,
                industries={name: int(code[-3:]) + len(name) * len(sorts) for name in INDUSTRIES[: int(code[-1]) % 3]},
            )
            for county, code, sorts in chance.sample(rows, len(rows))
        )  # fmt: skip
        return found_for(self.run, self.group)


@pytest.fixture
def county(scene: Scene) -> County:
    make_villages(scene)
    make_clients(scene, MOST_CLIENTS)
    run = make_run(scene, RunState.PUBLISHED, people=MOST_PEOPLE, places=MOST_PEOPLE, villages=(0, 0, 0))
    return County(scene, run, groups_of(scene)[0])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, MOST_PEOPLE), st.integers(0, MOST_CLIENTS), kinds, st.integers())
def test_a_group_is_placed_within_its_limits_and_covered_as_far_as_can_be(
    county: County, people: int, clients: int, listed: tuple[list[str] | None, ...], seed: int
):
    found = county.found(people, clients, listed, random.Random(seed))
    bounds = bounds_in(county.run.season, pack_of(county.run.season))
    sorts_of = dict(zip(village_codes(county.scene.county), listed, strict=True))
    own = {
        VILLAGES: {code for code, sorts in sorts_of.items() if sorts is not None},
        CLIENTS: {client_key(pk) for pk in KeyClient.objects.values_list("pk", flat=True)},
    }
    for sort, rows in found.result.items():
        assert {site for sites in rows.values() for site in sites} <= own[sort]
        assert all(len(set(sites)) == len(sites) for sites in rows.values())
        assert all(bounds[sort].allow(len(sites)) for sites in rows.values()) or not own[sort]
        assert len(rows) == people
    needed = {code for code, sorts in sorts_of.items() if sorts}
    covered = needed.intersection(*[[site for sites in found.result[VILLAGES].values() for site in sites]])
    most = bounds[VILLAGES].most
    assert most is not None
    assert len(covered) == min(len(needed), people * most)
    gaps = found.report[VILLAGES]["gaps"]
    assert sorted(code for gap in gaps for code in gap["uncovered"]) == sorted(needed - covered)
    again = county.found(people, clients, listed, random.Random(seed + 1))
    assert (again.ground_digest, again.output_digest) == (found.ground_digest, found.output_digest)
