"""Reads of seasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.policies import loading
from apps.policies.schema import Pack
from apps.seasons.models import Season, Window
from apps.seasons.permissions import MANAGE_SEASON
from apps.seasons.states import SeasonState


def pack_of(season: Season) -> Pack:
    """Return the pack that the season runs, as it was when the season was made."""
    return loading.parse(season.pack_text, season.source_text, season.pack_id)


def open_seasons() -> QuerySet[Season]:
    """Return the seasons in progress, newest first; anybody may know of them."""
    return Season.objects.filter(state=SeasonState.OPEN).select_related("jurisdiction").defer("source_text")


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may look into: those of the regions he works for or below."""
    paths = viewer.region_paths(at)
    codes = {code for path in paths for code in path.strip("/").split("/")}
    return Season.objects.filter(jurisdiction__in=codes).select_related("jurisdiction").defer("source_text")


def managed_by(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may run."""
    codes = [post.scope.key for post in viewer.posts_with(MANAGE_SEASON, at)]
    return Season.objects.filter(jurisdiction__in=codes).select_related("jurisdiction").defer("source_text")


@dataclass(frozen=True)
class WindowStatus:
    """Where a day stands to a window: `is_open`, and the days it opened and closes, grace included."""

    label: str
    opens: date | None
    closes: date | None
    last_day: date | None
    is_open: bool
    is_before: bool


def window_status(season: Season, key: str, at: datetime) -> WindowStatus | None:
    """Return how the window `key` stands at a moment; None when the season has no such window."""
    return statuses([season], key, at).get(season.pk)


def statuses(seasons: Sequence[Season], key: str, at: datetime) -> dict[int, WindowStatus]:
    """Return for each season how its window `key` stands at a moment, in one query."""
    day = timezone.localdate(at)
    windows = Window.objects.filter(season__in=seasons, key=key)
    return {window.season_id: status_on(window, day) for window in windows}


def status_on(window: Window, day: date) -> WindowStatus:
    """Tell how a window stands on a day; the closing day itself still counts (文中“之前”含当日)."""
    last_day = window.closes + timedelta(days=window.grace_days) if window.closes else None
    before = window.opens is not None and day < window.opens
    after = last_day is not None and last_day < day
    return WindowStatus(window.label, window.opens, window.closes, last_day, not before and not after, before)
