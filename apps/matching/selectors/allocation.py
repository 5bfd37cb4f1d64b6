"""Reads of allocations: which there are, who got what, and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core import log
from apps.core.actors import Actor
from apps.core.kinds import Decision
from apps.core.models import Effect
from apps.directory.models import Person, Region
from apps.matching.engine.explain import STANDING_AT, Explainer, Words
from apps.matching.engine.propose import Ties
from apps.matching.models import AllocationRun, Consent, Outcome
from apps.matching.selectors import market as markets
from apps.matching.selectors import rounds
from apps.matching.selectors.market import city_key, code_of, group_key, industry_of, person_key, pk_of
from apps.matching.selectors.notice import notice_from
from apps.matching.selectors.rounds import Round
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
    """How many consents are still asked for, and whether the result lags behind the moves that hold.

    `round` is the supplementary round that is asked for.
    """

    unanswered: int
    is_behind: bool
    round: Round | None = None


def facts_for_door(records: Sequence[AllocationRun], decision: Decision) -> dict[int, Any]:
    """Return what the guards of an act must know.

    That is the checked result, a draw that holds, the period of notice, what a round waits for, or what is unsettled.
    """
    if decision.action in _RECKONED:
        return {run.pk: markets.solved(run, markets.pins_of(run)) for run in records if run.seed}
    if decision.action == RunAction.DRAW:
        return {run.pk: draw_that_holds(run) for run in records}
    if decision.action == RunAction.ANNOUNCE:
        first = date.fromisoformat(decision.details["opens"])
        return {run.pk: notice_from(run.season, first) for run in records}
    if decision.action == RunAction.GO_ON:
        return {run.pk: rounds.left_to_do(rounds.round_of(run)) for run in records if run.asked}
    open_now = Consent.objects.filter(adjustment__run__in=records, adjustment__state=AdjustmentState.PROPOSED, word="")
    asked, opens = Counter(open_now.values_list("adjustment__run", flat=True)), decision.action == RunAction.SUPPLEMENT
    return {
        run.pk: Unsettled(asked[run.pk], is_behind(run), rounds.round_of(run) if opens and run.report else None)
        for run in records
    }


def is_behind(run: AllocationRun) -> bool:
    """Tell whether the result of a run in hand does not follow the moves that hold now."""
    return run.state in IN_HAND and run.report["pins"] != markets.pins_of(run)


def outcomes_in(run: AllocationRun) -> list[Outcome]:
    """Return the outcome rows of a run's newest result."""
    matching = run.report["matching"]
    keys = [pk_of(name) for name in matching]
    units = dict(Person.objects.filter(pk__in=keys).values_list("pk", "unit"))
    came = {name: _how(run, name, to) for name, to in matching.items()} | _how_kept(run)
    return [
        Outcome(
            run=run,
            person_id=pk_of(name),
            unit_id=units[pk_of(name)],
            group_id=pk_of(to) if to else None,
            rank=came[name][0],
            is_moved=came[name][1],
        )
        for name, to in matching.items()
    ]


def _how(run: AllocationRun, name: str, to: str | None) -> tuple[int | None, bool]:
    """Return the number of the wish granted, and whether somebody was moved."""
    wishes, is_moved = run.market["left"][name], name in run.report["pins"]
    return None if to is None or is_moved or to not in wishes else wishes.index(to) + 1, is_moved


def _how_kept(run: AllocationRun) -> dict[str, tuple[int | None, bool]]:
    """Return of those who keep what the base of a run gave them how they came by it there."""
    kept = markets.kept_in(run)
    rows = Outcome.objects.filter(run=run.base_id).order_by() if kept else Outcome.objects.none()
    return {
        person_key(pk): (rank, is_moved)
        for pk, rank, is_moved in rows.values_list("person", "rank", "is_moved")
        if person_key(pk) in kept
    }


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


def follower_of(run: AllocationRun) -> AllocationRun | None:
    """Return the version that went on from the supplementary round of a run."""
    if run.state != RunState.SUPERSEDED:
        return None
    return AllocationRun.objects.filter(base=run).exclude(state=RunState.DISCARDED).only("number").first()


def public_runs() -> QuerySet[AllocationRun]:
    """Return the runs that anybody may see."""
    return AllocationRun.objects.filter(state__in=SHOWN).select_related("season").order_by("-season", "-number")


def _drawn_and_given_up(season: int) -> QuerySet[AllocationRun]:
    rows = AllocationRun.objects.filter(season=season, state=RunState.DISCARDED).exclude(drawn="")
    return rows.defer("market", "report").order_by("number")


def draw_that_holds(run: AllocationRun) -> AllocationRun | None:
    """Return the version given up for whose market, the same as this one, a number was drawn first: it holds."""
    return _drawn_and_given_up(run.season_id).filter(market_digest=run.market_digest).first()


@dataclass(frozen=True)
class GivenUp:
    """A version that was given up after a number was drawn for it: when, and why."""

    run: AllocationRun
    at: datetime
    reason: str


def draws_given_up(season: int) -> list[GivenUp]:
    """Return the versions of a season that were given up after a number was drawn."""
    runs = list(_drawn_and_given_up(season))
    ends = log.last_entries(RUN, [run.pk for run in runs])
    return [GivenUp(run, ends[run.pk].at, ends[run.pk].opinion) for run in runs]


def group_of(run: AllocationRun, person: int) -> int | None:
    """Return the service group where the newest result puts a person."""
    to = run.report["matching"].get(person_key(person))
    return pk_of(to) if to else None


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
        codes = list(map(code_of, run.market.get("caps", ())))
        names |= {city_key(code): name for code, name in Region.objects.filter(pk__in=codes).values_list("pk", "name")}
        names |= {person_key(pk): name for pk, name in (people or {}).items()}
        words = Words(names=names, kept=markets.kept_in(run))
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


def whys_of(run: AllocationRun, person: int) -> list[str]:
    """Tell why a person got what he got: in a run, then in each version before it whose result he keeps."""
    told = []
    at: AllocationRun | None = run
    while at:
        said, is_kept = Why(at).of_person(person), person_key(person) in markets.kept_in(at)
        told.append(said if at == run else f"{at}：{said}")
        at = at.base if is_kept else None
    return told


def published_for(season: int) -> AllocationRun | None:
    """Return the newest allocation of a season that stands; its market and its report, which are large, come later."""
    rows = AllocationRun.objects.filter(season=season, state=RunState.PUBLISHED).defer("market", "report")
    return rows.order_by("-number").first()


@dataclass(frozen=True)
class Answer:
    """What a person got in the published allocation: his county, None for none, why, and what goes before in a tie."""

    group: ServiceGroup | None
    whys: Sequence[str]
    ties: str

    @property
    def tells_standing(self) -> bool:
        """Say whether a place of his in the order of a county is told."""
        return tells_standing(self.whys)


def tells_standing(whys: Sequence[str]) -> bool:
    """Say whether reasons tell a place in the order of a county, which then needs to be explained."""
    return any(STANDING_AT in why for why in whys)


def answer_for(season: int, person: int) -> Answer | None:
    """Return what a person got in the published allocation of a season, None before there is one with him in it."""
    run = published_for(season)
    if run is None or person_key(person) not in run.market["left"]:
        return None
    to = group_of(run, person)
    group = ServiceGroup.objects.get(pk=to) if to else None
    return Answer(group, whys_of(run, person), run.get_ties_display())
