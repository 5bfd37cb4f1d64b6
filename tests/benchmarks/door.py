"""The door on PostgreSQL: one approval, two processes of them, a batch of 500, each against a raw driver loop.

The raw loop does by hand the least that an approval is: lock and read the record, move it, write its log row, commit;
in the same tables, on records of its own. The door leaves what its effects bring about to the worker.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.applications.models import Application
from apps.core import door
from apps.core.actors import Actor
from apps.desks import services
from apps.desks.states import DeskAction, DeskState
from tests.benchmarks.figures import Figure, Spent, backend_of_django, spent
from tests.benchmarks.seeding import copies, new_world
from tests.factories import AT, BINYANG, actor

ROUNDS, ACTS, BATCH = 7, 300, door.BATCH_LIMIT
WARMING = 30
NEXT_DESK = f"sci_tech_authority@region:{BINYANG}"
_LOCK = "SELECT version, log_count, log_head FROM applications_application WHERE id = %s FOR UPDATE"
_MOVE = (
    "UPDATE applications_application SET state = 'awaiting_review', step = 1, desk = %s, version = %s, "
    "log_count = %s, log_head = %s WHERE id = %s"
)
_LOG = (
    "INSERT INTO core_logentry (kind, record, n, action, from_state, to_state, version, at, actor_id, actor, post, "
    "acting_for, opinion, ground, clause, details, subject_digest, token, previous, digest) VALUES ('application', "
    "%s, %s, 'pass_up', 'awaiting_consent', 'awaiting_review', %s, %s, 1, '单位经办', '派出单位经办人', '', '同意', "
    "'', '', '{}', %s, '', %s, %s)"
)
Records = Iterator[Application]
Turns = tuple[list[Spent], list[Spent], list[Spent]]


def measure() -> Iterator[Figure]:
    """Yield the figures of the door: with every commit on the disk, then with commits that do not wait for it."""
    scene = new_world()
    records = iter(copies(scene, DeskState.AWAITING_CONSENT, ROUNDS * (7 * ACTS + 2 * BATCH + 3) + 4 * WARMING + 1))
    by = actor(scene.officers.unit)
    yield Figure("statements of one approval", [float(_statements(next(records), by))], "", "≤", 8)
    yield from _figures(_in_turns(records, by, "on"), "")
    yield from _figures(_in_turns(records, by, "off"), ", no wait for the disk", has_limits=False)
    yield Figure("two processes / one, approvals a second", _two_against_one(records, by), " ×", "≥", 1.8)


def _figures(turns: Turns, how: str, *, has_limits: bool = True) -> Iterator[Figure]:
    raw, one, batch = turns
    at_least = "≥" if has_limits else ""
    yield Figure(f"one raw act, CPU{how}", [each.cpu / ACTS * 1000 for each in raw], " ms")
    yield Figure(f"one approval, CPU{how}", [each.cpu / ACTS * 1000 for each in one], " ms")
    yield Figure(f"one of a batch of 500, CPU{how}", [each.cpu / BATCH * 1000 for each in batch], " ms")
    yield Figure(f"one approval / one raw act, CPU{how}", _ratios(one, raw, "cpu"), " ×", "≤", 7)
    yield Figure(f"approvals a second{how}", [ACTS / each.wall for each in one])
    share = ACTS / BATCH
    per_row = [Spent(each.wall * share, each.client * share, each.server * share) for each in batch]
    yield Figure(f"rate of a batch / of the raw loop{how}", _ratios(raw, per_row, "wall"), " ×", at_least, 2)
    yield Figure(f"rate of a batch / one by one{how}", _ratios(one, per_row, "wall"), " ×", at_least, 10)


def _ratios(above: Sequence[Spent], below: Sequence[Spent], what: str) -> list[float]:
    return [getattr(one, what) / getattr(other, what) for one, other in zip(above, below, strict=True)]


def _statements(record: Application, by: Actor) -> int:
    """Count the statements between BEGIN and COMMIT."""
    with CaptureQueriesContext(connection) as queries, patch.object(transaction, "on_commit"):
        _approve([record], by)
    return sum(query["sql"] not in ("BEGIN", "COMMIT") for query in queries)


def _in_turns(records: Records, by: Actor, commits: str) -> Turns:
    """Let the raw loop, the door one by one and the door with a batch take turns, after some acts to warm up."""
    raw, one, batch = [], [], []
    with psycopg.connect(_address(), autocommit=True) as driver, patch.object(transaction, "on_commit"):
        for cursor in (driver.cursor(), connection.cursor()):
            cursor.execute(f"SET synchronous_commit = {commits}")
        driver.autocommit = False
        by_hand(list(islice(records, WARMING)), driver)
        _approve(list(islice(records, WARMING)), by)
        for _ in range(ROUNDS):
            raw.append(_measured(by_hand, list(islice(records, ACTS)), driver, driver.info.backend_pid))
            one.append(_measured(_approve, list(islice(records, ACTS)), by, backend_of_django()))
            batch.append(_measured(_approve_all, list(islice(records, BATCH)), by, backend_of_django()))
    return raw, one, batch


def _measured(work: Callable[..., None], records: list[Application], means: Any, backend: int) -> Spent:
    with spent(backend) as found:
        work(records, means)
    return found


def _address() -> str:
    """Return how a driver reaches the database that Django uses."""
    wanted = connection.get_connection_params()
    return psycopg.conninfo.make_conninfo(**{name: wanted[name] for name in ("dbname", "user", "host", "options")})


def by_hand(records: Sequence[Application], driver: psycopg.Connection) -> None:
    """Approve by the driver alone."""
    cursor = driver.cursor()
    for record in records:
        cursor.execute(_LOCK, [record.pk])
        version, count, head = cursor.fetchone() or (0, 0, "")
        cursor.execute(_MOVE, [NEXT_DESK, version + 1, count + 1, head, record.pk])
        cursor.execute(_LOG, [record.pk, count + 1, version + 1, AT, head, head, head])
        driver.commit()


def _approve(records: Sequence[Application], by: Actor) -> None:
    for record in records:
        services.pass_up(record=record, by=by, at=AT, opinion="同意", token=f"{record.pk:032}")


def _approve_all(records: Sequence[Application], by: Actor) -> None:
    seen = {record.pk: record.version for record in records}
    outcomes = services.decide_many(
        model=Application, seen=seen, action=DeskAction.PASS_UP, by=by, at=AT, opinion="同意", token="b" * 32
    )
    assert all(outcome.done for outcome in outcomes)


def _two_against_one(records: Records, by: Actor) -> list[float]:
    """Return, round by round, how many times the approvals of one process two reach at once."""
    return [2 * _together(1, records, by) / _together(2, records, by) for _ in range(ROUNDS)]


def _together(processes: int, records: Records, by: Actor) -> float:
    """Return the seconds that so many processes need, each for its own records, all at once."""
    connection.close()
    forking = multiprocessing.get_context("fork")
    start, times = forking.Barrier(processes), forking.Queue()
    shares = [list(islice(records, ACTS + 1)) for _ in range(processes)]
    workers = [forking.Process(target=_work, args=(share, by, start, times)) for share in shares]
    for worker in workers:
        worker.start()
    began, ended = zip(*(times.get() for _ in workers), strict=True)
    for worker in workers:
        worker.join()
    return max(ended) - min(began)


def _work(share: Sequence[Application], by: Actor, start: Any, times: Any) -> None:
    with patch.object(transaction, "on_commit"):
        _approve(share[:1], by)
        start.wait()
        began = time.perf_counter()
        _approve(share[1:], by)
        times.put((began, time.perf_counter()))
    connection.close()
