"""Who may do what with recognitions and the lists of those recognised."""

from datetime import datetime
from typing import Any

from apps.core.actors import VIEW, Actor
from apps.desks.permissions import acts_at
from apps.directory.states import Role
from apps.recognition.states import TargetState


def keeps_it(actor: Actor, target: Any, at: datetime) -> bool:
    """Sit at the desk that keeps the list, in a case that is not one's own."""
    return acts_at(target.keeper, actor, target, at) and not actor.sits_at(target.person_desk(), at)


def invites_experts(actor: Actor, target: Any, at: datetime) -> bool:
    """Sit at the desk of a host that is on the list."""
    return target.state == TargetState.LISTED and actor.sits_at(target.person_desk(), at)


def draws_it_up(actor: Actor, filing: Any, at: datetime) -> bool:
    """Sit at the desk that keeps the list."""
    return actor.sits_at(filing.keeper, at)


def files_it(actor: Actor, filing: Any, at: datetime) -> bool:
    """Sit at the desk with which the list is filed."""
    return actor.sits_at(filing.desk, at)


def looks_in(actor: Actor, at: datetime) -> bool:
    """Hold a post of a host or of a township, or one that sees the records of a region."""
    seated = any(actor.has_role(role, at) for role in (Role.HOST, Role.TOWNSHIP_OFFICE))
    return seated or any(post.path for post in actor.posts_with(VIEW, at))
