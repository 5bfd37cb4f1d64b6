"""What differs between two results of an allocation: two versions, or one before and after a move."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from apps.core.paging import PER_PAGE
from apps.directory.models import Person
from apps.matching.models import AllocationRun, Outcome
from apps.matching.selectors import market as markets
from apps.matching.selectors.market import group_key, person_key, pk_of
from apps.matching.states import RunState
from apps.seasons.models import ServiceGroup

Matching = Mapping[str, str | None]


@dataclass(frozen=True)
class Change:
    """Somebody who is elsewhere than in another result."""

    person: Person
    before: ServiceGroup | None
    after: ServiceGroup | None


def changes(run: AllocationRun, before: Matching, after: Matching) -> list[Change]:
    """Return who is elsewhere in a result than in one before."""
    was, now = ({name: pk_of(to) for name, to in each.items() if to} for each in (before, after))
    differ = [name for name in sorted({*before, *after}) if was.get(name) != now.get(name)]
    people = Person.objects.in_bulk([pk_of(name) for name in differ])
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk()
    return [Change(people[pk_of(name)], groups.get(was.get(name, 0)), groups.get(now.get(name, 0))) for name in differ]


def changed(run: AllocationRun, earlier: AllocationRun) -> QuerySet[Any]:
    """Return who is elsewhere in a version than in an earlier one, or in one of them alone.

    Each row knows its place in both: `was` and `now` by key, 0 for none, `before` and `after` by name.
    """
    still = Outcome.objects.filter(run=run, person=OuterRef("person"))
    rows = Outcome.objects.filter(Q(run=run) | Q(run=earlier) & ~Exists(still))
    placed = rows.annotate(was=_key_in(earlier), now=_key_in(run))
    named = placed.annotate(before=_place_in(earlier, "group__name"), after=_place_in(run, "group__name"))
    return named.exclude(was=F("now")).select_related("person", "unit").order_by("person__name", "pk")


def _place_in(run: AllocationRun, column: str) -> Subquery:
    return Subquery(Outcome.objects.filter(run=run, person=OuterRef("person")).order_by().values(column)[:1])


def _key_in(run: AllocationRun) -> Coalesce:
    return Coalesce(_place_in(run, "group"), 0, output_field=BigIntegerField())


@dataclass(frozen=True)
class Difference:
    """How a version differs from an earlier one: who is elsewhere; where these are few, `few` are all of them."""

    earlier: AllocationRun
    rows: QuerySet[Any]

    @cached_property
    def number(self) -> int:
        return self.rows.count()

    @cached_property
    def few(self) -> Sequence[Any]:
        return list(self.rows) if self.number <= PER_PAGE else []


def difference(run: AllocationRun, *, public: bool = False) -> Difference | None:
    """Return how a run differs from the newest one published before it, else from its base or the version before it.

    In `public` only what was published counts. None where there is nothing to compare.
    """
    before = AllocationRun.objects.filter(season=run.season_id, number__lt=run.number, computed__isnull=False)
    computed = before.defer("market", "report")
    published = computed.filter(state=RunState.PUBLISHED).order_by("-number").first()
    earlier = published or (None if public else run.base or computed.order_by("-number").first())
    if earlier is None or not run.report:
        return None
    return Difference(earlier, changed(run, earlier))


@dataclass(frozen=True)
class Shift:
    """A service group that has more or fewer people than before: its places and floor, how many it had and has."""

    group: ServiceGroup
    places: int
    floor: int
    before: int
    after: int

    @property
    def missing(self) -> int:
        """Return how many it would lack."""
        return max(0, self.floor - self.after)


@dataclass(frozen=True)
class Grievance:
    """A person and a service group that would rather have each other than what they have."""

    person: Person
    group: ServiceGroup


@dataclass(frozen=True)
class Effect:
    """What would come of moving somebody: who is displaced, which groups gain or lose, which grievances arise."""

    moved: Sequence[Change]
    displaced: Sequence[Change]
    shifts: Sequence[Shift]
    grievances: Sequence[Grievance]
    shortage: tuple[int, int]
    blocking: tuple[int, int]


def effect_of(run: AllocationRun, person: int, to: ServiceGroup, reason: str) -> Effect:
    """Reckon at once what would come of moving a person; nothing is kept."""
    seat = markets.option_of(run.market, person, to.pk)
    pins = {**markets.pins_of(run), person_key(person): {"to": seat, "reason": reason}}
    before, solved = run.report, markets.solved(run, pins)
    after, differ = solved.report, changes(run, before["matching"], solved.report["matching"])
    return Effect(
        moved=[each for each in differ if each.person.pk == person],
        displaced=[each for each in differ if each.person.pk != person],
        shifts=_shifts(run, before["matching"], after["matching"]),
        grievances=_grievances(run, set(solved.blocking) - set(markets.solution_of(run).certificate.blocking)),
        shortage=(before["shortage"], after["shortage"]),
        blocking=(before["blocking_pairs"], after["blocking_pairs"]),
    )


def _shifts(run: AllocationRun, before: Matching, after: Matching) -> list[Shift]:
    had, has = (Counter(pk_of(to) for to in each.values() if to) for each in (before, after))
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk(
        [pk for pk in had.keys() | has.keys() if had[pk] != has[pk]]
    )
    rights = {pk: run.market["right"][group_key(pk)] for pk in groups}
    return [
        Shift(group, rights[pk]["upper"], rights[pk]["lower"], had[pk], has[pk]) for pk, group in sorted(groups.items())
    ]


def _grievances(run: AllocationRun, pairs: Collection[tuple[str, str]]) -> list[Grievance]:
    named = sorted({(pk_of(person), pk_of(option)) for person, option in pairs})
    people = Person.objects.in_bulk({person for person, _ in named})
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk({group for _, group in named})
    return [Grievance(people[person], groups[group]) for person, group in named]
