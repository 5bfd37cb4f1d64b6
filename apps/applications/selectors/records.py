"""Whose applications there are, and which a viewer may see."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.applications.models import Application
from apps.applications.selectors.cases import KIND
from apps.core.actors import Actor
from apps.core.days import start_of
from apps.desks import selectors as desks
from apps.desks.models import Paper
from apps.desks.states import AWAITING, GIVEN_UP, DeskState
from apps.directory import selectors as directory
from apps.directory.models import Organization, Person, Region
from apps.directory.states import Level, UnitLevel
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of
from apps.writing.writings import key_of

_HEAVY = ("content", "files", "route", "season__pack_text", "season__source_text", "season__answers")


def visible_to(viewer: Actor, at: datetime, counties: Sequence[str] | None = None) -> QuerySet[Application]:
    """Return the applications a viewer may see: about himself, of his unit or host, of the regions he works for.

    Also those lent him for his verdict. A draft is its starter's alone. Who has asked already names his `counties`.
    """
    organizations = viewer.organization_ids(at)
    if counties is None:
        counties = directory.counties_below(viewer.region_paths(at))
    theirs = Q(unit__in=organizations) | Q(host__in=organizations) | Q(county__in=counties)
    lent = viewer.lent(KIND, at)
    theirs |= Q(pk__in=lent) if lent else Q()
    about_him = Q(person=viewer.person_id) & ~Q(state=DeskState.DRAFT) if viewer.person_id else Q(pk__in=[])
    started = Q(starter__in=viewer.desks(at))
    rows = Application.objects.filter(started | about_him | theirs & ~Q(submitted=None))
    return rows.select_related("season", "person", "county", "unit", "unit__region", "host__region")


def listed(viewer: Actor, at: datetime) -> QuerySet[Application]:
    """Return what a viewer may see as lines of a list: the newest first, without the long texts."""
    rows = visible_to(viewer, at).select_related("county__supervisor").defer(*_HEAVY)
    return rows.order_by("-submitted", "-pk")


def matching(rows: QuerySet[Application], text: str) -> QuerySet[Application]:
    """Narrow applications to those whose applicant, unit or number holds a text; units are few and asked for first."""
    number = key_of(text, Application)
    if number is not None:
        return rows.filter(pk=number)
    units = list(Organization.objects.filter(directory.named(text)).values_list("pk", flat=True))
    if not units:
        return rows.filter(directory.called(text, "person__"))
    people = Person.objects.filter(directory.called(text)).values("pk")
    return rows.filter(Q(unit__in=units) | Q(person__in=people))


def counties_seen(viewer: Actor, at: datetime) -> QuerySet[Region]:
    """Return the counties a viewer may look into: those he works for, and those that people of his unit serve."""
    seen = Q(pk__in=Application.objects.filter(unit__in=viewer.organization_ids(at)).values("county"))
    for path in viewer.region_paths(at):
        seen |= Q(path__startswith=path)
    return Region.objects.filter(seen, level=Level.COUNTY).order_by("code")


def seasons_seen(viewer: Actor, at: datetime) -> QuerySet[Season]:
    """Return the seasons run for the regions a viewer works for, and those of applications near him, newest first."""
    codes = {code for path in viewer.region_paths(at) for code in path.strip("/").split("/")}
    organizations = viewer.organization_ids(at)
    near = Q(unit__in=organizations) | Q(host__in=organizations) | Q(starter__in=viewer.desks(at))
    near |= Q(person=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    seasons = Season.objects.filter(
        Q(jurisdiction__in=codes) | Exists(Application.objects.filter(near, season=OuterRef("pk")))
    )
    return seasons.defer("pack_text", "source_text")


def with_office(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Add to each application the office, by its key in the pack, at which it lies or last lay."""
    newest = Paper.objects.filter(kind=KIND, record=OuterRef("pk"), latest=True)
    return rows.annotate(office=Subquery(newest.values("office")[:1]))


def handed_in_all(season: int) -> QuerySet[Application]:
    """Return all that was handed in in a season, for who sees the whole of it."""
    return Application.objects.filter(season=season).exclude(submitted=None)


def handed_in_between(rows: QuerySet[Application], first: date | None, last: date | None) -> QuerySet[Application]:
    """Narrow applications to those handed in between two days, both inclusive; None leaves that side open."""
    rows = rows.filter(submitted__gte=start_of(first)) if first else rows
    return rows.filter(submitted__lt=start_of(last + timedelta(days=1))) if last else rows


def ended_between(rows: QuerySet[Application], first: date | None, last: date | None) -> QuerySet[Application]:
    """Narrow applications to those that ended between two days, both inclusive; None leaves that side open."""
    since = Q(done__gte=start_of(first)) if first else Q()
    until = Q(done__lt=start_of(last + timedelta(days=1))) if last else Q()
    return rows.filter(pk__in=desks.ended(KIND, since & until).values("record"))


def lying(rows: QuerySet[Application], condition: Q) -> QuerySet[Application]:
    """Narrow applications to those whose papers lie on a desk and meet a condition."""
    return rows.filter(pk__in=desks.lying(KIND, condition).values("record"))


def at_office(rows: QuerySet[Application], office: str) -> QuerySet[Application]:
    """Narrow applications to those that lie, or last lay, at an office."""
    return rows.filter(pk__in=Paper.objects.filter(kind=KIND, latest=True, office=office).values("record"))


def offices_seen(viewer: Actor, at: datetime) -> list[tuple[str, str]]:
    """Return the offices that applications of the seasons seen may lie at, as (key, label), in one query."""
    packs = [pack_of(season) for season in seasons_seen(viewer, at).defer(None)]
    return list({key: office.label for pack in packs for key, office in pack.offices.items()}.items())


def started_by(viewer: Actor, at: datetime) -> QuerySet[Application]:
    """Return the applications started at the viewer's desks, as one who writes in them needs them."""
    rows = Application.objects.filter(starter__in=viewer.desks(at))
    return rows.select_related("season__jurisdiction", "person", "county", "unit__region", "host__region")


def person_of(viewer: Actor) -> Person:
    """Return the own file of a viewer who has one."""
    assert viewer.person_id is not None
    return Person.objects.select_related("unit__region").get(pk=viewer.person_id)


def of_person(person: int, season: Season) -> Application | None:
    """Return a person's live application in a season."""
    return Application.objects.filter(season=season, person=person).exclude(state__in=GIVEN_UP).first()


def cities_with_open(season: int) -> set[str]:
    """Return the codes of the offices above counties that have applications on their way, in one query.

    What a meeting has put off keeps nobody waiting.
    """
    put_off = desks.put_off(season, KIND).values("record")
    on_their_way = Application.objects.filter(season=season, state__in=AWAITING).exclude(pk__in=put_off)
    return set(on_their_way.order_by().values_list("county__supervisor__code", flat=True).distinct())


def from_file(person: Person) -> dict[str, Any]:
    """Return what a person's file already answers, as it would be typed.

    Who comes from a county's or a township's unit is taken to serve there, until he says otherwise.
    """
    unit = person.unit
    is_local = unit is not None and unit.level in (UnitLevel.COUNTY, UnitLevel.TOWNSHIP)
    known = {
        "person.name": person.name,
        "person.sex": person.sex,
        "person.birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "person.unit": str(person.unit_id or ""),
        "person.education": person.education,
        "person.title": person.title,
        "person.specialty": person.specialty,
        "person.years_of_service": "" if person.years_of_service is None else str(person.years_of_service),
        "application.county": unit.region_id if unit and is_local and unit.region.level == Level.COUNTY else "",
    }
    return {name: value for name, value in known.items() if value}
