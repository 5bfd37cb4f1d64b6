"""Reads of who holds which post, and who stands in for whom; each takes the viewer."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.directory.models import Organization, Post, PostChange, Region, Substitution, User
from apps.directory.permissions import places_kept
from apps.directory.selectors.desks import valid_posts
from apps.directory.selectors.people import called, named
from apps.directory.states import IN_PERSON, Level, Role

MOST_FOUND = 20
_NO_STAND_INS = (Role.AUDITOR, *IN_PERSON)
"""Who audits, and who judges as an expert, decides nothing for others."""


def posts_kept(viewer: Actor, at: datetime) -> QuerySet[Post]:
    """Return the posts in the regions whose posts the viewer keeps, and in their organizations."""
    rows = Post.objects.filter(_within(places_kept(viewer, at)))
    return rows.select_related("user", "region", "organization__region").order_by("pk")


def _within(paths: tuple[str, ...], of: str = "") -> Q:
    places = [f"{of}region__path__startswith", f"{of}organization__region__path__startswith"]
    return reduce(or_, (Q(**{place: path}) for path in paths for place in places), Q(pk__in=[]))


def changes_kept(viewer: Actor, at: datetime) -> QuerySet[PostChange]:
    """Return the changes of the posts that the viewer keeps, newest first."""
    rows = PostChange.objects.filter(_within(places_kept(viewer, at), "post__"))
    return rows.select_related("post__user").order_by("-at", "-pk")


def changes_of(post: Post) -> QuerySet[PostChange]:
    """Return what was done to a post, newest first."""
    return PostChange.objects.filter(post=post).order_by("-at", "-pk")


def posts_to_lend(viewer: Actor, at: datetime) -> QuerySet[Post]:
    """Return the viewer's own posts, not yet ended, for which another may stand in."""
    day = timezone.localdate(at)
    mine = Post.objects.filter(Q(ends__isnull=True) | Q(ends__gte=day), user=viewer.user_id).exclude(role__in=IN_PERSON)
    return mine.select_related("user", "region", "organization__region").order_by("pk")


def post_in_sight(viewer: Actor, pk: int, at: datetime) -> Post | None:
    """Return a post that the viewer keeps or holds, None for any other."""
    return (posts_kept(viewer, at) | _mine(viewer)).filter(pk=pk).first()


def _mine(viewer: Actor) -> QuerySet[Post]:
    rows = Post.objects.filter(user=viewer.user_id)
    return rows.select_related("user", "region", "organization__region").order_by("pk")


def substitutions_of(viewer: Actor) -> QuerySet[Substitution]:
    """Return the substitutions in which the viewer stands on either side, the newest first."""
    rows = Substitution.objects.filter(Q(post__user=viewer.user_id) | Q(substitute=viewer.user_id))
    return _whole(rows)


def substitutions_in_sight(viewer: Actor, at: datetime) -> QuerySet[Substitution]:
    """Return the substitutions in which the viewer stands, and those in posts that he keeps."""
    return substitutions_of(viewer) | _whole(Substitution.objects.filter(_within(places_kept(viewer, at), "post__")))


def substitutions_in(post: Post) -> QuerySet[Substitution]:
    """Return who stood, stands or will stand in for the holder of a post."""
    return _whole(Substitution.objects.filter(post=post))


def substitutions_cut(post: Post) -> QuerySet[Substitution]:
    """Return who was to stand in for the holder of a post beyond the day on which it ends."""
    return _whole(Substitution.objects.filter(post=post, ended=None, ends__gt=post.ends))


def _whole(rows: QuerySet[Substitution]) -> QuerySet[Substitution]:
    whole = rows.select_related("substitute", "post__user", "post__region", "post__organization__region")
    return whole.order_by("-starts", "-pk")


def stand_ins(post: Post, at: datetime) -> QuerySet[User]:
    """Return who may stand in for the holder of a post, by name.

    Active users who on the day hold a post in the same scope, or one of the same role right above or right below.
    """
    near = Q(region=post.region_id) if post.region_id else Q(organization=post.organization_id)
    if post.region_id:
        near |= Q(role=post.role, region__supervisor=post.region_id) | Q(role=post.role, region=_above(post))
    posts = valid_posts(at).filter(near).exclude(role__in=_NO_STAND_INS)
    return User.objects.filter(pk__in=posts.values("user")).exclude(pk=post.user_id).order_by("first_name", "pk")


def _above(post: Post) -> str | None:
    return post.region.supervisor_id if post.region else None


def users_called(users: QuerySet[User], text: str) -> QuerySet[User]:
    """Narrow users to those whose name holds a text, or whose file sounds as it is typed; most found are few."""
    known = Q(first_name__icontains=text) | Q(username__icontains=text) | called(text, "person__")
    return (users.filter(known) if text else users).prefetch_related("posts")[:MOST_FOUND]


def active_users() -> QuerySet[User]:
    """Return the users who may log in, by name."""
    return User.objects.filter(is_active=True).order_by("first_name", "pk")


def overlapping(post: Post, starts: date, ends: date) -> QuerySet[Substitution]:
    """Return the substitutions of a post that share a day with a period."""
    return Substitution.objects.filter(post=post, ended=None, starts__lte=ends, ends__gte=starts).order_by("pk")


def places_to_fill(viewer: Actor, at: datetime) -> dict[str, QuerySet[Any]]:
    """Return the regions and organizations whose posts the viewer keeps, villages apart."""
    within = reduce(or_, (Q(path__startswith=path) for path in places_kept(viewer, at)), Q(pk__in=[]))
    regions = Region.objects.filter(within).exclude(level=Level.VILLAGE).order_by("code")
    return {"region": regions, "organization": Organization.objects.filter(region__in=regions).order_by("name", "pk")}


def places_called(places: Mapping[str, QuerySet[Any]], text: str) -> list[Region | Organization]:
    """Return the first places whose name holds a text, regions before organizations."""
    regions = places["region"].filter(name__icontains=text).select_related("supervisor")
    organizations = places["organization"].filter(named(text)).select_related("region")
    return [*regions[:MOST_FOUND], *organizations[:MOST_FOUND]]
