"""Reads of seasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core import log
from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.core.refusals import Basis
from apps.directory.models import Region
from apps.policies import answers, loading
from apps.policies.schema import OpenQuestion, Pack
from apps.seasons.models import Quota, Run, Season, Window
from apps.seasons.permissions import MANAGE_SEASON
from apps.seasons.states import SeasonAction, SeasonState

MOST_RUNS = 8
SILENT_FOR = timedelta(minutes=10)
"""A run that gives no sign of life for so long has lost its process, or has none to run it."""


def pack_of(season: Season) -> Pack:
    """Return the pack that the season runs, as it was when the season was made."""
    return loading.parse(season.pack_text, season.pack_id)


def open_seasons() -> QuerySet[Season]:
    """Return the seasons in progress, newest first; anybody may know of them."""
    return Season.objects.filter(state=SeasonState.OPEN).select_related("jurisdiction").defer("source_text")


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may look into: those run for his region or one above it."""
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


def in_sight(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may look into or run."""
    return visible_to(viewer, at) | managed_by(viewer, at)


def places_to_run(viewer: Actor, at: datetime) -> QuerySet[Region]:
    """Return the regions in which a viewer may prepare a season."""
    codes = [post.scope.key for post in viewer.posts_with(MANAGE_SEASON, at)]
    return Region.objects.filter(pk__in=codes).order_by("pk")


@dataclass(frozen=True)
class Overview:
    """One season in a list, with the windows that are open or still to come."""

    season: Season
    windows: Sequence[WindowStatus]


def overview(viewer: Actor, at: datetime) -> list[Overview]:
    """Return the seasons a viewer may look into or run, newest first, in two queries."""
    day = timezone.localdate(at)
    return [
        Overview(season, [status for status in _statuses(season, day) if status.is_open or status.is_before])
        for season in in_sight(viewer, at).prefetch_related("windows")
    ]


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
    """Return the open windows of a season of which its pack wants people reminded today, in one query."""
    pack, day = pack_of(season), timezone.localdate(at)
    found = []
    for window in windows_of(season):
        status, rule = status_on(window, day), pack.calendar.windows[window.key].remind
        if rule and status.is_open and status.last_day:
            starts = [status.last_day - timedelta(pack.answer(days, season.answers)) for days in rule.before_days]
            for since in sorted(start for start in starts if start <= day)[-1:]:
                is_for_applications = window.key == pack.processes.application.window
                found.append(Closing(window, status.last_day, since, is_for_applications))
    return found


@dataclass(frozen=True)
class RunShown:
    """A run with how it stands: waiting, running, silent, failed or done."""

    run: Run
    status: str

    @property
    def is_underway(self) -> bool:
        return self.status in ("waiting", "running")


def run_of(pk: int) -> Run:
    """Return a run by key."""
    return Run.objects.get(pk=pk)


def runs_of(season: Season, at: datetime) -> list[RunShown]:
    """Return the newest runs that concern a season, in one query."""
    rows = Run.objects.filter(Q(season=season) | Q(season=None)).order_by("-asked", "-pk")
    return [RunShown(run, _run_status(run, at)) for run in rows[:MOST_RUNS]]


def _run_status(run: Run, at: datetime) -> str:
    if run.ended:
        return "failed" if run.error else "done"
    if at - (run.noted or run.asked) > SILENT_FOR:
        return "silent"
    return "running" if run.started else "waiting"


def quotas_of(season: Season) -> QuerySet[Quota]:
    """Return the quotas of a season in the order of its service groups."""
    rows = Quota.objects.filter(season=season).select_related("season", "group")
    return rows.prefetch_related("group__counties__supervisor").order_by("key", "group_id")


def next_quota(quota: Quota) -> Quota | None:
    """Return the quota that stands below this one in its table."""
    below = Quota.objects.filter(season=quota.season_id, key=quota.key, group__gt=quota.group_id)
    return below.order_by("group_id").first()


@dataclass(frozen=True)
class QuotaTable:
    """All rows of one quota: for each city its groups, and what they add up to."""

    label: str
    is_soft: bool
    basis: Basis
    cities: Mapping[str, Sequence[Quota]]
    villages: int
    places: int


def quota_tables(season: Season, pack: Pack) -> list[QuotaTable]:
    """Return a season's quotas, one table for each key of the pack, in three queries."""
    rows = list(quotas_of(season))
    return [_quota_table(key, [row for row in rows if row.key == key], pack) for key in pack.quotas]


def _quota_table(key: str, rows: Sequence[Quota], pack: Pack) -> QuotaTable:
    cities: dict[str, list[Quota]] = {}
    for row in rows:
        cities.setdefault(_city_of(row), []).append(row)
    rule = pack.quotas[key]
    villages, places = sum(row.villages for row in rows), sum(row.places or 0 for row in rows)
    return QuotaTable(rule.label, rule.soft, pack.basis(rule), cities, villages, places)


def _city_of(quota: Quota) -> str:
    counties = list(quota.group.counties.all())
    return str(counties[0].supervisor) if counties else ""


@dataclass(frozen=True)
class QuestionShown:
    """An open question with what holds now, as stored and in words: the pack's `default`, or the season's own choice.

    `options` holds what may be chosen as (value, label), empty where a value is typed.
    """

    question: OpenQuestion
    chosen: Any
    in_words: str
    default: str
    options: Sequence[tuple[str, str]]
    is_changed: bool
    may_be_answered: bool


def questions_shown(season: Season, pack: Pack) -> list[QuestionShown]:
    """Return what the policy leaves open and how this season settles it."""
    return [_question_shown(question, season, pack) for question in pack.open_questions]


def _question_shown(question: OpenQuestion, season: Season, pack: Pack) -> QuestionShown:
    chosen = pack.chosen(question.id, season.answers)
    return QuestionShown(
        question=question,
        chosen=chosen,
        in_words=answers.in_words(pack, question.id, chosen),
        default=answers.in_words(pack, question.id, question.chosen),
        options=answers.options(pack, question.id),
        is_changed=chosen != question.chosen,
        may_be_answered=season.state == SeasonState.DRAFT and question.id in answers.asked(pack),
    )


def question_shown(season: Season, pack: Pack, key: str) -> QuestionShown | None:
    """Return one open question as this season settles it, None for an unknown one."""
    return next((shown for shown in questions_shown(season, pack) if shown.question.id == key), None)


@dataclass(frozen=True)
class Change:
    """One row of a season's log in words: what was changed, from what, to what."""

    entry: LogEntry
    what: str
    old: str = ""
    new: str = ""


def changes_of(season: Season, pack: Pack) -> list[Change]:
    """Return what was done to a season, newest first, in one query."""
    entries = log.entries_of(Ref("season", str(season.pk))).order_by("-n")
    return [_change(entry, pack) for entry in entries]


def _change(entry: LogEntry, pack: Pack) -> Change:
    said = entry.details
    match said.get("what"):
        case "window":
            window = pack.calendar.windows[said["key"]]
            return Change(entry, f"窗口“{window.label}”", _days_in_words(said["old"]), _days_in_words(said["new"]))
        case "quota":
            what = f"{said['group']}：{pack.quotas[said['key']].label}"
            return Change(entry, what, _places_in_words(said["old"]), _places_in_words(said["new"]))
        case "answer":
            question = pack.question(said["key"])
            old, new = (answers.in_words(pack, said["key"], said[side]) for side in ("old", "new"))
            return Change(entry, question.text if question else said["key"], old, new)
    return Change(entry, str(SeasonAction(entry.action).label))


def _days_in_words(days: Mapping[str, Any]) -> str:
    opens, closes = (
        "不限" if text == "None" else written_day(date.fromisoformat(text)) for text in (days["opens"], days["closes"])
    )
    grace = f"，宽限{days['grace_days']}天" if days["grace_days"] else ""
    return f"{opens}至{closes}{grace}"


def _places_in_words(places: int | None) -> str:
    return "未设定" if places is None else str(places)
