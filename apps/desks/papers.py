"""Papers: closed and laid in the transaction of the act that moves them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from apps.core import kinds, outbox
from apps.core.kinds import Decision, Outcome
from apps.desks import walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import ENDED, WRITING, DeskAction, DeskState

MOVED = "desks.moved"


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Close the papers of the records that moved, lay the next ones, and wish for what comes of it."""
    kind = kinds.of(type(outcomes[0].record)).name
    if decision.action == DeskAction.ANNOUNCE:
        _give_date(kind, outcomes)
        return
    if decision.action != DeskAction.CREATE:
        _close(kind, outcomes, decision)
    _lay([outcome.record for outcome in outcomes if outcome.record.state not in ENDED], kind, decision)
    outbox.emit([*_news(kind, outcomes, decision), *_passed(kind, outcomes)], at=decision.at)


def _close(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> None:
    done: dict[str, Any] = {"done": decision.at, "done_by": decision.by.user_id, "action": decision.action}
    latest = Paper.objects.filter(kind=kind, latest=True)
    going_on = [outcome.pk for outcome in outcomes if outcome.record.state not in ENDED]
    if going_on:
        latest.filter(record__in=going_on).update(**done, latest=False)
    by_state = sorted((outcome.record.state, outcome.pk) for outcome in outcomes if outcome.record.state in ENDED)
    for state, pairs in groupby(by_state, key=lambda pair: pair[0]):
        latest.filter(record__in=[pk for _, pk in pairs]).update(**done, state=state)


def _lay(records: Sequence[DeskRecord], kind: str, decision: Decision) -> None:
    walk = walks.named(kind)
    assert walk is not None
    Paper.objects.bulk_create(
        Paper(
            kind=kind,
            record=record.pk,
            season_id=record.season_id,
            county_id=record.county_id,
            starter_id=record.starter_id,
            state=record.state,
            office=_office(record),
            desk=record.desk or record.starter_desk(),
            title=walk.title(record),
            arrived=decision.at,
            opened=decision.at if _comes_back(record, decision) else None,
            due=_due(record, decision),
        )
        for record in records
    )


def _comes_back(record: DeskRecord, decision: Decision) -> bool:
    """Tell whether it comes to this desk otherwise than by the desk before, which then has nothing to recall."""
    return bool(record.step) and decision.action in (DeskAction.SUBMIT, DeskAction.RECALL)


def _office(record: DeskRecord) -> str:
    return record.present_step()["office"] if record.step is not None else ""


def _due(record: DeskRecord, decision: Decision) -> date | None:
    """Return the day by which a step with a time limit is to be done; a notice period starts only when published."""
    if record.step is None or record.state == DeskState.ON_NOTICE:
        return None
    days = record.present_step().get("days")
    return timezone.localdate(decision.at) + timedelta(days=days) if days else None


def _give_date(kind: str, outcomes: Sequence[Outcome]) -> None:
    for until, group in groupby(outcomes, key=lambda outcome: outcome.record.notice_until):
        records = [outcome.pk for outcome in group]
        Paper.objects.filter(kind=kind, record__in=records, latest=True).update(due=until)


def _news(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> list[outbox.Wish]:
    """Wish to tell each desk reached and each starter concerned: one wish for a recipient, not one for a record."""
    if decision.action in (DeskAction.CREATE, DeskAction.RECALL):
        return []
    told: dict[tuple[str, str, bool], list[DeskRecord]] = {}
    for outcome in outcomes:
        record = outcome.record
        if record.desk and record.state not in WRITING:
            told.setdefault((record.desk, record.state, False), []).append(record)
        told.setdefault((record.starter_desk(), record.state, True), []).append(record)
    return [_one_news(kind, *recipient, records, decision) for recipient, records in told.items()]


def _one_news(
    kind: str, desk: str, state: str, to_starter: bool, records: Sequence[DeskRecord], decision: Decision
) -> outbox.Wish:
    key = f"{kind}:{records[0].pk}:{records[0].log_count}:{desk}"
    payload = {
        "kind": kind,
        "records": [record.pk for record in records],
        "desk": desk,
        "to_starter": to_starter,
        "next": records[0].desk if state not in WRITING else "",
        "action": decision.action,
        "state": state,
        "opinion": decision.opinion,
        "key": key,
    }
    return outbox.Wish(MOVED, key, payload)


def _passed(kind: str, outcomes: Sequence[Outcome]) -> list[outbox.Wish]:
    """Wish, once for a batch, for what passing means in this process."""
    passed = [outcome for outcome in outcomes if outcome.record.state == DeskState.PASSED]
    if not passed:
        return []
    key = f"{kind}:passed:{passed[0].pk}:{passed[0].record.log_count}"
    return [outbox.Wish(f"{kind}.passed", key, {"records": [outcome.pk for outcome in passed]})]
