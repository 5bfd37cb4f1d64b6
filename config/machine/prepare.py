"""Prepare a Debian-like machine for the project: Python packages, fonts, Debian packages.

Usage: python3 prepare.py [environment] [fonts] [services] [packages]. What is there already is left alone. What is
missing is installed where that is allowed; otherwise this stops and prints the command to run.
"""

import fcntl
import glob
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
VENV = TOP / ".venv"
STAMP = VENV / ".synced"
STORES = ("postgresql", "redis-server")
UV = "uv>=0.8,<1"
FONTS = Path(os.environ.get("KETEPAI_FONTS") or TOP / "var" / "fonts")
FONT_FOLDERS = [Path("/usr/share/fonts"), Path("/usr/share/texlive/texmf-dist/fonts")]


class Stop(Exception):
    """Carry what a person has to do before this can go on."""


def say(words: str) -> None:
    print(f"prepare: {words}", file=sys.stderr, flush=True)


def run(*command: str | Path, **options: Any) -> None:
    """Run a command; raise Stop with its exact text when it fails."""
    done = subprocess.run([str(part) for part in command], **options)
    if done.returncode:
        raise Stop(f"this failed with exit code {done.returncode}: {shlex.join(str(part) for part in command)}")


def listed(name: str) -> Iterator[list[str]]:
    """Yield the words of each line of a list that is not a comment."""
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split()


def environment() -> None:
    """Make .venv, put uv into it and bring it to the state of uv.lock."""
    python, wanted = VENV / "bin" / "python", synced_state()
    if python.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    if importlib.util.find_spec("ensurepip") is None:
        install(["python3-venv"])
    if not works(python):
        say("making .venv")
        run(sys.executable, "-m", "venv", "--clear", VENV)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV)
    say("installing the packages of uv.lock")
    own = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")}
    own.update(UV_PROJECT_ENVIRONMENT=str(VENV), UV_PYTHON_DOWNLOADS="never")
    run(python, "-m", "uv", "sync", "--quiet", "--frozen", "--python", python, cwd=TOP, env=own)
    STAMP.write_text(wanted, encoding="utf-8")


def synced_state() -> str:
    """Name the state that .venv is to be in: where it stands, and what it was made from."""
    sources = b"".join((TOP / name).read_bytes() for name in ("pyproject.toml", "uv.lock"))
    return f"{VENV} {hashlib.sha256(sources).hexdigest()}"


def works(python: Path) -> bool:
    """Tell whether an environment's Python runs, has pip, and stands where it was made."""
    if not python.exists():
        return False
    ask = [str(python), "-c", "import pip, sys; print(sys.prefix)"]
    answer = subprocess.run(ask, capture_output=True, text=True)
    made_here = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    return answer.returncode == 0 and answer.stdout.strip() == str(VENV) and str(VENV) in made_here


def services() -> None:
    """Install the Debian packages that `make services` needs."""
    install([package for package in missing() if package in STORES])


def packages() -> None:
    """Install the Debian packages that the tests need."""
    install(missing())


def missing() -> list[str]:
    """Return the packages of the list that show no sign of being there."""
    return [package for package, *signs in listed("packages.txt") if not any(is_there(sign) for sign in signs)]


def is_there(sign: str) -> bool:
    return bool(glob.glob(sign)) if sign.startswith("/") else shutil.which(sign) is not None


def install(wanted: list[str]) -> None:
    """Install Debian packages as root or by sudo without a password; raise Stop with the command otherwise."""
    if not wanted:
        return
    names = " ".join(wanted)
    if shutil.which("apt-get") is None:
        raise Stop(f"install what Debian calls {names} by your system's own means, then run this again")
    if not may_install():
        raise Stop(f"run this, then try again:\n  sudo apt-get update && sudo apt-get install -y {names}")
    say(f"installing {names}")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL)
    run(*apt, "install", "-y", "--no-install-recommends", *wanted, stdout=subprocess.DEVNULL)


def may_install() -> bool:
    """Tell whether this is root, or sudo asks for no password."""
    if os.geteuid() == 0:
        return True
    return bool(shutil.which("sudo")) and not subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode


def fonts() -> None:
    """Put the fonts of official documents into one folder: from the system where it has them, else from Debian."""
    missing = [(package, name) for package, name in listed("fonts.txt") if not (FONTS / name).is_file()]
    if not missing:
        return
    FONTS.mkdir(parents=True, exist_ok=True)
    wanted: dict[str, list[str]] = {}
    for package, name in missing:
        found = next((path for folder in FONT_FOLDERS for path in folder.rglob(name) if path.is_file()), None)
        if found:
            place(found)
        else:
            wanted.setdefault(package, []).append(name)
    for package, names in wanted.items():
        unpack(package, names)


def place(font: Path) -> None:
    """Copy a font in one step, so that nobody reads half of one."""
    half = FONTS / f".{os.getpid()}.{font.name}"
    shutil.copyfile(font, half)
    half.replace(FONTS / font.name)


def unpack(package: str, names: list[str]) -> None:
    """Take single files out of a Debian package without installing it; no root needed."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise Stop(f"put {', '.join(names)} (Debian's {package} has them) into {FONTS}, then run this again")
    say(f"fetching {package} for {', '.join(names)}")
    with tempfile.TemporaryDirectory(prefix="ketepai-fonts-") as folder:
        download(package, Path(folder))
        (archive,) = Path(folder).glob("*.deb")
        run("dpkg-deb", "-x", archive, Path(folder) / "tree")
        for name in names:
            found = next((path for path in (Path(folder) / "tree").rglob(name) if path.is_file()), None)
            if found is None:
                raise Stop(f"{archive.name} has no {name}; put that font into {FONTS}, then run this again")
            place(found)


def download(package: str, folder: Path) -> None:
    """Download a Debian package by the machine's lists or, where they are missing or old, by lists of our own."""
    fetch = ["apt-get", "-qq", "download", package]
    if subprocess.run(fetch, cwd=folder, capture_output=True).returncode == 0:
        return
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True)
    ours = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={folder}", "-o", "Debug::NoLocking=1"]
    run("apt-get", "-qq", *ours, "update", stdout=subprocess.DEVNULL)
    run("apt-get", "-qq", *ours, "download", package, cwd=folder, stdout=subprocess.DEVNULL)


def main(parts: list[str]) -> None:
    """Prepare the named parts, one process at a time."""
    if sys.version_info < (3, 11):
        raise Stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=python3.11 …")
    fcntl.flock(os.open(TOP, os.O_RDONLY), fcntl.LOCK_EX)
    for part in parts:
        {"environment": environment, "fonts": fonts, "services": services, "packages": packages}[part]()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stop as stop:
        sys.exit(f"prepare: {stop}")
