"""What wishes and allocations have against acts on the quotas and service groups of their season."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.matching.models import AllocationRun, GroupIndustry, Wish, WishList
from apps.matching.selectors.caps import caps_of
from apps.matching.selectors.market import group_key, held_in, quotas_in
from apps.matching.selectors.wishes import industries_of
from apps.matching.states import RunState
from apps.seasons.models import IndustryQuota, Quota, Season, ServiceGroup
from apps.seasons.selectors import ceilings_of, city_of, extra_of

_LATER = "可在下一批次调整。"
Seats = tuple[str, str, int, Sequence[int]]
"""A group or a city by name, what it is, how many people it would take, and the groups whose people it holds."""


def objections(seasons: Sequence[Season], decision: Decision) -> dict[int, Refusal]:
    """Return what stands against a change of settings: people sent or wishing where it would leave no room for them."""
    said, found = decision.details, {}
    for season in seasons:
        match said.get("what"):
            case "quotas":
                found[season.pk] = _not_its_industry(season, said) or _below_those_held(season, said)
            case "overrun" | "ceilings":
                found[season.pk] = _below_those_held(season, said)
            case "merge" | "part":
                found[season.pk] = _is_chosen(season, said)
    return {pk: refusal for pk, refusal in found.items() if refusal}


def _not_its_industry(season: Season, said: Mapping[str, Any]) -> Refusal | None:
    """Refuse places for an industry that nobody may wish for there."""
    if not said.get("parts"):
        return None
    keys = dict(ServiceGroup.objects.filter(season=season).values_list("name", "pk"))
    known = industries_of(season)
    for each in said["parts"]:
        for industry in each["new"]:
            if industry not in known[keys[each["group"]]]:
                told = f"{each['group']}的特色产业清单中没有“{industry}”。"
                return Refusal("not_its_industry", told, "请更正分产业名额，或先把该产业列入清单。")
    return None


def _below_those_held(season: Season, said: Mapping[str, Any]) -> Refusal | None:
    """Refuse fewer seats than people are kept in a group or a city, or moved to it, in the newest allocation in use.

    While people wish anew for what is free, the parts by industry stay as they are.
    """
    runs = AllocationRun.objects.select_for_update(no_key=True).filter(season=season)
    run = runs.exclude(state=RunState.DISCARDED).order_by("-number").first()
    rows = [row for row in quotas_in(season) if row.key == said["key"]] if run else []
    if run is None or not rows:
        return None
    if run.state == RunState.SUPPLEMENTING and said.get("parts"):
        return Refusal("in_round", "正在进行补充志愿，分产业名额不能再改。", "请待补充志愿结束。")
    held = held_in(run)
    for name, where, seats, groups in (*_groups_changed(rows, said), *_cities_changed(season, rows, said)):
        there = sum(held[group_key(group)] for group in groups)
        if seats < there:
            told = f"{name}可接收{seats}人，少于{run}分配中已沿用或调整到该{where}的{there}人。"
            return Refusal("below_those_held", told, "请不少于该人数，或先撤销有关调整。")
    return None


def _groups_changed(rows: Sequence[Quota], said: Mapping[str, Any]) -> Iterator[Seats]:
    """Yield the groups whose seats would change."""
    by_name = {row.group.name: row for row in rows}
    if said["what"] == "overrun":
        row = by_name[said["group"]]
        yield row.group.name, "县（市、区）", (row.places or 0) + said["new"], [row.group_id]
    elif said["what"] == "quotas":
        for each in said["changes"]:
            row = by_name[each["group"]]
            yield row.group.name, "县（市、区）", (each["new"] or 0) + extra_of(row), [row.group_id]


def _cities_changed(season: Season, rows: Sequence[Quota], said: Mapping[str, Any]) -> Iterator[Seats]:
    """Yield the cities whose total is a level of the allocation, as that would be."""
    if said["what"] == "quotas":
        return
    ceilings, extras = ceilings_of(season, said["key"]), {row.pk: extra_of(row) for row in rows}
    if said["what"] == "ceilings":
        new = {each["group"]: each["new"] for each in said["changes"]}
        cities = {city_of(row) for row in rows}
        wanted = {city.pk: new.get(city.name, ceilings.get(city.pk)) for city in cities}
        ceilings = {code: number for code, number in wanted.items() if number is not None}
    else:
        extras |= {row.pk: said["new"] for row in rows if row.group.name == said["group"]}
    for cap in caps_of(season, rows, ceilings, extras):
        yield cap.city.name, "市", cap.seats, cap.groups


def _is_chosen(season: Season, said: Mapping[str, Any]) -> Refusal | None:
    """Refuse to merge or part groups once wishes were frozen or one was wished for, and where a list would be lost."""
    keys = said["keys"]
    if AllocationRun.objects.filter(season=season).exists():
        return Refusal("frozen_before", "本批次的志愿已经冻结过，不能再合并或拆分服务单元。", _LATER)
    written = WishList.objects.filter(season=season).values_list("entries", flat=True)
    is_written = any(entry.get("group") in keys for entries in written for entry in entries)
    if is_written or Wish.objects.filter(group__in=keys).exists():
        return Refusal("wished_for", "已有人填报其中的县（市、区），不能再合并或拆分。", _LATER)
    others = GroupIndustry.objects.filter(group__in=keys[1:]).order_by("group").select_related("group").first()
    if others is None:
        return None
    return Refusal("has_industries", f"{others.group}已有特色产业清单，合并后不再保留。", "请先清空，合并后重新录入。")


def divided_industries(group: ServiceGroup) -> set[str]:
    """Return the industries of a service group that have places of their own."""
    return set(IndustryQuota.objects.filter(quota__group=group).values_list("industry", flat=True))
