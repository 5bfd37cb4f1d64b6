"""Who is recognised, and the lists of those as they are drawn up and filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.kinds import Decision
from apps.desks.states import OPEN
from apps.desks.walks import Ground
from apps.directory.models import Region
from apps.directory.selectors import named
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.selectors.records import near
from apps.recognition.states import FilingAction, FilingState, TargetAction, TargetState
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

TARGET, FILING = "target", "list_filing"
_BESIDE = ("host", "county", "township", "season")
_HEAVY = ("season__pack_text", "season__source_text", "season__answers")
NEW, BACK, OFF, AS_BEFORE = "新增", "调回", "调出", "未变"
"""How a line of a list differs from the list filed before."""


def listed_now() -> QuerySet[Target]:
    """Return those recognised and on a list now, whom anybody may know, the newest first."""
    return Target.objects.filter(state=TargetState.LISTED).select_related(*_BESIDE).defer(*_HEAVY)


def targets_of(viewer: Actor, at: datetime) -> QuerySet[Target]:
    """Return those recognised, taken off or not, whom a viewer has to do with, the newest first."""
    rows = Target.objects.filter(near(viewer, at) | Q(keeper__in=viewer.desks(at)))
    return rows.select_related(*_BESIDE, "recognition").defer(*_HEAVY)


def having(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Narrow rows to those whose host or place holds a text, or sounds so."""
    return rows.filter(named(text, "host__") | Q(county__name__icontains=text) | Q(township__name__icontains=text))


def kinds_in(rows: QuerySet[Any]) -> list[tuple[str, str]]:
    """Return the kinds among rows as (key, label)."""
    return list(dict(rows.order_by("kind", "pk").values_list("kind", "label")).items())


@dataclass(frozen=True)
class Standing:
    """What the guards of a list need to know: the day, and whether a host is listed, or applies, anew."""

    today: date
    is_listed_anew: bool = False


def facts_of_targets(records: Sequence[Target], decision: Decision) -> Mapping[int, Standing]:
    """Return how those recognised stand, fetched once for a batch."""
    today = timezone.localdate(decision.at)
    if decision.action != TargetAction.PUT_BACK:
        return {record.pk: Standing(today) for record in records}
    hosts = [record.host_id for record in records]
    listed = Target.objects.filter(host__in=hosts, state=TargetState.LISTED).values_list("kind", "host")
    applying = Recognition.objects.filter(host__in=hosts, state__in=OPEN).values_list("kind", "host")
    anew = {*listed, *applying}
    return {record.pk: Standing(today, (record.kind, record.host_id) in anew) for record in records}


def removal_grounds(target: Target) -> list[Ground]:
    """Return the grounds on which the policy lets one be taken off the list."""
    pack = pack_of(target.season)
    keeping = pack.processes.recognised[target.kind].keeping
    return [Ground(each.id, each.label, pack.basis(each)) for each in keeping.grounds]


# Lists


@dataclass(frozen=True)
class Drawn:
    """A list as it stands: its lines, how many are on it, how many changes there are since the one before."""

    lines: Sequence[Mapping[str, str]]

    @property
    def number(self) -> int:
        return sum(line["what"] != OFF for line in self.lines)

    @property
    def changes(self) -> int:
        return sum(line["what"] != AS_BEFORE for line in self.lines)


def drawn(kind: str, county: str, besides: int = 0) -> Drawn:
    """Draw the list of a county as it stands, with what has changed since it was last handed in, apart from one."""
    before = (
        ListFiling.objects.filter(kind=kind, county=county).exclude(pk=besides).aggregate(last=Max("drawn"))["last"]
    )
    rows = Target.objects.filter(kind=kind, county=county)
    shown = Q(state=TargetState.LISTED) | (Q(moved__gt=before) if before else Q())
    found = rows.filter(shown).select_related("host", "township").order_by("township", "host__name", "pk")
    return Drawn([_line(row, before) for row in found])


def _line(target: Target, before: datetime | None) -> dict[str, str]:
    return {
        "host": target.host.name,
        "township": str(target.township or ""),
        "since": written_day(target.since),
        "until": written_day(target.until) if target.until else "",
        "what": _what(target, before),
    }


def _what(target: Target, before: datetime | None) -> str:
    if before is not None and target.moved <= before:
        return AS_BEFORE
    if target.state == TargetState.REMOVED:
        return OFF
    return NEW if target.version == 1 else BACK


def facts_of_filings(records: Sequence[ListFiling], decision: Decision) -> Mapping[int, Drawn]:
    """Return for lists to be handed in again how they stand now."""
    if decision.action != FilingAction.SUBMIT:
        return {}
    return {record.pk: drawn(record.kind, record.county_id, record.pk) for record in records}


def filings_of(viewer: Actor, at: datetime) -> QuerySet[ListFiling]:
    """Return the lists handed in to be filed that a viewer has to do with, the newest first."""
    desks = viewer.desks(at)
    seen = Q(keeper__in=desks) | Q(desk__in=desks)
    for path in viewer.region_paths(at):
        seen |= Q(county__path__startswith=path)
    return ListFiling.objects.filter(seen).select_related("county", "season").defer("lines", *_HEAVY)


@dataclass(frozen=True)
class KeptList:
    """A list that a viewer keeps: of what kind and county, how many are on it, and how it stands to being filed.

    `season` is the newest of those on it, `office` the key of the office with which it is filed, `under_way` the list
    that waits to be filed, `changes` how many changes there are since the list was last handed in, which it
    never was where `is_first`.
    """

    kind: str
    label: str
    county: Region
    season: Season
    office: str
    number: int
    changes: int
    under_way: int | None
    is_first: bool

    @property
    def may_be_filed(self) -> bool:
        return self.changes > 0 and self.under_way is None


def lists_kept(viewer: Actor, at: datetime) -> list[KeptList]:
    """Return the lists that a viewer keeps and that the policy wants filed."""
    rows = Target.objects.filter(keeper__in=viewer.desks(at)).order_by("county", "kind", "-season__year", "-season")
    found: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for county, kind, *rest in rows.values_list("county", "kind", "label", "season", "state", "moved"):
        found.setdefault((county, kind), []).append(tuple(rest))
    if not found:
        return []
    handed_in = ListFiling.objects.filter(county__in={county for county, _ in found})
    last = {
        (row["county"], row["kind"]): row
        for row in handed_in.order_by()
        .values("county", "kind")
        .annotate(last=Max("drawn"), under_way=Max("pk", filter=~Q(state=FilingState.FILED)))
    }
    counties = Region.objects.in_bulk([county for county, _ in found])
    seasons = Season.objects.in_bulk({lines[0][1] for lines in found.values()})
    kept = [
        _kept(kind, counties[county], seasons[lines[0][1]], lines, last.get((county, kind), {}))
        for (county, kind), lines in found.items()
    ]
    return [each for each in kept if each.office]


def _kept(
    kind: str, county: Region, season: Season, lines: Sequence[tuple[Any, ...]], before: Mapping[str, Any]
) -> KeptList:
    keeping = pack_of(season).processes.recognised[kind].keeping
    last = before.get("last")
    return KeptList(
        kind=kind,
        label=lines[0][0],
        county=county,
        season=season,
        office=keeping.filing.office if keeping.filing else "",
        number=sum(state == TargetState.LISTED for *_, state, _ in lines),
        changes=sum(last is None or moved > last for *_, moved in lines),
        under_way=before.get("under_way"),
        is_first=last is None,
    )
