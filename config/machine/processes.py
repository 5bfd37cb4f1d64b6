"""Processes that outlive the one who started them, found again by a mark in their environment."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "KETEPAI_SERVICE"
PROC = Path("/proc")
WARM_SECONDS = 30
COLD_SECONDS = 5


@dataclass(frozen=True)
class Process:
    """A process and all that come of it; `born` tells it from a later one with the same number."""

    name: str
    mark: str
    pid: int
    born: str


def start(name: str, command: Sequence[str | Path], *, cwd: Path, log: Path, env: Mapping[str, str]) -> Process:
    """Start a command in a session of its own, its words going to a log."""
    mark = str(log)
    with log.open("ab") as out:
        made = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env={**env, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Process(name, mark, made.pid, born(made.pid))


def born(pid: int) -> str:
    """Return when a process began, in ticks since the machine did; nothing when it has ended."""
    try:
        state, *rest = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else rest[18]


def family(process: Process) -> list[int]:
    """Return who still runs of a process and its descendants."""
    marked = f"{MARK}={process.mark}".encode()
    found = {int(entry.parent.name) for entry in PROC.glob("[0-9]*/environ") if marked in _environment(entry)}
    if is_running(process):
        found.add(process.pid)
    return sorted(found)


def is_running(process: Process) -> bool:
    """Tell whether a process itself still runs."""
    return bool(process.born) and born(process.pid) == process.born


def _environment(entry: Path) -> list[bytes]:
    try:
        return entry.read_bytes().split(b"\0")
    except OSError:
        return []


def stop(process: Process) -> bool:
    """End a process: asked alone, then with its descendants, killed at last. Return whether asking was enough."""
    if is_running(process):
        _signal([process.pid], signal.SIGTERM)
        wait_for(lambda: not is_running(process), WARM_SECONDS)
    _signal(family(process), signal.SIGTERM)
    asked = wait_for(lambda: not family(process), COLD_SECONDS)
    kill(process)
    return asked


def kill(process: Process) -> None:
    """End a process and its descendants at once, wherever they are."""
    while left := family(process):
        _signal(left, signal.SIGKILL)
        wait_for(lambda: not family(process), COLD_SECONDS)


def _signal(pids: Sequence[int], sign: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


def wait_for(true: Callable[[], bool], seconds: float, pause: float = 0.1) -> bool:
    """Ask until the answer is yes or the time is over; return the last answer."""
    ends = time.monotonic() + seconds
    while not (answer := true()) and time.monotonic() < ends:
        time.sleep(pause)
    return answer


def free_ports(number: int, *, wished: Sequence[int] = ()) -> list[int]:
    """Return ports on loopback that nobody listens on, the wished ones first where they are free."""
    with ExitStack() as held:
        ports: list[int] = []
        for wish in [*wished, *[0] * number][:number]:
            listener = held.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", wish))
            except OSError:
                listener.bind(("127.0.0.1", 0))
            ports.append(listener.getsockname()[1])
        return ports
