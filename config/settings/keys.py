"""Keys for the embedded default: made once, kept outside the database, readable by their owner only."""

import fcntl
import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "FIELD_KEY", "AUDIT_KEY", "SEAL_KEY")


def keys_in(folder: Path) -> dict[str, str]:
    """Return the keys of `folder/keys.json`, adding those it lacks; two processes agree on one file."""
    path = folder / "keys.json"
    found = _read(path)
    if found.keys() >= set(NAMES):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = {name: secrets.token_hex(32) for name in NAMES} | _read(path)
        draft = folder / "keys.draft"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(found))
        os.replace(draft, path)
    return found


def _read(path: Path) -> dict[str, str]:
    return json.loads(path.read_text()) if path.exists() else {}
