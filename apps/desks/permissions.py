"""Who may do what along the walk."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.desks.states import DeskState
from apps.seasons.permissions import manages_the_season


def is_its_starter(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that started it: the applicant himself, or an office in a case that is not one's own."""
    return acts_at(record.starter, actor, record, at)


def may_withdraw_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that started it; once it is handed in, also be the person whom it concerns."""
    own_desk = record.person_desk()
    return is_its_starter(actor, record, at) or (record.submitted is not None and actor.sits_at(own_desk, at))


def holds_its_desk(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk where it lies, by post and grant, in a case that is not one's own; or be asked for one's own."""
    return acts_at(record.desk, actor, record, at)


def acts_at(desk: str, actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at a desk; nobody decides his own case, but what lies on his own desk asks him and nobody else."""
    return actor.sits_at(desk, at) and (desk == record.person_desk() or not is_concerned(actor, record, at))


def may_pass_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Hold its desk; out of the public notice period only the clock passes it.

    The clock also passes a consent that the desk itself has given before, which a guard judges.
    """
    if record.state == DeskState.ON_NOTICE:
        return actor.is_clock
    return holds_its_desk(actor, record, at) or (actor.is_clock and record.state == DeskState.AWAITING_CONSENT)


def passed_it_here(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk of the step before, from which it was passed up."""
    return record.step > 0 and acts_at(record.route[record.step - 1]["desk"], actor, record, at)


def is_concerned(actor: Actor, record: Any, at: datetime) -> bool:
    """Tell whether the case is the actor's own, or that of a person he stands in for."""
    return not actor.persons_acted_as(at).isdisjoint(record.persons_concerned())


def is_asked(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at a desk whose verdict is asked for, in a case that is not one's own."""
    return any(acts_at(party, actor, record, at) for party in record.parties())


def may_reopen_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Sit at the desk that decides last on its route, in a case that is not one's own."""
    return acts_at(record.final_desk(), actor, record, at)


def is_the_clock(actor: Actor, record: Any, at: datetime) -> bool:
    """Be the clock."""
    return actor.is_clock


def keeps_it(actor: Actor, docket: Any, at: datetime) -> bool:
    """Sit at the desk that draws the docket up."""
    return actor.sits_at(docket.desk, at)


def may_urge_it(actor: Actor, record: Any, at: datetime) -> bool:
    """Have started it, passed it on or run its season, and not be the desk that has it."""
    passed_on = (step["desk"] for step in record.route[: record.step])
    mine = any(acts_at(desk, actor, record, at) for desk in (record.starter, *passed_on))
    return not actor.sits_at(record.desk, at) and (mine or manages_the_season(actor, record.season, at))
