"""What the effects that recognition listens to do: one service call each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.recognition import services


def list_passed(payload: Mapping[str, Any], at: datetime) -> None:
    """Put the hosts that were recognised on the lists of their keepers."""
    services.list_recognised(records=payload["records"], at=at)
