"""The bridge to the engine: a season's wishes as a market, and a market as a result that the checker has passed."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.refusals import Refusal
from apps.matching.engine import reading
from apps.matching.engine.balance import Balanced, Move, balance, go_on
from apps.matching.engine.check import check
from apps.matching.engine.coverage import Outlook, floor_of, outlook
from apps.matching.engine.propose import Ties
from apps.matching.engine.solve import Solution, reopen, solve
from apps.matching.models import Adjustment, AllocationRun, Participant, Wish
from apps.matching.states import ConsentWord, WishListState, WishWord
from apps.seasons.models import Quota, Season
from apps.seasons.selectors import pack_of, quotas_of

Market = dict[str, Any]
VILLAGES = "villages"
"""What the packs call the limit on the villages of a person."""
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


def pk_of(name: str) -> int:
    """Return the key of a person or group named in a market."""
    return int(name[1:])


def quotas_in(season: Season) -> list[Quota]:
    """Return the quota of each service group by which a season is allocated: the pack's first, empty without one."""
    key = next(iter(pack_of(season).quotas), "")
    return list(quotas_of(season).filter(key=key))


def market_of(season: Season) -> Market:
    """Return today's wishes, verdicts, quotas and floors of a season in the engine's format.

    What a county has refused is not listed by it; what it has not judged comes after all that it has.
    """
    choosing = Participant.objects.filter(season=season, county=None).order_by("pk")
    left: dict[str, list[str]] = {person_key(pk): [] for pk in choosing.values_list("person", flat=True)}
    prefs: dict[int, dict[tuple[int, int], list[str]]] = defaultdict(lambda: defaultdict(list))
    handed_in = Wish.objects.filter(list__season=season, list__state=WishListState.SUBMITTED)
    for wish in handed_in.select_related("list").order_by("list", "rank"):
        person = person_key(wish.list.person_id)
        left.setdefault(person, []).append(group_key(wish.group_id))
        if wish.word != WishWord.REFUSE:
            prefs[wish.group_id][_standing(wish)].append(person)
    fixed = _fixed_in(season)
    right = {
        group_key(row.group_id): {
            "upper": row.places or 0,
            "lower": _floor(season, row, fixed[row.group_id]),
            "prefs": [_tier(names) for _, names in sorted(prefs[row.group_id].items())],
        }
        for row in quotas_in(season)
    }
    return {"left": left, "right": right, "pins": {}}


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


def _floor(season: Season, quota: Quota, fixed: int) -> int:
    """Return how many a group must get so that its villages can be served, no more than it has places."""
    pack = pack_of(season)
    limit = pack.sheet.limits.get(VILLAGES)
    if limit is None or limit.between.at_most is None:
        return 0
    most = int(pack.answer(limit.between.at_most, season.answers))
    return min(floor_of(quota.villages, most_villages=most, fixed=fixed), quota.places or 0)


def shortcomings(season: Season, market: Market) -> list[Refusal]:
    """Return what keeps a market from being frozen."""
    unset = [str(row.group) for row in quotas_in(season) if row.places is None]
    found = []
    if unset:
        named = "、".join(unset[:10]) + ("等" if len(unset) > 10 else "")
        found.append(Refusal("quota_unset", f"{len(unset)}个县（市、区）尚未设定名额：{named}。", "请先设定名额。"))
    if not any(market["left"].values()):
        found.append(Refusal("no_wishes", "还没有人提交志愿。", "请待志愿提交后再冻结。"))
    return found


def seed_of(market_digest: str, drawn: str) -> str:
    """Return the seed of the lottery: SHA-256 of the frozen market's hash and the number drawn after it."""
    return hashlib.sha256(f"{market_digest}‖{drawn}".encode()).hexdigest()


@dataclass(frozen=True)
class Solved:
    """A result that the checker has passed."""

    report: dict[str, Any]


def pins_of(run: AllocationRun) -> dict[str, dict[str, str]]:
    """Return the adjustments of a run that hold: to which everybody asked has consented."""
    rows = Adjustment.objects.filter(run=run, withdrawn=None).prefetch_related("consents")
    return {
        person_key(row.person_id): {"to": group_key(row.to_id), "reason": row.reason}
        for row in rows
        if all(consent.word == ConsentWord.YES for consent in row.consents.all())
    }


def solved(run: AllocationRun, pins: Mapping[str, Mapping[str, str]]) -> Solved:
    """Compute a run around pins and have it checked; raise Unsound where the checker finds fault."""
    market = {**run.market, "pins": dict(pins)}
    report = solve(reading.of(market), ties=Ties(run.ties), seed=run.seed).report
    if wrong := check(market, report):
        raise Unsound("；".join(wrong[:5]))
    return Solved(report)


def solution_of(run: AllocationRun) -> Solution:
    """Return the solution that the report of a run stands for."""
    return reopen(reading.of({**run.market, "pins": run.report["pins"]}), run.report)


def outlook_of(season: Season) -> Outlook:
    """Tell which groups today's wishes leave short."""
    return outlook(reading.of(market_of(season)))


def moves_for(run: AllocationRun) -> tuple[Move, ...]:
    """Return the moves that fill the floors of a run as far as they can be, none of which was refused before."""
    refused = {
        (person_key(row.person_id), group_key(row.to_id))
        for row in Adjustment.objects.filter(run=run, consents__word=ConsentWord.NO).distinct()
    }
    ties, market = Ties(run.ties), reading.of({**run.market, "pins": pins_of(run)})
    found: Balanced = balance(market, ties=ties, seed=run.seed)
    while again := {move.person for move in found.moves if (move.person, move.to) in refused}:
        found = go_on(found, ties=ties, seed=run.seed, consents=(), refusals=again)
    return found.moves
