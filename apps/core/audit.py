"""The proof that records, log and seals agree: chains, heads, counts, states, and nothing without its log."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from apps.core import kinds, log, seals, triggers
from apps.core.faults import Fault
from apps.core.kinds import Kind
from apps.core.models import LogEntry, Recorded
from apps.core.sealbook import Leaf
from apps.core.snapshots import snapshot

_CHUNK = 2000


@dataclass(frozen=True)
class Report:
    """How many rows and records were read, the newest seal they were held against (0 for none), the faults found.

    Faults stand in the order of triggers, seals, kinds, records.
    """

    rows: int
    records: int
    seal: int
    faults: tuple[Fault, ...]

    @property
    def verified(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class _Chain:
    """One record's log as read: its last row, how many there are, the first break, what it lacks of what was sealed."""

    last: LogEntry
    length: int
    broken: str
    unsealed: str


def verify() -> Report:
    """Read all seals, then every log row and every record with a state as of one moment, and compare them.

    Whatever the length of the log, memory holds the heads that the seals add up to, and the faults.
    """
    book = seals.open_book()
    rows = records = 0
    with snapshot():
        faults = [Fault("日志触发器", f"缺少 {name}，请运行 manage.py migrate 恢复") for name in triggers.missing()]
        faults += [*book.broken, *seals.files_missing(book.missing)]
        for kind in sorted(kinds.every(), key=attrgetter("name")):
            sealed = book.heads.get(kind.name, {})
            for pk, chain, record in _side_by_side(kind, sealed):
                rows, records = rows + (chain.length if chain else 0), records + (record is not None)
                faults += [Fault(kinds.title(kind.name, pk), what) for what in _faults(kind, chain, record)]
        faults += [*seals.vanished(book.heads), *_unknown_kinds()]
    return Report(rows, records, max(book.statements, default=0), tuple(faults))


def _side_by_side(kind: Kind, sealed: dict[int, Leaf]) -> Iterator[tuple[int, _Chain | None, Recorded | None]]:
    """Yield each record with its log, and either without the other; what is sealed is taken out of `sealed`."""
    records = kind.model._default_manager.order_by("pk").iterator(_CHUNK)
    both = merge(_chains(kind, sealed), ((record.pk, record) for record in records), key=itemgetter(0))
    for pk, pair in groupby(both, key=itemgetter(0)):
        found: dict[bool, Any] = {isinstance(part, _Chain): part for _, part in pair}
        yield pk, found.get(True), found.get(False)


def _chains(kind: Kind, sealed: dict[int, Leaf]) -> Iterator[tuple[int, _Chain]]:
    entries = LogEntry.objects.filter(kind=kind.name).order_by("record", "n").iterator(_CHUNK)
    for record, chain in groupby(entries, key=attrgetter("record")):
        yield record, _read_chain(chain, sealed.pop(record, None))


def _read_chain(entries: Iterator[LogEntry], leaf: Leaf | None) -> _Chain:
    """Follow one record's rows; the first break is the one reported."""
    last, length, broken, sealed = LogEntry(n=0), 0, "", ""
    for entry in entries:
        length += 1
        broken = broken or _break_at(last, entry)
        if leaf and entry.n == leaf.n:
            sealed = entry.digest
        last = entry
    return _Chain(last, length, broken, seals.difference(leaf, last.n, sealed) if leaf else "")


def _break_at(last: LogEntry, entry: LogEntry) -> str:
    if entry.n != last.n + 1:
        return f"日志第{last.n + 1}条缺失"
    if entry.previous != last.digest or entry.from_state != last.to_state:
        return f"日志第{entry.n}条与上一条不相接"
    if log.chain_digest(entry) != entry.digest:
        return f"日志第{entry.n}条内容被改动"
    return ""


def _faults(kind: Kind, chain: _Chain | None, record: Recorded | None) -> list[str]:
    if chain is None:
        return ["记录没有日志，系绕过系统写入，或其日志已被删除"]
    differing = _difference(kind, chain.last, record) if record else "日志尚在，记录已被删除"
    return [what for what in (chain.broken, differing, chain.unsealed) if what]


def _difference(kind: Kind, last: LogEntry, record: Recorded) -> str:
    if last.n != record.log_count:
        return f"记录应有{record.log_count}条日志，实有{last.n}条"
    if last.digest != record.log_head:
        return "日志末条与记录所存的末条摘要不符"
    if last.to_state != record.state:
        return f"状态为“{record.state}”，日志末条为“{last.to_state}”"
    if last.version != record.version:
        return f"版本为{record.version}，日志末条为{last.version}"
    changed = record.state not in kind.editable and log.digest_of(record.subject()) != last.subject_digest
    return "记录内容与最近一次办理时不同" if changed else ""


def _unknown_kinds() -> list[Fault]:
    known = [kind.name for kind in kinds.every()]
    strangers = LogEntry.objects.exclude(kind__in=known).values_list("kind", "record").distinct().order_by("kind")
    return [Fault(kinds.title(kind, record), "日志属于未登记的事项种类") for kind, record in strangers[:20]]
