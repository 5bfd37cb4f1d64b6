"""Rows of the log: how they are built, chained and read."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from apps.core import ciphers
from apps.core.actors import CLOCK, HeldPost
from apps.core.kinds import Decision
from apps.core.models import LogEntry, Recorded
from apps.core.refs import Ref

CHAINED = (
    "kind", "record", "n", "action", "from_state", "to_state", "version", "actor_id", "actor", "post", "acting_for",
    "opinion", "ground", "clause", "details", "subject_digest", "token", "previous",
)  # fmt: skip


_written = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode


def canonical(data: Any) -> str:
    """Write plain data in one way only: sorted keys, no spaces, dates as ISO text."""
    return _written(data)


def digest_of(data: Any) -> str:
    """Return the SHA-256 of plain data (64 hex digits)."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def chain_digest(entry: LogEntry) -> str:
    """Return the keyed digest of a row and its predecessor."""
    said = {name: getattr(entry, name) for name in CHAINED}
    return ciphers.log_digest(canonical({**said, "at": int(entry.at.timestamp() * 1_000_000)}))


def append(record: Recorded, kind: str, from_state: str, decision: Decision, post: HeldPost | None) -> LogEntry:
    """Build the next row of a record's log and move its count and head; the caller saves both."""
    entry = LogEntry(
        kind=kind,
        record=record.pk,
        n=record.log_count + 1,
        action=decision.action,
        from_state=from_state,
        to_state=record.state,
        version=record.version,
        at=decision.at,
        actor_id=decision.by.user_id,
        actor=decision.by.name,
        post=post.title if post else "",
        acting_for=post.acting_for if post else "",
        opinion=decision.opinion,
        ground=decision.ground,
        clause=decision.clause,
        details={**decision.details, **decision.own.get(record.pk, {}), **record.particulars(decision.action)},
        subject_digest=digest_of(record.subject()),
        token=decision.token,
        previous=record.log_head,
    )
    entry.digest = chain_digest(entry)
    record.log_count, record.log_head = entry.n, entry.digest
    return entry


def entries_of(ref: Ref) -> QuerySet[LogEntry]:
    """Return the log of one record, oldest first."""
    return LogEntry.objects.filter(kind=ref.kind, record=int(ref.key)).order_by("n")


def last_entries(kind: str, records: Sequence[int]) -> dict[int, LogEntry]:
    """Return the newest row of each record, in one query."""
    rows: Iterable[LogEntry] = LogEntry.objects.filter(kind=kind, record__in=records).order_by("n")
    return {row.record: row for row in rows}


def entries_by_token(kind: str, records: Sequence[int], token: str) -> Sequence[LogEntry]:
    """Return the rows that one sending of a form has written on some records, none without a token."""
    return list(LogEntry.objects.filter(kind=kind, record__in=records, token=token)) if token else []


def digests(kind: str, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Return the digests of single rows, each named by record and number, in one query."""
    records, numbers = {record for record, _ in wanted}, {n for _, n in wanted}
    rows = LogEntry.objects.filter(kind=kind, record__in=records, n__in=numbers).values_list("record", "n", "digest")
    return {(record, n): digest for record, n, digest in rows if (record, n) in wanted}


def acts_of_the_clock(since: datetime, at_most: int) -> Sequence[Mapping[str, Any]]:
    """Return the newest acts of the clock since a moment as {at, kind, action, number}, in one query."""
    rows = LogEntry.objects.filter(actor_id=None, actor=CLOCK.name, at__gte=since)
    counted = rows.values("at", "kind", "action").annotate(number=Count("pk"))
    return list(counted.order_by("-at", "kind", "action")[:at_most])
