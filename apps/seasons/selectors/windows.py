"""How the windows of seasons stand on a day, and which of them close soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.days import LAST_DAY
from apps.core.refusals import Basis
from apps.policies.calendar import span
from apps.policies.schema import Pack
from apps.seasons.models import Season, Window
from apps.seasons.selectors.calendar import lain_since
from apps.seasons.selectors.running import in_sight, pack_of
from apps.seasons.states import SeasonState

_YEARS_AROUND = 2


def days_around(season: Season) -> tuple[date, date]:
    """Return the first and the last day that the windows and the calendar of a season may name."""
    first, last = date(season.year - _YEARS_AROUND, 1, 1), date(season.year + _YEARS_AROUND, 12, 31)
    return first, min(last, LAST_DAY)


@dataclass(frozen=True)
class WindowStatus:
    """Where a day stands to a window: `is_open`, and the days it opened and closes, grace included.

    `is_late` tells that it is over, but that what comes late is still taken, with a reason, until `late_until`.
    """

    label: str
    opens: date | None
    closes: date | None
    last_day: date | None
    is_open: bool
    is_before: bool
    late_until: date | None = None
    is_late: bool = False

    @property
    def is_over(self) -> bool:
        return not (self.is_open or self.is_before or self.is_late)


def window_status(season: Season, key: str, at: datetime) -> WindowStatus | None:
    """Return how the window `key` stands at a moment; None when the season has no such window."""
    return statuses([season], key, at).get(season.pk)


def statuses(seasons: Sequence[Season], key: str, at: datetime) -> dict[int, WindowStatus]:
    """Return for each season how its window `key` stands at a moment, in one query."""
    day = timezone.localdate(at)
    windows = Window.objects.filter(season__in=seasons, key=key)
    return {window.season_id: status_on(window, day) for window in windows}


def last_day_of(window: Window) -> date | None:
    """Return the last day of a window, grace included, None for one that does not close."""
    return window.closes + timedelta(days=window.grace_days) if window.closes else None


def status_on(window: Window, day: date) -> WindowStatus:
    """Tell how a window stands on a day; the closing day itself still counts (文中“之前”含当日)."""
    last_day = last_day_of(window)
    before = window.opens is not None and day < window.opens
    after = last_day is not None and last_day < day
    late_until = last_day + timedelta(days=window.late_days) if last_day and window.late_days else None
    is_late = after and late_until is not None and day <= late_until
    is_open = not before and not after
    return WindowStatus(window.label, window.opens, window.closes, last_day, is_open, before, late_until, is_late)


@dataclass(frozen=True)
class Overview:
    """One season in a list, with the windows that are open, open to late entry, or still to come."""

    season: Season
    windows: Sequence[WindowStatus]


def overview(viewer: Actor, at: datetime) -> list[Overview]:
    """Return the seasons a viewer may look into or run, but for those given up, newest first, in two queries."""
    day = timezone.localdate(at)
    seasons = in_sight(viewer, at).exclude(state=SeasonState.DISCARDED).prefetch_related("windows")
    return [Overview(season, [each for each in _statuses(season, day) if not each.is_over]) for season in seasons]


def _statuses(season: Season, day: date) -> list[WindowStatus]:
    return [status_on(window, day) for window in season.windows.all()]


def windows_of(season: Season) -> QuerySet[Window]:
    """Return the windows of a season, those that close first first."""
    return Window.objects.filter(season=season).select_related("season").order_by("closes", "key")


@dataclass(frozen=True)
class WindowShown:
    """A window with how it stands today and what its default rests on."""

    window: Window
    status: WindowStatus
    basis: Basis


def windows_shown(season: Season, pack: Pack, at: datetime) -> list[WindowShown]:
    """Return a season's windows as a table shows them, in one query."""
    day = timezone.localdate(at)
    return [
        WindowShown(window, status_on(window, day), pack.basis(pack.calendar.windows[window.key]))
        for window in windows_of(season)
    ]


@dataclass(frozen=True)
class Closing:
    """A window that closes soon: its last day, grace included, and the number of days before it that has come.

    `since` is the day from which people are to be reminded; `is_for_applications` tells whether people apply within it.
    """

    window: Window
    last_day: date
    since: date
    is_for_applications: bool

    @property
    def key(self) -> str:
        return f"closing:{self.window.pk}:{self.last_day}:{self.since}"


def closing_windows(season: Season, at: datetime) -> list[Closing]:
    """Return the open windows of a season of which its pack wants people reminded today; working days cost a query."""
    pack, day = pack_of(season), timezone.localdate(at)
    found = []
    for window in windows_of(season):
        status, rule = status_on(window, day), pack.calendar.windows[window.key].remind
        if rule and status.is_open and status.last_day:
            spans = [span(days, rule, pack, season.answers) for days in rule.before_days]
            starts = [lain_since(season.pk, status.last_day, each) for each in spans]
            for since in sorted(start for start in starts if start <= day)[-1:]:
                is_for_applications = window.key == pack.processes.application.window
                found.append(Closing(window, status.last_day, since, is_for_applications))
    return found
