"""How an edit of villages or key clients is put on record: the lists of the counties concerned locked, then noted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import OperationalError

from apps.core import door, kinds, words
from apps.core.actors import Actor
from apps.core.refusals import Refused, refuse
from apps.matching.models import SiteList
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season

Lists = Mapping[str, SiteList]
"""The lists of counties by their codes."""
Edit = Mapping[str, str | None]
"""A `site`, and what was said of it `old` and `new`, None where it did not stand in the list or does no more."""


def locked(season: Season, counties: Collection[str], by: Actor, at: datetime) -> Lists:
    """Lock the lists of some counties, begun where there are none yet; what is read of them now stands.

    Raises Refused where somebody else has one in hand for long.
    """
    rows = SiteList.objects.filter(season=season, county__in=counties)
    try:
        if rows.count() < len(counties):
            _begin(season, counties, by, at)
        return {each.county_id: each for each in rows.select_for_update().order_by("pk")}
    except OperationalError as error:
        if not door.is_lock_timeout(error):
            raise
        raise Refused(words.busy(kinds.of(SiteList), None)) from error


def _begin(season: Season, counties: Collection[str], by: Actor, at: datetime) -> None:
    Season.objects.select_for_update(no_key=True).get(pk=season.pk)
    there = set(SiteList.objects.filter(season=season).values_list("county", flat=True))
    missing = sorted(set(counties) - there)
    lists = [SiteList(season=season, county_id=county) for county in missing]
    door.create(lists, by=by, at=at, details={"by_office": manages_the_season(by, season, at)})


def note(
    season: Season,
    lists: Lists,
    action: str,
    sort: str,
    edits: Mapping[str, Sequence[Edit]],
    *,
    by: Actor,
    at: datetime,
    opinion: str = "",
) -> None:
    """Put what was edited of one sort into the log of each county's list; raise Refused where that may not be."""
    edited = {lists[county]: said for county, said in edits.items() if said}
    outcomes = door.advance(
        SiteList,
        {each.pk: each.version for each in edited},
        action,
        by=by,
        at=at,
        opinion=opinion,
        details={"sort": sort, "by_office": manages_the_season(by, season, at)},
        own={each.pk: {"edits": said} for each, said in edited.items()},
    )
    refuse(*(refusal for outcome in outcomes for refusal in outcome.refusals))
