"""Which grants each role carries on its own scope, and nothing beyond; who keeps posts, files and logins."""

from datetime import datetime
from typing import Any

from apps.core.actors import HANDLE, VIEW, Actor
from apps.directory.states import Role

ISSUE = "issue_notices"
MANAGE = "manage_season"
AUDIT = "read_audit"

GRANTS_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.DISPATCHING_UNIT: (HANDLE, VIEW),
    Role.HOST: (HANDLE, VIEW),
    Role.SCI_TECH_AUTHORITY: (HANDLE, VIEW),
    Role.SCI_TECH_INSTITUTE: (HANDLE, VIEW),
    Role.EXPERT: (HANDLE,),
    Role.MEMBER_UNIT: (HANDLE,),
    Role.TOWNSHIP_OFFICE: (HANDLE,),
    Role.COORDINATION_OFFICE: (HANDLE, VIEW, ISSUE, MANAGE),
    Role.AUDITOR: (VIEW, AUDIT),
    Role.ADMINISTRATOR: (MANAGE,),
}

LABELS = {
    HANDLE: "办理本环节事项",
    VIEW: "查看所辖记录",
    ISSUE: "印发文件",
    MANAGE: "管理年度批次",
    AUDIT: "查阅审计日志",
}
CODENAMES = tuple(LABELS.items())


def keeps_posts_of(actor: Actor, place: Any, at: datetime) -> bool:
    """Hold a post with the grant to manage, in the region or above it."""
    return place.path.startswith(places_kept(actor, at))


def places_kept(actor: Actor, at: datetime) -> tuple[str, ...]:
    """Return the supervision paths below which the actor keeps the posts."""
    return tuple(post.path for post in actor.posts_with(MANAGE, at) if post.path)


def may_substitute(actor: Actor, post: Any, at: datetime) -> bool:
    """Hold the post oneself, or keep the posts of its place."""
    return actor.user_id == post.user_id or keeps_posts_of(actor, post.place, at)


def may_end_it(actor: Actor, substitution: Any, at: datetime) -> bool:
    """Be a party to the substitution, or keep the posts of its place."""
    return actor.user_id == substitution.substitute_id or may_substitute(actor, substitution.post, at)


def units_kept(actor: Actor, at: datetime) -> tuple[int, ...]:
    """Return the units whose people the actor registers: those for which he dispatches."""
    return tuple(int(post.scope.key) for post in actor.posts_with(HANDLE, at) if post.role == Role.DISPATCHING_UNIT)


def keeps_file_of(actor: Actor, person: Any, at: datetime) -> bool:
    """Register the people of the person's unit."""
    return person.unit_id in units_kept(actor, at)


def keeps_people(actor: Actor, at: datetime) -> bool:
    """Register the people of a unit, or keep the posts of a place: who sees files and makes logins."""
    return bool(units_kept(actor, at) or places_kept(actor, at))
