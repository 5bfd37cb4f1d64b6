"""What the door must know of seasons."""

from apps.core.kinds import Kind
from apps.seasons.guards import has_windows_in_order, only_in_preparation
from apps.seasons.models import Season
from apps.seasons.states import SeasonAction, SeasonState

SEASON = Kind(
    name="season",
    model=Season,
    label="年度批次",
    states=SeasonState,
    actions=SeasonAction,
    guards={"amend": [only_in_preparation], "start": [has_windows_in_order]},
    facts=lambda seasons, decision: {
        season.pk: list(season.windows.all())
        for season in Season.objects.filter(pk__in=[season.pk for season in seasons]).prefetch_related("windows")
    },
)
