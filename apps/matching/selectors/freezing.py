"""What keeps the market of a season from being frozen."""

from collections import Counter

from apps.core.refusals import Refusal
from apps.matching.selectors.market import (
    Market,
    city_key,
    group_key,
    industry_of,
    levels_of,
    quotas_in,
    seats_in,
    ties_in,
)
from apps.seasons.models import Season
from apps.seasons.selectors import city_of


def shortcomings(season: Season, market: Market) -> list[Refusal]:
    """Return what keeps a market from being frozen."""
    unset = [str(row.group) for row in quotas_in(season) if row.places is None]
    found = []
    if unset:
        named = "、".join(unset[:10]) + ("等" if len(unset) > 10 else "")
        found.append(Refusal("quota_unset", f"{len(unset)}个县（市、区）尚未设定名额：{named}。", "请先设定名额。"))
    if not ties_in(season):
        found.append(Refusal("no_ties", "本批次的政策没有规定按志愿分配的办法。", "请选择有志愿的批次。"))
    if not any(market["left"].values()):
        found.append(Refusal("no_wishes", "还没有人提交志愿。", "请待志愿提交后再冻结。"))
    if crowded := _crowded(market):
        rows = quotas_in(season)
        names = {group_key(row.group_id): str(row.group) for row in rows}
        names |= {city_key(city.pk): f"{city}总数" for city in map(city_of, rows)}
        told = "、".join(
            f"{names[name.partition('/')[0]]}{industry_of(name)}（名额{upper}，沿用{held}人）"
            for name, (held, upper) in crowded.items()
        )
        said = f"名额少于沿用原安排的人数：{told}。"
        found.append(Refusal("kept_beyond_places", said, "请先增加名额；变更已公布结果的，也可以全部重新分配。"))
    return found


def _crowded(market: Market) -> dict[str, tuple[int, int]]:
    """Return in which groups, industries and cities more people are kept than have seats: how many of both."""
    held = Counter(level for pin in market["pins"].values() for level in levels_of(market, pin["to"]))
    seats = seats_in(market)
    return {option: (number, seats[option]) for option, number in held.items() if number > seats[option]}
