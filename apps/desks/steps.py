"""Who did what at which step of a record's present walk, read from its log."""

from collections.abc import Collection, Sequence

from apps.core.models import LogEntry
from apps.desks.models import DeskRecord
from apps.desks.states import DeskAction
from apps.policies.acts import called


def place_of(record: DeskRecord) -> int:
    """Return the step at which a record lies, or that gave it back."""
    return record.step if record.step is not None else record.resume_at or 0


def acts_by_step(record: DeskRecord, entries: Sequence[LogEntry]) -> dict[int, LogEntry]:
    """Follow the acts backwards from where the record is now: which row of the log closed which step last."""
    closed: dict[int, LogEntry] = {}
    step, taken_back = place_of(record), 0
    for entry in reversed(entries):
        if entry.action == DeskAction.RECALL:
            step, taken_back = step + 1, taken_back + 1
        elif entry.action == DeskAction.PASS_UP:
            step -= 1
            if not taken_back:
                closed.setdefault(step, entry)
            taken_back = max(0, taken_back - 1)
        elif entry.action in (DeskAction.SEND_BACK, DeskAction.REJECT):
            step = entry.details.get("resume_at", step)
            closed.setdefault(step, entry)
        elif entry.action == DeskAction.REOPEN:
            step = entry.details["resume_at"]
    return closed


def passed_before(kind: str, records: Collection[DeskRecord], user: int | None) -> dict[int, str]:
    """Return which step of its present walk a user has passed each record at already, at another desk; in his words.

    One query; one more where he has passed any of them up at all. An office's own steps in a row are no matter.
    """
    rows = LogEntry.objects.filter(kind=kind)
    his = rows.filter(record__in=[record.pk for record in records], action=DeskAction.PASS_UP, actor_id=user)
    known = set(his.values_list("record", flat=True)) if user is not None else set()
    logs: dict[int, list[LogEntry]] = {pk: [] for pk in known}
    for entry in rows.filter(record__in=known).order_by("record", "n") if known else ():
        logs[entry.record].append(entry)
    found = {record.pk: step_passed(record, logs[record.pk], user) for record in records if record.pk in known}
    return {pk: step for pk, step in found.items() if step}


def step_passed(record: DeskRecord, entries: Sequence[LogEntry], user: int | None) -> str:
    """Name the last step before the present one that a user has passed at another desk, empty where he has none."""
    closed = acts_by_step(record, entries)
    for number in range(place_of(record) - 1, -1, -1):
        step, entry = record.route[number], closed.get(number)
        if entry and entry.action == DeskAction.PASS_UP and entry.actor_id == user and step["desk"] != record.desk:
            return f"{step['label']}{called(step)}"
    return ""
