"""Reads of allocations: which there are, what came of them by county and by choice, and why."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.models import Effect
from apps.directory.models import Person
from apps.matching.engine.explain import Explainer, Words
from apps.matching.engine.propose import Ties
from apps.matching.models import AllocationRun, Consent, Outcome
from apps.matching.selectors import market as markets
from apps.matching.selectors.market import group_key, industry_of, person_key, pk_of
from apps.matching.states import IN_HAND, AdjustmentState, RunAction, RunState
from apps.seasons.models import ServiceGroup
from apps.seasons.selectors import in_sight, managed_by

RUN = "allocation_run"
SHOWN = (RunState.ON_NOTICE, RunState.PUBLISHED)
_EFFECTS = "allocation."
"""How the effects begin that compute a run."""
_RECKONED = (RunAction.COMPUTE, RunAction.ADJUST)


@dataclass(frozen=True)
class Unsettled:
    """How many consents are still asked for, and whether the result lags behind the moves that hold."""

    unanswered: int
    is_behind: bool


def facts_for_door(records: Sequence[AllocationRun], decision: Decision) -> dict[int, Any]:
    """Return for an act that reckons anew the checked result, under the lock; for others what is unsettled."""
    if decision.action in _RECKONED:
        return {run.pk: markets.solved(run, markets.pins_of(run)) for run in records if run.seed}
    open_now = Consent.objects.filter(adjustment__run__in=records, adjustment__state=AdjustmentState.PROPOSED, word="")
    asked = Counter(open_now.values_list("adjustment__run", flat=True))
    return {run.pk: Unsettled(asked[run.pk], is_behind(run)) for run in records}


def is_behind(run: AllocationRun) -> bool:
    """Tell whether the result of a run in hand does not follow the moves that hold now."""
    return run.state in IN_HAND and run.report["pins"] != markets.pins_of(run)


def outcomes_in(run: AllocationRun) -> list[Outcome]:
    """Return the outcome rows of a run's newest result."""
    report = run.report
    keys = [pk_of(name) for name in report["matching"]]
    units = dict(Person.objects.filter(pk__in=keys).values_list("pk", "unit"))
    return [
        Outcome(
            run=run,
            person_id=pk_of(name),
            unit_id=units[pk_of(name)],
            group_id=pk_of(to) if to else None,
            rank=_rank(run, name, to, name in report["pins"]),
            is_moved=name in report["pins"],
        )
        for name, to in report["matching"].items()
    ]


def _rank(run: AllocationRun, name: str, to: str | None, is_moved: bool) -> int | None:
    wishes = run.market["left"][name]
    return None if to is None or is_moved or to not in wishes else wishes.index(to) + 1


def runs_seen(viewer: Actor, at: datetime) -> QuerySet[AllocationRun]:
    """Return the runs a viewer may open: all of seasons he runs, those shown to the public of seasons in his sight."""
    mine = Q(season__in=managed_by(viewer, at).order_by().values("pk"))
    shown = Q(season__in=in_sight(viewer, at).order_by().values("pk"), state__in=SHOWN)
    rows = AllocationRun.objects.filter(mine | shown).select_related("season__jurisdiction")
    return rows.defer("season__pack_text", "season__source_text").order_by("-season", "-number")


def wishes_in(run: AllocationRun) -> int:
    """Count the wishes frozen in a run."""
    return sum(map(len, run.market["left"].values()))


def fault_of(run: AllocationRun) -> str:
    """Return why the newest try to compute a run failed, empty where none did."""
    tried = Effect.objects.filter(kind__startswith=_EFFECTS, payload__run=run.pk, done=None).exclude(error="")
    return next(iter(tried.order_by("-pk").values_list("error", flat=True)[:1]), "")


def runs_to_compute() -> list[int]:
    """Return the runs whose number was drawn and that are not computed yet."""
    return list(AllocationRun.objects.filter(state=RunState.DRAFTED).exclude(seed="").values_list("pk", flat=True))


def public_runs() -> QuerySet[AllocationRun]:
    """Return the runs that anybody may see."""
    return AllocationRun.objects.filter(state__in=SHOWN).select_related("season").order_by("-season", "-number")


def group_of(run: AllocationRun, person: int) -> int | None:
    """Return the service group where the newest result puts a person."""
    to = run.report["matching"].get(person_key(person))
    return pk_of(to) if to else None


@dataclass(frozen=True)
class PartResult:
    """What came of one industry of a service group that has places of its own."""

    industry: str
    places: int
    filled: int
    cutoff: str


@dataclass(frozen=True)
class GroupResult:
    """What came of one service group: its places, its floor, who is in, how many are missing, the last who got in."""

    group: ServiceGroup
    places: int
    floor: int
    filled: int
    missing: int
    cutoff: str
    parts: Sequence[PartResult] = ()


def by_group(run: AllocationRun) -> list[GroupResult]:
    """Return what came of each service group."""
    report, placed = run.report, [to for to in run.report["matching"].values() if to]
    filled = Counter(group_key(pk_of(to)) for to in placed)
    groups, parts = ServiceGroup.objects.filter(season=run.season_id).in_bulk(), _by_industry(run)
    return [
        GroupResult(
            group=groups[pk_of(name)],
            places=right["upper"],
            floor=right["lower"],
            filled=filled[name],
            missing=max(0, right["lower"] - filled[name]),
            cutoff=_cutoff(report["cutoffs"], name),
            parts=parts.get(name, ()),
        )
        for name, right in run.market["right"].items()
        if pk_of(name) in groups
    ]


def _by_industry(run: AllocationRun) -> dict[str, list[PartResult]]:
    """Return what came of the industries that have places of their own, by the group that they are of."""
    filled, cutoffs = Counter(run.report["matching"].values()), run.report["cutoffs"]
    found: dict[str, list[PartResult]] = defaultdict(list)
    for name, part in sorted(run.market.get("projects", {}).items()):
        if part["upper"] < run.market["right"][part["owner"]]["upper"]:
            row = PartResult(industry_of(name), part["upper"], filled[name], _cutoff(cutoffs, name))
            found[part["owner"]].append(row)
    return found


def _cutoff(cutoffs: Mapping[str, Any], name: str) -> str:
    line = cutoffs.get(name)
    return f"第{line['tier']}层/摇号{line['lottery']}" if line else "—"


@dataclass(frozen=True)
class RankCount:
    """How many got a wish of this rank, and their share of all in a hundred."""

    label: str
    number: int
    percent: int


def by_rank(run: AllocationRun) -> list[RankCount]:
    """Count who got which of his wishes, who was moved, and who got nothing."""
    rows = list(Outcome.objects.filter(run=run).order_by().values_list("rank", "group", "is_moved"))
    most = max((len(wishes) for wishes in run.market["left"].values()), default=0)
    counts = [(f"第{n}志愿", sum(rank == n for rank, _, _ in rows)) for n in range(1, most + 1)]
    counts.append(("调整安排", sum(is_moved for _, _, is_moved in rows)))
    counts.append(("未安排", sum(group is None for _, group, _ in rows)))
    return [RankCount(label, number, round(100 * number / max(len(rows), 1))) for label, number in counts]


def outcomes_of(run: AllocationRun) -> QuerySet[Outcome]:
    """Return who got what in a run."""
    return Outcome.objects.filter(run=run).select_related("person", "unit", "group").order_by("person__name", "pk")


def how_it_came(outcome: Outcome) -> str:
    """Say by what a person got his county."""
    if outcome.is_moved:
        return "调整安排"
    return f"第{outcome.rank}志愿" if outcome.rank else "未安排"


class Why:
    """Says from the certificate of a run why each got what he got."""

    def __init__(self, run: AllocationRun, people: Mapping[int, str] | None = None) -> None:
        solution = markets.solution_of(run)
        groups = ServiceGroup.objects.filter(season=run.season_id).values_list("pk", "name")
        names = {group_key(pk): name for pk, name in groups}
        names |= {name: industry_of(name) for name in run.market.get("projects", {})}
        names |= {person_key(pk): name for pk, name in (people or {}).items()}
        words = Words(names=names)
        self._explainer = Explainer(solution.allocation, solution.certificate, Ties(run.ties), words)

    def of_person(self, pk: int) -> str:
        """Say why a person got his county, or none."""
        return self._explainer.of_person(person_key(pk))

    def of_group(self, pk: int) -> str:
        """Say who was taken in a service group and who was refused."""
        return self._explainer.of_right(group_key(pk))


def why_in(run: AllocationRun) -> Why:
    """Return the explanations of a run, with the names of all people."""
    keys = [pk_of(name) for name in run.market["left"]]
    return Why(run, dict(Person.objects.filter(pk__in=keys).values_list("pk", "name")))


def published_for(season: int) -> AllocationRun | None:
    """Return the newest allocation of a season that stands."""
    return AllocationRun.objects.filter(season=season, state=RunState.PUBLISHED).order_by("-number").first()


def why_for(season: int, person: int) -> str:
    """Tell a person why he got what he got in the published allocation of a season, nothing before there is one."""
    run = published_for(season)
    return Why(run).of_person(person) if run and person_key(person) in run.market["left"] else ""
