"""The one door through which every state changes.

In one transaction: lock, version and token, source state, permission, guard, transition, save, log, papers and
effects. Nothing else writes a state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django_fsm import Transition

from apps.core import kinds, log, words
from apps.core.actors import Actor
from apps.core.kinds import Decision, Kind, Outcome
from apps.core.models import LogEntry, Recorded
from apps.core.refusals import Refusal, Refused

BATCH_LIMIT = 500
CREATE = "create"
HEAD_FIELDS = ("version", "log_count", "log_head")
R = TypeVar("R", bound=Recorded)


def create(records: Sequence[R], *, by: Actor, at: datetime, details: Mapping[str, Any] | None = None) -> list[R]:
    """Insert new records in their first state, each with the first row of its log and what follows."""
    if not records:
        return []
    kind = kinds.of(type(records[0]))
    decision = Decision(CREATE, by, at, details=details or {})
    with transaction.atomic():
        kind.model._default_manager.bulk_create(records)
        outcomes = [Outcome(record.pk, record) for record in records]
        _write(kind, outcomes, decision)
    return list(records)


def advance(
    model: type[R],
    seen: Mapping[int, int],
    action: str,
    *,
    by: Actor,
    at: datetime,
    opinion: str = "",
    ground: str = "",
    clause: str = "",
    token: str = "",
    details: Mapping[str, Any] | None = None,
) -> list[Outcome]:
    """Carry out one action on the records `seen` ({pk: version}) and tell what became of each, in that order.

    All that pass are written together, one log row each; the others are refused with their reasons and stay as
    they were. Raises ValueError for more than 500 records.
    """
    if len(seen) > BATCH_LIMIT:
        raise ValueError(f"at most {BATCH_LIMIT} records in one batch")
    kind = kinds.of(model)
    decision = Decision(action, by, at, opinion, ground, clause, token, details or {})
    try:
        with transaction.atomic():
            outcomes = _advance_locked(kind, seen, decision)
    except OperationalError as error:
        if not _is_lock_timeout(error):
            raise
        outcomes = {}
    missed = _missed(kind, [pk for pk in seen if pk not in outcomes])
    return [outcomes.get(pk) or missed[pk] for pk in seen]


def advance_one(record: R, action: str, *, token_key: str = "", **words_of_act: Any) -> R:
    """Carry out one action on one record as it was seen, and return it as it is now; raise Refused otherwise."""
    (outcome,) = advance(type(record), {record.pk: record.version}, action, token=token_key, **words_of_act)
    if outcome.refusals:
        raise Refused(*outcome.refusals)
    moved: R = outcome.record
    return moved


def _advance_locked(kind: Kind, seen: Mapping[int, int], decision: Decision) -> dict[int, Outcome]:
    locked = lock(kind, seen)
    facts = kind.facts(locked, decision)
    judged = [_judge(kind, record, seen[record.pk], facts.get(record.pk), decision) for record in locked]
    passed = [_move(outcome, facts.get(outcome.pk), decision) for outcome in judged if outcome.done]
    _write(kind, passed, decision)
    refused = _explain(kind, [outcome for outcome in judged if not outcome.done], decision)
    return {outcome.pk: outcome for outcome in [*passed, *refused]}


def lock(kind: Kind, seen: Mapping[int, int]) -> list[Any]:
    """Lock the records in key order: one waits its turn, a batch leaves out what another holds."""
    rows = kind.model._default_manager.filter(pk__in=seen).order_by("pk")
    rows = rows.select_related(*kind.related) if kind.related else rows
    return list(rows.select_for_update(skip_locked=len(seen) > 1, of=("self",)))


def _is_lock_timeout(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == "55P03" or "database is locked" in str(error)


def transition_of(record: Recorded, action: str) -> Transition | None:
    """Return the transition an action would take from the record's present state."""
    method = getattr(type(record), action, None)
    found = getattr(method, "_django_fsm", None)
    return found.get_transition(record.state) if found else None


def _judge(kind: Kind, record: Any, version: int, facts: Any, decision: Decision) -> Outcome:
    refusal = _refusal(kind, record, version, facts, decision)
    post = decision.by.title_at(record.desk_now(), decision.at)
    return Outcome(record.pk, record, record.state, post, (refusal,) if refusal else ())


def _refusal(kind: Kind, record: Any, version: int, facts: Any, decision: Decision) -> Refusal | None:
    if record.version != version:
        return words.CHANGED
    transition = transition_of(record, decision.action)
    if transition is None:
        return words.wrong_state(kind, record.state, decision.action)
    if not transition.custom["may"](decision.by, record, decision.at):
        return words.not_yours(kind, decision.action)
    return next(
        (said for guard in kind.guards.get(decision.action, ()) if (said := guard(record, facts, decision))), None
    )


def _move(outcome: Outcome, facts: Any, decision: Decision) -> Outcome:
    getattr(outcome.record, decision.action)(decision=decision, facts=facts)
    return outcome


def _write(kind: Kind, outcomes: Sequence[Outcome], decision: Decision) -> None:
    if not outcomes:
        return
    entries = [_entry(kind, outcome, decision) for outcome in outcomes]
    _save(kind.model, [outcome.record for outcome in outcomes], created=decision.action == CREATE)
    LogEntry.objects.bulk_create(entries)
    kind.follow(outcomes, decision)


def _entry(kind: Kind, outcome: Outcome, decision: Decision) -> LogEntry:
    outcome.record.version += 1
    return log.append(outcome.record, kind.name, outcome.from_state, decision, outcome.post)


def _save(model: type[Recorded], records: Sequence[Any], *, created: bool) -> None:
    names = list(HEAD_FIELDS if created else (*HEAD_FIELDS, "state", *model.MOVED_FIELDS))
    if len(records) == 1:
        records[0].save(update_fields=names)
    else:
        model._default_manager.bulk_update(records, names)


def _explain(kind: Kind, outcomes: Sequence[Outcome], decision: Decision) -> list[Outcome]:
    """Tell those who came second who was first, and a form sent twice that its act is done."""
    stale = [outcome.pk for outcome in outcomes if outcome.refusals == (words.CHANGED,)]
    last = log.last_entries(kind.name, stale) if stale else {}
    return [_explained(kind, outcome, last.get(outcome.pk), decision) for outcome in outcomes]


def _explained(kind: Kind, outcome: Outcome, last: LogEntry | None, decision: Decision) -> Outcome:
    if last is None:
        return outcome
    if decision.token and last.token == decision.token:
        return replace(outcome, from_state=last.from_state, refusals=(), repeated=True)
    return replace(outcome, refusals=(words.overtaken(kind, last),))


def _missed(kind: Kind, pks: Sequence[int]) -> dict[int, Outcome]:
    """Tell, by reading again after the commit, why records could not be taken: gone, or in other hands."""
    if not pks:
        return {}
    last = log.last_entries(kind.name, pks)
    there = set(kind.model._default_manager.filter(pk__in=pks).values_list("pk", flat=True))
    return {pk: Outcome(pk, refusals=(words.busy(kind, last.get(pk)) if pk in there else words.MISSING,)) for pk in pks}
