"""A Redis and a worker of their own for each test that asks for them."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import connection
from redis import Redis, RedisError

from config.celery import app
from config.machine import processes
from config.machine.processes import Process


class Broker:
    """A Redis that keeps nothing, to be stopped, started and wiped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = processes.free_ports(1)
        self.address = f"redis://127.0.0.1:{self.port}/0"
        self.client = Redis.from_url(self.address)

    def start(self) -> None:
        rules = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        command = [shutil.which("redis-server") or "redis-server", *rules]
        self.process = processes.start(
            "redis", command, cwd=self.folder, log=self.folder / "redis.log", env=dict(os.environ)
        )
        assert processes.wait_for(self.answers, 10)

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def stop(self) -> None:
        processes.stop(self.process)

    def wipe(self) -> int:
        """Throw away all that waits; return how many messages that were."""
        waiting = self.client.llen("celery")
        self.client.flushall()
        return waiting


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Start one Redis for all tests, known to this process's publishers."""
    made = Broker(tmp_path_factory.mktemp("redis"))
    app.conf.broker_url = made.address
    yield made
    made.stop()


@pytest.fixture
def broker(redis_server: Broker) -> Broker:
    """Return a Redis that runs and holds nothing; effects go to it once `settings.CELERY_BROKER_URL` is set."""
    if not redis_server.answers():
        redis_server.start()
    redis_server.wipe()
    return redis_server


@pytest.fixture
def start_worker(broker: Broker, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Return a function that starts a worker on the test's own database, by wish one that sweeps every second."""
    started: list[Process] = []

    def start(*, sweeping: bool = False) -> Process:
        log = tmp_path / f"worker{len(started)}.log"
        words = ["celery", "-A", "tests.services.worker", "worker", "--concurrency", "1", "--loglevel", "INFO"]
        words += ["--without-mingle", "--without-gossip"]
        words += ["--beat", "--schedule", str(tmp_path / "beat")] if sweeping else []
        here = {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": address_of_the_database(),
            "CELERY_BROKER_URL": broker.address,
            "TMPDIR": str(tmp_path),
        }
        command = [sys.executable, "-m", *words]
        process = processes.start("worker", command, cwd=configured.BASE_DIR, log=log, env={**os.environ, **here})
        started.append(process)
        assert processes.wait_for(lambda: b" ready." in log.read_bytes(), 30), log.read_text()
        return process

    yield start
    for process in started:
        processes.kill(process)


def address_of_the_database() -> str:
    """Return where the test's database is, for another process."""
    known = connection.settings_dict
    where = f"{quote(known['HOST'], safe='')}" + (f":{known['PORT']}" if known["PORT"] else "")
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{where}/{known['NAME']}"
