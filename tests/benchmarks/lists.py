"""The inbox, the list of applications and the season pages as the table of papers grows: what they cost and load.

Two officers look: one of a county, on whose desk lies a part, and the region's, on whose desk lies the last act of
all. Each page is measured from request to response, in CPU time of this process and of the database.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from statistics import median

import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.paging import PER_PAGE
from apps.desks.states import DeskState
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Figure, backend_of_django, spent
from tests.benchmarks.seeding import new_world
from tests.factories import Scene, login
from tests.loads import Load, loads

SIZES = (1_000, 10_000, 200_000)
ROUNDS, WARMING = 9, 2
UNREAD = 10
"""One unread message for each so many papers."""
Page = tuple[str, str]
Look = tuple[list[float], Load]


def measure() -> Iterator[Figure]:
    """Yield the figures of the pages."""
    scene = new_world()
    crowd = Crowd(scene)
    looks: dict[int, dict[Page, Look]] = {}
    with time_machine.travel(scene.at + timedelta(days=8)):
        for size in SIZES:
            crowd.grow_to(size)
            for user in (scene.officers.county, scene.officers.region):
                crowd.tell(user, size // UNREAD)
            looks[size] = dict(_look_all(scene))
    small, middle, large = (looks[size] for size in SIZES)
    for page in large:
        yield _told(page, small[page][0], middle[page][0], large[page][0])
    inbox = [look[page][1] for look in looks.values() for page in large if "inbox" in page[1]]
    yield Figure("inbox: statements", [load.statements for load in inbox], "", "≤", 10)
    yield Figure("inbox: rows sent, most", [max(load.rows for load in inbox)], "", "≤", 2 * PER_PAGE)
    yield Figure("inbox: objects made, most", [max(load.instances for load in inbox)], "", "≤", 3 * PER_PAGE)
    dashboard = [look[page][1].statements for look in looks.values() for page in large if "/seasons/" in page[1]]
    yield Figure("season pages: statements", dashboard, "", "≤", 12)
    for page in large:
        yield from _bounded(page, small[page][1], large[page][1])


def _told(page: Page, small: list[float], middle: list[float], large: list[float]) -> Figure:
    name = f"{page[0]}: {median(small):.1f}, {median(middle):.1f}, {median(large):.1f} ms; last / first"
    return Figure(name, [value / median(small) for value in large], " ×", "≤", 2)


def _bounded(page: Page, small: Load, large: Load) -> Iterator[Figure]:
    """Say what a page other than the inbox loads; it may not ask more often as the tables grow."""
    if "inbox" not in page[1]:
        name = f"{page[0]}: {large.rows} rows, {large.instances} objects; statements"
        yield Figure(name, [large.statements], "", "≤", small.statements)


def _look_all(scene: Scene) -> Iterator[tuple[Page, Look]]:
    for name, user in (("county", scene.officers.county), ("region", scene.officers.region)):
        client = login(Client(), user)
        for what, address in _addresses(scene):
            yield (f"{name}, {what}", address), _look(client, address)


def _look(client: Client, address: str) -> Look:
    times = []
    for number in range(WARMING + ROUNDS):
        with spent(backend_of_django()) as measured:
            answer = client.get(address)
        assert answer.status_code == 200, address
        times += [measured.cpu * 1000] if number >= WARMING else []
    with loads() as load:
        client.get(address)
    return times, load


def _addresses(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield the pages with their filters; the names sought are those of a few, of one in fifteen, of none."""
    inbox, listed = reverse("home:inbox"), reverse("applications:list")
    narrowed = [("state", f"state={DeskState.AWAITING_REVIEW}"), ("name of a few", f"text={_a_name()[:2]}")]
    narrowed += [("one character", "text=韦"), ("no such name", "text=没有")]
    tabs = [("to do", ""), ("done", "tab=done"), ("started", "tab=started"), ("to do, page 40", "page=40")]
    yield from ((f"inbox, {name}", f"{inbox}?{asked}") for name, asked in chain(tabs, narrowed))
    county = [("county", f"county={scene.county.pk}"), ("office", "office=city_authority")]
    yield from ((f"applications, {name}", f"{listed}?{asked}") for name, asked in [("all", ""), *narrowed[:2], *county])
    of_city = f"city={scene.county.supervisor_id}"
    for name in ("season", "pace"):
        address = reverse(f"home:{name}", args=[scene.season.pk])
        yield from ((name, address), (f"{name}, one city", f"{address}?{of_city}"))
    yield "pace, by week", f"{reverse('home:pace', args=[scene.season.pk])}?by=week"


def _a_name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM directory_person WHERE is_generated ORDER BY id LIMIT 1")
        return str(cursor.fetchone()[0])
