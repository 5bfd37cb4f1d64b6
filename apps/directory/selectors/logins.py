"""Reads of persons' files and of logins for those who keep them; each takes the viewer."""

import re
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core import pinyin
from apps.core.actors import Actor
from apps.directory.models import FileChange, LoginChange, Organization, Person, Post, Substitution, User
from apps.directory.permissions import places_kept, units_kept

_NO_NAME = "user"


def persons_kept(viewer: Actor, at: datetime) -> QuerySet[Person]:
    """Return the people of the units for which the viewer dispatches, and of units in places whose posts he keeps."""
    kept = Q(unit__in=units_kept(viewer, at)) | _below(places_kept(viewer, at), "unit__region__")
    return Person.objects.filter(kept).select_related("unit__region", "user").order_by("name", "pk")


def _below(paths: tuple[str, ...], to_region: str) -> Q:
    return reduce(or_, (Q(**{f"{to_region}path__startswith": path}) for path in paths), Q(pk__in=[]))


def units_to_register_for(viewer: Actor, at: datetime) -> QuerySet[Organization]:
    """Return the units whose people the viewer registers."""
    return Organization.objects.filter(pk__in=units_kept(viewer, at)).order_by("name", "pk")


def changes_of_file(person: Person) -> QuerySet[FileChange]:
    """Return what was done to a file, newest first."""
    return FileChange.objects.filter(person=person).order_by("-at", "-pk")


def changes_of_login(user: User) -> QuerySet[LoginChange]:
    """Return what was done to a login, newest first."""
    return LoginChange.objects.filter(user=user).order_by("-at", "-pk")


def logins_kept(viewer: Actor, at: datetime) -> QuerySet[User]:
    """Return the logins that a viewer keeps, never his own: they lie in his units and places with all that they open.

    A login opens the file of its person, its posts on the day and later, and those for which it stands in.
    """
    places, day = places_kept(viewer, at), timezone.localdate(at)
    posts = Post.objects.filter(_posts_within(units_kept(viewer, at), places)).order_by().values("pk")
    persons = persons_kept(viewer, at).order_by().values("pk")
    holds = Post.objects.filter(Q(ends=None) | Q(ends__gte=day)).exclude(pk__in=posts).order_by()
    lent = Substitution.objects.filter(ended=None, ends__gte=day).exclude(post__in=posts).order_by()
    known = Q(posts__in=posts) | Q(person__in=persons) | _below(places, "home__")
    return (
        User.objects.filter(~Q(pk=viewer.user_id), pk__in=User.objects.filter(known).order_by().values("pk"))
        .exclude(pk__in=holds.values("user"))
        .exclude(pk__in=lent.values("substitute"))
        .exclude(Q(person__unit__isnull=False) & ~Q(person__in=persons))
        .select_related("person__unit")
        .prefetch_related("posts")
        .order_by("first_name", "pk")
    )


def _posts_within(units: tuple[int, ...], places: tuple[str, ...]) -> Q:
    return Q(organization__in=units) | _below(places, "region__") | _below(places, "organization__region__")


def username_for(name: str) -> str:
    """Return a user name that nobody has, as a name sounds in full."""
    sound = next(iter(pinyin.keys(name).split()), "")
    stem = re.sub(r"[^a-z0-9]", "", sound)[:30] or _NO_NAME
    alike = User.objects.filter(username__istartswith=stem).order_by().values_list("username", flat=True)
    taken = {known.lower() for known in alike}
    names = (f"{stem}{number or ''}" for number in (0, *range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
