"""The calendar on Prefect: the flow does what the tick does, and a real server starts it by itself."""

import importlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.applications.models import Application
from apps.desks.states import DeskState
from apps.matching.models import Placement
from apps.matching.selectors.grounds import found_for
from apps.matching.services import lists
from apps.matching.states import RunState
from apps.notices import services as notices
from apps.seasons.models import Run
from tests.factories import Scene, make_application
from tests.factories.allocation import make_run
from tests.factories.placing import placing_at, village_rows
from tests.factories.wishes import groups_of
from workflows import steps

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "ERROR"}
PATIENCE_SECONDS = 240


@pytest.fixture(scope="session")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Return the flows, which run against a Prefect server of the session's own (some 15 s, once)."""
    kept = dict(os.environ)
    os.environ |= QUIET | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    testing = importlib.import_module("prefect.testing.utilities")
    with testing.prefect_test_harness(server_startup_timeout=120):
        yield importlib.import_module("workflows.flows")
    os.environ.clear()
    os.environ |= kept


@pytest.fixture
def after(scene: Scene) -> Iterator[datetime]:
    """Let the clock stand on the day after a public notice of two records."""
    made = [make_application(scene, DeskState.ON_NOTICE) for _ in range(2)]
    seen = {each.pk: each.version for each in made}
    notices.announce(season=scene.season, kind="application", seen=seen, by=scene.office, at=scene.at)
    with time_machine.travel(scene.at + timedelta(days=6)):
        yield scene.at + timedelta(days=6)


pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_flow_does_what_is_due_and_is_a_run_on_record(flows: ModuleType, scene: Scene, after: datetime) -> None:
    result = flows.season_tick()
    assert result["公示期满转办"] == 2
    assert Application.objects.filter(state=DeskState.AWAITING_FINALISATION).count() == 2
    run = Run.objects.get()
    assert (run.key.startswith("flow:"), run.error, dict(run.done)) == (True, "", result)
    assert run.ended is not None


@pytest.mark.long
def test_a_step_that_keeps_failing_is_tried_again_and_told_and_the_others_are_done(
    flows: ModuleType, scene: Scene, after: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(at: datetime) -> int:
        tried.append(at)
        raise OSError("full disk")

    monkeypatch.setattr(steps, "STEPS", (steps.Step("坏的", broken), *steps.STEPS))
    monkeypatch.setattr(flows, "do_step", flows.do_step.with_options(retry_delay_seconds=0))
    state = flows.season_tick.with_options(retries=0)(return_state=True)
    assert (len(tried), state.is_failed(), state.message) == (3, True, "坏的")
    run = Run.objects.get()
    assert (run.error, dict(run.done)["公示期满转办"]) == ("坏的：OSError: full disk", 2)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_allocation_flow_computes_then_places_each_group_in_a_task_of_its_own(
    flows: ModuleType, transactional_scene: Scene
) -> None:
    scene = transactional_scene
    rows = [row for county in scene.counties for row in village_rows(county)]
    lists.keep_villages(season=scene.season, rows=rows, by=scene.office, at=scene.at)
    run = make_run(scene, RunState.PUBLISHED)
    with time_machine.travel(placing_at(scene)):
        assert flows.allocation() == {"计算分配": 0, "安排挂村": len(scene.counties)}
        found = dict(Placement.objects.values_list("group", "output_digest"))
        assert flows.allocation() == {"计算分配": 0, "安排挂村": 0}
    assert found == {group.pk: found_for(run, group).output_digest for group in groups_of(scene)}


@pytest.mark.long
def test_without_a_server_s_address_the_command_says_what_to_set(
    flows: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = importlib.import_module("workflows.management.commands.serve_flows")
    nowhere = type("Settings", (), {"api": type("Api", (), {"url": None})})
    monkeypatch.setattr(command, "get_current_settings", lambda: nowhere)
    with pytest.raises(CommandError, match="PREFECT_API_URL"):
        call_command("serve_flows")
    with pytest.raises(CommandError, match="--every"):
        call_command("serve_flows", "--every", "0")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Services:
    """A Prefect server and the flow server, with a folder, a port and databases of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
        self.env = {
            **kept, **QUIET, "KETEPAI_VAR": str(folder), "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": f"http://127.0.0.1:{self.port}/api",
        }  # fmt: skip
        self.running: list[subprocess.Popen[bytes]] = []
        subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=self.env, check=True)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log.txt").open("ab") as log:
            self.running.append(subprocess.Popen(words, env=self.env, stdout=log, stderr=log))
        return self.running[-1]

    def server(self) -> subprocess.Popen[bytes]:
        prefect = str(Path(sys.executable).with_name("prefect"))
        return self.start(prefect, "server", "start", "--host", "127.0.0.1", "--port", str(self.port))

    def flows(self) -> subprocess.Popen[bytes]:
        return self.start(*MANAGE, "serve_flows", "--every", "5")

    def ask(self, sql: str) -> list[Any]:
        with sqlite3.connect(self.folder / "ketepai.sqlite3") as database:
            return database.execute(sql).fetchall()

    def said(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8")

    def wait(self, what: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not what():
            assert time.monotonic() < end, self.said()[-3000:]
            time.sleep(1)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = Services(tmp_path)
    yield made
    for process in made.running:
        process.kill()
        process.wait()


@pytest.mark.long
def test_a_real_server_starts_the_flow_by_itself_and_again_after_it_was_killed(services: Services) -> None:
    flows = services.flows()
    services.wait(lambda: "连不上 Prefect 服务" in services.said())
    server = services.server()
    services.wait(lambda: services.ask("SELECT id FROM seasons_run WHERE ended IS NOT NULL") != [])
    kind, key, error = services.ask("SELECT kind, key, error FROM seasons_run WHERE ended IS NOT NULL")[0]
    assert (kind, key[:5], error) == ("tick", "flow:", "")
    server.send_signal(signal.SIGKILL)
    server.wait()
    services.wait(lambda: "中断" in services.said())
    ((last,),) = services.ask("SELECT max(id) FROM seasons_run")
    services.server()
    services.wait(lambda: services.ask(f"SELECT id FROM seasons_run WHERE id > {last} AND ended IS NOT NULL") != [])
    flows.send_signal(signal.SIGTERM)
    assert flows.wait(60) in (0, -signal.SIGTERM)
