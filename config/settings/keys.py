"""Keys for the embedded default: made once, kept outside the database, readable by their owner only."""

import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "FIELD_KEY", "AUDIT_KEY")


def keys_in(folder: Path) -> dict[str, str]:
    """Return the keys of `folder/keys.json`, making the file where there is none; two processes agree on one file."""
    path = folder / "keys.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"keys.{os.getpid()}.json"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({name: secrets.token_hex(32) for name in NAMES}))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found
