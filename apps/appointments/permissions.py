"""Who may do what with an agreement, and report what shall change within a term."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.permissions import acts_at, holds_its_desk, is_asked


def draws_it_up(actor: Actor, agreement: Any, at: datetime) -> bool:
    """Sit at the desk that draws it up, in a case that is not one's own."""
    return holds_its_desk(actor, agreement, at)


def speaks_in_it(actor: Actor, agreement: Any, at: datetime) -> bool:
    """Sit at the desk of a party, or draw it up and so file what others signed on paper."""
    return is_asked(actor, agreement, at) or draws_it_up(actor, agreement, at)


def speaks_for(actor: Actor, agreement: Any, party: str, at: datetime) -> bool:
    """Sit at the desk of this party; in one's own case one signs for oneself alone."""
    return party in agreement.parties() and acts_at(party, actor, agreement, at)


def begins_it(actor: Actor, appointment: Any, desk: str, at: datetime) -> bool:
    """Sit at a desk from which a change of an appointment is reported; in one's own case only as oneself."""
    return acts_at(desk, actor, appointment, at)
