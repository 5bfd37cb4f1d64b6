"""What lies too long: told rung by rung to those at the desk, beside it and above it, and urged by hand."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core import door
from apps.core.actors import APPLICANT
from apps.core.days import start_of
from apps.core.refs import desk_parts
from apps.desks import selectors as desk_selectors
from apps.desks import services as desks
from apps.desks.models import Paper, Urge
from apps.directory.models import Region
from apps.directory.selectors import colleagues_at, desk_labels, regions_at, users_at
from apps.directory.states import Level, Role
from apps.notices.delivery import News, tell, tell_all
from apps.policies.calendar import Span
from apps.policies.reminding import Audience, Rung
from apps.seasons.models import Season
from apps.seasons.selectors import lain_since

_IN_COUNTIES = (APPLICANT, Role.DISPATCHING_UNIT, Role.HOST)
"""Whom the county served stands above."""
_PLACES = {Level.CITY: "city", Level.COUNTY: "county"}


class Reminded(NamedTuple):
    """Papers of which desks are reminded: their kind, the states in which they wait, the address that lists them.

    Where `beside` does not hold, those who are only asked beside the desk that decides are left in peace.
    """

    kind: str
    states: tuple[str, ...]
    listed: str
    beside: bool = True


@dataclass(frozen=True)
class _Late:
    """The papers of a season that have come to a rung of the ladder, with their number on each desk."""

    of: Reminded
    season: Season
    papers: QuerySet[Paper]
    numbers: Mapping[str, int]
    days: Span
    key: str
    at: datetime

    def news(self, number: int, **more: Any) -> dict[str, Any]:
        """Return what a message on a desk has to say."""
        return {"season": self.season, "days": self.days, "number": number, **more}


@transaction.atomic
def remind_overdue(*, season: Season, of: Reminded, rung: Rung, at: datetime) -> int:
    """Tell those of one rung of the ladder what at most 500 desks have had too long; return of how many papers."""
    today = timezone.localdate(at)
    since = _first_moment(season, rung.after, today)
    stop = _first_moment(season, rung.stop, today) if rung.stop else None
    papers = desk_selectors.overdue(season.pk, of.kind, of.states, rung.number, since, stop)
    papers = papers if of.beside else papers.filter(latest=True)
    numbers = desk_selectors.by_desk(papers, door.BATCH_LIMIT)
    key = f"overdue:{season.pk}:{of.kind}:{rung.number}:{today}"
    late = _Late(of, season, papers, numbers, rung.after, key, at)
    tell_all(list(_TOLD[rung.audience](late)), at=at)
    return desks.note_reminded(papers=papers, desks=numbers, at=at, rung=rung.number)


def _first_moment(season: Season, span: Span, today: date) -> datetime:
    """Return the moment before which must have arrived what has lain for a span today."""
    return start_of(lain_since(season.pk, today, span) + timedelta(days=1))


def _to_holders(late: _Late) -> Iterator[News]:
    """Tell each desk how many papers it has had too long."""
    for desk, holders in users_at(late.numbers, late.at).items():
        news = late.news(late.numbers[desk])
        yield News(holders, "overdue", news, reverse("home:inbox"), f"{late.key}:{desk}")


def _to_colleagues(late: _Late) -> Iterator[News]:
    """Tell those who sit beside a desk."""
    offices, regions = desk_labels(late.numbers), regions_at(late.numbers)
    for desk, colleagues in colleagues_at(late.numbers, late.at).items():
        news = late.news(late.numbers[desk], office=offices[desk])
        yield News(colleagues, "overdue_colleague", news, _list_of(late, regions.get(desk)), f"{late.key}:{desk}")


def _to_those_above(late: _Late) -> Iterator[News]:
    """Tell the level above each desk: the county served for a unit, the season office at the top."""
    offices, regions = desk_labels(late.numbers), regions_at(late.numbers)
    office = f"{Role.COORDINATION_OFFICE}@region:{late.season.jurisdiction_id}"
    lying: Counter[tuple[str, str]] = Counter()
    for desk, county, number in desk_selectors.by_county(late.papers, late.numbers):
        above = _above(desk, regions.get(desk), county, late.season) or office
        if above != desk:
            lying[above, desk] += number
    sitting = users_at({office, *(above for above, _ in lying)}, late.at)
    for (above, desk), number in lying.items():
        news = late.news(number, office=offices[desk])
        link = _list_of(late, regions.get(desk))
        yield News(sitting[above] or sitting[office], "overdue_above", news, link, f"{late.key}:{above}:{desk}")


_TOLD: Mapping[Audience, Callable[[_Late], Iterator[News]]] = {
    "holders": _to_holders,
    "colleagues": _to_colleagues,
    "above": _to_those_above,
}


def _above(desk: str, region: Region | None, county: str | None, season: Season) -> str:
    """Name the desk above another, empty where that is the season office."""
    role, _ = desk_parts(desk)
    if region is None:
        return f"{Role.SCI_TECH_AUTHORITY}@region:{county}" if county and role in _IN_COUNTIES else ""
    is_below = region.path.startswith(season.jurisdiction.path) and region.pk != season.jurisdiction_id
    above = Role.SCI_TECH_AUTHORITY if role == Role.TOWNSHIP_OFFICE else role
    return f"{above}@region:{region.supervisor_id}" if is_below else ""


def _list_of(late: _Late, region: Region | None) -> str:
    """Return the address of the list of a season, of the place of a desk where that is a city or a county."""
    place = _PLACES.get(Level(region.level)) if region else None
    where = {"season": late.season.pk} | ({place: region.pk} if place and region else {})
    return f"{reverse(late.of.listed)}?{urlencode(where)}"


def tell_urged(*, urge: int, at: datetime) -> None:
    """Tell the desks that have a record that somebody urges them to deal with it."""
    row = Urge.objects.select_related("paper").get(pk=urge)
    paper = row.paper
    waiting = Paper.objects.filter(kind=paper.kind, record=paper.record, done=None).order_by("pk")
    sitting = users_at(set(waiting.values_list("desk", flat=True)), at)
    told = list(dict.fromkeys(user for users in sitting.values() for user in users))
    days = (timezone.localdate(row.at) - timezone.localdate(paper.arrived)).days
    context = {"title": paper.title, "by": row.by, "note": row.note, "days": days}
    link = reverse("home:record", args=[paper.kind, paper.record])
    tell(told, "urged", context, link=link, key=f"urged:{row.pk}", at=at)
