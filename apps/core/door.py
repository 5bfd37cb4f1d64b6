"""The one door through which every state changes.

In one transaction: lock, version and token, source state, permission, guard, transition, save, log, papers and
effects. Nothing else writes a state.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Field, prefetch_related_objects
from django_fsm import Transition

from apps.core import kinds, log, sets, words
from apps.core.actors import Actor, HeldPost
from apps.core.kinds import Decision, Kind, Outcome
from apps.core.models import LogEntry, Recorded
from apps.core.refusals import Refusal, Refused

BATCH_LIMIT = 500
CREATE = "create"
TRIES = 10
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
        outcomes = [Outcome(record.pk, record, post=_post_of(record, decision)) for record in records]
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
    own: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[Outcome]:
    """Carry out one action on the records `seen` ({pk: version}) and tell what became of each, in that order.

    All that pass are written together, one log row each; the others are refused with their reasons and stay as
    they were. Raises ValueError for more than 500 records.
    """
    if len(seen) > BATCH_LIMIT:
        raise ValueError(f"at most {BATCH_LIMIT} records in one batch")
    kind = kinds.of(model)
    decision = Decision(action, by, at, opinion, ground, clause, token, details or {}, own or {})
    try:
        with transaction.atomic():
            outcomes = _advance_locked(kind, seen, decision)
    except OperationalError as error:
        if not is_lock_timeout(error):
            raise
        outcomes = {}
    except IntegrityError:
        outcomes = _repeated(kind, seen, decision)
        if not outcomes:
            raise
    missed = _missed(kind, [pk for pk in seen if pk not in outcomes])
    return [outcomes.get(pk) or missed[pk] for pk in seen]


def advance_one(record: R, action: str, *, token_key: str = "", **words_of_act: Any) -> R:
    """Carry out one action on one record as it was seen, and return it as it is now; raise Refused otherwise."""
    (outcome,) = advance(type(record), {record.pk: record.version}, action, token=token_key, **words_of_act)
    if outcome.refusals:
        raise Refused(*outcome.refusals)
    moved: R = outcome.record
    return moved


def insist(record: R, action: str, *, token_key: str = "", **words_of_act: Any) -> R:
    """Carry out one action on one record, whatever happened to it since it was seen; raise Refused otherwise.

    For an act that is bound by the text it speaks on: who is overtaken by others need not say it twice.
    """
    for _ in range(TRIES):
        try:
            return advance_one(record, action, token_key=token_key, **words_of_act)
        except Refused as refused:
            if refused.refusals[0].code not in words.OVERTAKEN:
                raise
            last = refused
            record = type(record)._default_manager.get(pk=record.pk)
    raise last


def _advance_locked(kind: Kind, seen: Mapping[int, int], decision: Decision) -> dict[int, Outcome]:
    locked = lock(kind, seen)
    facts = kind.facts(locked, decision)
    judged = [_judge(kind, record, seen[record.pk], facts.get(record.pk), decision) for record in locked]
    judged = _objected(kind, judged, decision)
    passed = [outcome for outcome in judged if outcome.done]
    moved = _move(passed, facts, decision)
    _write(kind, passed, decision, moved)
    refused = _explain(kind, [outcome for outcome in judged if not outcome.done], decision)
    return {outcome.pk: outcome for outcome in [*passed, *refused]}


def lock(kind: Kind, seen: Mapping[int, int]) -> list[Any]:
    """Lock the records in key order: one waits its turn, a batch leaves out what another holds."""
    records = sets.lock(kind.model, list(seen), skip_taken=len(seen) > 1)
    prefetch_related_objects(records, *kind.related)
    return records


def is_lock_timeout(error: OperationalError) -> bool:
    """Tell whether a row was held by another for too long."""
    return getattr(error.__cause__, "sqlstate", "") == "55P03" or "database is locked" in str(error)


def transition_of(record: Recorded, action: str) -> Transition | None:
    """Return the transition an action would take from the record's present state."""
    method = getattr(type(record), action, None)
    found = getattr(method, "_django_fsm", None)
    return found.get_transition(record.state) if found else None


def _judge(kind: Kind, record: Any, version: int, facts: Any, decision: Decision) -> Outcome:
    refusal = _refusal(kind, record, version, facts, decision)
    return Outcome(record.pk, record, record.state, _post_of(record, decision), (refusal,) if refusal else ())


def _objected(kind: Kind, judged: Sequence[Outcome], decision: Decision) -> list[Outcome]:
    """Refuse what passed and a higher app has something against."""
    against = kinds.objections(kind, [outcome.record for outcome in judged if outcome.done], decision)
    return [
        replace(outcome, refusals=(against[outcome.pk],)) if outcome.done and outcome.pk in against else outcome
        for outcome in judged
    ]


def _post_of(record: Any, decision: Decision) -> HeldPost | None:
    return decision.by.post_at(record.place_of(decision.action, decision.details), decision.at)


def _refusal(kind: Kind, record: Any, version: int, facts: Any, decision: Decision) -> Refusal | None:
    if record.version != version:
        return words.CHANGED
    transition = transition_of(record, decision.action)
    if transition is None:
        return words.wrong_state(kind, record.state, decision.action)
    if not transition.custom["may"](decision.by, record, decision.at):
        place = record.place_of(decision.action, decision.details)
        return words.not_yours(kind, decision.action, decision.by.post_that_ended(place, decision.at))
    return next(
        (said for guard in kind.guards.get(decision.action, ()) if (said := guard(record, facts, decision))), None
    )


def _move(outcomes: Sequence[Outcome], facts: Mapping[int, Any], decision: Decision) -> set[str]:
    """Take the records through the transition; return the columns that it changed in any of them."""
    moved: set[str] = set()
    for outcome in outcomes:
        record = outcome.record
        before = [(name, _value(record, name)) for name in ("state", *record.MOVED_FIELDS)]
        getattr(record, decision.action)(decision=decision, facts=facts.get(outcome.pk))
        moved.update(name for name, value in before if _value(record, name) != value)
    return moved


def _value(record: Recorded, name: str) -> Any:
    """Return what a column holds, without reading the row that it may point at."""
    return getattr(record, cast(Field, record._meta.get_field(name)).attname)


def _write(kind: Kind, outcomes: Sequence[Outcome], decision: Decision, moved: Collection[str] = ()) -> None:
    """Write the columns that moved, one log row for each record, and what follows."""
    if not outcomes:
        return
    entries = [_entry(kind, outcome, decision) for outcome in outcomes]
    sets.update([outcome.record for outcome in outcomes], [*HEAD_FIELDS, *sorted(moved)])
    sets.insert(entries)
    kind.follow(outcomes, decision)


def _entry(kind: Kind, outcome: Outcome, decision: Decision) -> LogEntry:
    outcome.record.version += 1
    return log.append(outcome.record, kind.name, outcome.from_state, decision, outcome.post)


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


def _repeated(kind: Kind, seen: Mapping[int, int], decision: Decision) -> dict[int, Outcome]:
    """Tell on which records a form has acted already, whatever has happened to them since; none where it has not."""
    acts = log.entries_by_token(kind.name, list(seen), decision.token)
    records = kind.model._default_manager.in_bulk([entry.record for entry in acts])
    return {
        entry.record: Outcome(entry.record, records[entry.record], entry.from_state, repeated=True) for entry in acts
    }


def _missed(kind: Kind, pks: Sequence[int]) -> dict[int, Outcome]:
    """Tell, by reading again after the commit, why records could not be taken: gone, or in other hands."""
    if not pks:
        return {}
    last = log.last_entries(kind.name, pks)
    there = set(kind.model._default_manager.filter(pk__in=pks).values_list("pk", flat=True))
    return {pk: Outcome(pk, refusals=(words.busy(kind, last.get(pk)) if pk in there else words.MISSING,)) for pk in pks}
