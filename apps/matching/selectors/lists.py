"""Reads of the lists that people are placed by: seasons that place people, their villages and key clients."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.core.actors import Actor
from apps.directory.models import Person, Region
from apps.directory.selectors import counties_below, counties_of
from apps.matching.models import AllocationRun, AssessmentBase, GroupIndustry, KeyClient, Serving, Village
from apps.matching.selectors.allocation import published_for
from apps.matching.selectors.wishes import county_desk
from apps.policies import matching as policy
from apps.policies.schema import Placing
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import in_sight, pack_of


def seasons_placed(viewer: Actor, at: datetime) -> list[Season]:
    """Return the seasons in the viewer's sight whose policy places people."""
    return [season for season in in_sight(viewer, at).order_by("-pk") if policy.placing_of(pack_of(season))]


def season_placed(viewer: Actor, pk: int, at: datetime) -> Season | None:
    """Return one season whose policy places people, None for any other and for one out of sight."""
    season = in_sight(viewer, at).filter(pk=pk).first()
    return season if season and policy.placing_of(pack_of(season)) else None


def counties_seen(viewer: Actor, season: Season, at: datetime) -> list[str]:
    """Return the codes of the season's counties that a viewer may look into: all for who runs the season."""
    if manages_the_season(viewer, season, at):
        return [county.pk for county in counties_of(season.jurisdiction)]
    within = {county.pk for county in counties_of(season.jurisdiction)}
    return sorted(within.intersection(counties_below(viewer.region_paths(at))))


def counties_kept(viewer: Actor, season: Season, at: datetime) -> list[Region]:
    """Return the counties whose lists a viewer keeps: all for who runs the season, else those he speaks for."""
    counties = counties_of(season.jurisdiction)
    if manages_the_season(viewer, season, at):
        return counties
    return [county for county in counties if viewer.sits_at(county_desk(county.pk), at)]


def villages_seen(viewer: Actor, season: Season, at: datetime) -> QuerySet[Village]:
    """Return the listed villages of a season that a viewer may see, each knowing whether it is served."""
    rows = Village.objects.filter(season=season, county__in=counties_seen(viewer, season, at))
    rows = rows.annotate(is_served=served_in(published_for(season.pk)))
    return rows.select_related("region__parent", "county__supervisor", "last_person__unit").order_by("region")


def served_in(run: AllocationRun | None, sort: str = "village") -> Exists:
    """Return the column that tells whether a village, or a client, is served by the placements of an allocation."""
    return Exists(Serving.objects.filter(placement__run=run.pk if run else None, **{sort: OuterRef("pk")}))


def villages_called(rows: QuerySet[Village], text: str) -> QuerySet[Village]:
    """Narrow villages to those whose name or code, or whose township's name, holds a text."""
    return rows.filter(
        Q(region__name__icontains=text) | Q(region__parent__name__icontains=text) | Q(region__code__startswith=text)
    )


def industries_in_words(village: Village) -> str:
    """Write the industries of a village with their scale, as a workbook has them."""
    return "；".join(f"{name}{scale}" for name, scale in village.industries.items())


def names_of_last(villages: Iterable[Village]) -> dict[int, str]:
    """Return the names, by key, of those who served villages the year before."""
    people = {village.last_person_id for village in villages if village.last_person_id}
    return dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))


def village_in_words(village: Village, placing: Placing, names: Mapping[int, str]) -> str:
    """Say what is written of a village: its kinds, its industries, who served it the year before by name."""
    kinds = "、".join(placing.villages.get(kind, kind) for kind in village.kinds) or "按需服务"
    last = names.get(village.last_person_id or 0)
    return "；".join(filter(None, [kinds, industries_in_words(village), last and f"上年{last}"]))


def client_in_words(client: KeyClient, placing: Placing) -> str:
    """Say what is written of a key client: its kind and its industry."""
    return "；".join(filter(None, [placing.clients.get(client.kind, client.kind), client.industry]))


def industries_listed(season: Season) -> set[str]:
    """Return what industries are called in a season: by its policy, and by what the office keeps for its counties."""
    kept = GroupIndustry.objects.filter(group__season=season).values_list("industry", flat=True)
    return {*policy.industries(pack_of(season)).values(), *kept}


def site_of(site: Village | KeyClient) -> str:
    """Name a village with its township, or a key client."""
    return f"{site.region.parent} {site}" if isinstance(site, Village) else site.name


def clients_seen(viewer: Actor, season: Season, at: datetime) -> QuerySet[KeyClient]:
    """Return the key clients of a season that a viewer may see, each knowing if it is served and whose base it is."""
    rows = KeyClient.objects.filter(season=season, county__in=counties_seen(viewer, season, at))
    bound = AssessmentBase.objects.filter(client=OuterRef("pk"), released=None).values("person__name")
    rows = rows.annotate(bound_by=Subquery(bound), is_served=served_in(published_for(season.pk), "client"))
    return rows.select_related("county").order_by("county", "name", "pk")


def client_kept(viewer: Actor, pk: int, at: datetime) -> KeyClient | None:
    """Return a key client whose county a viewer keeps, None for any other."""
    client = KeyClient.objects.select_related("season__jurisdiction", "county").filter(pk=pk).first()
    if client is None or client.county not in counties_kept(viewer, client.season, at):
        return None
    return client
