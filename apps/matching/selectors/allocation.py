"""Reads of allocations: which there are, what came of them by county and by choice, why, and who is asked."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.refusals import Refusal
from apps.directory.models import Person
from apps.matching.engine.explain import Explainer, Words
from apps.matching.engine.propose import Ties
from apps.matching.models import Adjustment, AllocationRun, Consent, Outcome
from apps.matching.selectors import market as markets
from apps.matching.selectors.market import group_key, person_key, pk_of
from apps.matching.states import LIVE, RunAction, RunState
from apps.seasons.models import ServiceGroup
from apps.seasons.selectors import in_sight, managed_by

RUN = "allocation_run"
SHOWN = (RunState.ON_NOTICE, RunState.PUBLISHED)
_RECKONED = (RunAction.COMPUTE, RunAction.ADJUST)


def facts_for_door(records: Sequence[AllocationRun], decision: Decision) -> dict[int, Any]:
    """Return for an act that reckons anew the checked result, under the lock; for others what is still unanswered."""
    if decision.action in _RECKONED:
        return {run.pk: markets.solved(run, markets.pins_of(run)) for run in records if run.seed}
    open_now = Consent.objects.filter(adjustment__run__in=records, adjustment__withdrawn=None, word="")
    return dict(Counter(open_now.values_list("adjustment__run", flat=True)))


def outcomes_in(run: AllocationRun) -> list[Outcome]:
    """Return the outcome rows of a run's newest result."""
    report = run.report
    people = Person.objects.in_bulk([pk_of(name) for name in report["matching"]])
    return [
        Outcome(
            run=run,
            person_id=pk_of(name),
            unit_id=people[pk_of(name)].unit_id,
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


def persons_moved(run: AllocationRun) -> set[int]:
    """Return who has an adjustment that stands."""
    return set(Adjustment.objects.filter(run=run, withdrawn=None).values_list("person", flat=True))


def no_room_for(run: AllocationRun, person: int, to: ServiceGroup) -> Refusal | None:
    """Tell why somebody cannot be moved to a group: not in this allocation, moved already, its places pinned."""
    if person_key(person) not in run.market["left"] or group_key(to.pk) not in run.market["right"]:
        return Refusal("not_in_it", "此人或该县（市、区）不在本次分配中。", "请从列表中选择。")
    standing = Adjustment.objects.filter(run=run, withdrawn=None)
    if standing.filter(person=person).exists():
        return Refusal("moved_already", "此人已有一项调整。", "请先撤销该项调整。")
    if standing.filter(to=to).count() >= run.market["right"][group_key(to.pk)]["upper"]:
        return Refusal("quota_full", f"{to}的名额已全部用于调整安排。", "请改选其他县（市、区）。")
    return None


def adjustments_of(run: AllocationRun) -> QuerySet[Adjustment]:
    """Return what was adjusted in a run, with what everybody asked has said."""
    rows = Adjustment.objects.filter(run=run).select_related("person", "came_from", "to")
    return rows.prefetch_related("consents").order_by("pk")


@dataclass(frozen=True)
class GroupResult:
    """What came of one service group: its places, its floor, who is in, how many are missing, the last who got in."""

    group: ServiceGroup
    places: int
    floor: int
    filled: int
    missing: int
    cutoff: str


def by_group(run: AllocationRun) -> list[GroupResult]:
    """Return what came of each service group."""
    report, filled = run.report, Counter(run.report["matching"].values())
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk()
    return [
        GroupResult(
            group=groups[pk_of(name)],
            places=right["upper"],
            floor=right["lower"],
            filled=filled[name],
            missing=max(0, right["lower"] - filled[name]),
            cutoff=_cutoff(report["cutoffs"], name),
        )
        for name, right in run.market["right"].items()
        if pk_of(name) in groups
    ]


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


@dataclass(frozen=True)
class Change:
    """Somebody who is elsewhere than in another result."""

    person: Person
    before: ServiceGroup | None
    after: ServiceGroup | None


def changes(run: AllocationRun, before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[Change]:
    """Return who is elsewhere in a result than in one before."""
    differ = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    people = Person.objects.in_bulk([pk_of(name) for name in differ])
    groups = {group_key(pk): group for pk, group in ServiceGroup.objects.filter(season=run.season_id).in_bulk().items()}
    return [
        Change(people[pk_of(name)], groups.get(before.get(name) or ""), groups.get(after.get(name) or ""))
        for name in differ
    ]


def changes_since_last(run: AllocationRun) -> list[Change]:
    """Return how a run differs from the newest one published before it, nothing where there is none."""
    earlier = AllocationRun.objects.filter(season=run.season_id, number__lt=run.number, state=RunState.PUBLISHED)
    last = earlier.order_by("-number").first()
    return changes(run, last.report["matching"], run.report["matching"]) if last and run.report else []


@dataclass(frozen=True)
class Effect:
    """What would come of moving somebody: who else goes elsewhere, how shortage and blocking pairs change."""

    changes: Sequence[Change]
    shortage: tuple[int, int]
    blocking: tuple[int, int]


def effect_of(run: AllocationRun, person: int, to: ServiceGroup, reason: str) -> Effect:
    """Reckon at once what would come of moving a person; nothing is kept."""
    pins = {**markets.pins_of(run), person_key(person): {"to": group_key(to.pk), "reason": reason}}
    before, after = run.report, markets.solved(run, pins).report
    return Effect(
        changes(run, before["matching"], after["matching"]),
        (before["shortage"], after["shortage"]),
        (before["blocking_pairs"], after["blocking_pairs"]),
    )


class Why:
    """Says from the certificate of a run why each got what he got."""

    def __init__(self, run: AllocationRun, people: Mapping[int, str] | None = None) -> None:
        solution = markets.solution_of(run)
        groups = ServiceGroup.objects.filter(season=run.season_id).values_list("pk", "name")
        names = {group_key(pk): name for pk, name in groups}
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


def consents_for(viewer: Actor, at: datetime) -> list[Consent]:
    """Return what the viewer's desks are asked and have not answered, in allocations under way."""
    rows = Consent.objects.filter(word="", adjustment__withdrawn=None, adjustment__run__state__in=LIVE)
    rows = rows.exclude(adjustment__run__state__in=[RunState.CONFIRMED, RunState.ON_NOTICE])
    rows = rows.select_related("adjustment__person__unit", "adjustment__to", "adjustment__came_from")
    asked = rows.select_related("adjustment__run__season").order_by("pk") if viewer.user_id else rows.none()
    return [row for row in asked if any(viewer.sits_at(each, at) for each in row.desks)]


def consent_for(viewer: Actor, pk: int, at: datetime) -> Consent | None:
    """Return one thing the viewer's desks are asked, locked, None for any other."""
    locked = Consent.objects.select_for_update(of=("self",)).filter(pk=pk, word="").first()
    if locked is None:
        return None
    return next((row for row in consents_for(viewer, at) if row.pk == pk), None)
