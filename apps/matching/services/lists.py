"""How the lists are kept that people are placed by: the villages of a season and the key clients of its counties."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory.models import Region
from apps.directory.states import Level
from apps.matching.models import KeyClient, Village
from apps.matching.selectors.grounds import CLIENTS, VILLAGES
from apps.matching.selectors.lists import (
    client_in_words,
    counties_kept,
    industries_listed,
    names_of_last,
    site_of,
    village_in_words,
)
from apps.matching.services import edits
from apps.matching.services.edits import Edit
from apps.matching.states import SiteListAction
from apps.policies.matching import placing_of
from apps.policies.schema import Placing
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import pack_of

_KEPT = ("is_generated", "kept", "kept_by", "removed")
_OF_VILLAGE = ("county", "kinds", "industries", "last_person", *_KEPT)
_OF_CLIENT = ("kind", "industry", *_KEPT)
_OFFICE = "请由协调办公室或该县科技部门办理。"
Site = TypeVar("Site", Village, KeyClient)


@dataclass(frozen=True)
class VillageRow:
    """A village by its code: the kinds for which it must be served, {industry: scale}, who served it last year."""

    region: str
    kinds: tuple[str, ...] = ()
    industries: Mapping[str, int] = field(default_factory=dict)
    last_person: int | None = None


@dataclass(frozen=True)
class ClientRow:
    """A key client of a county: what it is called, of what kind it is, in which industry."""

    county: str
    name: str
    kind: str
    industry: str = ""


@dataclass(frozen=True)
class Kept:
    """How many sites were put into a list, how many were written anew, and how many stood there just so."""

    added: int
    changed: int
    same: int

    def __str__(self) -> str:
        return f"新增{self.added}个，更新{self.changed}个，{self.same}个没有变化"


@transaction.atomic
def keep_villages(
    *,
    season: Season,
    rows: Sequence[VillageRow],
    by: Actor,
    at: datetime,
    opinion: str = "",
    is_generated: bool = False,
) -> Kept:
    """Put villages into the list of a season, or what is written of them in place of what was; tell how many.

    Which kinds a village is of is for who runs the season to say. What changes is noted county by county. Raises
    Refused for a village outside the counties that the actor keeps, for unknown kinds, and for a season whose policy
    places nobody.
    """
    placing = placing_in(season)
    counties = {county.pk for county in counties_kept(by, season, at)}
    regions = Region.objects.filter(level=Level.VILLAGE, pk__in=[row.region for row in rows]).select_related("parent")
    there = {region.pk: region for region in regions.only("name", "path", "parent__name")}
    county_of = {code: county for code, region in there.items() if (county := _county(region, counties))}
    refuse(
        _stray([row.region for row in rows if row.region not in county_of]),
        _unknown([kind for row in rows for kind in row.kinds if kind not in placing.villages]),
    )
    lists = edits.locked(season, set(county_of.values()), by, at)
    known = {row.region_id: row for row in Village.everything.filter(season=season, county__in=lists)}
    refuse(None if manages_the_season(by, season, at) else _new_kinds(rows, known))
    villages = [
        Village(
            season=season,
            region=there[row.region],
            county_id=county_of[row.region],
            kinds=[kind for kind in placing.villages if kind in row.kinds],
            industries=dict(row.industries),
            last_person_id=row.last_person,
            is_generated=is_generated,
            kept=at,
            kept_by=by.name,
        )
        for row in rows
    ]
    names = names_of_last([*villages, *known.values()])
    found = _compared(villages, known, lambda row: row.region_id, lambda row: village_in_words(row, placing, names))
    unique = ["season", "region"]
    Village.everything.bulk_create(
        found.written, update_conflicts=True, unique_fields=unique, update_fields=_OF_VILLAGE
    )
    edits.note(season, lists, SiteListAction.WRITE, VILLAGES, found.edits, by=by, at=at, opinion=opinion)
    return found.kept


def placing_in(season: Season) -> Placing:
    """Return how people are placed in a season; raise Refused where its policy places nobody."""
    placing = placing_of(pack_of(season))
    if placing is None:
        raise Refused(Refusal("no_placing", "本批次的政策没有挂村联户安排。", "请另选批次。"))
    return placing


def _county(region: Region, counties: set[str]) -> str | None:
    """Return the county that a village lies in, of some; None where it lies in none of them."""
    return next((code for code in region.path.strip("/").split("/") if code in counties), None)


def _stray(codes: Sequence[str]) -> Refusal | None:
    if not codes:
        return None
    named = "、".join(codes[:5])
    return Refusal("not_your_county", f"{len(codes)}个村不在您管理的县（市、区）：{named}。", _OFFICE)


def _unknown(kinds: Sequence[str]) -> Refusal | None:
    return Refusal("unknown_kind", f"没有“{kinds[0]}”这一类别。", "请从政策所列类别中选择。") if kinds else None


def _new_kinds(rows: Sequence[VillageRow], known: Mapping[str, Village]) -> Refusal | None:
    """Refuse a county that would say which of its villages must be served."""
    standing = {code: set(row.kinds) for code, row in known.items() if row.removed is None}
    if all(set(row.kinds) == standing.get(row.region, set()) for row in rows):
        return None
    return Refusal("kinds_are_set", "须覆盖的村及其类别由协调办公室设定。", "请保持“类别”一列不变。")


@dataclass(frozen=True)
class _Compared:
    """What of some sites must be written, how many that are, and what is to be noted of each county."""

    written: Sequence[Any]
    kept: Kept
    edits: Mapping[str, Sequence[Edit]]


def _compared(
    sites: Sequence[Site], known: Mapping[Any, Site], key: Callable[[Site], Any], said: Callable[[Site], str]
) -> _Compared:
    """Compare sites with those known, by a key and by what is said of them; what stays keeps where it came from."""
    written, noted, added = [], defaultdict(list), 0
    for site in sites:
        before = known.get(key(site))
        old = said(before) if before and before.removed is None else None
        if old == said(site):
            continue
        written.append(site)
        noted[site.county_id].append({"site": site_of(site), "old": old, "new": said(site)})
        added += old is None
    return _Compared(written, Kept(added, len(written) - added, len(sites) - len(written)), noted)


@transaction.atomic
def keep_clients(
    *,
    season: Season,
    rows: Sequence[ClientRow],
    by: Actor,
    at: datetime,
    opinion: str = "",
    is_generated: bool = False,
) -> Kept:
    """Register key clients of counties, or what is written of them in place of what was; tell how many.

    Raises Refused for a county that the actor does not keep and for unknown kinds.
    """
    placing = placing_in(season)
    counties = {county.pk for county in counties_kept(by, season, at)}
    if any(row.county not in counties for row in rows):
        raise Refused(Refusal("not_your_county", "只能登记您管理的县（市、区）的服务对象。", _OFFICE))
    refuse(_unknown([row.kind for row in rows if row.kind not in placing.clients]))
    lists = edits.locked(season, {row.county for row in rows}, by, at)
    known = {(row.county_id, row.name): row for row in KeyClient.everything.filter(season=season, county__in=lists)}
    clients = [
        KeyClient(
            season=season,
            county_id=row.county,
            name=row.name,
            kind=row.kind,
            industry=row.industry,
            is_generated=is_generated,
            kept=at,
            kept_by=by.name,
        )
        for row in rows
    ]
    found = _compared(clients, known, lambda row: (row.county_id, row.name), lambda row: client_in_words(row, placing))
    unique = ["season", "county", "name"]
    KeyClient.everything.bulk_create(
        found.written, update_conflicts=True, unique_fields=unique, update_fields=_OF_CLIENT
    )
    edits.note(season, lists, SiteListAction.WRITE, CLIENTS, found.edits, by=by, at=at, opinion=opinion)
    return found.kept


@transaction.atomic
def add_client(*, season: Season, row: ClientRow, by: Actor, at: datetime) -> Kept:
    """Register a key client that its county has not yet.

    Raises Refused for one that stands there already, for an unknown industry, and as `keep_clients` does.
    """
    edits.locked(season, {row.county}, by, at)
    if KeyClient.objects.filter(season=season, county=row.county, name=row.name).exists():
        raise Refused(
            Refusal("name_taken", f"本县已登记过“{row.name}”，没有改动。", "如需更正，请在名单中打开该服务对象。")
        )
    refuse(_unknown_industry(season, row.industry))
    return keep_clients(season=season, rows=[row], by=by, at=at)


def _unknown_industry(season: Season, industry: str) -> Refusal | None:
    if industry in ("", *industries_listed(season)):
        return None
    return Refusal("unknown_industry", f"产业“{industry[:20]}”不在本批次的产业清单中。", "请按产业清单填写，或留空。")


@transaction.atomic
def rewrite_client(*, client: KeyClient, name: str, kind: str, industry: str, by: Actor, at: datetime) -> KeyClient:
    """Correct what is written of a key client. Raises Refused for a name that its county has already."""
    season, placing = client.season, placing_in(client.season)
    if client.county not in counties_kept(by, season, at):
        raise Refused(Refusal("not_your_county", "只能办理您管理的县（市、区）的服务对象。", _OFFICE))
    refuse(_unknown([] if kind in placing.clients else [kind]), _unknown_industry(season, industry))
    lists = edits.locked(season, {client.county_id}, by, at)
    found = KeyClient.objects.filter(pk=client.pk).first()
    if found is None:
        raise Refused(Refusal("not_listed", f"“{client.name}”已移出名单。", "如仍需服务，请重新登记。"))
    site, old = site_of(found), client_in_words(found, placing)
    found.name, found.kind, found.industry, found.kept, found.kept_by = name, kind, industry, at, by.name
    try:
        with transaction.atomic():
            found.save(update_fields=["name", "kind", "industry", "kept", "kept_by"])
    except IntegrityError as error:
        remedy = "请核对名称；已移出的，用“登记服务对象”重新登记。"
        raise Refused(Refusal("name_taken", f"本县已登记过“{name}”。", remedy)) from error
    new = client_in_words(found, placing)
    if (site, old) != (name, new):
        new = new if site == name else f"更名为“{name}”；{new}"
        edit = {"site": site, "old": old, "new": new}
        edits.note(season, lists, SiteListAction.WRITE, CLIENTS, {client.county_id: [edit]}, by=by, at=at)
    return found
