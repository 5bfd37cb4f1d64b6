"""Start and stop all that the product runs on, on loopback, in one folder.

Usage: python -m config.machine.services start [options] | stop. Data stay in the folder (KETEPAI_SERVICES, else
var/services) until a start with --fresh.
"""

import argparse
import fcntl
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from config.machine import answers, postgres, processes
from config.machine.postgres import Cluster
from config.machine.processes import Process

TOP = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("KETEPAI_SERVICES") or TOP / "var" / "services").resolve()
STATE, LOGINS, ENVIRONMENT = FOLDER / "state.json", FOLDER / "logins.txt", FOLDER / "environment"
PLACES = LOGS, SITE, REDIS, BEAT, FLOWS = [FOLDER / name for name in ("logs", "site", "redis", "beat", "flows")]
HOST = "127.0.0.1"
PORTS = ("web", "postgresql", "redis", "prefect")
PATIENCE = 240
SETTLING = 2
MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery", "-A", "config"]


class Stop(Exception):
    """Carry what a person has to know when this cannot go on."""


def say(words: str) -> None:
    print(f"services: {words}", flush=True)


class Services:
    """What was started, kept in one file, so that somebody else can end it."""

    def __init__(self) -> None:
        known = json.loads(STATE.read_text()) if STATE.exists() else {}
        self.ports: dict[str, int] = known.get("ports", {})
        self.secret: str = known.get("secret", "")
        self.processes = [Process(**each) for each in known.get("processes", [])]

    def save(self) -> None:
        """Write down what was started so far."""
        kept = {"ports": self.ports, "secret": self.secret, "processes": [asdict(each) for each in self.processes]}
        STATE.touch(mode=0o600)
        STATE.write_text(json.dumps(kept, indent=1))

    @property
    def cluster(self) -> Cluster:
        return Cluster(postgres.place(FOLDER / "postgresql"), port=self.ports["postgresql"])

    def environment(self) -> dict[str, str]:
        """Return the settings of the product and of Prefect's client for what runs here."""
        key, ports = self.secret, self.ports
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "KETEPAI_VAR": str(SITE),
            "KETEPAI_FONTS": os.environ.get("KETEPAI_FONTS") or str(TOP / "var" / "fonts"),
            "DATABASE_URL": self.cluster.address("ketepai"),
            "CELERY_BROKER_URL": f"redis://:{key}@{HOST}:{ports['redis']}/0",
            "PUBLIC_ADDRESS": f"http://{HOST}:{ports['web']}",
            "PREFECT_API_URL": f"http://{HOST}:{ports['prefect']}/api",
            "PREFECT_API_AUTH_STRING": f"ketepai:{key}",
            "PREFECT_HOME": str(FOLDER / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }

    def launch(self, name: str, *command: str | Path, **more: str) -> None:
        """Start a process and write it down."""
        env = {**os.environ, **self.environment(), **more}
        self.processes.append(processes.start(name, command, cwd=TOP, log=LOGS / f"{name}.log", env=env))
        self.save()

    def expect(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait until a process is ready; raise Stop with the end of its log when it ends or takes too long."""
        (process,) = [each for each in self.processes if each.name == name]
        processes.wait_for(lambda: not processes.is_running(process) or ready(), PATIENCE, 0.3)
        if not (processes.is_running(process) and ready()):
            said = (LOGS / f"{name}.log").read_text(encoding="utf-8", errors="replace")
            raise Stop(f"{name} does not run; its log ends with:\n{said[-2000:]}")

    def manage(self, *words: str) -> str:
        """Run a command of the product, showing and returning what it says; raise Stop when it fails."""
        env = {**os.environ, **self.environment()}
        said = []
        with subprocess.Popen([*MANAGE, *words], cwd=TOP, env=env, stdout=subprocess.PIPE, text=True) as running:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                said.append(line)
        if running.returncode:
            raise Stop(f"this failed: manage.py {shlex.join(words)}")
        return "".join(said)

    def ended(self) -> list[str]:
        """Return what runs no more."""
        return [process.name for process in self.processes if not processes.is_running(process)]

    def stop(self) -> list[str]:
        """End everything, what was started last first; return what had to be killed."""
        killed = [process.name for process in reversed(self.processes) if not processes.stop(process)]
        if self.ports and self.cluster.exists():
            self.cluster.stop()
        STATE.unlink(missing_ok=True)
        return killed


def start(options: argparse.Namespace) -> None:
    """Start everything that does not run yet; on any failure end what was started."""
    services = Services()
    ended = services.ended()
    if services.processes and not ended:
        say("they run already; make services-stop ends them")
        return report(services)
    if ended:
        say(f"ended meanwhile: {', '.join(ended)}; starting all anew")
    services.stop()
    if options.fresh:
        shutil.rmtree(postgres.place(FOLDER / "postgresql"), ignore_errors=True)
        shutil.rmtree(SITE, ignore_errors=True)
        LOGINS.unlink(missing_ok=True)
    services = Services()
    services.ports = dict(zip(PORTS, processes.free_ports(len(PORTS), wished=[options.port]), strict=True))
    services.secret = secrets.token_hex(16)
    try:
        bring_up(services, options)
    except BaseException:
        say("ending what was started")
        services.stop()
        raise
    report(services)


def bring_up(services: Services, options: argparse.Namespace) -> None:
    """Start the stores, fill the database, then start what works on it."""
    for folder in PLACES:
        folder.mkdir(mode=0o700, exist_ok=True)
    start_stores(services)
    launch_prefect(services)
    services.manage("migrate", "--verbosity", "0")
    fill(services, options)
    services.launch("web", sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port",
                    str(services.ports["web"]), "--workers", "2", "--blocking-threads", "2",
                    "config.wsgi:application")  # fmt: skip
    services.launch("worker", *CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO")
    services.launch("beat", *CELERY, "beat", "--schedule", BEAT / "schedule", "--pidfile=")
    services.expect("web", lambda: answers.page(f"{services.environment()['PUBLIC_ADDRESS']}/login/"))
    services.expect("worker", lambda: answers.worker(services.environment()["CELERY_BROKER_URL"]))
    say("waiting for the Prefect server")
    api, auth = (services.environment()[name] for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING"))
    services.expect("prefect", lambda: answers.page(f"{api}/health"))
    services.launch("flows", *MANAGE, "serve_flows", TMPDIR=str(FLOWS))
    services.expect("flows", lambda: answers.deployments(api, auth) > 0)
    time.sleep(SETTLING)
    for process in services.processes:
        services.expect(process.name, lambda: True)


def start_stores(services: Services) -> None:
    """Start PostgreSQL with its two databases, and Redis, which keeps nothing."""
    cluster = services.cluster
    say("starting PostgreSQL and Redis")
    services.save()
    if not cluster.exists():
        cluster.make()
    cluster.start()
    answers.ensure_databases(cluster.address(), ("ketepai", "prefect"))
    rules = REDIS / "redis.conf"
    rules.touch(mode=0o600)
    rules.write_text(
        f"bind {HOST}\nport {services.ports['redis']}\nrequirepass {services.secret}\ndir {REDIS}\n"
        'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
    )
    if shutil.which("redis-server") is None:
        raise Stop("redis-server is missing; install it with: apt-get install -y redis-server")
    services.launch("redis", "redis-server", rules)
    services.expect("redis", lambda: answers.redis(services.environment()["CELERY_BROKER_URL"]))


def launch_prefect(services: Services) -> None:
    """Start the Prefect server on its own database; it takes half a minute, and others need not wait."""
    store = services.cluster.address("prefect").replace("postgres://", "postgresql+asyncpg://")
    services.launch(
        "prefect", sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port",
        str(services.ports["prefect"]),
        PREFECT_SERVER_DATABASE_CONNECTION_URL=store,
        PREFECT_SERVER_API_AUTH_STRING=services.environment()["PREFECT_API_AUTH_STRING"],
    )  # fmt: skip


def fill(services: Services, options: argparse.Namespace) -> None:
    """Play the demonstration if asked to; else give an empty database its divisions and first logins."""
    if options.demo:
        said = services.manage("demo", "--no-serve", "--port", str(services.ports["web"]), *options.demo_words)
        keep_logins(said[said.rindex("登录") :])
    elif not LOGINS.exists():
        services.manage("load_divisions", options.region)
        keep_logins(services.manage("first_logins", options.region))


def keep_logins(words: str) -> None:
    """Keep the ways in, readable by their owner only, to be shown again at each start; the first line is a heading."""
    LOGINS.touch(mode=0o600)
    LOGINS.write_text(words.partition("\n")[2], encoding="utf-8")


def report(services: Services) -> None:
    """Print where everything listens, who runs, and how to get in."""
    known = services.environment()
    ENVIRONMENT.touch(mode=0o600)
    ENVIRONMENT.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in known.items()))
    say("all run")
    for name, place in [
        ("site", known["PUBLIC_ADDRESS"]),
        ("health", f"{known['PUBLIC_ADDRESS']}/healthz"),
        ("PostgreSQL", f"{HOST}:{services.ports['postgresql']}, databases ketepai and prefect"),
        ("Redis", f"{HOST}:{services.ports['redis']}"),
        ("Prefect", f"{known['PREFECT_API_URL'].removesuffix('/api')}, as {known['PREFECT_API_AUTH_STRING']}"),
        ("processes", ", ".join(f"{each.name} {each.pid}" for each in services.processes)),
        ("logs", str(LOGS)),
        ("settings", f"set -a; . {ENVIRONMENT}; set +a   # then manage.py works on these"),
        ("end", "make services-stop"),
    ]:
        print(f"  {name:<10} {place}")
    print(f"  log in with these names and passwords:\n{LOGINS.read_text(encoding='utf-8')}", end="")


def stop() -> None:
    """End everything that was started here."""
    if not STATE.exists():
        return say("nothing runs here")
    began = time.monotonic()
    services = Services()
    killed = services.stop()
    ended = ", ".join(["postgresql", *(each.name for each in services.processes)])
    say(f"ended in {time.monotonic() - began:.1f} s: {ended}")
    if killed:
        say(f"these did not end when asked and were killed: {', '.join(killed)}")


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line; what is not ours goes to the demonstration."""
    parser = argparse.ArgumentParser(prog="services", description="Start or stop all that the product runs on.")
    parser.add_argument("what", choices=["start", "stop"])
    parser.add_argument("--demo", action="store_true", help="play the demonstration first; --people, --pack go to it")
    parser.add_argument("--fresh", action="store_true", help="throw away the data of earlier starts")
    parser.add_argument("--region", default="45", help="whose divisions an empty database gets")
    parser.add_argument("--port", type=int, default=8000, help="where the site listens if that port is free")
    options, rest = parser.parse_known_args(words)
    if rest and not options.demo:
        parser.error(f"only --demo takes {shlex.join(rest)}")
    options.demo_words = rest
    return options


@contextmanager
def alone() -> Iterator[None]:
    """Let one start or stop work at a time."""
    FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(words: Sequence[str]) -> None:
    """Start or stop."""
    options = parsed(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with alone():
        start(options) if options.what == "start" else stop()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stop as said:
        sys.exit(f"services: {said}")
