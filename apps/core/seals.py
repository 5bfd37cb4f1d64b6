"""Seals: signed roots over the heads of all logs, chained, kept in files outside the database.

The log proves itself row by row; a seal proves that a record was there at all. Sealing compares first: it never seals
over a loss unless a person gives the reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter

from django.db.models import Max

from apps.core import kinds, log, sealbook
from apps.core.faults import Fault
from apps.core.kinds import Kind
from apps.core.merkle import Tree
from apps.core.models import LogEntry, Seal
from apps.core.sealbook import Book, Heads, Leaf, Statement, leaf_line
from apps.core.snapshots import snapshot

EVERY = timedelta(hours=1)
AT_LEAST_EVERY = timedelta(days=1)
_CHUNK = 2000

Head = tuple[int, int, str]
"""A record's key, the number of its newest log row, that row's digest."""


class SealRefused(Exception):
    """Say what was sealed and is no longer so; nothing was written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(map(str, self.faults[:3])))


@dataclass
class _Draft:
    """What a seal in the making has seen so far."""

    tree: Tree = field(default_factory=Tree)
    records: int = 0
    rows: int = 0
    lines: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def newest() -> Seal | None:
    """Return the newest seal that the database knows of."""
    return Seal.objects.order_by("-number").first()


def is_due(at: datetime) -> bool:
    """Tell whether the calendar should seal: each hour when something was logged, each day when nothing was."""
    last = newest()
    if last is None or _apart(at, last.at) >= AT_LEAST_EVERY:
        return True
    return _apart(at, last.at) >= EVERY and LogEntry.objects.count() != last.rows


def _apart(at: datetime, last: datetime) -> timedelta:
    """Return how far two moments lie apart; a clock that once ran ahead keeps no later seal from being made."""
    return abs(at - last)


def open_book() -> Book:
    """Read the folder of seals and hold it against what the database remembers of it.

    A seal's file is written before its row: whoever reads the rows first finds every file.
    """
    return sealbook.read(dict(Seal.objects.values_list("number", "digest")))


def seal(*, at: datetime, after_restore: str = "") -> Seal:
    """Seal the heads of all logs as they stand now, and return the seal.

    Reads the folder, then the database at one moment, writes the file, enters it in the database. Asked again before
    anything has moved, it returns the newest seal. Raises SealRefused when something sealed is no longer so; with
    `after_restore`, the reason of a person, the new seal names each loss and accepts it.
    """
    while True:
        book = open_book()
        statement, lines = _drafted(book, at, after_restore)
        if not (lines or after_restore) and _is_fresh(book.newest, at):
            break
        try:
            sealbook.write(statement, lines)
        except FileExistsError:
            continue
        book.statements[statement.seal] = statement
        break
    _enter(book)
    return Seal.objects.get(number=max(book.statements))


def _is_fresh(last: Statement | None, at: datetime) -> bool:
    return last is not None and _apart(at, datetime.fromisoformat(last.at)) < AT_LEAST_EVERY


def _drafted(book: Book, at: datetime, reason: str) -> tuple[Statement, list[str]]:
    draft = _compared(book.heads)
    lost = [*files_missing(book.missing), *draft.faults]
    if book.broken or (lost and not reason):
        raise SealRefused([*book.broken, *lost])
    last = book.newest
    statement = Statement(
        seal=max([0, *book.statements, *book.missing]) + 1,
        at=at.astimezone(UTC).isoformat(),
        previous=last.digest() if last else "",
        root=draft.tree.root(),
        records=draft.records,
        rows=draft.rows,
        changes=sealbook.changes_digest(draft.lines),
        reason=reason,
        missing=tuple(book.missing),
    )
    return statement, draft.lines


def files_missing(numbers: Iterable[int]) -> list[Fault]:
    """Name the seals that have no file, those in a row together."""
    rows = [[number for _, number in row] for _, row in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return [Fault(sealbook.name(row[0]) + (f"至第{row[-1]}号" if len(row) > 1 else ""), "文件缺失") for row in rows]


def _compared(sealed: Heads) -> _Draft:
    """Hold every head of the database against the sealed ones, all as of one moment; empties `sealed` on its way."""
    draft = _Draft()
    with snapshot():
        for kind in sorted(kinds.every(), key=attrgetter("name")):
            for heads in _heads(kind):
                _compare(draft, kind, heads, sealed.get(kind.name, {}))
    for name, record, leaf in _left(sealed):
        _lose(draft, name, record, leaf, difference(leaf, 0))
    return draft


def vanished(left: Heads) -> list[Fault]:
    """Name the records of which seals tell and of which nothing was found."""
    return [Fault(kinds.title(name, record), difference(leaf, 0)) for name, record, leaf in _left(left)]


def _left(heads: Heads) -> Iterator[tuple[str, int, Leaf]]:
    return ((name, record, leaf) for name in sorted(heads) for record, leaf in sorted(heads[name].items()))


def _heads(kind: Kind) -> Iterator[list[Head]]:
    rows = kind.model._default_manager.exclude(log_count=0).order_by("pk")
    heads = rows.values_list("pk", "log_count", "log_head").iterator(_CHUNK)
    while chunk := list(islice(heads, _CHUNK)):
        yield chunk


def _compare(draft: _Draft, kind: Kind, heads: list[Head], sealed: dict[int, Leaf]) -> None:
    before = {pk: sealed.pop(pk, None) for pk, _, _ in heads}
    moved = [head for head in heads if (leaf := before[head[0]]) is None or (leaf.n, leaf.head) != head[1:]]
    found = _rows(kind.name, moved, before)
    for pk, n, head in heads:
        draft.tree.add(leaf_line(kind.name, pk, n, head).encode())
    for pk, n, head in moved:
        leaf = before[pk]
        if leaf:
            _lose(draft, kind.name, pk, leaf, difference(leaf, n, found.get((pk, leaf.n), "")))
        if found.get((pk, n)) != head:
            draft.faults.append(Fault(kinds.title(kind.name, pk), "日志末条与记录所存的末条摘要不符"))
        draft.lines.append(f"+ {leaf_line(kind.name, pk, n, head)}")
    draft.records, draft.rows = draft.records + len(heads), draft.rows + sum(n for _, n, _ in heads)


def _rows(kind: str, moved: list[Head], before: Mapping[int, Leaf | None]) -> dict[tuple[int, int], str]:
    """Read the log rows on which moved records stand, and those on which they stood when they were sealed."""
    now = {(pk, n) for pk, n, _ in moved}
    then = {(pk, leaf.n) for pk, _, _ in moved if (leaf := before[pk])}
    return log.digests(kind, now | then) if moved else {}


def difference(leaf: Leaf, count: int, digest: str = "") -> str:
    """Say what a record lacks of what was sealed of it, empty for nothing.

    `count` is the number of its log rows, 0 when it is gone, `digest` that of the row that was sealed.
    """
    sealed = f"{sealbook.name(leaf.seal)}时有{leaf.n}条日志"
    if not count:
        return f"{sealed}，现已不存在"
    if count < leaf.n:
        return f"{sealed}，现只有{count}条"
    return f"第{leaf.n}条日志与{sealbook.name(leaf.seal)}所记不符" if digest != leaf.head else ""


def _lose(draft: _Draft, kind: str, record: int, leaf: Leaf, what: str) -> None:
    if what:
        draft.faults.append(Fault(kinds.title(kind, record), what))
        draft.lines.append(f"- {leaf_line(kind, record, leaf.n, leaf.head)}")


def _enter(book: Book) -> None:
    """Enter in the database the seals of the folder that it does not know yet, one that a kill left out included."""
    last = Seal.objects.aggregate(number=Max("number"))["number"] or 0
    new = [statement for number, statement in sorted(book.statements.items()) if number > last]
    Seal.objects.bulk_create(
        [
            Seal(
                number=each.seal,
                at=datetime.fromisoformat(each.at),
                root=each.root,
                digest=each.digest(),
                records=each.records,
                rows=each.rows,
                reason=each.reason,
            )
            for each in new
        ],
        ignore_conflicts=True,
    )
