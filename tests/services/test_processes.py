"""Processes are found by their mark or their birth, asked to end, and killed when they do not."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.machine import processes
from config.machine.processes import Process

ASLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
print("parent", flush=True)
time.sleep(60)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Process]]:
    """Return a function that starts a Python program and waits until it has said something."""
    monkeypatch.setattr(processes, "WARM_SECONDS", 0.5)
    monkeypatch.setattr(processes, "COLD_SECONDS", 0.5)
    started: list[Process] = []

    def start(program: str, *, says: str = "") -> Process:
        log = tmp_path / f"{len(started)}.log"
        process = processes.start("it", [sys.executable, "-c", program], cwd=tmp_path, log=log, env=dict(os.environ))
        started.append(process)
        assert processes.wait_for(lambda: says in log.read_text(), 10)
        return process

    yield start
    for process in started:
        processes.kill(process)


def test_a_process_that_is_asked_ends(run: Callable[..., Process]):
    process = run(ASLEEP)
    assert processes.is_running(process)
    assert processes.stop(process) is True
    assert processes.family(process) == []


def test_a_process_that_does_not_listen_is_killed(run: Callable[..., Process]):
    process = run(DEAF, says="deaf")
    assert processes.stop(process) is False
    assert processes.family(process) == []


def test_descendants_in_sessions_of_their_own_end_too(run: Callable[..., Process]):
    process = run(PARENT, says="parent")
    parent, child = processes.family(process)
    os.kill(process.pid, signal.SIGKILL)
    assert processes.wait_for(lambda: not processes.is_running(process), 5)
    assert processes.family(process) == [{parent, child}.difference({process.pid}).pop()]
    assert processes.stop(process) is True
    assert processes.family(process) == []


def test_a_later_process_with_the_same_number_is_left_alone(run: Callable[..., Process]):
    process = run(ASLEEP)
    earlier = replace(process, born="1", mark="/another/log")
    assert (processes.is_running(earlier), processes.family(earlier)) == (False, [])
    assert processes.stop(earlier) is True
    assert processes.is_running(process)


def test_free_ports_differ_and_a_wished_one_is_taken_when_free():
    wish, *others = processes.free_ports(3)
    assert len({wish, *others}) == 3
    assert processes.free_ports(2, wished=[wish])[0] == wish
