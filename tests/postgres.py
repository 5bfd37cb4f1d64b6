"""A throw-away PostgreSQL cluster: `python -m tests.postgres -- pytest -m postgres` starts it, runs, deletes it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from config.machine.postgres import Cluster

FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off"


@contextmanager
def cluster(options: str = FAST) -> Iterator[str]:
    """Start a cluster of its own on a socket in a folder of its own; yield its address; stop and delete it."""
    made = Cluster(Path(tempfile.mkdtemp(prefix="ketepai-pg-")), options=options)
    try:
        made.make()
        made.start()
        yield made.address()
    finally:
        made.stop("immediate")
        made.remove()


def main(words: Sequence[str]) -> int:
    """Run a command with DATABASE_URL set to a cluster that lives as long as the command."""
    command = list(words[1:] if words[:1] == ["--"] else words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as address:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
