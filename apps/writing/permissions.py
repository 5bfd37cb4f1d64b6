"""Who may write in a record."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.permissions import is_its_starter
from apps.desks.states import WRITING


def may_write(actor: Actor, record: Any, at: datetime) -> bool:
    """Be its starter, while it is a draft or returned."""
    return is_its_starter(actor, record, at) and record.state in WRITING
