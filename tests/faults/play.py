"""The play: who applied, who agrees to what, and what strikes meanwhile."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue

from django.db import OperationalError, connection
from django.utils import timezone

from apps.applications.models import Application
from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentState
from apps.core import clock
from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.directory.states import Role
from apps.notices import services as notices
from apps.notices.models import Notice
from apps.notices.states import NoticeState
from tests import factories
from tests.faults.stage import FLOWS, WEB, WORKER, Stage
from tests.faults.visitors import Ledger, Officer, Unanswered, approve, issue

HANDS = 4
RACES = 0.15
ANNOUNCED_DAYS_AGO = 12
OFFICE_STEPS = 3
Schedule = list[tuple[float, Callable[[], str]]]


@dataclass
class Roles:
    """Two officers for each desk on the way."""

    unit: Sequence[Officer]
    county: Sequence[Officer]
    city: Sequence[Officer]
    region: Sequence[Officer]


@dataclass(frozen=True)
class Strikes:
    """How often processes are killed, the database is restarted, Redis is wiped."""

    kills: int
    restarts: int
    wipes: int


@dataclass
class Play:
    """What is to be done, and what struck so far."""

    roles: Roles
    walking: Sequence[int]
    announced: Sequence[int]
    ledger: Ledger = field(default_factory=Ledger)
    struck: list[str] = field(default_factory=list)
    arrived: int = 0
    unanswered: list[str] = field(default_factory=list)
    patience: int = 0

    def wait_until(self, true: Callable[[], bool], what: str) -> None:
        """Wait for something that others bring about; raise TimeoutError naming it."""
        ends = time.monotonic() + self.patience
        while time.monotonic() < ends:
            try:
                if true():
                    return
            except OperationalError:
                connection.close()
            time.sleep(0.5)
        raise TimeoutError(what)


def prepare(approvals: int, patience: int, site: tuple[str, int]) -> Play:
    """Bring about applications on their first desk, and some on public notice whose days are over."""
    now = clock.now()
    today = timezone.localdate(now)
    at = now - timedelta(days=ANNOUNCED_DAYS_AGO)
    scene = factories.build_scene(at=at, window=(today - timedelta(days=60), today + timedelta(days=60)))
    on_notice = max(2, approvals * 15 // 100)
    walking = max(1, -(-(approvals - on_notice) // OFFICE_STEPS))
    records = [factories.make_application(scene, DeskState.AWAITING_CONSENT).pk for _ in range(walking)]
    announced = [factories.make_application(scene, DeskState.ON_NOTICE) for _ in range(on_notice)]
    notices.announce(
        season=scene.season,
        kind="application",
        seen={each.pk: each.version for each in announced},
        by=scene.office,
        at=at + timedelta(hours=6),
    )

    def two(first: User, role: Role, scope: object) -> list[Officer]:
        return [Officer(user, site) for user in (first, factories.make_officer(role, scope))]

    roles = Roles(
        unit=two(scene.officers.unit, Role.DISPATCHING_UNIT, scene.unit),
        county=two(scene.officers.county, Role.SCI_TECH_AUTHORITY, scene.county),
        city=two(scene.officers.city, Role.SCI_TECH_AUTHORITY, scene.cities[0]),
        region=two(scene.officers.region, Role.COORDINATION_OFFICE, scene.region),
    )
    return Play(roles, records, [each.pk for each in announced], patience=patience)


def run(play: Play, stage: Stage, chance: random.Random, strikes: Strikes) -> None:
    """Let the officers work while things strike; then wait for the calendar, finalise and issue.

    What never comes about is noted for the verdict.
    """
    try:
        _run(play, _scheduled(play, stage, chance, strikes), chance)
    except TimeoutError as waited_for:
        play.unanswered.append(str(waited_for))


def _scheduled(play: Play, stage: Stage, chance: random.Random, strikes: Strikes) -> Schedule:
    """Return what strikes at which number of approvals, in that order."""
    total = len(play.walking) * OFFICE_STEPS + len(play.announced)
    drawn = _drawn(stage, chance, strikes)
    return list(zip(sorted(chance.uniform(0.02, 0.95) * total for _ in drawn), drawn, strict=True))


def _run(play: Play, schedule: Schedule, chance: random.Random) -> None:
    walk = [(record, desk) for record in play.walking for desk in ("unit", "county", "city")]
    _work(play, schedule, _by_record(walk), chance)
    play.wait_until(lambda: not _still(play.announced, DeskState.ON_NOTICE), "the calendar passes who was on notice")
    _work(play, schedule, _by_record([(record, "region") for record in play.announced]), chance)
    for _, strike in schedule:
        play.struck.append(strike())
    play.wait_until(lambda: not _still(play.walking, DeskState.AWAITING_REVIEW), "all offices are through")
    play.arrived = Application.objects.filter(pk__in=play.walking, state=DeskState.ON_NOTICE).count()
    _take_back(play.walking)
    play.wait_until(lambda: _everybody_appointed(play), "everybody stands on an issued notice")


def _drawn(stage: Stage, chance: random.Random, strikes: Strikes) -> list[Callable[[], str]]:
    def kill(name: str) -> Callable[[], str]:
        def strike() -> str:
            stage.kill(name)
            return f"kill -9 {name}"

        return strike

    def restart() -> str:
        stage.restart_database()
        return "immediate database restart"

    def wipe() -> str:
        stage.wipe_redis()
        return "Redis wiped"

    names = [[WEB, WORKER, FLOWS][number % 3] for number in range(strikes.kills)]
    drawn = [*(kill(name) for name in names), *[restart] * strikes.restarts, *[wipe] * strikes.wipes]
    chance.shuffle(drawn)
    return drawn


def _by_record(walk: Sequence[tuple[int, str]]) -> SimpleQueue[list[tuple[int, str]]]:
    queue: SimpleQueue[list[tuple[int, str]]] = SimpleQueue()
    for record in dict.fromkeys(record for record, _ in walk):
        queue.put([step for step in walk if step[0] == record])
    return queue


def _work(
    play: Play,
    schedule: Schedule,
    queue: SimpleQueue[list[tuple[int, str]]],
    chance: random.Random,
) -> None:
    """Let several hands work through the records, and strike when enough is done."""
    seeds = [chance.random() for _ in range(HANDS)]
    hands = [threading.Thread(target=_hand, args=(play, queue, random.Random(seed))) for seed in seeds]
    for hand in hands:
        hand.start()
    while any(hand.is_alive() for hand in hands):
        if schedule and len(play.ledger) >= schedule[0][0]:
            play.struck.append(schedule.pop(0)[1]())
        time.sleep(0.02)


def _hand(play: Play, queue: SimpleQueue[list[tuple[int, str]]], chance: random.Random) -> None:
    while True:
        try:
            walk = queue.get_nowait()
        except Empty:
            return
        for record, desk in walk:
            officers = getattr(play.roles, desk)
            try:
                approve(record, officers, play.ledger, race=chance.random() < RACES)
            except Unanswered as page:
                play.unanswered.append(str(page))


def _take_back(records: Sequence[int]) -> None:
    """Let the applicants take back what waits for a public list, so that the city has nothing open."""
    for record in Application.objects.filter(pk__in=records).exclude(state=DeskState.WITHDRAWN).order_by("pk"):
        desks.withdraw(record=record, by=factories.actor(factories.user_of(record)), at=clock.now())


def _still(records: Sequence[int], state: str) -> bool:
    return Application.objects.filter(pk__in=records, state=state).exists()


def _everybody_appointed(play: Play) -> bool:
    """Issue what the calendar has drafted, and tell whether all who were finalised are in force."""
    for notice in Notice.objects.filter(state=NoticeState.DRAFT).values_list("pk", flat=True):
        issue(notice, play.roles.region[0])
    in_force = Appointment.objects.filter(state=AppointmentState.ACTIVE).count()
    return in_force == len(play.announced)
