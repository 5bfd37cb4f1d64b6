"""How an allocation comes about: frozen, drawn for, computed, adjusted, wished for anew, settled, shown, published."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.matching.engine import reading
from apps.matching.models import AllocationRun
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import freezing
from apps.matching.selectors import market as markets
from apps.matching.services.adjustments import clear_desks
from apps.matching.services.wishes import restore_wishes
from apps.matching.states import RunAction, RunState
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season

_OFFICE = "请由协调办公室人员办理。"


def freeze(
    *, season: Season, base: AllocationRun | None = None, reason: str = "", by: Actor, at: datetime
) -> AllocationRun:
    """Freeze wishes, verdicts and quotas of a season as the market of a new version of its allocation.

    Whom `base` has placed stays where he is: that is the published version, or the one whose supplementary round of
    wishes is over and which the new version follows. Raises Refused for who does not run the season, while another is
    under way, for a base that is neither, for a market that is not complete, and without a reason where wishes may
    still come or a published result is amended.
    """
    if not manages_the_season(by, season, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能冻结本批次的志愿。", _OFFICE))
    try:
        with transaction.atomic():
            Season.objects.select_for_update(no_key=True).get(pk=season.pk)
            return _frozen(season, base, reason, by, at)
    except IntegrityError as error:
        raise Refused(
            Refusal("under_way", "本批次已有一次分配正在进行。", "请在该次分配中继续，或先将其作废。")
        ) from error


def _frozen(season: Season, base: AllocationRun | None, reason: str, by: Actor, at: datetime) -> AllocationRun:
    if base is not None:
        base = _gone_on_from(season, base, by, at)
    market = markets.market_of(season, base)
    refuse(*freezing.shortcomings(season, market), *freezing.unexplained(season, base, reason, at))
    last = AllocationRun.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    run = AllocationRun(
        season=season,
        number=last + 1,
        base=base,
        ties=markets.ties_in(season),
        reason=reason,
        market=market,
        market_digest=reading.of(market).sha256,
        frozen=at,
    )
    return door.create([run], by=by, at=at)[0]


def _gone_on_from(season: Season, base: AllocationRun, by: Actor, at: datetime) -> AllocationRun:
    """Return a base as it is now: the published version stays as it is, one with a round gives way."""
    found = AllocationRun.objects.select_related("season").get(pk=base.pk, season=season)
    if found == selectors.published_for(season.pk):
        return found
    return door.advance_one(found, RunAction.GO_ON, by=by, at=at)


def draw(*, run: AllocationRun, drawn: str, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Keep the number drawn in public after the freeze, and wish for the computation."""
    details = {"drawn": drawn, "seed": markets.seed_of(run.market_digest, drawn)}
    return door.advance_one(run, RunAction.DRAW, token_key=token, by=by, at=at, details=details)


def compute(*, run: int, at: datetime) -> bool:
    """Let the clock compute a run that was drawn for; return whether there was anything to do.

    Killed and started again it gives the same result, and what is computed already stays.
    """
    waiting = AllocationRun.objects.select_related("season").get(pk=run)
    if waiting.state != RunState.DRAFTED or not waiting.seed:
        return False
    (outcome,) = door.advance(AllocationRun, {run: waiting.version}, RunAction.COMPUTE, by=CLOCK, at=at)
    return outcome.done


def reckon(*, run: int, at: datetime) -> bool:
    """Let the clock compute a run anew around the moves that hold now; return whether there was anything to do."""
    found = AllocationRun.objects.select_related("season").get(pk=run)
    if not selectors.is_behind(found):
        return False
    door.insist(found, RunAction.ADJUST, by=CLOCK, at=at)
    return True


def supplement(*, run: AllocationRun, until: date, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Let those whom an allocation left without a place wish anew until a day, inclusive; or put that day off."""
    details = {"until": until.isoformat()}
    return door.advance_one(run, RunAction.SUPPLEMENT, token_key=token, by=by, at=at, details=details)


@transaction.atomic
def call_off(*, run: AllocationRun, reason: str, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Stop a supplementary round with a reason; the result is in hand again as it was.

    Wishes taken back in it and not handed in again stand as they had been handed in, with their verdicts.
    """
    said = {"opinion": reason, "details": {"restored": restore_wishes(run=run, reason=reason, at=at)}}
    return door.advance_one(run, RunAction.CALL_OFF, token_key=token, by=by, at=at, **said)


def confirm(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Settle an allocation; nothing is adjusted any more."""
    return door.advance_one(run, RunAction.CONFIRM, token_key=token, by=by, at=at)


def announce(
    *, run: AllocationRun, opens: date, closes: date, reason: str = "", by: Actor, at: datetime, token: str = ""
) -> AllocationRun:
    """Put an allocation before the public from one day to another, both inclusive; longer than is set with a reason."""
    details = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    return door.advance_one(run, RunAction.ANNOUNCE, token_key=token, by=by, at=at, opinion=reason, details=details)


def publish(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Let an allocation stand whose notice is over; from now on only a new version amends it."""
    return door.advance_one(run, RunAction.PUBLISH, token_key=token, by=by, at=at)


@transaction.atomic
def discard(*, run: AllocationRun, reason: str, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Give an allocation up with a reason: nobody is asked any more, wishes and verdicts may change again.

    What followed a supplementary round leaves that round as it was, and whom its base has placed where he is. A round
    that is open ends as though it were called off.
    """
    clear_desks(run=run, reason=reason, at=at)
    said = {"opinion": reason, "details": {"restored": restore_wishes(run=run, reason=reason, at=at)}}
    given_up = door.advance_one(run, RunAction.DISCARD, token_key=token, by=by, at=at, **said)
    for base in AllocationRun.objects.filter(followers=given_up, state=RunState.SUPERSEDED):
        door.advance_one(base, RunAction.RESUME, by=by, at=at, opinion=reason)
    return given_up
