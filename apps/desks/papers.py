"""Papers: closed and laid in the transaction of the act that moves them."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from apps.core import kinds, outbox, sets
from apps.core.kinds import Decision, Outcome
from apps.desks import asking, walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.states import ENDED, WRITING, DeskAction, DeskState
from apps.policies.calendar import Exceptions, Span, counts_from, last_day
from apps.policies.schema import DutyHours
from apps.seasons.selectors import exceptions_in

MOVED = "desks.moved"


def follow(outcomes: Sequence[Outcome], decision: Decision) -> None:
    """Close the papers of the records that moved, lay the next ones, and wish for what comes of it."""
    kind = kinds.of(type(outcomes[0].record)).name
    if decision.action == DeskAction.ANNOUNCE:
        _give_date(kind, outcomes)
        return
    asking.follow(kind, outcomes, decision)
    if decision.action in (DeskAction.ASK, DeskAction.GIVE_VERDICT):
        outbox.emit(_news_of_asking(kind, outcomes, decision), at=decision.at)
        return
    titles = {} if decision.action == DeskAction.CREATE else _close(kind, outcomes, decision)
    going_on = [outcome for outcome in outcomes if outcome.record.state not in ENDED]
    _lay(going_on, {**titles, **_own_titles(kind, going_on)}, decision)
    outbox.emit([*_news(kind, outcomes, decision), *_passed(kind, outcomes)], at=decision.at)


def _close(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> dict[int, str]:
    """Close the papers on which the act was done; return what each is called."""
    done: dict[str, Any] = {"done": decision.at, "done_by": decision.by.user_id, "action": decision.action}
    newest = {"kind": kind, "latest": True}
    titles: dict[int, str] = {}
    for end, records in _by_end(outcomes).items():
        left = {"state": end} if end else {"latest": False}
        titles |= dict(sets.change(Paper, "record", records, {**done, **left}, given=newest, back=("record", "title")))
    return titles


def _by_end(outcomes: Sequence[Outcome]) -> dict[str, list[int]]:
    """Return the records by the state in which they ended, empty for those that go on."""
    found: dict[str, list[int]] = {}
    for outcome in outcomes:
        state = outcome.record.state
        found.setdefault(state if state in ENDED else "", []).append(outcome.pk)
    return found


def _own_titles(kind: str, outcomes: Sequence[Outcome]) -> dict[int, str]:
    """Name the records that were being written; all others are called as they were on the desk before."""
    walk = walks.named(kind)
    assert walk is not None
    written = [outcome.record for outcome in outcomes if outcome.from_state in ("", *WRITING)]
    prefetch_related_objects(written, *walk.titled_by)
    return {record.pk: walk.title(record) for record in written}


def _lay(outcomes: Sequence[Outcome], titles: Mapping[int, str], decision: Decision) -> None:
    records = [outcome.record for outcome in outcomes]
    days = exceptions_in({record.season_id for record in records if _counts_working_days(record)})
    sets.insert([_paper(record, titles[record.pk], decision, days.get(record.season_id, {})) for record in records])


def _counts_working_days(record: DeskRecord) -> bool:
    """Tell whether the day by which the step it lies at is to be done hangs on which days are worked."""
    step = record.present_step() if record.step is not None else {}
    return bool(step.get("days")) and bool(step.get("counting") or step.get("duty_hours"))


def _paper(record: DeskRecord, title: str, decision: Decision, days: Exceptions) -> Paper:
    return Paper(
        kind=kinds.of(type(record)).name,
        record=record.pk,
        season_id=record.season_id,
        county_id=record.county_id,
        person_id=record.person_id,
        starter=record.starter,
        state=record.state,
        office=_office(record),
        desk=record.desk or record.starter,
        title=title,
        arrived=decision.at,
        opened=decision.at if _comes_back(record, decision) else None,
        due=_due(record, decision, days),
    )


def _comes_back(record: DeskRecord, decision: Decision) -> bool:
    """Tell whether it comes to this desk otherwise than by the desk before, which then has nothing to recall."""
    others = (DeskAction.SUBMIT, DeskAction.RECALL, DeskAction.SEND_BACK, DeskAction.REOPEN)
    return bool(record.step) and decision.action in others


def _office(record: DeskRecord) -> str:
    return record.present_step()["office"] if record.step is not None else ""


def _due(record: DeskRecord, decision: Decision, exceptions: Exceptions) -> date | None:
    """Return the day by which a step with a time limit is to be done; a notice period starts only when published.

    It runs from the moment that counts by the duty hours of the policy, where it has any.
    """
    if record.step is None or record.state == DeskState.ON_NOTICE:
        return None
    step = record.present_step()
    if not step.get("days"):
        return None
    hours = DutyHours.model_validate(step["duty_hours"]) if step.get("duty_hours") else None
    start = counts_from(timezone.localtime(decision.at), hours, exceptions)
    return last_day(start.date(), Span(step["days"], step.get("counting", "")), exceptions)


def _give_date(kind: str, outcomes: Sequence[Outcome]) -> None:
    for until, group in groupby(outcomes, key=lambda outcome: outcome.record.notice_until):
        records = [outcome.pk for outcome in group]
        Paper.objects.filter(kind=kind, record__in=records, latest=True).update(due=until)


def _news(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> list[outbox.Wish]:
    """Wish, once for a batch, to tell each desk reached and each person concerned: once each, not once a record.

    Who stands on a public list is told by the list itself.
    """
    if decision.action in (DeskAction.CREATE, DeskAction.RECALL, DeskAction.ANNOUNCE):
        return []
    told: dict[tuple[str, str, bool], list[DeskRecord]] = {}
    for outcome in outcomes:
        record = outcome.record
        if record.desk and record.state not in WRITING:
            told.setdefault((record.desk, record.state, False), []).append(record)
        for party in record.parties():
            told.setdefault((party, record.state, False), []).append(record)
        for follower in _followers(record):
            told.setdefault((follower, record.state, True), []).append(record)
    news = [_one_news(kind, *recipient, records) for recipient, records in told.items()]
    payload = {"kind": kind, "told": news, "action": decision.action, "opinion": decision.opinion}
    return [outbox.Wish(MOVED, news[0]["key"], payload)] if news else []


def _news_of_asking(kind: str, outcomes: Sequence[Outcome], decision: Decision) -> list[outbox.Wish]:
    """Wish to tell those newly asked, or, once all have spoken, the office that asked them."""
    told: dict[tuple[str, str, bool], list[DeskRecord]] = {}
    for outcome in outcomes:
        for desk in asking.to_tell(kind, outcome.record, decision):
            told.setdefault((desk, outcome.record.state, False), []).append(outcome.record)
    news = [_one_news(kind, *recipient, records) for recipient, records in told.items()]
    payload = {"kind": kind, "told": news, "action": decision.action, "opinion": ""}
    return [outbox.Wish(MOVED, news[0]["key"], payload)] if news else []


def _followers(record: DeskRecord) -> list[str]:
    """Return who follows a record: the desk that started it and, once it is handed in, the person it is about.

    What was given back is its starter's alone; who has it on his desk knows by that.
    """
    others = [record.person_desk()] if record.submitted and record.state != DeskState.RETURNED else []
    followers = dict.fromkeys([record.starter, *others])
    return [each for each in followers if each != record.desk or record.state in WRITING]


def _one_news(kind: str, desk: str, state: str, to_follower: bool, records: Sequence[DeskRecord]) -> dict[str, Any]:
    return {
        "desk": desk,
        "state": state,
        "to_follower": to_follower,
        "records": [record.pk for record in records],
        "next": records[0].desk if state not in WRITING else "",
        "key": f"{kind}:{records[0].pk}:{records[0].log_count}:{desk}",
    }


def _passed(kind: str, outcomes: Sequence[Outcome]) -> list[outbox.Wish]:
    """Wish, once for a batch, for what passing means in this process."""
    passed = [outcome for outcome in outcomes if outcome.record.state == DeskState.PASSED]
    if not passed:
        return []
    key = f"{kind}:passed:{passed[0].pk}:{passed[0].record.log_count}"
    return [outbox.Wish(f"{kind}.passed", key, {"records": [outcome.pk for outcome in passed]})]
