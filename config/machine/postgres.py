"""A PostgreSQL cluster in a folder of its own, for tests and for trying out; it never touches one that is there."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

DEBIAN = Path("/usr/lib/postgresql")
INSTALL = "PostgreSQL is missing; install it with: apt-get install -y postgresql"
OWNERS = ("postgres", "nobody")
ELSEWHERE = Path("/var/tmp")
USER = "ketepai"


def programs() -> Path:
    """Return the folder of initdb and pg_ctl, Debian's newest first; exit with the command to install when none is."""
    folders = [*sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]), reverse=True)]
    on_path = shutil.which("initdb")
    folders += [Path(on_path).parent] if on_path else []
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    sys.exit(INSTALL)


def owner() -> pwd.struct_passwd | None:
    """Return who runs PostgreSQL instead of root, which it refuses; None for everybody else, who runs it himself."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in OWNERS if name in known)


def place(wanted: Path) -> Path:
    """Return a folder in which the owner can work: the wanted one, or one elsewhere when he may not go there."""
    closed = any(not parent.stat().st_mode & stat.S_IXOTH for parent in wanted.parents if parent.exists())
    if owner() is None or not closed:
        return wanted
    return ELSEWHERE / f"ketepai-postgres-{hashlib.sha256(bytes(wanted)).hexdigest()[:12]}"


class Cluster:
    """A cluster on a socket in its folder, trusting everybody who may enter it, or on a loopback port by password."""

    def __init__(self, folder: Path, *, port: int = 0, options: str = "") -> None:
        self.folder, self.port, self.options = folder, port, options
        self.data, self.log, self.password_file = folder / "data", folder / "log", folder / "password"
        self.programs = programs()

    def exists(self) -> bool:
        """Tell whether the cluster was made."""
        return (self.data / "PG_VERSION").exists()

    def make(self) -> None:
        """Make the folder, the cluster and its password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid not in self._trusted():
            sys.exit(f"{self.folder} belongs to somebody else; remove it, then try again")
        self.password_file.write_text(secrets.token_hex(16))
        self.password_file.chmod(0o600)
        if (who := owner()) is not None:
            for path in (self.folder, self.password_file):
                os.chown(path, who.pw_uid, who.pw_gid)
        method = "scram-sha-256" if self.port else "trust"
        self._run(
            "initdb", "-D", self.data, "-U", USER, "-A", method, f"--pwfile={self.password_file}",
            "-E", "UTF8", "--locale=C", "-N",
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until it answers."""
        listening = (
            f"-c listen_addresses=127.0.0.1 -p {self.port} -c unix_socket_directories="
            if self.port
            else f"-c listen_addresses= -k {self.folder}"
        )
        self._run("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-o", f"{listening} {self.options}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server in a mode of pg_ctl and wait until it has gone; nothing happens where none runs."""
        if self.pid() is not None:
            self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def pid(self) -> int | None:
        """Return the server's process, None where none runs."""
        asked = self._ask("pg_ctl", "-D", self.data, "status")
        return int((self.data / "postmaster.pid").read_text().split()[0]) if asked.returncode == 0 else None

    def address(self, database: str = "postgres") -> str:
        """Return the address of a database of the cluster."""
        if self.port:
            return f"postgres://{USER}:{self.password_file.read_text()}@127.0.0.1:{self.port}/{database}"
        return f"postgres://{USER}@{quote(str(self.folder), safe='')}/{database}"

    def remove(self) -> None:
        """Delete the cluster."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str | Path) -> None:
        done = self._ask(program, *words)
        if done.returncode:
            log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            sys.exit(f"{program} failed:\n{done.stdout}{log}")

    def _ask(self, program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL as the owner; its words go to a file, which a server it starts may keep open."""
        who = owner()
        as_owner: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        command = [str(self.programs / program), *map(str, words)]
        said = self.folder / f".{program}"
        with said.open("w", encoding="utf-8") as out:
            code = subprocess.run(command, cwd=self.folder, stdout=out, stderr=subprocess.STDOUT, **as_owner).returncode
        return subprocess.CompletedProcess(command, code, said.read_text(encoding="utf-8", errors="replace"))

    @staticmethod
    def _trusted() -> set[int]:
        who = owner()
        return {os.geteuid()} | ({who.pw_uid} if who else set())
