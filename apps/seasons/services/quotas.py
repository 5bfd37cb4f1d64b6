"""How the office sets quotas: places, parts by industry, approved overruns, and what all together may not exceed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.core import sets
from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory.models import Region
from apps.seasons.models import Ceiling, IndustryQuota, Overrun, Quota, Season
from apps.seasons.selectors import ceilings_of, cities_capped, city_of, extra_of, pack_of, parts_of, quotas_of
from apps.seasons.services.amending import amend

Parts = Mapping[str, int]


@transaction.atomic
def set_quotas(
    *,
    season: Season,
    key: str,
    places: Mapping[int, int | None],
    parts: Mapping[int, Parts] | None = None,
    reason: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> Season:
    """Set the places of several service groups, and their parts by industry, by the keys of their rows.

    One row of the log holds old and new. Raises Refused below zero, where nothing would change, for rows that are not
    of this quota, for parts that exceed their group's places, and where a region would exceed its ceiling, unless it is
    a city that the allocation keeps to it.
    """
    rows = list(quotas_of(season).filter(key=key))
    wanted = {row.pk: places.get(row.pk, row.places) for row in rows}
    divided = {row.pk: dict((parts or {}).get(row.pk, parts_of(row))) for row in rows}
    if {*places, *(parts or {})} - set(wanted):
        raise Refused(Refusal("unknown_quota", "其中有不属于本批次的名额。", "请重新打开本页后再填写。"))
    if any(number is not None and number < 0 for number in [*wanted.values(), *_numbers(divided)]):
        raise Refused(Refusal("quota_negative", "名额不能小于0。", "请更正；尚未设定的可以留空。"))
    moved = [row for row in rows if row.places != wanted[row.pk]]
    redivided = [row for row in rows if parts_of(row) != divided[row.pk]]
    details: dict[str, Any] = {
        "what": "quotas",
        "key": key,
        "changes": [{"group": row.group.name, "old": row.places, "new": wanted[row.pk]} for row in moved],
    }
    if redivided:
        details["parts"] = [
            {"group": row.group.name, "old": parts_of(row), "new": divided[row.pk]} for row in redivided
        ]
    amended = amend(season, details, reason, by, at, token)
    refuse(*_parts_beyond_places(rows, wanted, divided), *_beyond_ceilings(season, key, rows, wanted))
    for row in moved:
        row.places = wanted[row.pk]
    if moved:
        sets.update(moved, ["places"])
    _divide(redivided, divided)
    return amended


def _numbers(divided: Mapping[int, Parts]) -> Iterator[int]:
    return (number for parts in divided.values() for number in parts.values())


def _parts_beyond_places(
    rows: Sequence[Quota], wanted: Mapping[int, int | None], divided: Mapping[int, Parts]
) -> Iterator[Refusal]:
    for row in rows:
        if divided[row.pk] and wanted[row.pk] is None:
            yield Refusal("parts_of_nothing", f"{row.group}尚未设定名额，不能分产业。", "请先填写名额。")
        elif beyond := _beyond_seats(row, divided[row.pk], (wanted[row.pk] or 0) + extra_of(row)):
            yield beyond


def _beyond_seats(quota: Quota, parts: Parts, seats: int) -> Refusal | None:
    total = sum(parts.values())
    if total <= seats:
        return None
    said = f"{quota.group}分产业名额合计{total}，超过该县可接收的{seats}人。"
    return Refusal("parts_beyond_places", said, "请减少分产业名额，或增加名额。")


def _beyond_ceilings(
    season: Season, key: str, rows: Sequence[Quota], wanted: Mapping[int, int | None]
) -> Iterator[Refusal]:
    ceilings = ceilings_of(season, key)
    capped = {city.pk for city in cities_capped(season, rows, ceilings)}
    for region in Region.objects.filter(pk__in=ceilings.keys() - capped).order_by("pk"):
        below = [row for row in rows if any(_lies_below(county, region) for county in row.group.counties.all())]
        total, most = _total(below, wanted, {code: ceilings[code] for code in capped}), ceilings[region.pk]
        if total > most:
            counted = "（设总数的市不超过其总数）" if capped else ""
            said = f"{region}各县（市、区）名额合计{total}{counted}，超过总数{most}。"
            yield Refusal("beyond_ceiling", said, "请减少名额，或先调整总数。")


def _lies_below(county: Region, region: Region) -> bool:
    return county.path.startswith(region.path)


def _total(rows: Sequence[Quota], wanted: Mapping[int, int | None], caps: Mapping[str, int]) -> int:
    """Add up the places of groups, those of a city no further than the cap to which the allocation keeps it."""
    cities: Counter[str] = Counter()
    for row in rows:
        cities[city_of(row).pk] += wanted[row.pk] or 0
    return sum(min(total, caps.get(city, total)) for city, total in cities.items())


def _divide(rows: Sequence[Quota], divided: Mapping[int, Parts]) -> None:
    IndustryQuota.objects.filter(quota__in=rows).delete()
    IndustryQuota.objects.bulk_create(
        IndustryQuota(quota=row, industry=industry, places=places)
        for row in rows
        for industry, places in divided[row.pk].items()
    )


@transaction.atomic
def approve_overrun(
    *, quota: Quota, extra: int, basis: str, reason: str, by: Actor, at: datetime, token: str = ""
) -> Season:
    """Let so many people beyond a quota be taken, none with 0; what was approved before ends.

    Raises Refused where the policy lets no quota be exceeded, for who does not say on what basis, and where the
    parts by industry would exceed what is left.
    """
    pack, season = pack_of(quota.season), quota.season
    rule = pack.quotas[quota.key]
    if not rule.soft:
        raise Refused(Refusal("quota_is_hard", "本政策的名额不能突破。", "请调整名额。", pack.basis(rule)))
    if extra < 0 or not basis.strip():
        raise Refused(Refusal("no_basis", "超额人数不能小于0，并须写明批准依据。", "请更正。"))
    standing = Overrun.objects.filter(quota=quota, ended=None).first()
    old = standing.extra if standing else 0
    details = {
        "what": "overrun", "key": quota.key, "group": quota.group.name, "old": old, "new": extra, "basis": basis
    }  # fmt: skip
    amended = amend(season, details, reason, by, at, token, pack.basis(rule).ref)
    refuse(_beyond_seats(quota, parts_of(quota), (quota.places or 0) + extra))
    if extra != old:
        Overrun.objects.filter(quota=quota, ended=None).update(ended=at)
        if extra:
            Overrun.objects.create(quota=quota, extra=extra, reason=reason, basis=basis, by=by.name, at=at)
    return amended


@transaction.atomic
def set_ceilings(
    *, season: Season, key: str, places: Mapping[str, int | None], reason: str, by: Actor, at: datetime, token: str = ""
) -> Season:
    """Set how many places the groups below regions may have together, by the codes of the regions; None for no limit.

    Where people are allocated by this quota, that of a city is kept by the allocation, whatever its groups have. Raises
    Refused where they have more already in all other cases, and where cities together would exceed the whole.
    """
    regions = {region.pk: region for region in Region.objects.filter(pk__in=places)}
    if len(regions) < len(places) or any(number is not None and number < 0 for number in places.values()):
        raise Refused(Refusal("unknown_region", "总数不能小于0，区域须在本批次范围内。", "请重新打开本页后再填写。"))
    old = ceilings_of(season, key)
    changes = [
        {"group": regions[code].name, "old": old.get(code), "new": number}
        for code, number in places.items()
        if old.get(code) != number
    ]
    amended = amend(season, {"what": "ceilings", "key": key, "changes": changes}, reason, by, at, token)
    Ceiling.objects.filter(season=season, key=key, region__in=places).delete()
    Ceiling.objects.bulk_create(
        Ceiling(season=season, key=key, region=regions[code], places=number)
        for code, number in places.items()
        if number is not None
    )
    rows = list(quotas_of(season).filter(key=key))
    refuse(*_beyond_ceilings(season, key, rows, {row.pk: row.places for row in rows}), _beyond_whole(season, key))
    return amended


def _beyond_whole(season: Season, key: str) -> Refusal | None:
    ceilings = ceilings_of(season, key)
    whole = ceilings.pop(season.jurisdiction_id, None)
    total = sum(ceilings.values())
    if whole is None or total <= whole:
        return None
    return Refusal("ceilings_beyond_whole", f"各市总数合计{total}，超过{season.jurisdiction}总数{whole}。", "请更正。")
