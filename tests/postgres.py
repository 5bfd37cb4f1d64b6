"""A throw-away PostgreSQL cluster: `python -m tests.postgres -- pytest -m postgres` starts it, runs, deletes it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
INSTALL = "PostgreSQL is missing; install it with: apt-get install -y postgresql"
OWNERS = ("postgres", "nobody")
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off -c listen_addresses="


def programs() -> Path:
    """Return the folder of initdb and pg_ctl, Debian's newest first; exit with the command to install when none is."""
    folders = [*sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)]
    on_path = shutil.which("initdb")
    folders += [Path(on_path).parent] if on_path else []
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    sys.exit(INSTALL)


def _as_owner(folder: Path) -> dict[str, object]:
    """Return how to start a program that refuses to run as root: as a user without rights, who owns the folder."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = next(names[name] for name in OWNERS if name in names)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster of its own on a socket in a folder of its own; yield its address; stop and delete it."""
    bin_folder = programs()
    folder = Path(tempfile.mkdtemp(prefix="ketepai-pg-"))
    owner = _as_owner(folder)
    data = folder / "data"

    def run(*words: str | Path) -> None:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, **owner)
        if done.returncode:
            sys.exit(f"{words[0]} failed:\n{done.stdout}{done.stderr}")

    try:
        run(bin_folder / "initdb", "-D", data, "-U", "ketepai", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        start = [bin_folder / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", f"-k {folder} {FAST}", "start"]
        subprocess.run(start, cwd=folder, check=True, stdout=subprocess.DEVNULL, **owner)
        try:
            yield f"postgres://ketepai@{quote(str(folder), safe='')}/postgres"
        finally:
            run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(words: Sequence[str]) -> int:
    """Run a command with DATABASE_URL set to a cluster that lives as long as the command."""
    command = list(words[1:] if words[:1] == ["--"] else words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as address:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
