"""Where else a person is supported in a year: he serves there, or has applied."""

from collections.abc import Collection, Sequence

from apps.applications.models import Application
from apps.desks.states import GIVEN_UP, DeskState
from apps.matching.selectors.pool import supported_elsewhere
from apps.seasons.models import Season
from apps.seasons.selectors import called_in_full, is_of_another_level


def supports(applications: Sequence[Application]) -> dict[int, list[str]]:
    """Name for each application what supports the person that year at another level, or is on its way to."""
    served = supported_elsewhere([(row.person_id, row.season) for row in applications])
    begun = _begun({row.person_id for row in applications})
    return {row.pk: _named(row, served[row.person_id, row.season_id], begun) for row in applications}


def _begun(persons: Collection[int]) -> list[tuple[int, Season]]:
    """Return the seasons in which people have handed in applications that were not given up; none cost no query."""
    if not persons:
        return []
    rows = Application.objects.filter(person__in=persons).exclude(state__in=(DeskState.DRAFT, *GIVEN_UP))
    beside = rows.select_related("season__jurisdiction").defer("season__source_text").order_by("pk")
    return [(row.person_id, row.season) for row in beside]


def _named(application: Application, served: Sequence[Season], begun: Sequence[tuple[int, Season]]) -> list[str]:
    waiting = [
        season
        for person, season in begun
        if person == application.person_id and season not in served and is_of_another_level(season, application.season)
    ]
    return [*map(called_in_full, served), *(f"{called_in_full(season)}（已申请）" for season in waiting)]
