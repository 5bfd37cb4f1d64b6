"""Which acts are open to a viewer on a record."""

from collections.abc import Iterable
from datetime import datetime

from apps.core import door
from apps.core.actors import Actor
from apps.core.models import Recorded


def acts_open(record: Recorded, offered: Iterable[str], viewer: Actor, at: datetime) -> list[str]:
    """Return, of some actions, those that the state allows and the viewer may do; the door judges again."""
    found = [(action, door.transition_of(record, action)) for action in offered]
    return [action for action, way in found if way and way.custom["may"](viewer, record, at)]
