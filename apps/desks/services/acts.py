"""The acts of the walk, whatever the process: each asks the door."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from apps.core import door, kinds
from apps.core.actors import CLOCK, Actor
from apps.core.kinds import Outcome
from apps.desks.guards import WHY_AGAIN
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import DeskAction
from apps.desks.walks import Ground

R = TypeVar("R", bound=DeskRecord)


def pass_up(*, record: R, by: Actor, at: datetime, opinion: str = "", why_again: str = "", token: str = "") -> R:
    """Agree: close the paper, move to the next desk, tell it; after the last step the record has passed.

    `why_again` is asked for where the actor has passed the record up at an earlier step already, and logged.
    """
    said = {"details": {WHY_AGAIN: why_again.strip()}} if why_again.strip() else {}
    return door.advance_one(record, DeskAction.PASS_UP, token_key=token, by=by, at=at, opinion=opinion, **said)


def send_back(
    *,
    record: R,
    by: Actor,
    at: datetime,
    opinion: str,
    fields: Sequence[str] = (),
    to: int | None = None,
    token: str = "",
) -> R:
    """Give back with a reason and the fields it concerns: to the starter, or to the earlier step numbered `to`.

    Handed in again it resumes as the pack says; from an earlier step it walks on step by step.
    """
    said = _given_back(fields, to)
    return door.advance_one(record, DeskAction.SEND_BACK, token_key=token, by=by, at=at, opinion=opinion, **said)


def _given_back(fields: Sequence[str], to: int | None = None) -> dict[str, Any]:
    return {"details": {"fields": list(fields), **({} if to is None else {"to": to})}}


def reject(*, record: R, by: Actor, at: datetime, opinion: str, ground: Ground | None, token: str = "") -> R:
    """Turn down on a ground, whose clause the starter sees; the walk ends."""
    said = grounded(ground)
    return door.advance_one(record, DeskAction.REJECT, token_key=token, by=by, at=at, opinion=opinion, **said)


def grounded(ground: Ground | None) -> dict[str, Any]:
    """Return what the log keeps of the ground on which something is refused or ended."""
    return {"ground": ground.label, "clause": _cited(ground), "details": {"ground": ground.key}} if ground else {}


def _cited(ground: Ground) -> str:
    basis = ground.basis
    return f"{basis.ref}：“{basis.quote}”" if basis.quote else f"办理机关设定：{basis.question}"


def withdraw(*, record: R, by: Actor, at: datetime, opinion: str = "", token: str = "") -> R:
    """Take back one's own record; the walk ends."""
    return door.advance_one(record, DeskAction.WITHDRAW, token_key=token, by=by, at=at, opinion=opinion)


def recall(*, record: R, by: Actor, at: datetime, token: str = "") -> R:
    """Take back one's own agreement before the next desk has opened the paper."""
    return door.advance_one(record, DeskAction.RECALL, token_key=token, by=by, at=at)


def reopen(*, record: R, to: int, by: Actor, at: datetime, opinion: str, token: str = "") -> R:
    """Take up again, with a reason, what was turned down, at the step numbered `to`; only who decides last may."""
    return door.advance_one(
        record, DeskAction.REOPEN, token_key=token, by=by, at=at, opinion=opinion, details={"to": to}
    )


def ask(
    *, model: type[R], seen: Mapping[int, int], parties: Collection[str], by: Actor, at: datetime, token: str = ""
) -> list[Outcome]:
    """Ask desks for their verdicts on at most 500 records: each gets a paper, and may read the record until it is over.

    Asked once more it says anew whom; those that have spoken stay.
    """
    details = {"parties": sorted(set(parties))}
    return door.advance(model, seen, DeskAction.ASK, by=by, at=at, token=token, details=details)


def give_verdict(
    *,
    record: R,
    party: str,
    word: str,
    digest: str,
    by: Actor,
    at: datetime,
    sheet: Mapping[str, int] | None = None,
    opinion: str = "",
    replaces: str = "",
    is_confirmed: bool = False,
    token: str = "",
) -> R:
    """Say a party's word on the text of a digest; said again it replaces the one before, as long as the step lasts.

    Others may speak at the same moment: what binds is the text, not the version, so that nobody has to say it twice.
    `replaces` is the mark of the party's own word as it was seen, empty for none: another one is not overwritten.
    `is_confirmed` tells that a word is meant which says the contrary of its points.
    """
    said = {"party": party, "word": word, "digest": digest, "sheet": dict(sheet or {}), "replaces": replaces}
    details = {**said, **({"is_confirmed": True} if is_confirmed else {})}
    return door.insist(record, DeskAction.GIVE_VERDICT, token_key=token, by=by, at=at, opinion=opinion, details=details)


def lapse(*, model: type[R], seen: Mapping[int, int], at: datetime) -> list[Outcome]:
    """Let the clock end at most 500 records that were given back and not handed in again in time."""
    return door.advance(model, seen, DeskAction.LAPSE, by=CLOCK, at=at)


def announce(
    *,
    model: type[R],
    seen: Mapping[int, int],
    until: date,
    list_number: int,
    by: Actor,
    at: datetime,
    token: str = "",
) -> list[Outcome]:
    """Put at most 500 records on a published list until a day; raises ValueError for more."""
    details = {"until": until.isoformat(), "list": list_number}
    return door.advance(model, seen, DeskAction.ANNOUNCE, by=by, at=at, token=token, details=details)


def pass_notice(*, model: type[R], seen: Mapping[int, int], at: datetime) -> list[Outcome]:
    """Let the clock pass at most 500 records whose notice period is over."""
    return door.advance(model, seen, DeskAction.PASS_UP, by=CLOCK, at=at)


def decide_many(
    *,
    model: type[R],
    seen: Mapping[int, int],
    action: str,
    by: Actor,
    at: datetime,
    opinion: str = "",
    fields: Sequence[str] = (),
    ground: Ground | None = None,
    docket: int | None = None,
    token: str = "",
) -> list[Outcome]:
    """Carry out the same act on at most 500 records: all that pass are written, each gets its own result.

    `fields` are those a return concerns, `ground` is that of a refusal, `docket` the one by which they were decided.
    """
    words = {DeskAction.SEND_BACK: _given_back(fields), DeskAction.REJECT: grounded(ground)}
    said = words.get(DeskAction(action), {})
    if docket is not None:
        said = {**said, "details": {**said.get("details", {}), "docket": docket}}
    return door.advance(model, seen, action, by=by, at=at, opinion=opinion, token=token, **said)


def note_reminded(*, papers: QuerySet[Paper], desks: Collection[str], at: datetime, rung: int = 0) -> int:
    """Note that desks were reminded of papers, which have so come to a rung of the ladder; return of how many."""
    return papers.filter(desk__in=desks).update(reminded=at, rung=rung)


def open_paper(*, record: DeskRecord, by: Actor, at: datetime) -> None:
    """Note that the desk where a record lies has opened it: from now on it cannot be recalled."""
    if by.sits_at(record.desk, at):
        kind = kinds.of(type(record)).name
        Paper.objects.filter(kind=kind, record=record.pk, latest=True, opened=None).update(opened=at)
