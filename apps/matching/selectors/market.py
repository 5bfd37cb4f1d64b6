"""The bridge to the engine: a season's wishes as a market, and a market as a result that the checker has passed."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.matching.engine import reading
from apps.matching.engine.balance import Balanced, Move, balance, go_on
from apps.matching.engine.check import check
from apps.matching.engine.coverage import Outlook, floor_of, outlook
from apps.matching.engine.propose import Ties
from apps.matching.engine.solve import Solution, reopen, solve
from apps.matching.models import Adjustment, AllocationRun, Participant, Village, Wish
from apps.matching.selectors.caps import caps_in
from apps.matching.states import STANDING, AdjustmentState, RunState, WishListState, WishWord
from apps.policies.matching import ties_of
from apps.seasons.models import Quota, Season
from apps.seasons.selectors import most_villages, pack_of, parts_of, quotas_of, seats_of

Market = dict[str, Any]
_ORDER = {word: place for place, word in enumerate(WishWord.values)}
_UNJUDGED = len(_ORDER)
_LEAST_POINTS = -1


class Unsound(RuntimeError):
    """The checker found fault with what the engine computed; nothing is kept of it."""


def person_key(pk: int) -> str:
    """Name a person in a market."""
    return f"p{pk}"


def group_key(pk: int) -> str:
    """Name a service group in a market."""
    return f"g{pk}"


def project_key(pk: int, industry: str) -> str:
    """Name an industry of a service group in a market whose places are divided."""
    return f"{group_key(pk)}/{industry}"


def city_key(code: str) -> str:
    """Name a city in a market in which its total is a level."""
    return f"c{code}"


def code_of(name: str) -> str:
    """Return the code of a city named in a market."""
    return name[1:]


def pk_of(name: str) -> int:
    """Return the key of a person or group named in a market, of its group for an industry."""
    return int(name[1:].partition("/")[0])


def industry_of(name: str) -> str:
    """Return the industry that a market names, empty where it names a whole group."""
    return name.partition("/")[2]


def option_of(market: Market, person: int, group: int) -> str:
    """Return what somebody sent to a group takes a seat of: the industry he wished for there, else the group alone."""
    wished = market["left"].get(person_key(person), ())
    return next((option for option in wished if pk_of(option) == group), group_key(group))


def levels_of(market: Market, option: str) -> set[str]:
    """Return all in a market whose seats an option takes: itself, its group, the city where its total is a level."""
    group = group_key(pk_of(option))
    return {option, group} | {name for name, cap in market.get("caps", {}).items() if group in cap["members"]}


def seats_in(market: Market) -> dict[str, int]:
    """Return how many people each group, industry and city of a market takes."""
    return {name: row["upper"] for part in ("right", "projects", "caps") for name, row in market.get(part, {}).items()}


def quotas_in(season: Season) -> list[Quota]:
    """Return the quota of each service group by which a season is allocated: the pack's first, empty without one."""
    key = next(iter(pack_of(season).quotas), "")
    return list(quotas_of(season).filter(key=key))


def market_of(season: Season, base: AllocationRun | None = None) -> Market:
    """Return today's wishes, verdicts, quotas and floors of a season in the engine's format.

    What a county has refused is not listed by it; what it has not judged comes after all that it has. Once a group
    has its places divided by industry, people wish for industries of groups: the projects of the market. A city with a
    total is a cap over its groups, whose tiers are then the same at all of them: a word and its points, as they are.
    Whom `base` has placed and who still takes part is pinned where he is.
    """
    rows = quotas_in(season)
    is_divided = any(parts_of(row) for row in rows)
    choosing = Participant.objects.filter(season=season, county=None).order_by("pk")
    left: dict[str, list[str]] = {person_key(pk): [] for pk in choosing.values_list("person", flat=True)}
    prefs: dict[int, dict[tuple[int, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    handed_in = Wish.objects.filter(list__season=season, list__state=WishListState.SUBMITTED)
    for wish in handed_in.select_related("list").order_by("list", "rank"):
        person = person_key(wish.list.person_id)
        option = project_key(wish.group_id, wish.industry) if is_divided else group_key(wish.group_id)
        left.setdefault(person, []).append(option)
        if wish.word != WishWord.REFUSE:
            prefs[wish.group_id][_standing(wish)].append(person)
    caps = caps_in(season, rows)
    layers = _layers(prefs, [cap.groups for cap in caps])
    fixed, most, needed = _fixed_in(season), most_villages(season, pack_of(season)), needed_in(season)
    right = {
        group_key(row.group_id): {
            "upper": seats_of(row),
            "lower": _floor(row, most, fixed[row.group_id], needed),
            "prefs": [_tier(prefs[row.group_id].get(each, [])) for each in layers.get(row.group_id, ())],
        }
        for row in rows
    }
    market = {"left": left, "right": right, "pins": _kept_by(base, left) if base else {}}
    if is_divided:
        market["projects"] = _projects(rows, left)
    if caps:
        market["caps"] = {
            city_key(cap.city.pk): {"members": list(map(group_key, cap.groups)), "upper": cap.seats} for cap in caps
        }
    return market


def _layers(
    prefs: Mapping[int, Mapping[tuple[int, int], Sequence[str]]], cities: Sequence[Sequence[int]]
) -> dict[int, list[tuple[int, int]]]:
    """Return the standings that are the tiers of each group, the best first: its own, in a city those of all in it."""
    together = {group: groups for groups in cities for group in groups}
    return {
        group: sorted({standing for each in together.get(group, [group]) for standing in prefs.get(each, ())})
        for group in {*prefs, *together}
    }


def _kept_by(base: AllocationRun, left: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Return whom a version that goes on from a base keeps, each where he is, and by what he came there."""
    kept, pins, wishes = kept_in(base), base.report["pins"], base.market["left"]

    def why(name: str, to: str) -> str:
        if name in kept:
            return str(pins[name]["reason"])
        came = f"区级调整，{pins[name]['reason']}" if name in pins else f"按第{wishes[name].index(to) + 1}志愿录取"
        return f"沿用{base}：{came}"

    return {
        name: {"to": option_of({"left": left}, pk_of(name), pk_of(to)), "reason": why(name, to)}
        for name, to in base.report["matching"].items()
        if to and name in left
    }


def _projects(rows: Sequence[Quota], left: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return every industry of a group that somebody wishes for or that has places of its own.

    One without places of its own may take all that its group has.
    """
    wished: dict[int, set[str]] = defaultdict(set)
    for option in {option for options in left.values() for option in options}:
        wished[pk_of(option)].add(industry_of(option))
    return {
        project_key(row.group_id, industry): {
            "owner": group_key(row.group_id),
            "upper": parts_of(row).get(industry, seats_of(row)),
        }
        for row in rows
        for industry in sorted(wished[row.group_id] | set(parts_of(row)))
    }


def _standing(wish: Wish) -> tuple[int, int]:
    points = _LEAST_POINTS if wish.points is None else wish.points
    return _ORDER.get(wish.word, _UNJUDGED), -points


def _tier(names: list[str]) -> Any:
    return names[0] if len(names) == 1 else sorted(names)


def _fixed_in(season: Season) -> Counter[int]:
    """Count those who serve each group without choosing it."""
    rows = Participant.objects.filter(season=season, county__isnull=False).values_list("county", flat=True)
    by_county = Counter(rows)
    groups = season.service_groups.prefetch_related("counties")
    return Counter({each.pk: sum(by_county[county.pk] for county in each.counties.all()) for each in groups})


def needed_in(season: Season) -> Counter[int] | None:
    """Count the villages of each group that must be served, None where the season has no list of villages."""
    rows = Village.objects.filter(season=season)
    if not rows.exists():
        return None
    by_county = Counter(county for county, kinds in rows.values_list("county", "kinds") if kinds)
    groups = season.service_groups.prefetch_related("counties")
    return Counter({each.pk: sum(by_county[county.pk] for county in each.counties.all()) for each in groups})


def _floor(quota: Quota, most: int | None, fixed: int, needed: Mapping[int, int] | None) -> int:
    """Return how many a group must get so that its villages can be served, no more than it has seats.

    Its villages are those of the season's list that must be served, or all that it has as long as there is no list.
    """
    villages = quota.villages if needed is None else needed[quota.group_id]
    return min(floor_of(villages, most_villages=most, fixed=fixed), seats_of(quota)) if most else 0


def ties_in(season: Season) -> str:
    """Return how people of equal standing are put in order in a season, empty where its policy allocates nobody."""
    return ties_of(pack_of(season), season.answers)


def seed_of(market_digest: str, drawn: str) -> str:
    """Return the seed of the lottery: SHA-256 of the frozen market's hash and the number drawn after it."""
    return hashlib.sha256(f"{market_digest}‖{drawn}".encode()).hexdigest()


@dataclass(frozen=True)
class Solved:
    """A result that the checker has passed, and the pairs who would rather have each other."""

    report: dict[str, Any]
    blocking: Sequence[tuple[str, str]]


def pins_of(run: AllocationRun, states: Sequence[str] = (AdjustmentState.HOLDS,)) -> dict[str, dict[str, str]]:
    """Return whom a run keeps where its base put him, and the adjustments to which everybody asked has consented.

    Other `states` of adjustments may be asked for.
    """
    rows = Adjustment.objects.filter(run=run, state__in=states).order_by("pk")
    moved = {
        person_key(row.person_id): {"to": option_of(run.market, row.person_id, row.to_id), "reason": row.reason}
        for row in rows
    }
    return {**run.market["pins"], **moved}


def kept_in(run: AllocationRun) -> set[str]:
    """Return who is in the newest result where the base of the run has put him, and was not moved since."""
    pins = run.report["pins"]
    return {name for name, pin in run.market["pins"].items() if pins.get(name) == pin}


def held_in(run: AllocationRun) -> Counter[str]:
    """Count whom a run holds in each group, industry and city whatever is computed: kept, moved, and asked to move.

    Who is kept and moved holds a seat in both, for the move may be taken out again, and one in a city that has both. In
    a supplementary round all who have a place are as good as kept.
    """
    standing = Adjustment.objects.filter(run=run, state__in=STANDING).order_by("pk")
    moved = [(person_key(pk), option_of(run.market, pk, to)) for pk, to in standing.values_list("person", "to")]
    kept = [(name, pin["to"]) for name, pin in run.market["pins"].items()]
    matching = run.report["matching"].items() if run.state == RunState.SUPPLEMENTING else ()
    placed = [(name, to) for name, to in matching if to]
    seats = {(name, level) for name, to in placed or [*kept, *moved] for level in levels_of(run.market, to)}
    return Counter(level for _, level in seats)


def solved(run: AllocationRun, pins: Mapping[str, Mapping[str, str]]) -> Solved:
    """Compute a run around pins and have it checked; raise Unsound where the checker finds fault."""
    market = {**run.market, "pins": dict(pins)}
    solution = solve(reading.of(market), ties=Ties(run.ties), seed=run.seed)
    if wrong := check(market, solution.report):
        raise Unsound("；".join(wrong[:5]))
    return Solved(solution.report, solution.certificate.blocking)


def solution_of(run: AllocationRun) -> Solution:
    """Return the solution that the report of a run stands for."""
    return reopen(reading.of({**run.market, "pins": run.report["pins"]}), run.report)


def outlook_of(season: Season) -> Outlook:
    """Tell which groups today's wishes leave short; in a supplementary round those placed stay where they are."""
    base = AllocationRun.objects.filter(season=season, state=RunState.SUPPLEMENTING).first()
    return outlook(reading.of(market_of(season, base)))


def moves_for(run: AllocationRun) -> tuple[Move, ...]:
    """Return the moves that fill the floors of a run as far as they can be, none of which was refused before.

    Nobody of them is asked already: what others are asked for is taken for granted.
    """
    refused = {
        (person_key(row.person_id), option_of(run.market, row.person_id, row.to_id))
        for row in Adjustment.objects.filter(run=run, state=AdjustmentState.REFUSED)
    }
    ties, market = Ties(run.ties), reading.of({**run.market, "pins": pins_of(run, STANDING)})
    found: Balanced = balance(market, ties=ties, seed=run.seed)
    while again := {move.person for move in found.moves if (move.person, move.to) in refused}:
        found = go_on(found, ties=ties, seed=run.seed, consents=(), refusals=again)
    return found.moves
