"""The quotas of a season: places, overruns, parts by industry, and what they add up to."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from apps.core.refusals import Basis
from apps.directory.models import Region
from apps.policies.matching import VILLAGES, bounds_of, quota_allocated
from apps.policies.schema import Pack
from apps.seasons.models import Ceiling, Overrun, Quota, Season
from apps.seasons.selectors.running import pack_of

GROUP, PLACES, PARTS = "县（市、区）", "名额", "分产业名额"
"""What a workbook of quotas calls the columns that are read back."""
Due = Callable[[Season], Mapping[int, int] | None]
_due: list[Due] = []


def count_due_by(due: Due) -> None:
    """Let a higher app say how many villages of each service group must be served, None where it has no list."""
    _due.append(due)


def villages_due(season: Season) -> Mapping[int, int] | None:
    """Return how many villages of each service group must be served, None where nothing is known but their number."""
    return next((found for due in _due if (found := due(season)) is not None), None)


def quotas_of(season: Season) -> QuerySet[Quota]:
    """Return the quotas of a season in the order of its service groups."""
    rows = Quota.objects.filter(season=season).select_related("season", "group")
    rows = rows.prefetch_related("group__counties__supervisor", "parts", "overruns")
    return rows.order_by("key", "group_id")


def extra_of(quota: Quota) -> int:
    """Return how many people beyond a quota are approved."""
    return sum(each.extra for each in quota.overruns.all() if each.ended is None)


def seats_of(quota: Quota) -> int:
    """Return how many people a quota and what was approved beyond it hold."""
    return (quota.places or 0) + extra_of(quota)


def parts_of(quota: Quota) -> dict[str, int]:
    """Return how many places go to each industry at most, empty where they are not divided."""
    return {each.industry: each.places for each in quota.parts.all()}


def most_villages(season: Season, pack: Pack) -> int | None:
    """Return how many villages a person serves at most in a season, None where the pack does not say."""
    bounds = bounds_of(VILLAGES, pack, season.answers)
    return bounds.most if bounds else None


def parts_in_words(parts: Mapping[str, int]) -> str:
    """Write the places of industries as they are typed."""
    return "；".join(f"{industry}{places}" for industry, places in parts.items())


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share a number out in proportion to weights by the largest remainder, the first of equals first.

    Raises ValueError for a negative number, and where there is something to share and nothing to share it by.
    """
    whole = sum(weights)
    if total < 0 or (total and not whole):
        raise ValueError("there is less than nothing to share out, or nothing to share it out by")
    shares = [total * weight // (whole or 1) for weight in weights]
    remainders = [total * weight % (whole or 1) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -remainders[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


@dataclass(frozen=True)
class QuotaLine:
    """One quota as it is shown: `needed` people serve the villages `due`, 0 where the pack sets no number for one."""

    city: Region
    quota: Quota
    extra: int
    parts: Mapping[str, int]
    due: int
    needed: int

    @property
    def seats(self) -> int:
        return seats_of(self.quota)

    @property
    def is_short(self) -> bool:
        return self.quota.places is not None and self.seats < self.needed

    @property
    def parts_in_words(self) -> str:
        return parts_in_words(self.parts)


@dataclass(frozen=True)
class RegionQuotas:
    """The quotas of a city's groups and what they add up to; `ceiling` is what they may, None where nothing is set.

    `is_cap` tells that they may add up to more, for the allocation keeps to it.
    """

    region: Region
    lines: Sequence[QuotaLine]
    ceiling: int | None
    is_cap: bool = False

    @cached_property
    def villages(self) -> int:
        return sum(line.quota.villages for line in self.lines)

    @cached_property
    def places(self) -> int:
        return sum(line.quota.places or 0 for line in self.lines)

    @cached_property
    def extra(self) -> int:
        return sum(line.extra for line in self.lines)

    @property
    def most(self) -> int | None:
        """Return how many people all may take at most, with what was approved beyond quotas."""
        return None if self.ceiling is None else self.ceiling + self.extra


@dataclass(frozen=True)
class QuotaTable:
    """All rows of one quota, city by city, and what they add up to; `is_allocated` tells that people are by it."""

    key: str
    label: str
    is_soft: bool
    is_allocated: bool
    basis: Basis
    whole: RegionQuotas
    cities: Sequence[RegionQuotas]

    @property
    def rows(self) -> list[Quota]:
        return [line.quota for line in self.whole.lines]


def quota_tables(season: Season, pack: Pack) -> list[QuotaTable]:
    """Return a season's quotas, one table for each key of the pack, in a constant number of queries."""
    rows, due = list(quotas_of(season)), villages_due(season)
    return [_table(season, pack, key, [row for row in rows if row.key == key], due) for key in pack.quotas]


def quota_table(season: Season, pack: Pack, key: str) -> QuotaTable | None:
    """Return one quota of a season as a table, None for one that the pack does not have."""
    if key not in pack.quotas:
        return None
    return _table(season, pack, key, list(quotas_of(season).filter(key=key)), villages_due(season))


def _table(
    season: Season, pack: Pack, key: str, rows: Sequence[Quota], villages: Mapping[int, int] | None
) -> QuotaTable:
    most = most_villages(season, pack)
    cities: dict[Region, list[QuotaLine]] = defaultdict(list)
    for row in rows:
        city, due = city_of(row), row.villages if villages is None else villages[row.group_id]
        needed = -(-due // most) if most else 0
        cities[city].append(QuotaLine(city, row, extra_of(row), parts_of(row), due, needed))
    ceilings = ceilings_of(season, key)
    capped = {city.pk for city in cities_capped(season, rows, ceilings)}
    found = [RegionQuotas(city, lines, ceilings.get(city.pk), city.pk in capped) for city, lines in cities.items()]
    everything = [line for lines in cities.values() for line in lines]
    whole = RegionQuotas(season.jurisdiction, everything, ceilings.get(season.jurisdiction_id))
    rule, is_allocated = pack.quotas[key], key == quota_allocated(pack, season.answers)
    return QuotaTable(key, rule.label, rule.soft, is_allocated, pack.basis(rule), whole, found)


def ceilings_of(season: Season, key: str) -> dict[str, int]:
    """Return by the codes of regions how many places the groups below may have together."""
    return dict(Ceiling.objects.filter(season=season, key=key).values_list("region", "places"))


def cities_capped(season: Season, rows: Sequence[Quota], ceilings: Mapping[str, int]) -> dict[Region, list[Quota]]:
    """Return the cities that the allocation keeps to their ceilings, each with its rows of the quota.

    None where nobody is allocated by the quota; the ceiling of the whole is no city's, unless there is but one.
    """
    cities: dict[Region, list[Quota]] = defaultdict(list)
    for row in rows:
        cities[city_of(row)].append(row)
    if not ceilings or not rows or rows[0].key != quota_allocated(pack_of(season), season.answers):
        return {}
    return {
        city: its
        for city, its in cities.items()
        if city.pk in ceilings and (city.pk != season.jurisdiction_id or len(cities) == 1)
    }


def city_of(quota: Quota) -> Region:
    """Return the region right above the counties of a service group, the season's own for one without counties."""
    counties = list(quota.group.counties.all())
    above = counties[0].supervisor if counties else None
    return above or quota.season.jurisdiction


def overruns_of(quota: Quota) -> list[Overrun]:
    """Return what was ever approved beyond a quota, newest first."""
    return list(Overrun.objects.filter(quota=quota).order_by("-pk"))
