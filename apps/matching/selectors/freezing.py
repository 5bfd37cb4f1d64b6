"""What keeps the market of a season from being frozen, and what a freeze cuts off."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from apps.core.days import written_day
from apps.core.refusals import Refusal
from apps.matching.models import AllocationRun, Outcome, Participant, Wish, WishList
from apps.matching.selectors.allocation import published_for
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
from apps.matching.selectors.wishes import WINDOW
from apps.matching.states import RunState, WishListState
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, city_of, window_status


@dataclass(frozen=True)
class CutOff:
    """What a freeze cuts off: days that are still to come, people without wishes, wishes that no county has judged.

    `window` is that of the wishes where its last day is not over, `moved` who was moved in what is published, for
    those moves fall where all is allocated anew.
    """

    window: WindowStatus | None
    people: int
    without: int
    wishes: int
    unjudged: int
    moved: list[Outcome]
    is_amendment: bool

    @property
    def needs_reason(self) -> bool:
        """Tell whether it is done with a reason alone."""
        return bool(self.window) or self.is_amendment


def cut_off(season: Season, base: AllocationRun | None, at: datetime) -> CutOff:
    """Return what a freeze at a moment would cut off."""
    handed_in = WishList.objects.filter(season=season, state=WishListState.SUBMITTED)
    choosing = Participant.objects.filter(season=season, county=None)
    wishes = Wish.objects.filter(list__in=handed_in)
    published = published_for(season.pk)
    moved = Outcome.objects.filter(run=published, is_moved=True).select_related("person", "group")
    return CutOff(
        window=_window_cut(season, base, at),
        people=choosing.count(),
        without=choosing.exclude(person__in=handed_in.order_by().values("person")).count(),
        wishes=wishes.count(),
        unjudged=wishes.filter(word="").count(),
        moved=list(moved.order_by("person__name", "pk")),
        is_amendment=published is not None,
    )


def _window_cut(season: Season, base: AllocationRun | None, at: datetime) -> WindowStatus | None:
    """Return the window of the wishes whose last day is to come; a round has a day of its own."""
    found = window_status(season, WINDOW, at) if base is None or base.state == RunState.PUBLISHED else None
    is_cut = found and not found.is_over and (found.last_day or found.is_before)
    return found if is_cut else None


def unexplained(season: Season, base: AllocationRun | None, reason: str, at: datetime) -> list[Refusal]:
    """Return for what a freeze must give a reason and does not: wishes cut short, a published result amended."""
    if reason.strip():
        return []
    found = []
    if window := _window_cut(season, base, at):
        last = window.late_until or window.last_day
        until = f"至{written_day(last)}" if last else f"自{written_day(window.opens)}" if window.opens else ""
        said = f"“{window.label}”{until}，现在冻结将提前结束填报。"
        found.append(Refusal("window_cut", said, "请截止后再冻结；确需提前的，请写明事由。"))
    if published := published_for(season.pk):
        said = f"{published}已经公布，重新冻结将变更已公布的结果。"
        found.append(Refusal("amends", said, "请写明变更的依据和理由。"))
    return found


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
