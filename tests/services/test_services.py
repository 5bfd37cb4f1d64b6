"""`make services` from nothing to a site that answers, and `make services-stop` to no process at all."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from config.machine import postgres, processes, services
from config.machine.processes import Process

COMMAND = [sys.executable, "-m", "config.machine.services"]


def run(folder: Path, *words: str) -> str:
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    env["KETEPAI_SERVICES"] = str(folder)
    done = subprocess.run([*COMMAND, *words], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_without_a_start_there_is_nothing_to_stop(tmp_path: Path):
    assert run(tmp_path, "stop") == "services: nothing runs here\n"


def test_words_for_the_demonstration_need_one(capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit):
        services.parsed(["start", "--people", "5"])
    assert "only --demo takes --people 5" in capsys.readouterr().err
    assert services.parsed(["start", "--demo", "--people", "5"]).demo_words == ["--people", "5"]


@pytest.mark.long
def test_services_start_answer_are_not_started_twice_and_leave_no_process(tmp_path: Path):
    said = run(tmp_path, "start", "--port", "0")
    try:
        known = json.loads((tmp_path / "state.json").read_text())
        started = [Process(**each) for each in known["processes"]]
        assert [each.name for each in started] == ["redis", "prefect", "web", "worker", "beat", "flows"]
        with urlopen(f"http://127.0.0.1:{known['ports']['web']}/healthz") as answer:
            assert answer.status == 200
        assert "  administrator " in said
        assert run(tmp_path, "start").startswith("services: they run already")
    finally:
        ended = run(tmp_path, "stop")
        shutil.rmtree(postgres.place(tmp_path / "postgresql"))
    assert "killed" not in ended
    assert [processes.family(each) for each in started] == [[]] * len(started)
    assert not (tmp_path / "state.json").exists()
