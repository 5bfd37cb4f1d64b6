"""The short play of every day: something of each kind strikes, nothing is lost; the long control shows it could be."""

import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.postgres
FEW = ["--approvals", "24", "--kills", "3", "--restarts", "1", "--wipes", "1", "--seed", "4"]


def play(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults", *FEW, *words]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


def test_nothing_is_lost_and_nothing_is_done_twice() -> None:
    done = play()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, doubled or broken" in done.stdout
    for struck in ("kill -9 web", "kill -9 worker", "kill -9 flows", "immediate database restart", "Redis wiped"):
        assert struck in done.stdout


@pytest.mark.long
def test_with_the_done_mark_at_the_sender_something_is_lost() -> None:
    done = play("--control", "--patience", "20")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "message application:" in done.stdout or "mail " in done.stdout
