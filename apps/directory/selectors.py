"""Reads of the directory."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone

from apps.core.actors import APPLICANT, EXPERT, Actor, HeldPost
from apps.core.refs import Ref, desk, desk_parts
from apps.directory.grants import grants_of
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.states import Level, Role

_OFFICES = (Role.SCI_TECH_AUTHORITY, Role.SCI_TECH_INSTITUTE, Role.COORDINATION_OFFICE)


def actor_for(user: User) -> Actor:
    """Return a user as he acts, with his posts and grants; a disabled user has neither.

    Two queries; one for who holds no post, for grants without one count for nothing.
    """
    if not user.is_active:
        return Actor(name=user.display_name)
    posts = list(Post.objects.filter(user=user).select_related("region"))
    return Actor(
        name=user.display_name,
        user_id=user.pk,
        person_id=user.person_id,
        posts=tuple(_held(post, user) for post in posts),
        grants=grants_of(user) if posts else frozenset(),
    )


def _held(post: Post, user: User) -> HeldPost:
    path = post.region.path if post.region else ""
    own = desk(EXPERT, Ref("person", str(user.person_id))) if post.role == Role.EXPERT else ""
    return HeldPost(post.role, post.scope, post.title, path, post.starts, post.ends, own)


def users_at(desks: Collection[str], at: datetime) -> dict[str, list[User]]:
    """Return, for each desk, the active users who sit there on the day: holders of its post, or the person himself."""
    found: dict[str, list[User]] = {name: [] for name in desks}
    for user in User.objects.filter(person__in=_persons_at(desks, APPLICANT), is_active=True):
        found[f"{APPLICANT}@person:{user.person_id}"].append(user)
    for post in _posts_on(desks, at):
        held = _held(post, post.user).desk
        if held in found and post.user not in found[held]:
            found[held].append(post.user)
    return found


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


def valid_posts(at: datetime) -> QuerySet[Post]:
    """Return the posts that active users hold on the day."""
    day = timezone.localdate(at)
    valid = Post.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day, user__is_active=True)
    return valid.select_related("user")


def officers_below(region: Region, at: datetime) -> list[User]:
    """Return the active users who on the day sit in the offices of a region or of those below it, in one query."""
    day = timezone.localdate(at)
    valid = Post.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day, region__path__startswith=region.path
    )
    offices = valid.filter(role__in=[Role.SCI_TECH_AUTHORITY, Role.COORDINATION_OFFICE])
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


def counties_of(region: Region) -> list[Region]:
    """Return the counties below a region, by code."""
    return list(Region.objects.filter(path__startswith=region.path, level=Level.COUNTY).order_by("code"))


def counties_below(paths: Collection[str]) -> list[str]:
    """Return the codes of the counties below supervision paths, or at them, in one query; without paths in none."""
    below = reduce(or_, (Q(path__startswith=path) for path in paths), Q())
    return list(Region.objects.filter(below, level=Level.COUNTY).values_list("pk", flat=True)) if paths else []


def cities_of(region: Region) -> list[Region]:
    """Return the units that report straight to a region and have counties or are one, by code."""
    return list(Region.objects.filter(supervisor=region, level__in=[Level.CITY, Level.COUNTY]).order_by("code"))


def village_counts(region: Region) -> dict[str, int]:
    """Return {county code: number of villages and communities}, in one query."""
    rows = (
        Region.objects.filter(path__startswith=region.path, level=Level.VILLAGE)
        .values("parent__parent")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {row["parent__parent"]: row["number"] for row in rows if row["parent__parent"]}


def city_codes(counties: Collection[str]) -> dict[str, str]:
    """Return {county code: code of the office right above it}, in one query."""
    rows = Region.objects.filter(pk__in=counties).values_list("pk", "supervisor")
    return {county: supervisor or county for county, supervisor in rows}


def persons_like(text: str) -> QuerySet[Person]:
    """Return the persons whose name contains a text, by name."""
    return Person.objects.filter(name__holds=text).select_related("unit").order_by("name", "pk")


def organizations_like(text: str) -> QuerySet[Organization]:
    """Return organizations whose name contains a text."""
    return Organization.objects.filter(name__holds=text).select_related("region")
