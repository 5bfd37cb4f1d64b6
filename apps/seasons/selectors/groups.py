"""The service groups of a season: which counties are served as one."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from apps.seasons.models import Quota, Season, ServiceGroup


def groups_of(season: Season, keys: Sequence[int] | None = None) -> list[ServiceGroup]:
    """Return the service groups of a season, or those of some keys, with their counties and cities."""
    rows = ServiceGroup.objects.filter(season=season).prefetch_related("counties__supervisor").order_by("pk")
    return list(rows if keys is None else rows.filter(pk__in=keys))


def groups_by_city(season: Season) -> dict[str, list[ServiceGroup]]:
    """Return the service groups of a season by the city that they lie in."""
    cities: dict[str, list[ServiceGroup]] = defaultdict(list)
    for group in groups_of(season):
        counties = list(group.counties.all())
        cities[str(counties[0].supervisor) if counties else ""].append(group)
    return cities


def divided_in(season: Season, groups: Sequence[int]) -> list[str]:
    """Return the names of those of some groups whose places are divided by industry, or exceeded."""
    is_divided = Q(parts__isnull=False) | Q(overruns__isnull=False, overruns__ended=None)
    rows = Quota.objects.filter(is_divided, season=season, group__in=groups)
    return list(rows.order_by("group").values_list("group__name", flat=True).distinct())
