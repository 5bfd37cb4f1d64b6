"""Reads around the lists of villages and key clients: what may be taken off them, and what was ever edited."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refusals import Refusal
from apps.matching.models import AssessmentBase, KeyClient, Serving, SiteList, Village
from apps.matching.selectors.allocation import published_for
from apps.matching.selectors.grounds import CLIENTS, VILLAGES
from apps.matching.selectors.lists import counties_kept, counties_seen, site_of
from apps.matching.states import SiteListAction
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season

SITE_LIST = "site_list"
SORTS = {VILLAGES: "挂村名单", CLIENTS: "重点服务对象"}
"""What the two sorts of sites in a list are called."""
EDITS = (SiteListAction.WRITE, SiteListAction.TAKE_OFF)
_FREE_FIRST = "请先由该县在“挂村联户安排”中改派；安排已提交或确认的，由协调办公室退回后改派。"


@dataclass(frozen=True)
class Chosen:
    """A site chosen to be taken off a list, and what stands against it."""

    site: Village | KeyClient
    against: Refusal | None

    def __str__(self) -> str:
        return site_of(self.site)


def villages_chosen(viewer: Actor, season: Season, keys: Sequence[int], at: datetime) -> list[Chosen]:
    """Return the villages of these keys whose county the viewer keeps; those that must be served are the office's."""
    rows = Village.objects.filter(season=season, pk__in=keys, county__in=counties_kept(viewer, season, at))
    served, runs_it = _who_serves(season, "village", keys), manages_the_season(viewer, season, at)
    return [
        Chosen(row, (_not_a_countys(row) if row.is_needed and not runs_it else None) or _served(row, served[row.pk]))
        for row in rows.select_related("region__parent", "county").order_by("region")
    ]


def clients_chosen(viewer: Actor, season: Season, keys: Sequence[int], at: datetime) -> list[Chosen]:
    """Return the key clients of these keys whose county the viewer keeps."""
    rows = KeyClient.objects.filter(season=season, pk__in=keys, county__in=counties_kept(viewer, season, at))
    served = _who_serves(season, "client", keys)
    bound = AssessmentBase.objects.filter(client__in=keys, released=None).values_list("client", "person__name")
    binder = dict(bound)
    return [
        Chosen(row, _bound(row, binder.get(row.pk, "")) or _served(row, served[row.pk]))
        for row in rows.select_related("county").order_by("county", "name", "pk")
    ]


def _who_serves(season: Season, sort: str, keys: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the names of those who serve sites by the placements in use."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Serving.objects.filter(placement__run=published_for(season.pk), **{f"{sort}__in": keys})
    for site, person in rows.order_by("person__name", "pk").values_list(sort, "person__name"):
        found[site].append(person)
    return found


def _not_a_countys(village: Village) -> Refusal:
    why = f"“{site_of(village)}”须全覆盖，由协调办公室设定。"
    return Refusal("kinds_are_set", why, "确需移出的，请报协调办公室办理。")


def _served(site: Village | KeyClient, people: Sequence[str]) -> Refusal | None:
    if not people:
        return None
    return Refusal("in_use", f"“{site_of(site)}”已安排{'、'.join(people)}服务。", _FREE_FIRST)


def _bound(client: KeyClient, person: str) -> Refusal | None:
    if not person:
        return None
    return Refusal("is_a_base", f"“{client}”已由{person}绑为考核基地。", "请先由本人解除绑定。")


def edits_seen(viewer: Actor, season: Season, at: datetime) -> QuerySet[Any]:
    """Return the edits of the lists that a viewer may see, the newest first, each knowing its county."""
    lists = SiteList.objects.filter(season=season, county__in=counties_seen(viewer, season, at))
    rows = LogEntry.objects.filter(kind=SITE_LIST, record__in=lists.values("pk"), action__in=EDITS)
    county = SiteList.objects.filter(pk=OuterRef("record"))
    return rows.annotate(
        county=Subquery(county.values("county")), county_name=Subquery(county.values("county__name"))
    ).order_by("-at", "county", "-n")


@dataclass(frozen=True)
class Line:
    """One site in an edit: what was said of it before and after, empty where it did not stand in the list."""

    entry: Any
    what: str
    site: str
    old: str
    new: str


def lines_of(entry: Any) -> Iterator[Line]:
    """Yield what an edit did, site by site."""
    for edit in entry.details["edits"]:
        what = "新增" if edit["old"] is None else "移出" if edit["new"] is None else "更新"
        yield Line(entry, what, edit["site"], edit["old"] or "", edit["new"] or "")
