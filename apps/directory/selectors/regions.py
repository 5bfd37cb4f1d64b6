"""Reads of regions."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Count, Q

from apps.directory.models import Region
from apps.directory.states import Level


def counties_of(region: Region) -> list[Region]:
    """Return the counties below a region, by code."""
    return list(Region.objects.filter(path__startswith=region.path, level=Level.COUNTY).order_by("code"))


def counties_below(paths: Collection[str]) -> list[str]:
    """Return the codes of the counties below supervision paths, or at them, in one query; without paths in none."""
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q())
    return list(Region.objects.filter(below, level=Level.COUNTY).values_list("pk", flat=True)) if paths else []


def cities_of(region: Region) -> list[Region]:
    """Return the units that report straight to a region and have counties or are one, by code."""
    return list(Region.objects.filter(supervisor=region, level__in=[Level.CITY, Level.COUNTY]).order_by("code"))


def village_counts(region: Region) -> dict[str, int]:
    """Return {county code: number of villages and communities}, in one query."""
    rows = (
        Region.objects.filter(path__startswith=region.path, level=Level.VILLAGE)
        .values("parent__parent")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {row["parent__parent"]: row["number"] for row in rows if row["parent__parent"]}


def city_codes(counties: Collection[str]) -> dict[str, str]:
    """Return {county code: code of the office right above it}, in one query."""
    rows = Region.objects.filter(pk__in=counties).values_list("pk", "supervisor")
    return {county: supervisor or county for county, supervisor in rows}
