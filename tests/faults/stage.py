"""Everything that runs during the play, each thing killed and started again by name."""

import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis

from config.machine import answers, postgres, processes
from config.machine.postgres import Cluster
from config.machine.processes import Process

TOP = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE_SECONDS = 120
WEB, WORKER, BEAT, FLOWS, PREFECT, REDIS = "web", "worker", "beat", "flows", "prefect", "redis"
SITE, SENT_BY = "config.wsgi:application", "config"
CONTROL_SITE, CONTROL_SENT_BY = "tests.faults.control:application", "tests.faults.control"


@dataclass
class Stage:
    """The processes of one play in one folder; `control` runs those whose outbox marks effects done when sent."""

    folder: Path
    with_prefect: bool
    control: bool
    running: dict[str, Process] = field(default_factory=dict)

    def __post_init__(self) -> None:
        web, redis, prefect, database = processes.free_ports(4)
        self.ports = {WEB: web, REDIS: redis, PREFECT: prefect}
        self.cluster = Cluster(postgres.place(self.folder / "postgresql"), port=database, options="-c jit=off")
        self.broker = f"redis://{HOST}:{redis}/0"

    @property
    def site(self) -> tuple[str, int]:
        return HOST, self.ports[WEB]

    def environment(self) -> Mapping[str, str]:
        """Return the settings under which everything runs."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "PYTEST_"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DATABASE_URL": self.cluster.address("ketepai"),
            "CELERY_BROKER_URL": self.broker,
            "KETEPAI_VAR": str(self.folder),
            "KETEPAI_FONTS": os.environ.get("KETEPAI_FONTS") or str(TOP / "var" / "fonts"),
            "EMAIL_BACKEND": "tests.faults.post.Letterbox",
            "PREFECT_API_URL": f"http://{HOST}:{self.ports[PREFECT]}/api",
            "PREFECT_HOME": str(self.folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    def commands(self) -> Mapping[str, Sequence[str]]:
        """Return how each process is started."""
        python, ports = sys.executable, self.ports
        site, celery = (CONTROL_SITE, CONTROL_SENT_BY) if self.control else (SITE, SENT_BY)
        listen = ["--host", HOST, "--port", str(ports[WEB]), "--workers", "2", "--blocking-threads", "2"]
        manage = [python, "manage.py"]
        flows = ["serve_flows", "--every", "5"] if self.with_prefect else ["tick", "--every", "2"]
        rules = ["--bind", HOST, "--port", str(ports[REDIS]), "--dir", str(self.folder), "--save", ""]
        return {
            REDIS: ["redis-server", *rules, "--appendonly", "no"],
            WEB: [python, "-m", "granian", "--interface", "wsgi", *listen, site],
            WORKER: [python, "-m", "celery", "-A", celery, "worker", "--concurrency", "2"],
            BEAT: [python, "-m", "celery", "-A", celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile="],
            FLOWS: [*manage, *flows],
            PREFECT: [python, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(ports[PREFECT])],
        }

    def start_stores(self) -> None:
        """Start the database and Redis."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cluster.make()
        self.cluster.start()
        answers.ensure_databases(self.cluster.address(), ["ketepai"])
        self.start(REDIS)
        processes.wait_for(lambda: answers.redis(self.broker), PATIENCE_SECONDS)

    def start_processes(self) -> None:
        """Start what works on them, and wait until it answers."""
        for name in [*([PREFECT] if self.with_prefect else []), WEB, WORKER, BEAT]:
            self.start(name)
        if self.with_prefect:
            health = f"{self.environment()['PREFECT_API_URL']}/health"
            processes.wait_for(lambda: answers.page(health), PATIENCE_SECONDS, 0.5)
        self.start(FLOWS)
        processes.wait_for(lambda: answers.page(f"http://{HOST}:{self.ports[WEB]}/login/"), PATIENCE_SECONDS)
        processes.wait_for(lambda: answers.worker(self.broker), PATIENCE_SECONDS)

    def start(self, name: str) -> None:
        self.running[name] = processes.start(
            name, self.commands()[name], cwd=TOP, log=self.folder / f"{name}.log", env=self.environment()
        )

    def kill(self, name: str) -> None:
        """Kill a process and all that come of it without asking, then start it again."""
        for pid in processes.family(self.running[name]):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        processes.wait_for(lambda: not processes.family(self.running[name]), PATIENCE_SECONDS)
        self.start(name)

    def restart_database(self) -> None:
        """Stop the database as a power cut would, and start it again."""
        self.cluster.stop("immediate")
        self.cluster.start()

    def wipe_redis(self) -> None:
        """Forget every message that waits."""
        Redis.from_url(self.broker).flushall()

    def last_words(self) -> str:
        """Return the ends of the logs, for a play that could not be finished."""
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in self.folder.glob("*.log")
        )

    def stop(self) -> None:
        """End everything that was started here, and take its folder away."""
        for process in reversed(self.running.values()):
            processes.stop(process)
        self.cluster.stop("immediate")
        self.cluster.remove()
        shutil.rmtree(self.folder, ignore_errors=True)
