"""The store of files: named by their content, so that a name proves what it holds."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.core.refusals import Refusal, Refused
from apps.core.uploads import Accepted


def path_of(digest: str, suffix: str) -> Path:
    """Return where a file lies."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / f"{digest}.{suffix}"


def store(data: bytes, suffix: str) -> str:
    """Keep data and return its SHA-256; a kill leaves the whole file or none, storing it again changes nothing."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest, suffix)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return digest


def keep(accepted: Accepted) -> dict[str, Any]:
    """Keep an upload and return how a record names it: {digest, suffix, name, size}."""
    digest = store(accepted.data, accepted.suffix)
    return {"digest": digest, "suffix": accepted.suffix, "name": accepted.shown_name, "size": len(accepted.data)}


def added(
    handed: Mapping[str, list[dict[str, Any]]], key: str, accepted: Accepted, *, label: str, at_most: int
) -> dict[str, list[dict[str, Any]]]:
    """Keep an upload among what was handed in, {key: [file]}, once however often sent; raise Refused if too many."""
    present, kept = handed.get(key, []), keep(accepted)
    if kept["digest"] in [file["digest"] for file in present]:
        return dict(handed)
    if len(present) >= at_most:
        raise Refused(Refusal("too_many_files", f"“{label}”最多{at_most}个文件。", "请先移除一个再上传。"))
    return {**handed, key: [*present, kept]}


def read(digest: str, suffix: str) -> bytes:
    """Return a file's data; raise FileNotFoundError, or ValueError when it is not what its name says."""
    data = path_of(digest, suffix).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError(f"the file {digest} was changed on disk")
    return data
