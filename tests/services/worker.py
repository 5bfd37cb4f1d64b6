"""The product's worker with two changes for tests: it sweeps every second, and a handler waits until it is let go."""

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from apps.core import outbox  # noqa: E402
from apps.directory.models import Region  # noqa: E402
from config.celery import app  # noqa: E402

__all__ = ["app"]

app.conf.beat_schedule["sweep"]["schedule"] = 1.0


def plant_slowly(payload: Mapping[str, Any], at: datetime) -> None:
    """Do database work that cannot be done twice, say so, and go on when the gate is open."""
    Region.objects.create(code=payload["code"], name=payload["code"], level="region", path=f"/{payload['code']}/")
    Path(payload["planted"]).touch()
    while not Path(payload["gate"]).exists():
        time.sleep(0.05)


outbox.on("services.slow", "gardener", plant_slowly)
