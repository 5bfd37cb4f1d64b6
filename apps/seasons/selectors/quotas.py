"""The quotas of a season."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.core.refusals import Basis
from apps.policies.schema import Pack
from apps.seasons.models import Quota, Season

GROUP, PLACES = "县（市、区）", "名额"
"""What a workbook of quotas calls its columns."""


def quotas_of(season: Season) -> QuerySet[Quota]:
    """Return the quotas of a season in the order of its service groups."""
    rows = Quota.objects.filter(season=season).select_related("season", "group")
    return rows.prefetch_related("group__counties__supervisor").order_by("key", "group_id")


@dataclass(frozen=True)
class QuotaTable:
    """All rows of one quota: for each city its groups, and what they add up to."""

    key: str
    label: str
    is_soft: bool
    basis: Basis
    cities: Mapping[str, Sequence[Quota]]
    villages: int
    places: int

    @property
    def rows(self) -> list[Quota]:
        return [row for rows in self.cities.values() for row in rows]


def quota_tables(season: Season, pack: Pack) -> list[QuotaTable]:
    """Return a season's quotas, one table for each key of the pack, in three queries."""
    rows = list(quotas_of(season))
    return [_quota_table(key, [row for row in rows if row.key == key], pack) for key in pack.quotas]


def quota_table(season: Season, pack: Pack, key: str) -> QuotaTable | None:
    """Return one quota of a season as a table, None for one that the pack does not have, in three queries."""
    return _quota_table(key, list(quotas_of(season).filter(key=key)), pack) if key in pack.quotas else None


def _quota_table(key: str, rows: Sequence[Quota], pack: Pack) -> QuotaTable:
    cities: dict[str, list[Quota]] = {}
    for row in rows:
        cities.setdefault(city_of(row), []).append(row)
    rule = pack.quotas[key]
    villages, places = sum(row.villages for row in rows), sum(row.places or 0 for row in rows)
    return QuotaTable(key, rule.label, rule.soft, pack.basis(rule), cities, villages, places)


def city_of(quota: Quota) -> str:
    """Return the name of the city that a service group lies in."""
    counties = list(quota.group.counties.all())
    return str(counties[0].supervisor) if counties else ""
