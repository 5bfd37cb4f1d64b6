"""How far the villages of a season are covered: village by village as points, and by county and city as numbers."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from apps.directory.models import Region
from apps.matching.models import Placement, Village
from apps.matching.selectors.allocation import published_for
from apps.matching.selectors.contacts import contacted_in
from apps.matching.selectors.lists import served_in
from apps.policies.matching import VILLAGES, placing_of
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

COVERED, BARE, FREE = "covered", "uncovered", "free"
LOOKS = {COVERED: "已安排人员", BARE: "须覆盖，尚未安排", FREE: "按需服务，未安排"}
"""How a village stands, and how it is told."""
_WHOLE = 100


@dataclass(frozen=True)
class Point:
    """One village: what it is called and how it stands."""

    code: str
    name: str
    kinds: Sequence[str]
    look: str
    is_contacted: bool = False

    @property
    def says(self) -> str:
        return f"{self.name}：{LOOKS[self.look]}"


@dataclass
class Coverage:
    """The villages of one place, and what they add up to; `kinds` are those that must be served, with their labels."""

    place: Region
    points: Sequence[Point]
    kinds: Mapping[str, str]

    @cached_property
    def _looks(self) -> Counter[str]:
        return Counter(point.look for point in self.points)

    @property
    def villages(self) -> int:
        return len(self.points)

    @property
    def needed(self) -> int:
        return sum(bool(point.kinds) for point in self.points)

    @property
    def uncovered(self) -> int:
        return self._looks[BARE]

    @property
    def served(self) -> int:
        """Count the villages that somebody serves."""
        return self._looks[COVERED]

    @property
    def contacted(self) -> int:
        """Count the villages with whose offices somebody who serves them is in contact."""
        return sum(point.is_contacted for point in self.points)

    @property
    def covered(self) -> int:
        """Count the villages that must be served and are."""
        return self.needed - self.uncovered

    @property
    def percent(self) -> int | None:
        """Return how many of a hundred are covered, rounded down so that a hundred means all; None of none."""
        return _WHOLE * self.covered // self.needed if self.needed else None

    @cached_property
    def by_kind(self) -> list[tuple[str, int, int]]:
        """Return of each kind how many are covered, of how many."""
        of = {kind: [point for point in self.points if kind in point.kinds] for kind in self.kinds}
        return [
            (label, sum(point.look == COVERED for point in of[kind]), len(of[kind]))
            for kind, label in self.kinds.items()
        ]


@dataclass(frozen=True)
class CountyCoverage:
    """A county with its villages, and the placement of its group, None before it is computed."""

    coverage: Coverage
    city: Region
    placement: Placement | None


def coverage_of(season: Season, counties: Sequence[str]) -> list[CountyCoverage]:
    """Return how far the villages of some counties are covered by the newest allocation."""
    run = published_for(season.pk)
    placing = placing_of(pack_of(season))
    kinds = dict(placing.villages) if placing else {}
    points: dict[str, list[Point]] = defaultdict(list)
    rows = Village.objects.filter(season=season, county__in=counties).annotate(
        is_served=served_in(run), is_contacted=contacted_in(run)
    )
    for county, code, name, kinds_of_it, is_served, is_contacted in rows.order_by("region").values_list(
        "county", "region", "region__name", "kinds", "is_served", "is_contacted"
    ):
        points[county].append(Point(code, name, kinds_of_it, _look(kinds_of_it, is_served), is_contacted))
    placed = Placement.objects.filter(run=run).prefetch_related("group__counties") if run else []
    placements = {county.pk: each for each in placed for county in each.group.counties.all()}
    places = Region.objects.filter(pk__in=[*points, *(set(placements) & set(counties))]).select_related("supervisor")
    return [
        CountyCoverage(
            Coverage(county, points[county.pk], kinds), county.supervisor or county, placements.get(county.pk)
        )
        for county in places.order_by("supervisor", "code")
    ]


def _look(kinds: Sequence[str], is_served: bool) -> str:
    if is_served:
        return COVERED
    return BARE if kinds else FREE


def by_city(counties: Sequence[CountyCoverage]) -> list[Coverage]:
    """Return the same by city, each with all villages of its counties."""
    cities: dict[str, list[CountyCoverage]] = defaultdict(list)
    for county in counties:
        cities[county.city.pk].append(county)
    return [together(rows[0].city, rows) for rows in cities.values()]


def together(place: Region, counties: Sequence[CountyCoverage]) -> Coverage:
    """Return what counties add up to."""
    points = [point for county in counties for point in county.coverage.points]
    return Coverage(place, points, counties[0].coverage.kinds if counties else {})


def target_of(season: Season) -> tuple[str, int] | None:
    """Return what the policy says how many villages there are to cover: its words and the number."""
    target = pack_of(season).sheet.targets.get(VILLAGES)
    if target is None:
        return None
    return target.label, int(pack_of(season).answer(target.between.at_least, season.answers) or 0)
