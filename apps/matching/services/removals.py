"""How villages and key clients are taken off their lists, with a reason, while nobody serves them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from django.db import transaction

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.matching.models import KeyClient, Placement, Village
from apps.matching.selectors.edits import Chosen, clients_chosen, villages_chosen
from apps.matching.selectors.grounds import CLIENTS, VILLAGES
from apps.matching.selectors.lists import client_in_words, names_of_last, site_of, village_in_words
from apps.matching.services import edits
from apps.matching.services.edits import Edit
from apps.matching.services.lists import placing_in
from apps.matching.states import SiteListAction
from apps.seasons.models import Season, ServiceGroup

Choose = Callable[[Actor, Season, Sequence[int], datetime], list[Chosen]]
Say = Callable[[Sequence[Chosen]], Sequence[str]]


def remove_villages(
    *, season: Season, villages: Sequence[int], reason: str, by: Actor, at: datetime
) -> Sequence[Chosen]:
    """Take villages off the list of a season and tell what became of each; one that is served stays.

    Those that must be served are for who runs the season to take off. Raises Refused where nothing may be taken off.
    """
    placing = placing_in(season)

    def say(chosen: Sequence[Chosen]) -> list[str]:
        rows = [each.site for each in chosen if isinstance(each.site, Village)]
        names = names_of_last(rows)
        return [village_in_words(row, placing, names) for row in rows]

    return _take_off(season, villages, villages_chosen, VILLAGES, say, reason, by, at)


def remove_clients(*, season: Season, clients: Sequence[int], reason: str, by: Actor, at: datetime) -> Sequence[Chosen]:
    """Take key clients off the list of a season and tell what became of each.

    One that is served or is somebody's assessment base stays. Raises Refused where nothing may be taken off.
    """
    placing = placing_in(season)

    def say(chosen: Sequence[Chosen]) -> list[str]:
        return [client_in_words(each.site, placing) for each in chosen if isinstance(each.site, KeyClient)]

    return _take_off(season, clients, clients_chosen, CLIENTS, say, reason, by, at)


@transaction.atomic
def _take_off(
    season: Season,
    keys: Sequence[int],
    choose: Choose,
    sort: str,
    say: Say,
    reason: str,
    by: Actor,
    at: datetime,
) -> Sequence[Chosen]:
    counties = {each.site.county_id for each in choose(by, season, keys, at)}
    lists = edits.locked(season, counties, by, at)
    _hold(season, counties, sort, keys)
    chosen = choose(by, season, keys, at)
    free = [each for each in chosen if each.against is None]
    if len(chosen) < len(set(keys)):
        raise Refused(Refusal("not_listed", "所选对象有的已不在您管理的名单中。", "请重新打开名单后再选。"))
    if not free:
        raise Refused(*(each.against for each in chosen if each.against))
    noted: dict[str, list[Edit]] = defaultdict(list)
    for each, said in zip(free, say(free), strict=True):
        noted[each.site.county_id].append({"site": site_of(each.site), "old": said, "new": None})
    model = type(free[0].site)
    model.objects.filter(pk__in=[each.site.pk for each in free]).update(removed=at, kept=at, kept_by=by.name)
    edits.note(season, lists, SiteListAction.TAKE_OFF, sort, noted, by=by, at=at, opinion=reason)
    return chosen


def _hold(season: Season, counties: Collection[str], sort: str, keys: Sequence[int]) -> None:
    """Let nobody be placed in these counties, and nobody bind these clients, until this is over."""
    groups = ServiceGroup.objects.filter(season=season, counties__in=counties).values("pk")
    held = ServiceGroup.objects.filter(pk__in=groups).order_by("pk").select_for_update(no_key=True)
    placements = Placement.objects.filter(group__in=[group.pk for group in held]).order_by("pk")
    list(placements.select_for_update(no_key=True).values_list("pk"))
    if sort == CLIENTS:
        list(KeyClient.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
