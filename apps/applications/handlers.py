"""What the effects that applications listen to do: one service call each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.applications import services


def pass_host(payload: Mapping[str, Any], at: datetime) -> None:
    """Pass an application on from a host that has agreed with the person already."""
    services.pass_by_pairing(application=payload["application"], at=at)


def pass_waiting(payload: Mapping[str, Any], at: datetime) -> None:
    """Pass on the application that waits for the very consent that a pairing has just given."""
    services.pass_agreed(pairing=payload["pairing"], at=at)
