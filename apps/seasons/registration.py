"""What the door must know of seasons."""

from apps.core.kinds import Kind
from apps.seasons.guards import changes_something, has_application_days, has_reason, only_in_preparation
from apps.seasons.models import Season
from apps.seasons.states import SeasonAction, SeasonState

SEASON = Kind(
    name="season",
    model=Season,
    label="年度批次",
    states=SeasonState,
    actions=SeasonAction,
    tones={
        SeasonState.DRAFT: "warning",
        SeasonState.OPEN: "success",
        SeasonState.CLOSED: "muted",
        SeasonState.DISCARDED: "muted",
    },
    guards={
        SeasonAction.AMEND: [has_reason, only_in_preparation, changes_something],
        SeasonAction.START: [has_application_days],
        SeasonAction.DISCARD: [has_reason],
    },
    facts=lambda seasons, decision: {
        season.pk: list(season.windows.all())
        for season in Season.objects.filter(pk__in=[season.pk for season in seasons]).prefetch_related("windows")
    },
)
