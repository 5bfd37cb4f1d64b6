"""What the effects that matching listens to do: one service call each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.matching.services import allocation, telling


def tell_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell desks what has come to them, and those who follow records how they fare."""
    telling.tell_moved(**payload, at=at)


def compute_allocation(payload: Mapping[str, Any], at: datetime) -> None:
    """Compute the allocation whose number was drawn."""
    allocation.compute(run=payload["run"], at=at)


def reckon_allocation(payload: Mapping[str, Any], at: datetime) -> None:
    """Compute anew the allocation in which a move began or ended to hold."""
    allocation.reckon(run=payload["run"], at=at)


def tell_round(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell those whom a supplementary round concerns that it is open, or that it was called off."""
    telling.tell_round(**payload, at=at)


def tell_fallen(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell those who consented to moves that these fell with their allocation."""
    telling.tell_fallen(**payload, at=at)


def tell_placed(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the people of a confirmed placement where they serve."""
    telling.tell_placed(**payload, at=at)
