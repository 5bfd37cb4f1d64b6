"""A user as he acts: his posts, those he holds for others, and the grants of both."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, DateField, F, IntegerField, Value
from django.db.models.functions import Coalesce, NullIf

from apps.core.actors import EXPERT, Actor, HeldPost
from apps.core.refs import Ref, desk
from apps.directory.grants import carried_at, grants_of
from apps.directory.models import Post, Substitution, User
from apps.directory.states import Role


class _Row(NamedTuple):
    """A post with, for one held for another, whose it is and for which days."""

    pk: int
    role: str
    region: str | None
    path: str | None
    organization: int | None
    title: str
    starts: date
    ends: date | None
    for_name: str
    for_person: int | None
    since: date | None
    until: date | None


_OF_POST = ("pk", "role", "region", "region__path", "organization", "title", "starts", "ends")
_OWN = {
    "for_name": Value("", CharField()),
    "for_person": Value(None, IntegerField()),
    "since": Value(None, DateField()),
    "until": Value(None, DateField()),
}
_LENT = {
    "for_name": Coalesce(NullIf("post__user__first_name", Value("")), "post__user__username"),
    "for_person": F("post__user__person"),
    "since": F("starts"),
    "until": F("ends"),
}


def actor_for(user: User) -> Actor:
    """Return a user as he acts, with his posts and grants, and what he holds as a substitute; disabled he has nothing.

    Two queries, one for who holds no post, for grants without one count for nothing; and one for a substitute.
    """
    if not user.is_active:
        return Actor(name=user.display_name)
    posts = _posts_of(user)
    lent = carried_at({post.desk for post in posts if post.acting_for})
    return Actor(
        name=user.display_name,
        user_id=user.pk,
        person_id=user.person_id,
        posts=tuple(replace(post, carries=lent[post.desk]) if post.acting_for else post for post in posts),
        grants=grants_of(user) if posts else frozenset(),
    )


def _posts_of(user: User) -> list[HeldPost]:
    """Return his own posts and then those of others for whom he stands in, in one query."""
    own = Post.objects.filter(user=user).annotate(**_OWN).order_by().values_list(*_OF_POST, *_OWN)
    lent = Substitution.objects.filter(substitute=user, ended=None, post__user__is_active=True)
    named = lent.annotate(**_LENT).order_by().values_list(*(f"post__{name}" for name in _OF_POST), *_LENT)
    rows = [_Row(*row) for row in own.union(named, all=True)]
    return [_held(row, user) for row in sorted(rows, key=lambda row: (row.for_name, row.pk))]


def _held(row: _Row, user: User) -> HeldPost:
    """Make a post of a row; what is held for another begins and ends within the days of the post."""
    scope = Ref("region", row.region) if row.region else Ref("organization", str(row.organization))
    starts = max(day for day in (row.starts, row.since) if day)
    ends = min((day for day in (row.ends, row.until) if day), default=None)
    own = desk(EXPERT, Ref("person", str(user.person_id))) if row.role == Role.EXPERT else ""
    return HeldPost(row.role, scope, row.title, row.path or "", starts, ends, own, row.for_name, row.for_person)
