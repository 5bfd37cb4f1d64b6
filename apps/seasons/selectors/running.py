"""Which seasons there are, and which a viewer may look into or run."""

from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from apps.core.actors import Actor
from apps.directory.models import Region
from apps.directory.states import Level, Role
from apps.policies import loading
from apps.policies.schema import Pack
from apps.seasons.models import Season
from apps.seasons.permissions import MANAGE_SEASON
from apps.seasons.states import CHANGEABLE, SeasonState


def pack_of(season: Season) -> Pack:
    """Return the pack that the season runs, as it was when the season was made."""
    return loading.parse(season.pack_text, season.pack_id)


def is_of_another_level(one: Season, other: Season) -> bool:
    """Tell whether two seasons of a year run one above the other: the jurisdiction of one lies within the other's."""
    here, there = one.jurisdiction.path, other.jurisdiction.path
    return one.year == other.year and here != there and (here.startswith(there) or there.startswith(here))


def called_in_full(season: Season) -> str:
    """Name a season with whose it is."""
    return f"{season.jurisdiction}{season.year}年度“{season.title}”"


def open_seasons() -> QuerySet[Season]:
    """Return the seasons in progress, newest first; anybody may know of them."""
    return Season.objects.filter(state=SeasonState.OPEN).select_related("jurisdiction").defer("source_text")


def read_by(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons whose policy a viewer may read, texts and all: the open ones, and those in his sight."""
    in_his_sight = in_sight(viewer, at).values("pk")
    seasons = Season.objects.filter(Q(state=SeasonState.OPEN) | Q(pk__in=in_his_sight))
    return seasons.select_related("jurisdiction")


def policies_in_force() -> list[tuple[Pack, list[Season]]]:
    """Return the policies in force, each text once, with the seasons in progress that run it; one query."""
    found: dict[str, list[Season]] = {}
    for season in open_seasons():
        found.setdefault(season.pack_digest, []).append(season)
    return [(pack_of(seasons[0]), seasons) for seasons in found.values()]


def policies_around(viewer: Actor, at: datetime) -> list[Pack]:
    """Return the policies, each once, of the seasons that a viewer may come to deal with; one query.

    Officers deal with the seasons run where they work, above it and below it. People and the units that send them
    deal with any that has begun, wherever it is run, and so does the public.
    """
    valid = [post for post in viewer.posts if post.is_valid(at)]
    goes_anywhere = not valid or viewer.person_id or viewer.has_role(Role.DISPATCHING_UNIT, at)
    around = Q(state__in=(SeasonState.OPEN, SeasonState.CLOSED)) if goes_anywhere else Q(pk__in=[])
    for path in {post.path for post in valid if post.path}:
        around |= Q(jurisdiction__path__startswith=path) | Q(jurisdiction__in=path.strip("/").split("/"))
    if hosts := [int(post.scope.key) for post in valid if post.scope.kind == "organization"]:
        lies_in = Region.objects.filter(organizations__in=hosts, path__startswith=OuterRef("jurisdiction__path"))
        around |= Q(Exists(lies_in))
    newest = Season.objects.filter(around).order_by().values("pack_digest")
    seasons = Season.objects.filter(pk__in=newest.annotate(newest=Max("pk")).values("newest")).order_by()
    return [loading.parse(text, name) for text, name in seasons.values_list("pack_text", "pack_id")]


def seasons_alike(pack: str, jurisdiction: str, year: int, besides: int = 0) -> QuerySet[Season]:
    """Return the seasons in preparation or in progress that run a pack in a region and year, besides one."""
    alike = Season.objects.filter(pack_id=pack, jurisdiction=jurisdiction, year=year, state__in=CHANGEABLE)
    return alike.exclude(pk=besides).defer("pack_text", "source_text").order_by("pk")


def visible_to(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may look into: those run for his region or one above it."""
    paths = viewer.region_paths(at)
    codes = {code for path in paths for code in path.strip("/").split("/")}
    return Season.objects.filter(jurisdiction__in=codes).select_related("jurisdiction").defer("source_text")


def managed_by(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may run."""
    codes = [post.scope.key for post in viewer.posts_with(MANAGE_SEASON, at)]
    return Season.objects.filter(jurisdiction__in=codes).select_related("jurisdiction").defer("source_text")


def in_sight(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons a viewer may look into or run."""
    return visible_to(viewer, at) | managed_by(viewer, at)


def places_to_run(viewer: Actor, at: datetime) -> QuerySet[Region]:
    """Return the regions in which a viewer may prepare a season."""
    codes = [post.scope.key for post in viewer.posts_with(MANAGE_SEASON, at)]
    return Region.objects.filter(pk__in=codes).order_by("pk")


def counties_in(season: Season) -> QuerySet[Region]:
    """Return the counties a season may serve, by code."""
    counties = Region.objects.filter(path__startswith=season.jurisdiction.path, level=Level.COUNTY)
    return counties.select_related("supervisor").order_by("code")
