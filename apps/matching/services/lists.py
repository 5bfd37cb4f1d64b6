"""How the lists are kept that people are placed by: the villages of a season and the key clients of its counties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory.models import Region
from apps.directory.states import Level
from apps.matching.models import AssessmentBase, KeyClient, Serving, Village
from apps.matching.selectors.lists import counties_kept
from apps.policies.matching import placing_of
from apps.policies.schema import Placing
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season
from apps.seasons.selectors import pack_of

_OF_VILLAGE = ("county", "kinds", "industries", "last_person", "is_generated", "kept", "kept_by")
_OF_CLIENT = ("kind", "industry", "is_generated", "kept", "kept_by")
_OFFICE = "请由协调办公室或该县科技部门办理。"


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


@transaction.atomic
def keep_villages(
    *, season: Season, rows: Sequence[VillageRow], by: Actor, at: datetime, is_generated: bool = False
) -> int:
    """Put villages into the list of a season, or what is written of them in place of what was; return how many.

    Which kinds a village is of is for who runs the season to say. Raises Refused for a village outside the counties
    that the actor keeps, for unknown kinds, and for a season whose policy places nobody.
    """
    placing = _placing(season)
    counties = {county.pk for county in counties_kept(by, season, at)}
    regions = Region.objects.filter(level=Level.VILLAGE).in_bulk([row.region for row in rows])
    county_of = {code: county for code, region in regions.items() if (county := _county(region, counties))}
    refuse(
        _stray([row.region for row in rows if row.region not in county_of]),
        _unknown([kind for row in rows for kind in row.kinds if kind not in placing.villages]),
        None if manages_the_season(by, season, at) else _new_kinds(season, rows),
    )
    villages = [
        Village(
            season=season,
            region_id=row.region,
            county_id=str(county_of[row.region]),
            kinds=[kind for kind in placing.villages if kind in row.kinds],
            industries=dict(row.industries),
            last_person_id=row.last_person,
            is_generated=is_generated,
            kept=at,
            kept_by=by.name,
        )
        for row in rows
    ]
    known = ["season", "region"]
    Village.objects.bulk_create(villages, update_conflicts=True, unique_fields=known, update_fields=_OF_VILLAGE)
    return len(villages)


def _placing(season: Season) -> Placing:
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


def _new_kinds(season: Season, rows: Sequence[VillageRow]) -> Refusal | None:
    """Refuse a county that would say which of its villages must be served."""
    known = dict(Village.objects.filter(season=season).values_list("region", "kinds"))
    if all(set(row.kinds) == set(known.get(row.region, ())) for row in rows):
        return None
    return Refusal("kinds_are_set", "须覆盖的村及其类别由协调办公室设定。", "请保持“类别”一列不变。")


@transaction.atomic
def keep_clients(
    *, season: Season, rows: Sequence[ClientRow], by: Actor, at: datetime, is_generated: bool = False
) -> int:
    """Register key clients of counties, or what is written of them in place of what was; return how many.

    Raises Refused for a county that the actor does not keep and for unknown kinds.
    """
    placing = _placing(season)
    counties = {county.pk for county in counties_kept(by, season, at)}
    if any(row.county not in counties for row in rows):
        raise Refused(Refusal("not_your_county", "只能登记您管理的县（市、区）的服务对象。", _OFFICE))
    refuse(_unknown([row.kind for row in rows if row.kind not in placing.clients]))
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
    known = ["season", "county", "name"]
    KeyClient.objects.bulk_create(clients, update_conflicts=True, unique_fields=known, update_fields=_OF_CLIENT)
    return len(clients)


def rewrite_client(*, client: KeyClient, name: str, kind: str, industry: str, by: Actor, at: datetime) -> KeyClient:
    """Correct what is written of a key client. Raises Refused for a name that its county has already."""
    _refuse_stranger(client, by, at)
    refuse(_unknown([] if kind in _placing(client.season).clients else [kind]))
    client.name, client.kind, client.industry, client.kept, client.kept_by = name, kind, industry, at, by.name
    try:
        with transaction.atomic():
            client.save(update_fields=["name", "kind", "industry", "kept", "kept_by"])
    except IntegrityError as error:
        raise Refused(Refusal("name_taken", f"本县已登记“{name}”。", "请核对名称。")) from error
    return client


@transaction.atomic
def remove_client(*, client: KeyClient, by: Actor, at: datetime) -> None:
    """Take a key client off the list; refused while somebody looks after it or has ever bound it."""
    _refuse_stranger(client, by, at)
    KeyClient.objects.select_for_update().get(pk=client.pk)
    if Serving.objects.filter(client=client).exists() or AssessmentBase.objects.filter(client=client).exists():
        raise Refused(Refusal("in_use", f"“{client.name}”已有人联系或绑定。", "请先在挂村联户安排中调整。"))
    KeyClient.objects.filter(pk=client.pk).delete()


def _refuse_stranger(client: KeyClient, by: Actor, at: datetime) -> None:
    if client.county not in counties_kept(by, client.season, at):
        raise Refused(Refusal("not_your_county", "只能办理您管理的县（市、区）的服务对象。", _OFFICE))
