"""Seals in their folder, and how one is refused."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import seals
from apps.core.seals import SealRefused
from tests.factories import Scene, make_application

REASON = "2026年6月12日机房停电，用11日的备份恢复"
CUT = "文件被改动、截断，或不是用本系统的封印密钥签的"
"""What is said of a seal whose bytes do not fit."""
HOUR = timedelta(hours=1)


def path_of(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.seal"


def changes(folder: Path, number: int) -> list[str]:
    return path_of(folder, number).read_text().splitlines()[2:]


def said(folder: Path, number: int) -> dict[str, Any]:
    return json.loads(path_of(folder, number).read_text().splitlines()[0])


def act(scene: Scene) -> Application:
    """Let something be logged: one more application, with one row."""
    return make_application(scene)


def refusals(scene: Scene, **how: Any) -> Sequence[str]:
    with pytest.raises(SealRefused) as refused:
        seals.seal(at=scene.at + 2 * HOUR, **how)
    return [str(fault) for fault in refused.value.faults]
