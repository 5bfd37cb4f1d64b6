"""The pool, and the directory of commissioners: who is in it, who has served, what is known of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.core.actors import VIEW, Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref
from apps.core.refusals import Refused
from apps.desks.routes import starting_desk
from apps.directory.models import Organization, Person, Region
from apps.directory.selectors import called, named
from apps.matching.models import PoolEntry, Service
from apps.matching.states import POOL_OVER, PoolAction, PoolState
from apps.policies.matching import POOL_ENTRY, industries, keeper_of_pool, time_after
from apps.seasons.models import Season
from apps.seasons.selectors import last_day_after, open_seasons, pack_of
from apps.seasons.states import SeasonState

POOL = "pool_entry"
_BESIDE = ("season", "person__unit")
_HEAVY = ("season__source_text",)


@dataclass(frozen=True)
class PoolFacts:
    """Until when a place taken today lasts, and whether its season is in progress."""

    until: date | None
    is_in_season: bool


def keeper_desk(season: Season) -> str:
    """Name the desk that keeps the pool of a season, empty where its policy knows of none."""
    pack = pack_of(season)
    keeper = keeper_of_pool(pack)
    try:
        return starting_desk(pack, keeper, {"jurisdiction": Ref("region", season.jurisdiction_id)}) if keeper else ""
    except Refused:
        return ""


def pools_open() -> list[Season]:
    """Return the seasons in progress that have a pool."""
    return [season for season in open_seasons().defer(None) if keeper_desk(season)]


def pools_kept(viewer: Actor, at: datetime) -> list[Season]:
    """Return the seasons in progress whose pools a viewer keeps."""
    return [season for season in pools_open() if viewer.sits_at(keeper_desk(season), at)]


def entries_of(viewer: Actor, at: datetime) -> QuerySet[PoolEntry]:
    """Return the places a viewer may see: his own, those he keeps, those in the pools of the region he works for."""
    own = Q(person=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    theirs = Q(season__jurisdiction__in=_codes_of(viewer, at)) & ~Q(state=PoolState.DRAFT)
    rows = PoolEntry.objects.filter(own | theirs)
    return rows.select_related(*_BESIDE).defer(*_HEAVY).order_by("-entered", "-pk")


def entry_for(viewer: Actor, pk: int, at: datetime) -> PoolEntry | None:
    """Return one place that a viewer may see, None for any other."""
    return entries_of(viewer, at).filter(pk=pk).first()


def entry_in(season: Season, person: int) -> PoolEntry | None:
    """Return a person's live place in the pool of a season."""
    rows = PoolEntry.objects.filter(season=season, person=person).exclude(state__in=POOL_OVER)
    return rows.select_related(*_BESIDE).first()


def own_entries(viewer: Actor) -> QuerySet[PoolEntry]:
    """Return the viewer's own places, the newest first."""
    rows = PoolEntry.objects.filter(person=viewer.person_id) if viewer.person_id else PoolEntry.objects.none()
    return rows.select_related(*_BESIDE).defer(*_HEAVY).order_by("-entered", "-pk")


def entries_called(rows: QuerySet[PoolEntry], text: str) -> QuerySet[PoolEntry]:
    """Narrow places to those of persons whose name, unit or specialty holds a text, or sounds so."""
    return rows.filter(called(text, "person__") | named(text, "person__unit__") | Q(person__specialty__icontains=text))


def facts_of_entries(records: Sequence[PoolEntry], decision: Decision) -> Mapping[int, PoolFacts]:
    """Return until when each place would last, in one query."""
    if decision.action not in (PoolAction.ADMIT, PoolAction.ACCEPT, PoolAction.SUBMIT, PoolAction.EXPIRE):
        return {}
    day = timezone.localdate(decision.at)
    seasons = Season.objects.in_bulk({record.season_id for record in records})
    untils = {pk: _last_day_in_pool(each, day) for pk, each in seasons.items()}
    return {
        record.pk: PoolFacts(untils[record.season_id], seasons[record.season_id].state == SeasonState.OPEN)
        for record in records
    }


def _last_day_in_pool(season: Season, day: date) -> date | None:
    """Return until when a place taken on a day lasts, None where the policy sets no limit to it."""
    lasts = time_after(POOL_ENTRY, pack_of(season), season.answers)
    return last_day_after(season.pk, day, lasts) if lasts else None


def places_over(day: date, at_most: int) -> list[PoolEntry]:
    """Return places whose last day is past, or whose season is over."""
    over = Q(until__lt=day) | Q(season__state=SeasonState.CLOSED)
    return list(PoolEntry.objects.filter(over, state=PoolState.IN_POOL).order_by("pk")[:at_most])


def commissioners(viewer: Actor, at: datetime) -> QuerySet[Person]:
    """Return the people a host or an office may approach: in a pool, or serving, where it works; by name."""
    seasons = Season.objects.filter(jurisdiction__in=_codes_around(viewer, at)).values("pk")
    served = Service.objects.filter(person=OuterRef("pk"), season__in=seasons)
    waiting = PoolEntry.objects.filter(person=OuterRef("pk"), season__in=seasons, state=PoolState.IN_POOL)
    services = Service.objects.select_related("season", "county").defer("season__source_text")
    return (
        Person.objects.filter(Exists(served) | Exists(waiting))
        .select_related("unit")
        .annotate(is_in_pool=Exists(waiting))
        .prefetch_related(Prefetch("services", services.filter(season__in=seasons), to_attr="known_services"))
        .order_by("name", "pk")
    )


def _codes_of(viewer: Actor, at: datetime) -> set[str]:
    """Return the codes of the regions a viewer works for, and of those above them."""
    return {code for path in viewer.region_paths(at) for code in path.strip("/").split("/")}


def _codes_around(viewer: Actor, at: datetime) -> set[str]:
    """Return these with those of the regions where the organizations lie for which he works."""
    organizations = [int(post.scope.key) for post in viewer.posts_with(VIEW, at) if post.scope.kind == "organization"]
    paths = Region.objects.filter(organizations__in=organizations).values_list("path", flat=True)
    return _codes_of(viewer, at) | {code for path in paths for code in path.strip("/").split("/")}


def commissioners_called(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Narrow people to those whose name, unit or specialty holds a text, or sounds so."""
    return rows.filter(called(text) | named(text, "unit__") | Q(specialty__icontains=text))


def commissioners_in(rows: QuerySet[Person], industry: str) -> QuerySet[Person]:
    """Narrow people to those who have served in an industry, or offer to."""
    served = Service.objects.filter(person=OuterRef("pk"), industries__icontains=f'"{industry}"')
    offered = PoolEntry.objects.filter(
        person=OuterRef("pk"), state=PoolState.IN_POOL, industries__icontains=f'"{industry}"'
    )
    return rows.filter(Exists(served) | Exists(offered))


def commissioners_graded(rows: QuerySet[Person], grade: str) -> QuerySet[Person]:
    """Narrow people to those one of whose years came to a grade."""
    return rows.filter(Exists(Service.objects.filter(person=OuterRef("pk"), grade=grade)))


def titles_of(rows: QuerySet[Person]) -> list[tuple[str, str]]:
    """Return the titles that some people hold, to choose from."""
    held = rows.exclude(title="").order_by("title").values_list("title", flat=True).distinct()
    return [(title, title) for title in held]


def grades_of(rows: QuerySet[Person]) -> list[tuple[str, str]]:
    """Return the grades that some people's years came to, to choose from."""
    known = Service.objects.filter(person__in=rows.order_by().values("pk")).exclude(grade="")
    return [(grade, grade) for grade in known.order_by("grade").values_list("grade", flat=True).distinct()]


def industries_in_words(keys: Collection[str], season: Season) -> str:
    """Name industries as the policy of a season calls them."""
    known = industries(pack_of(season))
    return "、".join(known.get(key, key) for key in keys)


def units_of(rows: QuerySet[Person]) -> QuerySet[Organization]:
    """Return the units that some people belong to, by name."""
    return Organization.objects.filter(pk__in=rows.order_by().values("unit")).order_by("name")


def labels_of_industries(record: Any) -> str:
    """Name the industries of a place in the pool, or of a service."""
    return industries_in_words(record.industries, record.season)


def services_of(person: Any) -> list[Service]:
    """Return where one of these people served, the latest first, as read with him."""
    return list(person.known_services)


def served(person: Any) -> str:
    """Say where a person served when, with the grades that are known."""
    return "；".join(
        f"{each.season.year}年{each.county}{f'（{each.grade}）' if each.grade else ''}"
        for each in person.known_services
    )
