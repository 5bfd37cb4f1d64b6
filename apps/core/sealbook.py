"""The folder of seals: one signed file for each, outside the database, only ever added to.

A file is what the seal says as a line of JSON, its Ed25519 signature as a line of hex digits, and what changed since
the seal before, a line each: `+ kind record n digest` for a record's newest log row, `- kind record n digest` for a row
that was sealed and is no longer there (only in a seal with a reason).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from apps.core import ciphers
from apps.core.faults import Fault
from apps.core.log import canonical
from apps.core.merkle import Tree


class Leaf(NamedTuple):
    """The newest row of one record's log when it was last sealed: its number, its digest, the number of the seal."""

    n: int
    head: str
    seal: int


Heads = dict[str, dict[int, Leaf]]
"""What is sealed of each record, by kind and key."""


class Broken(Exception):
    """Say in words what is wrong with a seal's file."""


@dataclass(frozen=True)
class Statement:
    """What a seal says and its signature covers.

    `previous` is the digest of the seal before, `root` the Merkle root over all heads, `records` and `rows` how many
    records and log rows stand below it, `changes` the digest of the lines that follow in the file. A seal with a
    `reason` accepts a loss: lines with a minus, and the seals in `missing`.
    """

    seal: int
    at: str
    previous: str
    root: str
    records: int
    rows: int
    changes: str
    reason: str = ""
    missing: tuple[int, ...] = ()

    def line(self) -> bytes:
        return canonical(asdict(self)).encode()

    def digest(self) -> str:
        return hashlib.sha256(self.line()).hexdigest()


@dataclass
class Book:
    """All seals of the folder by number and the heads that they add up to; what cannot be trusted; what is missing."""

    statements: dict[int, Statement] = field(default_factory=dict)
    heads: Heads = field(default_factory=dict)
    broken: list[Fault] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)

    @property
    def newest(self) -> Statement | None:
        return self.statements[max(self.statements)] if self.statements else None


def name(number: int) -> str:
    """Return what a seal is called in words."""
    return f"封印第{number}号"


def leaf_line(kind: str, record: int, n: int, head: str) -> str:
    """Write a head as the tree and the files have it."""
    return f"{kind} {record} {n} {head}"


def root_of(heads: Heads) -> str:
    """Return the root over heads, in the order of kind and record."""
    tree = Tree()
    for kind in sorted(heads):
        for record, leaf in sorted(heads[kind].items()):
            tree.add(leaf_line(kind, record, leaf.n, leaf.head).encode())
    return tree.root()


def changes_digest(lines: Iterable[str]) -> str:
    return hashlib.sha256(_body(lines)).hexdigest()


def _body(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def read(known: Mapping[int, str]) -> Book:
    """Read every seal and add up what they say; what is wrong is told in the book, nothing is raised.

    `known` are the digests by number that are remembered elsewhere; to be read before the folder is.
    """
    book = Book()
    numbers = set()
    for path in sorted(settings.SEALS_DIR.glob("*.seal")):
        number = int(path.stem) if path.stem.isdecimal() else 0
        numbers.add(number)
        try:
            _enter(book, number, path)
            _check_known(book.statements[number], known)
        except Broken as broken:
            book.broken.append(Fault(name(number) if number else path.name, str(broken)))
    book.missing = _missing(book, {*known, *range(1, max(numbers, default=0))} - numbers)
    newest = book.newest
    if newest and not (book.broken or book.missing) and root_of(book.heads) != newest.root:
        book.broken.append(Fault(name(newest.seal), "各封印所记的变动合不成它的总根"))
    return book


def _check_known(statement: Statement, known: Mapping[int, str]) -> None:
    if known.get(statement.seal, statement.digest()) != statement.digest():
        raise Broken("文件与数据库所记的不是同一个封印")


def _missing(book: Book, absent: set[int]) -> list[int]:
    """Return the absent seals of which no later one gives account."""
    return sorted(absent.difference(*(statement.missing for statement in book.statements.values())))


def _enter(book: Book, number: int, path: Path) -> None:
    statement, changes = _opened(path)
    if statement.seal != number:
        raise Broken(f"文件里装的是{name(statement.seal)}")
    before = book.statements.get(statement.seal - 1)
    if before and before.seal not in statement.missing and before.digest() != statement.previous:
        raise Broken("与上一号封印不相接")
    book.statements[statement.seal] = statement
    for line in changes.splitlines():
        sign, kind, record, n, head = line.split(" ")
        if sign == "+":
            book.heads.setdefault(kind, {})[int(record)] = Leaf(int(n), head, statement.seal)
        else:
            book.heads.get(kind, {}).pop(int(record), None)


def _opened(path: Path) -> tuple[Statement, str]:
    """Return what a file says and its changes; raise Broken unless it is whole and signed with a key of ours."""
    try:
        line, _, rest = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise Broken(f"文件不能读取（{error.strerror}）") from error
    signature, _, changes = rest.partition(b"\n")
    if not ciphers.is_our_seal(line, signature.decode(errors="replace")):
        raise Broken("文件被改动、截断，或不是用本系统的封印密钥签的")
    said = json.loads(line)
    statement = Statement(**{**said, "missing": tuple(said["missing"])})
    if hashlib.sha256(changes).hexdigest() != statement.changes:
        raise Broken("所附的变动被改动或截断")
    return statement, changes.decode()


def write(statement: Statement, lines: Iterable[str]) -> None:
    """Sign a seal and put it into the folder, whole or not at all; raise FileExistsError when its number is taken."""
    said = statement.line()
    data = b"\n".join((said, ciphers.sign_seal(said).encode(), _body(lines)))
    folder: Path = settings.SEALS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fchmod(out.fileno(), 0o444)
            os.fsync(out.fileno())
        os.link(draft, folder / f"{statement.seal:06}.seal")
    finally:
        os.unlink(draft)
    _settle(folder)


def set_aside() -> None:
    """Put the whole folder beside under a name of its own, for a database that begins anew from nothing."""
    folder: Path = settings.SEALS_DIR
    if folder.exists():
        taken = len(list(folder.parent.glob(f"{folder.name}.*")))
        folder.rename(folder.with_name(f"{folder.name}.{taken + 1}"))


def _settle(folder: Path) -> None:
    """Have the folder's own entry on disk, so that a power cut does not take the file's name away."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
