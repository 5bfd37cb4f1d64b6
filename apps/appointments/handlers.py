"""What the effects that appointments listen to do: one service call each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.appointments import services


def name_passed(payload: Mapping[str, Any], at: datetime) -> None:
    """Name an appointee for each application that has passed."""
    services.name(applications=payload["records"], at=at)


def put_in_force(payload: Mapping[str, Any], at: datetime) -> None:
    """Put in force whom an issued notice lists."""
    services.take_effect(notice=payload["notice"], at=at)


def release_listed(payload: Mapping[str, Any], at: datetime) -> None:
    """Take the named off a draft that was given up."""
    services.release(notice=payload["notice"])
