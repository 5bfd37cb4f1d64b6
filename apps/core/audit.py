"""The proof that records and log agree: chains, heads, counts, states, and nothing without its log."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from apps.core import kinds, log, triggers
from apps.core.kinds import Kind
from apps.core.models import LogEntry, Recorded

_CHUNK = 2000


@dataclass(frozen=True)
class Fault:
    """One place where record and log disagree: the record's name, and in words what is wrong."""

    ref: str
    what: str

    def __str__(self) -> str:
        return f"{self.ref}：{self.what}"


@dataclass(frozen=True)
class Report:
    """How many rows and records were read, and the faults found, in the order of kind, record and row."""

    rows: int
    records: int
    faults: tuple[Fault, ...]

    @property
    def verified(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class _Tail:
    n: int
    digest: str
    state: str
    version: int
    subject: str


def verify() -> Report:
    """Read the whole log and every record with a state, and compare them; memory stays bounded by one kind's keys."""
    rows = records = 0
    faults = [Fault("日志触发器", f"缺少 {name}，请运行 manage.py migrate 恢复") for name in triggers.missing()]
    for kind in sorted(kinds.every(), key=attrgetter("name")):
        tails, read, broken = _read_chains(kind)
        compared, wrong = _compare(kind, tails)
        rows, records = rows + read, records + compared
        faults += [*broken, *wrong]
    faults += _unknown_kinds()
    return Report(rows, records, tuple(faults))


def _read_chains(kind: Kind) -> tuple[dict[int, _Tail], int, list[Fault]]:
    entries = LogEntry.objects.filter(kind=kind.name).order_by("record", "n").iterator(_CHUNK)
    tails: dict[int, _Tail] = {}
    faults: list[Fault] = []
    read = 0
    for record, chain in groupby(entries, key=attrgetter("record")):
        tail, length, fault = _read_chain(chain)
        tails[record] = tail
        read += length
        if fault:
            faults.append(Fault(f"{kind.label} {kind.name}:{record}", fault))
    return tails, read, faults


def _read_chain(chain: Iterator[LogEntry]) -> tuple[_Tail, int, str]:
    """Follow one record's rows; the first break is the one reported."""
    tail, length, fault = _Tail(0, "", "", 0, ""), 0, ""
    for entry in chain:
        length += 1
        fault = fault or _break_at(tail, entry)
        tail = _Tail(entry.n, entry.digest, entry.to_state, entry.version, entry.subject_digest)
    return tail, length, fault


def _break_at(tail: _Tail, entry: LogEntry) -> str:
    if entry.n != tail.n + 1:
        return f"日志第{tail.n + 1}条缺失"
    if entry.previous != tail.digest or entry.from_state != tail.state:
        return f"日志第{entry.n}条与上一条不相接"
    if log.chain_digest(entry) != entry.digest:
        return f"日志第{entry.n}条内容被改动"
    return ""


def _compare(kind: Kind, tails: dict[int, _Tail]) -> tuple[int, list[Fault]]:
    faults: list[Fault] = []
    seen: set[int] = set()
    for record in kind.model._default_manager.order_by("pk").iterator(_CHUNK):
        seen.add(record.pk)
        fault = _difference(kind, tails.get(record.pk), record)
        if fault:
            faults.append(Fault(f"{kind.label} {kind.name}:{record.pk}", fault))
    orphans = sorted(set(tails) - seen)
    faults += [Fault(f"{kind.label} {kind.name}:{pk}", "日志尚在，记录已被删除") for pk in orphans]
    return len(seen), faults


def _difference(kind: Kind, tail: _Tail | None, record: Recorded) -> str:
    if tail is None:
        return "记录没有日志，系绕过系统写入，或其日志已被删除"
    if tail.n != record.log_count:
        return f"记录应有{record.log_count}条日志，实有{tail.n}条"
    if tail.digest != record.log_head:
        return "日志末条与记录所存的末条摘要不符"
    if tail.state != record.state:
        return f"状态为“{record.state}”，日志末条为“{tail.state}”"
    if tail.version != record.version:
        return f"版本为{record.version}，日志末条为{tail.version}"
    changed = record.state not in kind.editable and log.digest_of(record.subject()) != tail.subject
    return "记录内容与最近一次办理时不同" if changed else ""


def _unknown_kinds() -> list[Fault]:
    known = [kind.name for kind in kinds.every()]
    strangers = LogEntry.objects.exclude(kind__in=known).values_list("kind", "record").distinct().order_by("kind")
    return [Fault(f"{kind}:{record}", "日志属于未登记的事项种类") for kind, record in strangers[:20]]
