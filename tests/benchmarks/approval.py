"""One approval over HTTP: the page of a record, then the decision posted, through the handler that serves the site.

Effects are handed to a broker, as in use; what a worker does with them is not part of the request. CPU time is that
of this process, the making of the request included, and of the database.
"""

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import time_machine
from django.test import Client, override_settings
from django.urls import reverse

from apps.applications.models import Application
from apps.desks.states import DeskAction, DeskState
from config.celery import app
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Figure, backend_of_django, spent
from tests.benchmarks.seeding import new_world
from tests.factories import Scene, login
from tests.loads import loads

SIZES = (10_000, 200_000)
APPROVALS, WARMING = 35, 8
LIMIT = 30
_HIDDEN = r'name="%s" value="([^"]+)"'


def measure() -> Iterator[Figure]:
    """Yield the figures of an approval."""
    scene = new_world()
    crowd = Crowd(scene)
    with broker(), time_machine.travel(scene.at + timedelta(days=8)):
        for size in SIZES:
            crowd.grow_to(size)
            crowd.tell(scene.officers.county, size // 10)
            yield from _approve_some(scene, size)


def _approve_some(scene: Scene, size: int) -> Iterator[Figure]:
    client = login(Client(enforce_csrf_checks=True), scene.officers.county)
    here = {"state": DeskState.AWAITING_REVIEW, "step": 1, "county": scene.county}
    waiting = Application.objects.filter(**here, person__is_generated=True)
    records = list(waiting.order_by("pk").values_list("pk", flat=True)[: APPROVALS + WARMING + 1])
    times = [_approve(client, pk) for pk in records[:-1]][WARMING:]
    yield Figure(f"the page of a record at {size:,} papers, CPU", [looked for looked, _ in times], " ms")
    yield Figure(f"the approval at {size:,} papers, CPU", [decided for _, decided in times], " ms", "≤", LIMIT)
    form = _form(client, records[-1])
    with loads() as load:
        client.post(_address(records[-1]), form)
    yield Figure(f"statements of the request at {size:,} papers", [load.statements])


def _approve(client: Client, pk: int) -> tuple[float, float]:
    """Open a record and agree to it; return the milliseconds of both."""
    with spent(backend_of_django()) as looked:
        form = _form(client, pk)
    with spent(backend_of_django()) as decided:
        answer = client.post(_address(pk), form)
    assert answer.status_code == 302, answer.status_code
    return looked.cpu * 1000, decided.cpu * 1000


def _address(pk: int) -> str:
    return reverse("home:decide", args=["application", pk, DeskAction.PASS_UP])


def _form(client: Client, pk: int) -> dict[str, str]:
    page = client.get(reverse("home:record", args=["application", pk])).content.decode()
    hidden = {name: re.findall(_HIDDEN % name, page)[0] for name in ("token", "csrfmiddlewaretoken")}
    return {**hidden, "opinion": "经审核，同意推荐。"}


@contextmanager
def broker() -> Iterator[None]:
    """Let effects go to a Redis of its own, on a socket in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="ketepai-redis-") as folder:
        socket = Path(folder) / "redis"
        words: Sequence[str] = (
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--save",
            "",
            "--dir",
            folder,
        )
        server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        try:
            while not socket.exists():
                time.sleep(0.05)
            address = f"redis+socket://{socket}"
            app.conf.broker_url = address
            with override_settings(CELERY_BROKER_URL=address):
                yield
        finally:
            server.terminate()
            server.wait()
