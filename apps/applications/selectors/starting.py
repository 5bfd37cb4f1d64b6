"""What one needs to know to start an application: in which seasons, as whom, for whom, for which need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.applications.models import Application
from apps.applications.selectors.records import visible_to
from apps.core.actors import Actor
from apps.core.refs import Ref
from apps.desks.routes import starting_desk
from apps.desks.states import GIVEN_UP
from apps.directory.models import Person
from apps.directory.selectors import persons_like
from apps.matching.models import Need
from apps.matching.selectors.needs import published
from apps.policies.applying import routes_in_force
from apps.policies.routing import act_in_words
from apps.policies.schema import APPLICANT, Pack
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, open_seasons, pack_of, statuses
from apps.writing.selectors import is_searched_for

MOST_FOUND = 20


@dataclass(frozen=True)
class Opening:
    """A season one may apply in: its window, the acts an application passes, and the live one about the viewer.

    `is_own` tells that he started it himself.
    """

    season: Season
    window: WindowStatus | None
    steps: Sequence[tuple[str, str]]
    mine: Application | None

    @property
    def is_own(self) -> bool:
        return self.mine is not None and self.mine.starter == self.mine.person_desk()


def openings(viewer: Actor, at: datetime) -> list[Opening]:
    """Return the seasons in progress as an applicant sees them, with a constant number of queries."""
    seasons = list(open_seasons().defer(None))
    packs = {season.pk: pack_of(season) for season in seasons}
    windows: dict[int, WindowStatus] = {}
    for key in {pack.processes.application.window for pack in packs.values()}:
        windows |= statuses(seasons, key, at)
    mine = _live_ones(viewer, seasons, at)
    all_of_them = [
        Opening(season, windows.get(season.pk), _usual_steps(season, packs[season.pk]), mine.get(season.pk))
        for season in seasons
    ]
    return [opening for opening in all_of_them if opening.steps or opening.mine]


def _live_ones(viewer: Actor, seasons: Sequence[Season], at: datetime) -> dict[int, Application]:
    about_him = visible_to(viewer, at).filter(person=viewer.person_id, season__in=seasons)
    return {row.season_id: row for row in about_him.exclude(state__in=GIVEN_UP)}


def _usual_steps(season: Season, pack: Pack) -> list[tuple[str, str]]:
    """Return (office, act) of the route that an application takes unless a condition leads it elsewhere."""
    offered = routes_in_force(pack.processes.application, season.answers, pack, APPLICANT)
    steps = offered[-1].steps if offered else ()
    return [(pack.offices[step.office].label, act_in_words(step)) for step in steps]


def people_like(text: str) -> list[Person]:
    """Return at most 20 persons in whose names a text of at least two characters stands."""
    return list(persons_like(text.strip())[:MOST_FOUND]) if is_searched_for(text) else []


def people_sought(text: str, key: str) -> list[Person]:
    """Return whom a text finds, or the one of a key where nothing is looked for."""
    if text or not _is_key(key):
        return people_like(text)
    return list(Person.objects.filter(pk=int(key)).select_related("unit"))


def need_named(key: str) -> Need | None:
    """Return a published need by its key, None for what is none."""
    return published().filter(pk=int(key)).first() if _is_key(key) else None


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 12


@dataclass(frozen=True)
class Start:
    """An office that the viewer sits in and may start applications from, by the pack of a season."""

    season: Season
    key: str
    label: str
    desk: str


def starts_open(viewer: Actor, at: datetime) -> list[Start]:
    """Return the seasons in progress in which the viewer may start an application for somebody else, in one query."""
    return [start for season in open_seasons().defer(None) if (start := start_in(season, viewer, at))]


def start_in(season: Season, viewer: Actor, at: datetime) -> Start | None:
    """Return as what office a viewer may start applications for others in a season, None for none."""
    pack = pack_of(season)
    where: dict[str, Ref | None] = {"jurisdiction": Ref("region", season.jurisdiction_id)}
    for route in routes_in_force(pack.processes.application, season.answers, pack):
        desk = starting_desk(pack, route.starts, where)
        if desk and viewer.sits_at(desk, at):
            return Start(season, route.starts, pack.offices[route.starts].label, desk)
    return None
