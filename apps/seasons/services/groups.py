"""How the office lets several counties be served as one, and each by itself again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Region
from apps.directory.selectors import village_counts
from apps.seasons.models import Quota, Season, ServiceGroup
from apps.seasons.selectors import divided_in, groups_of, shared_out
from apps.seasons.services.amending import amend

_AGAIN = "请重新打开本页后再选择。"
_IN_USE = Refusal("group_in_use", "所选服务单元已有业务记录，不能再合并或拆分。", "可在下一批次调整。")


@transaction.atomic
def merge_groups(
    *, season: Season, groups: Sequence[int], name: str, reason: str, by: Actor, at: datetime, token: str = ""
) -> Season:
    """Let several service groups of one city be served as one: the first stays, with all counties; quotas add up.

    Raises Refused for fewer than two, for groups of several cities, for a name that is taken, for groups whose places
    are divided by industry or exceeded, and where a higher app has something against it.
    """
    found = groups_of(season, groups)
    if len(found) < max(2, len(set(groups))):
        raise Refused(Refusal("unknown_group", "请至少选择本批次的两个服务单元。", _AGAIN))
    if len({county.supervisor_id for group in found for county in group.counties.all()}) > 1:
        raise Refused(Refusal("several_cities", "只能合并同一设区市的城区。", "请重新选择。"))
    if ServiceGroup.objects.filter(season=season, name=name).exclude(pk__in=groups).exists():
        raise Refused(Refusal("name_taken", f"本批次已有名为“{name}”的服务单元。", "请换一个名称。"))
    _refuse_divided(season, groups)
    names = [group.name for group in found]
    details = {"what": "merge", "groups": names, "keys": [group.pk for group in found], "name": name}
    amended = amend(season, details, reason, by, at, token)
    first, *others = found
    first.counties.add(*(county for group in others for county in group.counties.all()))
    _add_up(first, others)
    _take_away(others)
    ServiceGroup.objects.filter(pk=first.pk).update(name=name)
    return amended


def _refuse_divided(season: Season, groups: Sequence[int]) -> None:
    if names := divided_in(season, groups):
        said = f"{'、'.join(names)}已有分产业名额或批准的超额。"
        raise Refused(Refusal("group_is_divided", said, "请先取消，再合并或拆分。"))


def _add_up(first: ServiceGroup, others: Sequence[ServiceGroup]) -> None:
    """Give the first group the villages and places of all, none where none has any."""
    for kept in Quota.objects.filter(group=first):
        rows = [kept, *Quota.objects.filter(group__in=others, key=kept.key).order_by("pk")]
        known = [row.places for row in rows if row.places is not None]
        kept.villages = sum(row.villages for row in rows)
        kept.places = sum(known) if known else None
        kept.save(update_fields=["villages", "places"])


def _take_away(groups: Sequence[ServiceGroup]) -> None:
    try:
        with transaction.atomic():
            ServiceGroup.objects.filter(pk__in=[group.pk for group in groups]).delete()
    except ProtectedError as error:
        raise Refused(_IN_USE) from error


@transaction.atomic
def part_group(*, group: ServiceGroup, reason: str, by: Actor, at: datetime, token: str = "") -> Season:
    """Let each county of a merged group be served by itself again; places are shared out by villages and add up.

    Raises Refused for a group of one county, for one whose places are divided by industry or exceeded, and where a
    higher app has something against it.
    """
    season = group.season
    counties = list(group.counties.order_by("code"))
    if len(counties) < 2:
        raise Refused(Refusal("not_merged", f"{group}只有一个县（市、区），无需拆分。", _AGAIN))
    _refuse_divided(season, [group.pk])
    names = [county.name for county in counties]
    details = {"what": "part", "group": group.name, "keys": [group.pk], "counties": names}
    amended = amend(season, details, reason, by, at, token)
    first, *others = counties
    ServiceGroup.objects.filter(pk=group.pk).update(name=first.name)
    group.counties.set([first])
    parted = [group, *(_group_of(season, county) for county in others)]
    _share(season, parted, counties)
    return amended


def _group_of(season: Season, county: Region) -> ServiceGroup:
    made = ServiceGroup.objects.create(season=season, name=county.name)
    made.counties.add(county)
    return made


def _share(season: Season, groups: Sequence[ServiceGroup], counties: Sequence[Region]) -> None:
    """Divide each quota of the first group among all, by the villages of their counties."""
    known = village_counts(season.jurisdiction)
    villages = [known.get(county.pk, 0) for county in counties]
    for whole in Quota.objects.filter(group=groups[0]).order_by("pk"):
        weights = villages if any(villages) else [1] * len(villages)
        places = [None] * len(groups) if whole.places is None else shared_out(whole.places, weights)
        Quota.objects.filter(pk=whole.pk).update(villages=villages[0], places=places[0])
        Quota.objects.bulk_create(
            Quota(season=season, key=whole.key, group=group, villages=number, places=share)
            for group, number, share in list(zip(groups, villages, places, strict=True))[1:]
        )
