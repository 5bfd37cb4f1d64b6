"""Reads of participants and wishes: who may choose what, what was chosen, what counties have to judge."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core import log
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refs import Ref, desk
from apps.core.refusals import Basis
from apps.directory.selectors import counties_below
from apps.directory.states import Role
from apps.matching.models import AllocationRun, GroupIndustry, Participant, Wish, WishList
from apps.matching.selectors.rounds import Round, round_for, round_in
from apps.matching.states import RunState, WishListAction, WishListState
from apps.policies.schema import Pack
from apps.policies.schema.sheet import Limit
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.selectors import WindowStatus, pack_of, statuses, visible_to, window_status

WISH_LIST = "wish_list"
LIMIT = WINDOW = "wishes"
"""What the packs call the number of wishes and the days within which they are handed in."""


@dataclass(frozen=True)
class WishFacts:
    """What the guards must know of wishes.

    `industries` holds for each service group of the season what may be chosen there, `desks` for each wish by (list,
    group) the county desks that it is aimed at, `round` the supplementary round that is open.
    """

    is_frozen: bool
    window: WindowStatus | None
    least: int
    most: int
    basis: Basis | None
    industries: Mapping[int, Sequence[str]]
    desks: Mapping[tuple[int, int], Sequence[str]] = field(default_factory=dict)
    round: Round | None = None


def limit_of(pack: Pack) -> Limit | None:
    """Return how many wishes the pack asks for, None where it has none."""
    return pack.sheet.limits.get(LIMIT)


def bounds_of(season: Season) -> tuple[int, int]:
    """Return the least and the greatest number of wishes in a season; a season without wishes takes none."""
    pack = pack_of(season)
    limit = limit_of(pack)
    if limit is None:
        return 0, 0
    between = limit.between
    groups = ServiceGroup.objects.filter(season=season).count() if between.at_most is None else 0
    most = pack.answer(between.at_most, season.answers) if between.at_most is not None else groups
    return int(pack.answer(between.at_least, season.answers) or 0), int(most)


def industries_of(season: Season) -> dict[int, list[str]]:
    """Return for each service group the industries it may be served in: the office's list, else all of the pack."""
    known = industries_known(season)
    rows = GroupIndustry.objects.filter(group__season=season).values_list("group", "industry").order_by("pk")
    own: dict[int, list[str]] = defaultdict(list)
    for group, industry in rows:
        own[group].append(industry)
    keys = ServiceGroup.objects.filter(season=season).values_list("pk", flat=True)
    return {key: own.get(key) or known for key in keys}


def industries_known(season: Season) -> list[str]:
    """Return the industries that the policy names."""
    return list(pack_of(season).choices.get("industries", {}).values())


def kept_industries(group: ServiceGroup) -> list[str]:
    """Return the industries that the office keeps for a service group, empty where it keeps none."""
    return list(GroupIndustry.objects.filter(group=group).order_by("pk").values_list("industry", flat=True))


def is_frozen(season: int) -> bool:
    """Tell whether an allocation of a season has been frozen and was not given up."""
    return AllocationRun.objects.filter(season=season).exclude(state=RunState.DISCARDED).exists()


def closed_by_the_freeze(wishes: Sequence[Wish]) -> set[int]:
    """Return which of some wishes are frozen: all of a frozen season but those of people who may wish anew."""
    seasons = {wish.list.season_id: wish.list.season for wish in wishes}
    rounds = {pk: round_in(season) for pk, season in seasons.items() if is_frozen(pk)}
    frozen = [(wish, rounds[wish.list.season_id]) for wish in wishes if wish.list.season_id in rounds]
    return {wish.pk for wish, found in frozen if not (found and wish.list.person_id in found.people)}


def facts_for_door(records: Sequence[WishList], decision: Decision) -> dict[int, WishFacts]:
    """Return what the guards must know, the same for all wish lists of a season.

    The seasons stay locked until the act is written, so that a freeze sees either all of it or nothing.
    """
    locked = Season.objects.select_for_update(no_key=True).order_by("pk")
    seasons = locked.defer("source_text").in_bulk(sorted({record.season_id for record in records}))
    windows = statuses(list(seasons.values()), WINDOW, decision.at)
    by_season = {pk: _facts_of(season, windows.get(pk), records) for pk, season in seasons.items()}
    return {record.pk: by_season[record.season_id] for record in records}


def _facts_of(season: Season, window: WindowStatus | None, records: Sequence[WishList]) -> WishFacts:
    pack, (least, most) = pack_of(season), bounds_of(season)
    limit, found = limit_of(pack), round_in(season)
    return WishFacts(
        is_frozen=is_frozen(season.pk),
        window=None if found else window,
        least=min(least, len(found.seats)) if found else least,
        most=most,
        basis=pack.basis(limit) if limit else None,
        industries=industries_of(season),
        desks=_desks_of_wishes([record for record in records if record.season_id == season.pk]),
        round=found,
    )


def _desks_of_wishes(records: Sequence[WishList]) -> dict[tuple[int, int], list[str]]:
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    rows = Wish.objects.filter(list__in=records).values_list("list", "group", "group__counties")
    for wishes, group, county in rows:
        if county:
            found[wishes, group].append(county_desk(county))
    return found


def county_desk(code: str) -> str:
    """Name the desk that speaks for a county."""
    return desk(Role.SCI_TECH_AUTHORITY, Ref("region", code))


def participations(viewer: Actor) -> QuerySet[Participant]:
    """Return the seasons in which the viewer takes part and may choose, the newest first."""
    rows = Participant.objects.filter(person=viewer.person_id, county=None) if viewer.person_id else None
    return (rows or Participant.objects.none()).select_related("season", "person", "unit").order_by("-season")


def participation(viewer: Actor, season: int) -> Participant | None:
    """Return the viewer's part in a season, None where he has none or may not choose."""
    return participations(viewer).filter(season=season).first()


def list_of(participant: Participant) -> WishList | None:
    """Return what a participant has written, with its wishes."""
    rows = WishList.objects.filter(season=participant.season_id, person=participant.person_id)
    return rows.select_related("season", "person").first()


_KEPT = ("group", "industry", "word", "points", "reason", "judged", "judged_by")


def handed_in(wishes: WishList) -> list[dict[str, Any]]:
    """Return the wishes of a list that is handed in, in their order, with what counties said of them."""
    rows = [dict(zip(_KEPT, row, strict=True)) for row in wishes.wishes.order_by("rank").values_list(*_KEPT)]
    return [{**row, "judged": row["judged"] and row["judged"].isoformat()} for row in rows]


def handed_in_again(wishes: WishList, kept: Sequence[Mapping[str, Any]]) -> list[Wish]:
    """Return the wishes of a list as `handed_in` told them."""
    return [
        Wish(
            list=wishes,
            rank=rank,
            group_id=row["group"],
            judged=datetime.fromisoformat(row["judged"]) if row["judged"] else None,
            **{name: row[name] for name in ("industry", "word", "points", "reason", "judged_by")},
        )
        for rank, row in enumerate(kept, 1)
    ]


def taken_back_in(run: AllocationRun) -> list[tuple[WishList, Sequence[Mapping[str, Any]]]]:
    """Return the lists taken back in the round of a run and not handed in again, each with what had stood in it."""
    if run.state != RunState.SUPPLEMENTING or run.asked is None:
        return []
    drafts = {each.pk: each for each in WishList.objects.filter(season=run.season_id, state=WishListState.DRAFT)}
    last = log.last_entries(WISH_LIST, list(drafts))
    return [
        (drafts[pk], entry.details["handed_in"])
        for pk, entry in last.items()
        if entry.action == WishListAction.TAKE_BACK and entry.at >= run.asked
    ]


@dataclass(frozen=True)
class Choices:
    """What may be chosen in a season: groups by city, industries by group, how many wishes, within which days.

    In a supplementary round groups with free seats alone may be chosen.
    """

    groups: Mapping[str, Sequence[ServiceGroup]]
    industries: Mapping[int, Sequence[str]]
    least: int
    most: int
    window: WindowStatus | None
    basis: Basis | None
    round: Round | None = None

    def called(self, group: ServiceGroup) -> str:
        """Name a group, in a round with the number of its free seats."""
        return f"{group}（空余{self.round.seats[group.pk]}名）" if self.round else str(group)

    def in_words(self, entry: Mapping[str, Any] | None) -> str:
        """Tell one wish, empty where there is none."""
        if not entry:
            return ""
        return f"{self.group(entry['group']) or '不可选的县（市、区）'}（{entry['industry'] or '未选产业'}）"

    def group(self, pk: int) -> ServiceGroup | None:
        return next((group for rows in self.groups.values() for group in rows if group.pk == pk), None)


def choices_for(person: int, season: Season, at: datetime) -> Choices:
    """Return what a person may choose in a season."""
    cities: dict[str, list[ServiceGroup]] = defaultdict(list)
    rows = ServiceGroup.objects.filter(season=season).prefetch_related("counties__supervisor").order_by("pk")
    found = round_for(season, person)
    for group in rows.filter(pk__in=found.seats) if found else rows:
        counties = list(group.counties.all())
        cities[str(counties[0].supervisor) if counties else ""].append(group)
    least, most = bounds_of(season)
    pack = pack_of(season)
    limit = limit_of(pack)
    window, industries = window_status(season, WINDOW, at), industries_of(season)
    if found:
        least, window = min(least, len(found.seats)), None
        industries = {pk: [each for each in industries[pk] if found.has_room(pk, each)] for pk in found.seats}
    return Choices(cities, industries, least, most, window, pack.basis(limit) if limit else None, found)


def groups_full(choices: Choices, wishes: WishList | None) -> list[ServiceGroup]:
    """Return the groups that somebody has wished for and that have no free seat in the round."""
    if wishes is None or choices.round is None:
        return []
    wanted = [entry["group"] for entry in wishes.entries]
    rows = ServiceGroup.objects.filter(season=wishes.season_id, pk__in=wanted).exclude(pk__in=choices.round.seats)
    return list(rows.order_by("pk"))


def groups_spoken_for(viewer: Actor, at: datetime) -> QuerySet[ServiceGroup]:
    """Return the service groups of whose counties the viewer may judge the wishes."""
    codes = [
        post.scope.key
        for post in viewer.posts
        if post.role == Role.SCI_TECH_AUTHORITY and post.scope.kind == "region" and viewer.sits_at(post.desk, at)
    ]
    return ServiceGroup.objects.filter(counties__in=codes).distinct()


def wishes_seen(viewer: Actor, at: datetime) -> QuerySet[Wish]:
    """Return the wishes handed in that the viewer may see: those aimed at counties that he speaks for or looks into."""
    handed_in = Wish.objects.filter(list__state=WishListState.SUBMITTED)
    below = ServiceGroup.objects.filter(counties__in=counties_below(viewer.region_paths(at)))
    mine = Q(group__in=groups_spoken_for(viewer, at)) | Q(group__in=below)
    rows = handed_in.filter(mine, list__season__in=visible_to(viewer, at).order_by().values("pk"))
    rows = rows.select_related("list__person__unit", "list__season", "group").order_by("group", "list", "rank")
    return rows.defer("list__season__pack_text", "list__season__source_text")


def wishes_to_judge(viewer: Actor, keys: Sequence[int], at: datetime) -> list[Wish]:
    """Return those of some wishes that the viewer's counties may judge, their own cases apart."""
    rows = wishes_seen(viewer, at).filter(pk__in=keys, group__in=groups_spoken_for(viewer, at))
    return list(rows.exclude(list__person__in=viewer.persons_acted_as(at)).prefetch_related("group__counties"))


def desk_for(viewer: Actor, wish: Wish, at: datetime) -> str:
    """Name the desk at which the viewer judges a wish, empty where he sits at none."""
    desks = (county_desk(county.pk) for county in wish.group.counties.all())
    return next((each for each in desks if viewer.sits_at(each, at)), "")
