"""Who may write in an application."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.permissions import is_its_starter
from apps.desks.states import WRITING


def may_write(actor: Actor, application: Any, at: datetime) -> bool:
    """Be its starter, while it is a draft or returned."""
    return is_its_starter(actor, application, at) and application.state in WRITING
