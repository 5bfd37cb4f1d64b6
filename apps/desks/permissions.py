"""Who may do what along the walk."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.states import DeskState


def is_its_starter(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that started it: the applicant himself, or an office in a case that is not one's own."""
    return _acts_at(record.starter, actor, record, at)


def may_withdraw_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that started it; once it is handed in, also be the person whom it concerns."""
    own_desk = record.person_desk()
    return is_its_starter(actor, record, at) or (record.submitted is not None and actor.sits_at(own_desk, at))


def holds_its_desk(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk where it lies, by post and grant, in a case that is not one's own; or be asked for one's own."""
    return _acts_at(record.desk, actor, record, at)


def _acts_at(desk: str, actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at a desk; nobody decides his own case, but what lies on his own desk asks him and nobody else."""
    return actor.sits_at(desk, at) and (desk == record.person_desk() or not is_concerned(actor, record))


def may_pass_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Hold its desk; out of the public notice period only the clock passes it."""
    return actor.is_clock if record.state == DeskState.ON_NOTICE else holds_its_desk(actor, record, at)


def passed_it_here(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk of the step before, from which it was passed up."""
    return record.step > 0 and _acts_at(record.route[record.step - 1]["desk"], actor, record, at)


def is_concerned(actor: Actor, record: Any) -> bool:
    """Tell whether the case is the actor's own."""
    return actor.person_id is not None and actor.person_id in record.persons_concerned()


def is_asked(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at a desk whose verdict is asked for, in a case that is not one's own."""
    return any(_acts_at(party, actor, record, at) for party in record.parties())


def may_reopen_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that decides last on its route, in a case that is not one's own."""
    return _acts_at(record.final_desk(), actor, record, at)


def is_the_clock(actor: Actor, record: Any, at: datetime) -> bool:
    """Be the clock."""
    return actor.is_clock


def keeps_it(actor: Actor, docket: Any, at: datetime) -> bool:
    """Sit at the desk that draws the docket up."""
    return actor.sits_at(docket.desk, at)
