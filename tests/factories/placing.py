"""Villages, key clients and placements of the first county, brought to each state as in life."""

from datetime import datetime, timedelta
from typing import Any

from apps.directory.models import Region
from apps.matching.models import KeyClient, Placement, Village
from apps.matching.services import lists, places
from apps.matching.states import PlacementState, RunState
from tests.factories.allocation import allocating_at, make_run
from tests.factories.people import actor
from tests.factories.scene import Scene
from tests.factories.wishes import groups_of

KINDS = ("lifted", "lifted", "border", "")
"""Of the four villages of a county three must be served."""


def placing_at(scene: Scene) -> datetime:
    """Return a moment after the allocation was published."""
    return allocating_at(scene) + timedelta(days=2)


def village_codes(county: Region) -> list[str]:
    """Return the codes of the villages of a county."""
    below = Region.objects.filter(path__startswith=county.path, level="village")
    return list(below.order_by("pk").values_list("pk", flat=True))


def village_rows(county: Region, kinds: tuple[str, ...] = KINDS) -> list[lists.VillageRow]:
    """Return the villages of a county with these kinds, each with one industry more than the one before."""
    industries = [{"水稻": 300}, {"水稻": 500, "茶叶": 40}, {}, {"茶叶": 10}]
    return [
        lists.VillageRow(code, (kind,) if kind else (), scales)
        for code, kind, scales in zip(village_codes(county), kinds, industries, strict=False)
    ]


def make_villages(scene: Scene, kinds: tuple[str, ...] = KINDS) -> list[Village]:
    """List the villages of the first county."""
    rows = village_rows(scene.county, kinds)
    lists.keep_villages(season=scene.season, rows=rows, by=scene.office, at=scene.at)
    return list(Village.objects.filter(season=scene.season).order_by("region"))


def make_clients(scene: Scene, number: int = 2) -> list[KeyClient]:
    """Register key clients of the first county."""
    rows = [lists.ClientRow(scene.county.pk, f"第{n}合作社", "cooperative", "水稻") for n in range(1, number + 1)]
    lists.keep_clients(season=scene.season, rows=rows, by=actor(scene.officers.county), at=scene.at)
    return list(KeyClient.objects.filter(season=scene.season).order_by("pk"))


def make_placement(
    scene: Scene,
    state: str = PlacementState.IN_HAND,
    people: int = 2,
    clients: int = 2,
    kinds: tuple[str, ...] = KINDS,
    **market: Any,
) -> Placement:
    """Publish an allocation that sends these people to the first county, and bring its placement to a state."""
    make_villages(scene, kinds)
    make_clients(scene, clients)
    run = make_run(scene, RunState.PUBLISHED, people=people, **{"places": people, "villages": (0, 0, 0), **market})
    group, at = groups_of(scene)[0], placing_at(scene)
    assert places.compute(run=run.pk, group=group.pk, at=at)
    county = actor(scene.officers.county)
    if state != PlacementState.IN_HAND:
        places.submit(placement=anew(scene), by=county, at=at, opinion="已核对")
    if state == PlacementState.RETURNED:
        places.send_back(placement=anew(scene), by=scene.office, at=at, opinion="请兼顾边境村")
    if state == PlacementState.CONFIRMED:
        places.confirm(placement=anew(scene), by=scene.office, at=at)
    return anew(scene)


def anew(scene: Scene) -> Placement:
    """Read the placement of the first county as it stands now."""
    rows = Placement.objects.select_related("season", "run__season", "group")
    return rows.get(season=scene.season, group=groups_of(scene)[0])
