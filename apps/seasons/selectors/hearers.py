"""Who hears that the days of a season were changed."""

from dataclasses import dataclass
from datetime import datetime

from apps.directory.models import User
from apps.directory.selectors import officers_below, valid_posts
from apps.directory.states import Role
from apps.seasons.models import Season, Window
from apps.seasons.selectors.running import pack_of


@dataclass(frozen=True)
class Hearers:
    """The officers who hear of a moved window, those of the units, and whether those who are still writing do."""

    offices: list[User]
    units: list[User]
    with_writers: bool


def hearers_of(window: Window, at: datetime) -> Hearers:
    """Return who hears that a window of a season was moved, in two queries."""
    season = window.season
    offices = officers_below(season.jurisdiction, at)
    is_for_applications = window.key == pack_of(season).processes.application.window
    units = _officers_of_units(season, at) if is_for_applications else []
    return Hearers(offices, [each for each in units if each not in offices], is_for_applications)


def _officers_of_units(season: Season, at: datetime) -> list[User]:
    """Return the active users who on the day speak for a unit within a season's jurisdiction."""
    within = season.jurisdiction.path
    posts = valid_posts(at).filter(role=Role.DISPATCHING_UNIT, organization__region__path__startswith=within)
    return list(User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("pk"))
