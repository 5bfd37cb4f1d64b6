"""What came of an allocation in numbers: by county, by city, by choice, and how far it is."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from apps.directory.models import Region
from apps.matching.engine.check import GUARANTEES
from apps.matching.engine.explain import digits_of
from apps.matching.models import AllocationRun, Outcome
from apps.matching.selectors.market import city_key, group_key, industry_of, pk_of
from apps.matching.states import RunState
from apps.seasons.models import ServiceGroup

_SHORTEST_TOLD = 0.1
_COMPUTED, _CHECKED = "计算", "核对"
STAGES = ("冻结", "摇号", _COMPUTED, _CHECKED, "调整和补充志愿", "公示", "公布")
_AT = {
    RunState.COMPUTED: 5,
    RunState.ADJUSTED: 5,
    RunState.SUPPLEMENTING: 5,
    RunState.CONFIRMED: 6,
    RunState.ON_NOTICE: 6,
    RunState.PUBLISHED: 7,
}


@dataclass(frozen=True)
class Stage:
    """At which stage an allocation is, counted from 1, and {stage: its figure, where it has one}."""

    number: int
    all: Mapping[str, str]

    @property
    def label(self) -> str:
        return STAGES[self.number - 1]


def stage_of(run: AllocationRun) -> Stage | None:
    """Return the stage of an allocation, None for one that was given up or gave way."""
    if run.state == RunState.DRAFTED:
        return Stage(3 if run.seed else 2, dict.fromkeys(STAGES, ""))
    figures = {_COMPUTED: _lasted(run.report["seconds"]), _CHECKED: f"{GUARANTEES}项全部通过"} if run.report else {}
    return Stage(_AT[RunState(run.state)], dict.fromkeys(STAGES, "") | figures) if run.state in _AT else None


def _lasted(seconds: float) -> str:
    return f"用时{seconds:.1f}秒" if seconds >= _SHORTEST_TOLD else f"用时不足{_SHORTEST_TOLD}秒"


@dataclass(frozen=True)
class PartResult:
    """What came of one industry of a service group that has places of its own."""

    industry: str
    places: int
    filled: int
    cutoff: str


@dataclass(frozen=True)
class GroupResult:
    """What came of one service group: its places, its floor, who is in, how many are missing, the last who got in."""

    group: ServiceGroup
    places: int
    floor: int
    filled: int
    missing: int
    cutoff: str
    parts: Sequence[PartResult] = ()


def by_group(run: AllocationRun) -> list[GroupResult]:
    """Return what came of each service group."""
    placed = [to for to in run.report["matching"].values() if to]
    filled = Counter(group_key(pk_of(to)) for to in placed)
    groups, parts = ServiceGroup.objects.filter(season=run.season_id).in_bulk(), _by_industry(run)
    return [
        GroupResult(
            group=groups[pk_of(name)],
            places=right["upper"],
            floor=right["lower"],
            filled=filled[name],
            missing=max(0, right["lower"] - filled[name]),
            cutoff=_cutoff(run, name),
            parts=parts.get(name, ()),
        )
        for name, right in run.market["right"].items()
        if pk_of(name) in groups
    ]


def _by_industry(run: AllocationRun) -> dict[str, list[PartResult]]:
    """Return what came of the industries that have places of their own, by the group that they are of."""
    filled = Counter(run.report["matching"].values())
    found: dict[str, list[PartResult]] = defaultdict(list)
    for name, part in sorted(run.market.get("projects", {}).items()):
        if part["upper"] < run.market["right"][part["owner"]]["upper"]:
            row = PartResult(industry_of(name), part["upper"], filled[name], _cutoff(run, name))
            found[part["owner"]].append(row)
    return found


def _cutoff(run: AllocationRun, name: str) -> str:
    line, digits = run.report["cutoffs"].get(name), digits_of(len(run.market["left"]))
    return f"第{line['tier']}层/摇号{line['lottery']:0{digits}}" if line else "—"


@dataclass(frozen=True)
class Place:
    """What came of the service groups of a city, or of all: their sums, the groups that lack most first.

    `cap` is how many they take together at most, None where no total is set; `cutoff` the last who got in where all
    that is taken.
    """

    city: Region | None
    groups: Sequence[GroupResult]
    cap: int | None = None
    cutoff: str = ""

    @property
    def places(self) -> int:
        return sum(each.places for each in self.groups)

    @property
    def floor(self) -> int:
        return sum(each.floor for each in self.groups)

    @property
    def filled(self) -> int:
        return sum(each.filled for each in self.groups)

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.groups)


@dataclass(frozen=True)
class Places:
    """What came of each city, those that lack most first, of all together, and of the groups asked for.

    Of a single city these are all its groups; of several those of the one `chosen`, or, where none is, those that lack.
    """

    cities: Sequence[Place]
    whole: Place
    chosen: Place | None
    groups: Sequence[GroupResult]

    @property
    def has_caps(self) -> bool:
        """Tell whether a city takes no more than its total."""
        return any(each.cap is not None for each in self.cities)

    @property
    def shown(self) -> Place | None:
        """Return the one city whose groups are all shown."""
        return self.chosen or (self.cities[0] if len(self.cities) == 1 else None)


def by_city(run: AllocationRun, city: str | None = None) -> Places:
    """Return what came of the cities of a run, and of the groups of the one asked for by its code."""
    found: dict[Region | None, list[GroupResult]] = defaultdict(list)
    results = sorted(by_group(run), key=lambda each: (-each.missing, each.group.pk))
    above = _cities_of([each.group for each in results])
    for each in results:
        found[above[each.group.pk]].append(each)
    cities = [_place(run, city, groups) for city, groups in found.items()]
    cities.sort(key=lambda each: (-each.missing, each.city.pk if each.city else ""))
    chosen = next((each for each in cities if each.city and each.city.pk == city), None)
    shown = chosen.groups if chosen else results if len(cities) < 2 else [each for each in results if each.missing]
    return Places(cities, Place(None, results), chosen, shown)


def _place(run: AllocationRun, city: Region | None, groups: Sequence[GroupResult]) -> Place:
    name = city_key(city.pk) if city else ""
    cap = run.market.get("caps", {}).get(name)
    return Place(city, groups, cap["upper"], _cutoff(run, name)) if cap else Place(city, groups)


def _cities_of(groups: Sequence[ServiceGroup]) -> dict[int, Region | None]:
    """Return the city above the first county of each group."""
    prefetch_related_objects(groups, "counties__supervisor")
    return {group.pk: next((county.supervisor for county in group.counties.all()), None) for group in groups}


@dataclass(frozen=True)
class RankCount:
    """How many got a wish of this rank, and their share of all in a hundred."""

    label: str
    number: int
    percent: int


def by_rank(run: AllocationRun) -> list[RankCount]:
    """Count who got which of his wishes, who was moved, and who got nothing."""
    rows = list(Outcome.objects.filter(run=run).order_by().values_list("rank", "group", "is_moved"))
    most = max((len(wishes) for wishes in run.market["left"].values()), default=0)
    counts = [(f"第{n}志愿", sum(rank == n for rank, _, _ in rows)) for n in range(1, most + 1)]
    counts.append(("调整安排", sum(is_moved for _, _, is_moved in rows)))
    counts.append(("未安排", sum(group is None for _, group, _ in rows)))
    return [RankCount(label, number, round(100 * number / max(len(rows), 1))) for label, number in counts]
