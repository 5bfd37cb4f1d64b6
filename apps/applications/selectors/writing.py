"""What an applicant needs to know while he writes."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from apps.applications.models import Application
from apps.applications.selectors.cases import KIND, Case, starts_of
from apps.applications.selectors.paper import Change, last_submission, words
from apps.applications.selectors.records import visible_to
from apps.core import log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.desks.routes import starting_desk
from apps.desks.selectors import latest_paper
from apps.desks.states import AWAITING, GIVEN_UP, DeskState
from apps.directory.models import Organization, Person
from apps.directory.selectors import desk_labels, organizations_like, persons_like
from apps.matching.models import Need
from apps.matching.selectors.needs import published
from apps.policies.acts import called
from apps.policies.applying import pages, routes_in_force
from apps.policies.facts import FACTS, HOST
from apps.policies.routing import act_in_words
from apps.policies.schema import APPLICANT, FormStep, Pack
from apps.policies.values import Problem, fields_of
from apps.seasons.models import Season
from apps.seasons.selectors import WindowStatus, open_seasons, pack_of, statuses

MOST_FOUND = 20
FEWEST_LETTERS, MOST_LETTERS = 2, 100


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


@dataclass(frozen=True)
class PageStatus:
    """How a page of the form stands: its number from 1, what it asks for, what is wrong in it, whether it was begun."""

    number: int
    title: str
    keys: Sequence[str]
    problems: Sequence[Problem]
    is_begun: bool

    @property
    def in_words(self) -> str:
        if not self.problems:
            return "已完成"
        return f"还有{len(self.problems)}处" if self.is_begun else "未填写"


def page_statuses(application: Application, case: Case) -> list[PageStatus]:
    """Return how each page of the form stands."""
    return [_page_status(number, step, application, case) for number, step in enumerate(form_of(application), start=1)]


def form_of(application: Application) -> Sequence[FormStep]:
    """Return the pages of the form as they are asked of who started an application."""
    return pages(pack_of(application.season).processes.application, starts_of(application))


def _page_status(number: int, step: FormStep, application: Application, case: Case) -> PageStatus:
    keys = keys_of(step)
    problems = [problem for problem in case.problems if problem.key in keys]
    is_begun = any(application.content.get(key) or application.files.get(key) for key in keys)
    return PageStatus(number, step.title, keys, problems, is_begun)


def keys_of(step: FormStep) -> list[str]:
    """Return the facts and documents that a page asks for."""
    return [key for key, _ in labels_of(step)]


@dataclass(frozen=True)
class Concerned:
    """An entry or document that a return names, with the number of its page."""

    key: str
    label: str
    page: int


@dataclass(frozen=True)
class Return:
    """Why an application was given back: the row of the log, what it names, the old words of what changed since."""

    entry: LogEntry
    concerned: Sequence[Concerned]
    before: Mapping[str, str]

    def names(self, key: str) -> bool:
        return any(each.key == key for each in self.concerned)


def returned(application: Application) -> Return | None:
    """Return why an application was given back, None unless it is being corrected."""
    if application.state != DeskState.RETURNED:
        return None
    pack = pack_of(application.season)
    entry = log.last_entries(KIND, [application.pk])[application.pk]
    submission = last_submission(application)
    before = _before(application.content, submission.content, pack) if submission else {}
    return Return(entry, _concerned(entry.details.get("fields", []), form_of(application)), before)


def _concerned(keys: Sequence[str], form: Sequence[FormStep]) -> list[Concerned]:
    return [
        Concerned(key, label, number)
        for number, step in enumerate(form, start=1)
        for key, label in labels_of(step)
        if key in keys
    ]


@dataclass(frozen=True)
class Drawn:
    """A page of the form as it lies in one window: its number, its facts, the digest of what they were, its mark."""

    page: int
    facts: Sequence[str]
    digest: str
    mark: str

    def is_overtaken(self, application: Application) -> bool:
        """Tell whether something stands that this window was not drawn from and has not written itself."""
        is_its_own = application.written.get(str(self.page)) == self.mark
        return not is_its_own and self.digest != _digest(application, self.facts)


def drawn(application: Application, step: FormStep, number: int) -> Drawn:
    """Return a page of the form as it is to lie in a new window."""
    facts = [field.fact for field in step.fields]
    return Drawn(number, facts, _digest(application, facts), secrets.token_hex(16))


def _digest(application: Application, facts: Sequence[str]) -> str:
    return log.digest_of([application.content.get(fact) or "" for fact in facts])


def differences(application: Application, typed: Mapping[str, Any]) -> list[Change]:
    """Compare what stands in an application with what was typed, entry by entry."""
    pack = pack_of(application.season)
    asked = fields_of(pack.processes.application, starts_of(application))
    other = [each for each in asked if each.fact in typed and differs(application, each.fact, typed[each.fact])]
    return [
        Change(
            each.label or FACTS[each.fact].label,
            words(each.fact, application.content, pack),
            words(each.fact, typed, pack),
        )
        for each in other
    ]


def differs(application: Application, fact: str, typed: Any) -> bool:
    """Tell whether an entry stands otherwise than it was typed."""
    return bool((application.content.get(fact) or "") != (typed or ""))


def labels_of(step: FormStep) -> list[tuple[str, str]]:
    """Return (key, label) of the entries and documents that a page asks for."""
    entries = [(field.fact, field.label or FACTS[field.fact].label) for field in step.fields]
    return entries + [(wanted.id, wanted.label) for wanted in step.attachments]


def _before(new: Mapping[str, Any], old: Mapping[str, Any], pack: Pack) -> dict[str, str]:
    asked = [field.fact for field in fields_of(pack.processes.application)]
    return {name: words(name, old, pack) for name in asked if old.get(name) != new.get(name)}


def organizations_for(application: Application, fact: str, text: str) -> list[Organization]:
    """Return at most 20 organizations that fit an entry: a text of two characters or more stands in their names.

    A host lies where the season runs, a unit may lie anywhere.
    """
    if not _is_searched_for(text):
        return []
    found = organizations_like(text.strip())
    if FACTS[fact].type == HOST:
        found = found.filter(region__path__startswith=application.season.jurisdiction.path)
    return list(found[:MOST_FOUND])


def people_like(text: str) -> list[Person]:
    """Return at most 20 persons in whose names a text of at least two characters stands."""
    return list(persons_like(text.strip())[:MOST_FOUND]) if _is_searched_for(text) else []


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


def _is_searched_for(text: str) -> bool:
    """Tell whether a text is long enough to be looked for, and one that a name may hold."""
    return FEWEST_LETTERS <= len(text.strip()) <= MOST_LETTERS and "\0" not in text


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


@dataclass(frozen=True)
class NextStep:
    """What comes next: the office, its act, and the day by which it is due, None where the policy sets none."""

    office: str
    act: str
    due: date | None


def next_step(application: Application) -> NextStep | None:
    """Return the act an application waits for, None when it waits for no office."""
    if application.state not in AWAITING:
        return None
    step = application.present_step()
    paper = latest_paper(KIND, application.pk)
    office = desk_labels([step["desk"]])[step["desk"]] or step["label"]
    return NextStep(office, called(step), paper.due if paper else None)
