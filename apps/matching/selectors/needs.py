"""Needs: those the public may read, those a viewer has to do with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from apps.core import pinyin
from apps.core.actors import HANDLE, Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk
from apps.desks.routes import starting_desk
from apps.directory.models import Organization, Region
from apps.directory.selectors import named
from apps.directory.states import Level, Role
from apps.matching.models import Need
from apps.matching.states import NEED_WRITING, NeedAction, NeedState
from apps.policies.matching import NEEDS, industries, reviewers_of_needs
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, open_seasons, pack_of, window_status
from apps.seasons.states import SeasonState

NEED = "need"
_BESIDE = ("season", "county__supervisor", "host", "place")
_HEAVY = ("season__source_text", "season__answers")


def published() -> QuerySet[Need]:
    """Return the needs that anybody may read: published, of seasons in progress, the newest first."""
    rows = Need.objects.filter(state=NeedState.PUBLISHED, season__state=SeasonState.OPEN)
    return rows.select_related(*_BESIDE).defer(*_HEAVY).order_by("-published", "-pk")


def needs_of(viewer: Actor, at: datetime) -> QuerySet[Need]:
    """Return the needs a viewer has to do with: those of his desks and, once handed in, of the regions he works for."""
    desks = viewer.desks(at)
    handed_in = Q(desk__in=desks)
    for path in viewer.region_paths(at):
        handed_in |= Q(county__path__startswith=path)
    rows = Need.objects.filter(Q(poster__in=desks) | handed_in & ~Q(state__in=NEED_WRITING))
    return rows.select_related(*_BESIDE).defer(*_HEAVY).order_by("-created", "-pk")


def need_for(viewer: Actor, pk: int, at: datetime) -> Need | None:
    """Return one need that a viewer has to do with, None for any other."""
    return needs_of(viewer, at).filter(pk=pk).first()


def needs_called(rows: QuerySet[Need], text: str) -> QuerySet[Need]:
    """Narrow needs to those whose title, host or place holds a text, or sounds so."""
    placed = Q(county__name__icontains=text) | Q(place__name__icontains=text)
    return rows.filter(named(text, "host__") | _titled(text) | placed | Q(detail__icontains=text))


def _titled(text: str) -> Q:
    """Return the condition that a title holds a text, or sounds somewhere as it is typed."""
    sound = pinyin.typed(text)
    return Q(pinyin__holds=sound) if sound else Q(title__holds=text)


def places_to_post(viewer: Actor, at: datetime) -> dict[str, Organization | Region]:
    """Return the desks at which a viewer may post needs: hosts by organization, counties by region."""
    posts = [post for post in viewer.posts_with(HANDLE, at) if post.role in (Role.HOST, Role.SCI_TECH_AUTHORITY)]
    hosts = Organization.objects.select_related("region").in_bulk(_keys(posts, "organization"))
    counties = Region.objects.filter(level=Level.COUNTY).in_bulk(_keys(posts, "region"))
    known: dict[str, Organization | Region] = {str(each.ref): each for each in hosts.values()}
    known |= {str(each.ref): each for each in counties.values()}
    return {post.desk: known[str(post.scope)] for post in posts if str(post.scope) in known}


def _keys(posts: Sequence[Any], kind: str) -> list[str]:
    return [post.scope.key for post in posts if post.scope.kind == kind]


def county_of(region: Region) -> Region | None:
    """Return the county in which a region lies, itself where it is one; None for what lies above counties."""
    codes = region.path.strip("/").split("/")
    return Region.objects.filter(pk__in=codes, level=Level.COUNTY).first()


def seasons_for(region: Region) -> QuerySet[Season]:
    """Return the seasons in progress that are run for a region or one above it."""
    return open_seasons().defer("source_text").filter(jurisdiction__in=region.path.strip("/").split("/"))


def places_around(regions: Sequence[Region]) -> QuerySet[Region]:
    """Return the townships and villages of the counties in which regions lie, by code."""
    counties = [county for region in regions if (county := county_of(region))]
    below = reduce(or_, (Q(path__startswith=county.path) for county in counties), Q(pk__in=[]))
    return Region.objects.filter(below, level__in=[Level.TOWNSHIP, Level.VILLAGE]).order_by("path")


def industries_open() -> dict[str, str]:
    """Return the industries known to the seasons in progress, by key."""
    return industries_of([*open_seasons().defer(None)])


def industries_of(seasons: Sequence[Season]) -> dict[str, str]:
    """Return the industries known to some seasons, by key; what several call alike stands once."""
    known: dict[str, str] = {}
    for season in seasons:
        known = {**industries(pack_of(season)), **known}
    return known


def industry_of(record: Any) -> str:
    """Name the industry of a need or a pairing as its policy calls it."""
    return industries(pack_of(record.season)).get(record.industry, record.industry)


def route_of(need: Need) -> list[dict[str, str]]:
    """Return who looks a need through: the offices that the pack names, but the one that posts it."""
    pack = pack_of(need.season)
    chief = need.county.supervisor_id
    scopes: dict[str, Ref | None] = {
        "record.county_served": Ref("region", need.county_id),
        "record.county_served.supervisor": Ref("region", chief) if chief else None,
        "jurisdiction": Ref("region", need.season.jurisdiction_id),
        "record.host": Ref("organization", str(need.host_id)) if need.host_id else None,
    }
    steps = [(key, starting_desk(pack, key, scopes)) for key in reviewers_of_needs(pack)]
    return [{"office": key, "label": pack.offices[key].label, "desk": at} for key, at in steps if at != need.poster]


def window_for_needs(season: Season, at: datetime) -> WindowStatus | None:
    """Return how the season's window for needs stands, None where its policy sets none."""
    return window_status(season, NEEDS, at)


def facts_of_needs(records: Sequence[Need], decision: Decision) -> Mapping[int, WindowStatus | None]:
    """Return for needs to be handed in how the window for them stands."""
    if decision.action != NeedAction.SUBMIT:
        return {}
    return {record.pk: window_for_needs(record.season, decision.at) for record in records}


def poster_desk(place: Organization | Region) -> str:
    """Name the desk at which needs of a host, or of a county, are posted."""
    role = Role.HOST if isinstance(place, Organization) else Role.SCI_TECH_AUTHORITY
    return desk(role, place.ref)
