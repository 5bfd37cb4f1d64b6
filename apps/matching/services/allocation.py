"""How an allocation comes about: frozen, drawn for, computed, balanced, adjusted, confirmed, shown, published."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.core import door, sets
from apps.core.actors import APPLICANT, CLOCK, Actor
from apps.core.refs import Ref, desk
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory.models import Person
from apps.directory.states import Role
from apps.matching.engine import reading
from apps.matching.models import Adjustment, AllocationRun, Consent
from apps.matching.selectors import allocation as selectors
from apps.matching.selectors import market as markets
from apps.matching.selectors.wishes import county_desk
from apps.matching.states import AdjustmentOrigin, ConsentParty, ConsentWord, RunAction, RunState
from apps.seasons.models import Season, ServiceGroup
from apps.seasons.permissions import manages_the_season

_OFFICE = "请由协调办公室人员办理。"


def freeze(*, season: Season, ties: str, reason: str = "", by: Actor, at: datetime) -> AllocationRun:
    """Freeze wishes, verdicts and quotas of a season as the market of a new version of its allocation.

    Raises Refused for who does not run the season, while another is under way, and for a market that is not complete.
    """
    if not manages_the_season(by, season, at):
        raise Refused(Refusal("not_yours", "您当前的任职不能冻结本批次的志愿。", _OFFICE))
    try:
        with transaction.atomic():
            Season.objects.select_for_update(no_key=True).get(pk=season.pk)
            return _frozen(season, ties, reason, by, at)
    except IntegrityError as error:
        raise Refused(
            Refusal("under_way", "本批次已有一次分配正在进行。", "请在该次分配中继续，或先将其作废。")
        ) from error


def _frozen(season: Season, ties: str, reason: str, by: Actor, at: datetime) -> AllocationRun:
    market = markets.market_of(season)
    refuse(*markets.shortcomings(season, market))
    last = AllocationRun.objects.filter(season=season).aggregate(last=Max("number"))["last"] or 0
    run = AllocationRun(
        season=season,
        number=last + 1,
        ties=ties,
        reason=reason,
        market=market,
        market_digest=reading.of(market).sha256,
        frozen=at,
    )
    return door.create([run], by=by, at=at)[0]


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


@transaction.atomic
def adjust(
    *,
    run: AllocationRun,
    person: Person,
    to: ServiceGroup,
    reason: str,
    basis: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> AllocationRun:
    """Propose to move a person, and ask him, his unit and the county; it holds once all have consented."""
    refuse(selectors.no_room_for(run, person.pk, to))
    came_from = selectors.group_of(run, person.pk)
    details = {"person": person.pk, "from": came_from, "to": to.pk, "reason": reason, "basis": basis}
    moved = door.advance_one(
        run, RunAction.ADJUST, token_key=token, by=by, at=at, opinion=reason, clause=basis, details=details
    )
    _propose(moved, [(person, came_from, to, reason)], AdjustmentOrigin.MANUAL, basis, by, at)
    return moved


@transaction.atomic
def balance(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> int:
    """Propose the fewest moves that fill floors still unmet, and ask everybody concerned; return how many."""
    asked = selectors.persons_moved(run)
    moves = [move for move in markets.moves_for(run) if markets.pk_of(move.person) not in asked]
    if not moves:
        raise Refused(Refusal("no_moves", "没有可建议的调整：下限已满足，或在现有志愿内无法再补足。"))
    details = {"moves": [[move.person, move.came_from, move.to] for move in moves]}
    moved = door.advance_one(run, RunAction.ADJUST, token_key=token, by=by, at=at, details=details)
    people = Person.objects.in_bulk([markets.pk_of(move.person) for move in moves])
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk()
    rows = [
        (
            people[markets.pk_of(move.person)],
            markets.pk_of(move.came_from) if move.came_from else None,
            groups[markets.pk_of(move.to)],
            f"补足{groups[markets.pk_of(move.floor)]}的人数下限",
        )
        for move in moves
    ]
    _propose(moved, rows, AdjustmentOrigin.BALANCE, "", by, at)
    return len(rows)


def _propose(
    run: AllocationRun,
    rows: Sequence[tuple[Person, int | None, ServiceGroup, str]],
    origin: str,
    basis: str,
    by: Actor,
    at: datetime,
) -> None:
    for person, came_from, to, reason in rows:
        adjustment = Adjustment.objects.create(
            run=run, person=person, came_from_id=came_from, to=to, origin=origin, reason=reason, basis=basis,
            by=by.name, at=at,
        )  # fmt: skip
        sets.insert(
            [Consent(adjustment=adjustment, party=party, desks=desks) for party, desks in _asked(person, to).items()]
        )


def _asked(person: Person, to: ServiceGroup) -> dict[str, list[str]]:
    """Return the desks of each party that has to consent."""
    unit = Ref("organization", str(person.unit_id))
    asked = {
        ConsentParty.PERSON: [desk(APPLICANT, Ref("person", str(person.pk)))],
        ConsentParty.UNIT: [desk(Role.DISPATCHING_UNIT, unit)] if person.unit_id else [],
        ConsentParty.COUNTY: [county_desk(county.pk) for county in to.counties.order_by("pk")],
    }
    return {party: desks for party, desks in asked.items() if desks}


@transaction.atomic
def answer_consent(*, consent: int, word: str, opinion: str = "", by: Actor, at: datetime) -> Consent:
    """Answer for person, unit or county whether a move may be; the last consent makes it hold, a refusal ends it.

    Raises Refused for who is not asked, for a second answer, for a refusal without a reason, once it is settled.
    """
    asked = selectors.consent_for(by, consent, at)
    if asked is None:
        raise Refused(Refusal("not_asked", "这一征求意见不是报给您的，或已经答复。", "请重新打开列表。"))
    if word == ConsentWord.NO and not opinion.strip():
        raise Refused(Refusal("no_reason", "不同意须写明理由。", "请填写理由。"))
    asked.word, asked.opinion, asked.by, asked.at = word, opinion, by.name, at
    asked.save(update_fields=["word", "opinion", "by", "at"])
    adjustment = asked.adjustment
    if word == ConsentWord.NO:
        _withdraw(adjustment, at)
    if word == ConsentWord.NO or not adjustment.consents.filter(word="").exists():
        details: dict[str, Any] = {"adjustment": adjustment.pk, "party": asked.party, "word": word}
        door.insist(adjustment.run, RunAction.ADJUST, by=CLOCK, at=at, details=details)
    return asked


def _withdraw(adjustment: Adjustment, at: datetime) -> None:
    adjustment.withdrawn = at
    adjustment.save(update_fields=["withdrawn"])


@transaction.atomic
def withdraw_adjustment(
    *, adjustment: Adjustment, reason: str, by: Actor, at: datetime, token: str = ""
) -> AllocationRun:
    """Take an adjustment out again, with a reason; the result is as though it had never been."""
    _withdraw(adjustment, at)
    details = {"adjustment": adjustment.pk, "withdrawn": True}
    return door.advance_one(
        adjustment.run, RunAction.ADJUST, token_key=token, by=by, at=at, opinion=reason, details=details
    )


def confirm(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Settle an allocation; nothing is adjusted any more."""
    return door.advance_one(run, RunAction.CONFIRM, token_key=token, by=by, at=at)


def announce(
    *, run: AllocationRun, opens: date, closes: date, by: Actor, at: datetime, token: str = ""
) -> AllocationRun:
    """Put an allocation before the public from one day to another, both inclusive."""
    details = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    return door.advance_one(run, RunAction.ANNOUNCE, token_key=token, by=by, at=at, details=details)


def publish(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Let an allocation stand whose notice is over; from now on only a new version amends it."""
    return door.advance_one(run, RunAction.PUBLISH, token_key=token, by=by, at=at)


def discard(*, run: AllocationRun, reason: str, by: Actor, at: datetime, token: str = "") -> AllocationRun:
    """Give an allocation up with a reason; wishes and verdicts may change again."""
    return door.advance_one(run, RunAction.DISCARD, token_key=token, by=by, at=at, opinion=reason)
