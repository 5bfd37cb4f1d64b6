"""The two-way selection of the demonstration: wishes, allocation, villages, and why it came so."""

from typing import Any

from apps.matching.models import AllocationRun, Outcome, Participant
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import results
from apps.matching.selectors.market import kept_in, person_key
from apps.seasons.models import Season
from workflows.demo import allocating, contacting, placing, wishing
from workflows.demo.play import Play

EXPLAINED = 3


def select(play: Play) -> None:
    """Let those named choose counties and be allocated; where the policy knows of no wishes nothing happens."""
    participants = Participant.objects.filter(season=play.season).count()
    if not participants:
        return
    play.sleep(1)
    wishing.prepare(play, participants)
    wished = wishing.wish_all(play)
    wishing.judge_all(play)
    play.say(f"{wished}人填报志愿，各县已审核；{participants - wished}人服务本县，不用填报")
    play.sleep(wishing.WISHING_DAYS + 1)
    run = allocating.allocate(play)
    if run is not None:
        placing.place_all(play, run)
        contacting.keep_contact(play, run)


def figures(season: Season) -> dict[str, Any]:
    """Return what came of the allocation of a season, for scripts; nothing where there was none."""
    run = selectors.published_for(season.pk)
    if run is None:
        return {}
    told = ("placed", "blocking_pairs", "undocumented_blocking_pairs", "shortage", "shortage_bound")
    return {
        "drawn": run.drawn,
        "input_sha256": run.report["input_sha256"],
        "output_sha256": run.output_digest,
        **{name: run.report[name] for name in told},
        "came": {count.label: count.number for count in results.by_rank(run)},
        "explained": _explained(run),
        "placement": placing.figures(run),
    }


def _explained(run: AllocationRun) -> list[dict[str, str]]:
    """Explain a few outcomes, one of each kind as far as there are: moved, nowhere, the last wish, the first; kept."""
    rows = Outcome.objects.filter(run=run).select_related("person").order_by("-is_moved", "-rank", "pk")
    kept = kept_in(run)
    kinds = {(selectors.how_it_came(each), person_key(each.person_id) in kept): each for each in reversed(rows)}
    return [
        {"person": outcome.person.name, "came": came, "why": "".join(selectors.whys_of(run, outcome.person_id))}
        for (came, _), outcome in list(kinds.items())[-EXPLAINED:]
    ]
