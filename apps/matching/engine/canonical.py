"""One text for one content: JSON with sorted keys and all defaults, without blanks, and its SHA-256."""

import hashlib
import json
from collections.abc import Iterable, Mapping

encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""Write a value in the canonical form."""


def digest(parts: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    """Return the SHA-256 of the canonical text of an object of objects, whose rows come as text, sorted by name.

    The rows are written one at a time: the text of a large market would take more memory than the market.
    """
    written = hashlib.sha256()
    for number, part in enumerate(sorted(parts)):
        written.update(f"{',' if number else '{'}{encode(part)}:{{".encode())
        mark = ""
        for name, text in parts[part]:
            written.update(f"{mark}{encode(name)}:{text}".encode())
            mark = ","
        written.update(b"}")
    written.update(b"}")
    return written.hexdigest()
