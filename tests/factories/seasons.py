"""Seasons of the shipped pack, made through the services an office uses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from apps.core.actors import Actor
from apps.directory.models import Region
from apps.policies import loading
from apps.seasons import services
from apps.seasons.models import CalendarDay, Season

PACK = "guangxi-2023"


def make_season(
    region: Region,
    *,
    by: Actor,
    at: datetime,
    opened: bool = True,
    window: tuple[date, date] | None = None,
    title: str = "",
) -> Season:
    """Prepare a season of the year of `at`, move its application window if told so, and start it."""
    season = services.prepare(
        files=loading.read(PACK),
        jurisdiction=region,
        year=at.year,
        title=title or f"{at.year}年度自治区乡村科技特派员",
        by=by,
        at=at,
    )
    if window:
        set_application_window(season, *window, by=by, at=at)
        season = Season.objects.get(pk=season.pk)
    return services.start(season=season, by=by, at=at) if opened else season


def set_application_window(season: Season, opens: date, closes: date, *, by: Actor, at: datetime) -> Season:
    """Move the window within which people may apply."""
    window = season.windows.get(key="application")
    return services.set_window(
        window=window, opens=opens, closes=closes, grace_days=0, reason="按年度安排调整", by=by, at=at
    )


def merge_districts(season: Season, *, by: Actor, at: datetime, name: str = "城区组团") -> Season:
    """Let the first two counties of a season be served as one."""
    groups = season.service_groups.order_by("pk").values_list("pk", flat=True)[:2]
    return services.merge_groups(season=season, groups=list(groups), name=name, reason="人员较少", by=by, at=at)


def limit_urging(season: Season, **limit: int) -> None:
    """Let a season's pack allow urging by hand within a limit, or without one not at all."""
    with _pack(season) as pack:
        remind = pack["processes"]["application"]["remind"]
        remind.pop("by_hand", None)
        remind.update({"by_hand": limit} if limit else {})


def count_working_days(season: Season, *days_off: date) -> None:
    """Let a season's pack count working days wherever it counts days, and some days be off in its calendar."""
    with _pack(season) as pack:
        pack["calendar"]["counting"] = "working_days"
        del pack["processes"]["application"]["remind"]["counting"]
    CalendarDay.objects.bulk_create(CalendarDay(season=season, day=day, is_working=False) for day in days_off)


@contextmanager
def _pack(season: Season) -> Iterator[dict[str, Any]]:
    """Yield the pack of a season as data, and keep what was changed."""
    pack = loading.plain(loading.tree(Season.objects.get(pk=season.pk).pack_text, PACK))
    yield pack
    Season.objects.filter(pk=season.pk).update(pack_text=json.dumps(pack, ensure_ascii=False, default=str))
