"""Cities that take no more people than their total, over the service groups in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.directory.models import Region
from apps.seasons.models import Quota, Season
from apps.seasons.selectors import ceilings_of, cities_capped, extra_of


@dataclass(frozen=True)
class CityCap:
    """A city with the keys of its service groups, and how many people these take together at most."""

    city: Region
    groups: Sequence[int]
    seats: int


def caps_in(season: Season, rows: Sequence[Quota]) -> list[CityCap]:
    """Return the cities whose total is a level of the allocation, for all quotas by which a season is allocated."""
    if not rows:
        return []
    extras = {row.pk: extra_of(row) for row in rows}
    return caps_of(season, rows, ceilings_of(season, rows[0].key), extras)


def caps_of(
    season: Season, rows: Sequence[Quota], ceilings: Mapping[str, int], extras: Mapping[int, int]
) -> list[CityCap]:
    """Return the same with these totals and these people approved beyond quotas, whom a city takes on top."""
    return [
        CityCap(city, [row.group_id for row in its], ceilings[city.pk] + sum(extras[row.pk] for row in its))
        for city, its in cities_capped(season, rows, ceilings).items()
    ]
