"""How people are moved in an allocation: proposed, asked about, answered, taken out again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from apps.core import door
from apps.core.actors import CLOCK, Actor
from apps.core.kinds import Outcome
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory.models import Person
from apps.matching.models import Adjustment, AllocationRun
from apps.matching.selectors import adjustments as selectors
from apps.matching.selectors import market as markets
from apps.matching.selectors.allocation import group_of
from apps.matching.states import AdjustmentAction, AdjustmentOrigin, RunAction
from apps.seasons.models import ServiceGroup

NOT_ASKED = Refusal("not_asked", "所选调整没有等您答复的。", "请返回待办重新选择。")
NO_MOVES = Refusal(
    "no_moves",
    "没有可建议的调整：下限已满足，或在现有志愿内无法再补足。",
    "仍有空缺的，可开放补充志愿，或在志愿之外逐人征求意见。",
)


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
    details = {"person": person.pk, "to": to.pk, "reason": reason, "basis": basis}
    held = door.advance_one(
        run, RunAction.PROPOSE, token_key=token, by=by, at=at, opinion=reason, clause=basis, details=details
    )
    refuse(selectors.no_room_for(held, person.pk, to))
    draft = Adjustment(person=person, came_from_id=group_of(held, person.pk), to=to, reason=reason, basis=basis)
    _ask(held, [draft], AdjustmentOrigin.MANUAL, by, at)
    return held


@transaction.atomic
def balance(*, run: AllocationRun, by: Actor, at: datetime, token: str = "") -> int:
    """Propose the fewest moves that fill floors still unmet, and ask everybody concerned; return how many.

    Raises Refused where nothing is left to propose.
    """
    moves = selectors.with_room(run, markets.moves_for(run))
    if not moves:
        raise Refused(NO_MOVES)
    details = {"moves": [[move.person, move.came_from, move.to] for move in moves]}
    held = door.advance_one(run, RunAction.PROPOSE, token_key=token, by=by, at=at, details=details)
    people = Person.objects.in_bulk([markets.pk_of(move.person) for move in moves])
    groups = ServiceGroup.objects.filter(season=run.season_id).in_bulk()
    drafts = [
        Adjustment(
            person=people[markets.pk_of(move.person)],
            came_from_id=markets.pk_of(move.came_from) if move.came_from else None,
            to=groups[markets.pk_of(move.to)],
            reason=f"补足{groups[markets.pk_of(move.floor)]}的人数下限",
        )
        for move in moves
    ]
    _ask(held, drafts, AdjustmentOrigin.BALANCE, by, at)
    return len(drafts)


def _ask(run: AllocationRun, drafts: Sequence[Adjustment], origin: str, by: Actor, at: datetime) -> None:
    post = by.post_at(run.place_of(RunAction.PROPOSE, {}), at)
    for draft in drafts:
        draft.run, draft.origin, draft.by, draft.at = run, origin, by.name, at
        draft.desk = post.desk if post else ""
    door.create(drafts, by=by, at=at)


def agree_to_move(*, adjustment: Adjustment, by: Actor, at: datetime, opinion: str = "", token: str = "") -> Adjustment:
    """Say yes to a move for the party at whose desk one sits; the last yes makes it hold."""
    return _answer(adjustment, AdjustmentAction.AGREE, by, at, opinion, token)


def agree_to_moves(*, adjustments: Sequence[int], by: Actor, at: datetime, opinion: str = "") -> list[Outcome]:
    """Say yes to at most 500 moves for the parties at whose desks one sits, all of a desk in one act.

    Tell what became of each. The versions are those of this moment, for what one speaks on never changes. Raises
    Refused where nothing is asked.
    """
    asked = selectors.moves_to_answer(by, adjustments, at)
    if not asked:
        raise Refused(NOT_ASKED)
    return [
        outcome
        for place, seen in asked.items()
        for outcome in door.advance(
            Adjustment, seen, AdjustmentAction.AGREE, by=by, at=at, opinion=opinion, details={"desk": place}
        )
    ]


def decline_move(*, adjustment: Adjustment, by: Actor, at: datetime, opinion: str, token: str = "") -> Adjustment:
    """Say no to a move for the party at whose desk one sits, with a reason, which ends it."""
    return _answer(adjustment, AdjustmentAction.DECLINE, by, at, opinion, token)


def _answer(adjustment: Adjustment, action: str, by: Actor, at: datetime, opinion: str, token: str) -> Adjustment:
    """Keep a word, whatever the other parties said meanwhile: what it speaks on never changes."""
    details = {"desk": selectors.desk_asked(by, adjustment, at)}
    try:
        return door.insist(adjustment, action, token_key=token, by=by, at=at, opinion=opinion, details=details)
    except Refused as refused:
        is_his = refused.refusals[0].code not in ("not_yours", "not_asked")
        if not is_his and (answered := selectors.answered_before(by, adjustment, at)):
            raise Refused(answered) from refused
        raise


def withdraw_adjustment(
    *, adjustment: Adjustment, by: Actor, at: datetime, opinion: str, token: str = ""
) -> Adjustment:
    """Take a move out again, with a reason, answered or not; the result is as though it had never been."""
    return door.advance_one(
        adjustment, AdjustmentAction.WITHDRAW, token_key=token, by=by, at=at, opinion=opinion, details={"desk": ""}
    )


def clear_desks(*, run: AllocationRun, reason: str, at: datetime) -> None:
    """Let the clock take out all moves of a run about which somebody is still asked."""
    for adjustment in selectors.open_in(run):
        door.insist(adjustment, AdjustmentAction.WITHDRAW, by=CLOCK, at=at, opinion=reason, details={"desk": ""})
