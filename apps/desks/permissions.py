"""Who may do what along the walk."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.states import DeskState


def is_its_starter(actor: Actor, record: Any, at: datetime) -> bool:
    """Be the person who started it."""
    return actor.person_id is not None and actor.person_id == record.starter_id


def holds_its_desk(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk where it lies, by post and grant, in a case that is not one's own."""
    return actor.sits_at(record.desk, at) and not is_concerned(actor, record)


def may_pass_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Hold its desk; out of the public notice period only the clock passes it."""
    return actor.is_clock if record.state == DeskState.ON_NOTICE else holds_its_desk(actor, record, at)


def passed_it_here(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk of the step before, from which it was passed up."""
    return (
        record.step > 0 and actor.sits_at(record.route[record.step - 1]["desk"], at) and not is_concerned(actor, record)
    )


def is_concerned(actor: Actor, record: Any) -> bool:
    """Tell whether the case is the actor's own."""
    return actor.person_id is not None and actor.person_id in record.persons_concerned()
