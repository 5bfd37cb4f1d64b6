"""Who may read the table of permissions, and personal numbers in full."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor
from apps.directory.permissions import AUDIT, MANAGE
from apps.directory.states import Role


def reads_the_matrix(actor: Actor, at: datetime) -> bool:
    """Hold a valid post of an administrator, or one with the grant to read the audit."""
    return actor.has_role(Role.ADMINISTRATOR, at, MANAGE) or any(actor.posts_with(AUDIT, at))


def reads_the_numbers(actor: Actor, record: Any, at: datetime) -> bool:
    """Be whom the record is about, or hold a valid post that looks into records; being asked for a word is not one."""
    return actor.person_id == record.person_id or actor.is_in_office(at)
