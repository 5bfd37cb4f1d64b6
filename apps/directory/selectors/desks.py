"""Reads of desks: who sits there, and what they are called."""

from collections.abc import Collection
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from apps.core.actors import APPLICANT, EXPERT, HANDLE
from apps.core.refs import Ref, desk, desk_parts
from apps.directory.models import Organization, Person, Post, Region, Substitution, User
from apps.directory.permissions import GRANTS_OF_ROLE
from apps.directory.states import IN_PERSON, Role

M = TypeVar("M", Post, Substitution)
_HANDLING = [role for role, grants in GRANTS_OF_ROLE.items() if HANDLE in grants and role not in IN_PERSON]
_OFFICES = (Role.SCI_TECH_AUTHORITY, Role.SCI_TECH_INSTITUTE, Role.COORDINATION_OFFICE)


def users_at(desks: Collection[str], at: datetime) -> dict[str, list[User]]:
    """Return, for each desk, the active users who sit there on the day: the person himself, or those in its post.

    In a post sit its holder and who stands in for him.
    """
    found: dict[str, list[User]] = {name: [] for name in desks}
    for user in User.objects.filter(person__in=_persons_at(desks, APPLICANT), is_active=True):
        found[f"{APPLICANT}@person:{user.person_id}"].append(user)
    posts = {post.pk: post for post in _posts_on(desks, at)}
    lent = _valid(Substitution.objects.filter(post__in=posts, ended=None, substitute__is_active=True), at)
    stand_ins = [(posts[each.post_id], each.substitute) for each in lent.select_related("substitute").order_by("pk")]
    for post, user in [*((post, post.user) for post in posts.values()), *stand_ins]:
        sits = found.get(_desk_of(post), [user])
        if user not in sits:
            sits.append(user)
    return found


def _desk_of(post: Post) -> str:
    """Name the desk at which a post seats its holder: an expert at his own."""
    return desk(EXPERT, Ref("person", str(post.user.person_id))) if post.role == Role.EXPERT else post.desk


def _persons_at(desks: Collection[str], role: str) -> list[int]:
    """Return whose own desks of a role there are among desks."""
    parts = [desk_parts(name) for name in desks]
    return [int(scope.key) for each, scope in parts if each == role and scope.kind == "person"]


def _posts_on(desks: Collection[str], at: datetime) -> QuerySet[Post]:
    scopes = [desk_parts(name)[1] for name in desks]
    regions = [scope.key for scope in scopes if scope.kind == "region"]
    organizations = [int(scope.key) for scope in scopes if scope.kind == "organization"]
    experts = Q(role=Role.EXPERT, user__person__in=_persons_at(desks, EXPERT))
    return valid_posts(at).filter(Q(region__in=regions) | Q(organization__in=organizations) | experts)


def colleagues_at(desks: Collection[str], at: datetime) -> dict[str, list[User]]:
    """Return, for each desk, who on the day handles papers in the same scope and does not sit there himself."""
    scopes = {name: desk_parts(name)[1] for name in desks}
    near = {f"{role}@{scope}" for scope in scopes.values() if scope.kind != "person" for role in _HANDLING}
    sitting = users_at({*desks, *near}, at)
    return {
        name: list(
            dict.fromkeys(
                user for role in _HANDLING for user in sitting.get(f"{role}@{scope}", []) if user not in sitting[name]
            )
        )
        for name, scope in scopes.items()
    }


def regions_at(desks: Collection[str]) -> dict[str, Region]:
    """Return the regions of those desks that are in one, in one query."""
    scopes = {name: desk_parts(name)[1] for name in desks}
    known = Region.objects.in_bulk([scope.key for scope in scopes.values() if scope.kind == "region"])
    return {name: known[scope.key] for name, scope in scopes.items() if scope.key in known and scope.kind == "region"}


def valid_posts(at: datetime) -> QuerySet[Post]:
    """Return the posts that active users hold on the day."""
    return _valid(Post.objects.filter(user__is_active=True), at).select_related("user")


def _valid(rows: QuerySet[M], at: datetime) -> QuerySet[M]:
    """Narrow to what holds on the day, from its first to its last."""
    day = timezone.localdate(at)
    return rows.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)


def officers_below(region: Region, at: datetime) -> list[User]:
    """Return the active users who on the day sit in the offices of a region or of those below it, in one query."""
    offices = valid_posts(at).filter(
        region__path__startswith=region.path, role__in=[Role.SCI_TECH_AUTHORITY, Role.COORDINATION_OFFICE]
    )
    return list(User.objects.filter(pk__in=offices.values("user"), is_active=True).order_by("pk"))


def desk_labels(desks: Collection[str]) -> dict[str, str]:
    """Return for each desk whose it is, in Chinese: the organization, the person, or the region and its office."""
    parts = {name: desk_parts(name) for name in desks if name}
    names = _names_of({scope.kind: set() for _, scope in parts.values()}, parts.values())
    return {name: _label(role, names.get(str(scope), "")) for name, (role, scope) in parts.items()}


def _names_of(wanted: dict[str, set[str]], scopes: Collection[tuple[str, Ref]]) -> dict[str, str]:
    for _, scope in scopes:
        wanted[scope.kind].add(scope.key)
    models: dict[str, type[Model]] = {"region": Region, "organization": Organization, "person": Person}
    return {
        f"{kind}:{pk}": name
        for kind, keys in wanted.items()
        for pk, name in models[kind]._default_manager.filter(pk__in=keys).values_list("pk", "name")
    }


def _label(role: str, name: str) -> str:
    if role == Role.EXPERT:
        return f"{Role(role).label}{name}"
    return f"{name}{Role(role).label}" if role in _OFFICES else name
