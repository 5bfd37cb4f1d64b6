"""Posts: given, ended, handed over; each change is kept with its reason."""

import secrets
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from apps.core import outbox, sets
from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory import guards
from apps.directory.grants import synchronise
from apps.directory.models import Organization, Post, PostChange, Region, User
from apps.directory.states import PostAct, Role

POST_CHANGED = "directory.post_changed"
"""The effect that tells the holder of a post what was done to it."""
_FIRST = (
    ("administrator", Role.ADMINISTRATOR, "系统管理员"),
    ("region", Role.COORDINATION_OFFICE, "协调办公室经办人"),
)


@transaction.atomic
def appoint(
    *,
    user: User,
    role: str,
    region: Region | None = None,
    organization: Organization | None = None,
    title: str,
    starts: date,
    ends: date | None = None,
) -> Post:
    """Give a user a post and its grants."""
    post = Post.objects.create(
        user=user, role=role, region=region, organization=organization, title=title, starts=starts, ends=ends
    )
    synchronise([post.desk])
    return post


class FirstLogin(NamedTuple):
    """A way in, with the password that nobody can read again."""

    username: str
    password: str
    title: str


@transaction.atomic
def let_in_first(*, region: Region, at: datetime) -> list[FirstLogin]:
    """Make the first two logins of an installation, an administrator and an officer of the coordinating office.

    Raises Refused where somebody can log in already.
    """
    if User.objects.exists():
        raise Refused(Refusal("not_new", "系统中已有用户。", "请由现有的系统管理员添加。"))
    logins = [FirstLogin(name, secrets.token_urlsafe(9), title) for name, _, title in _FIRST]
    for (_, role, _), login in zip(_FIRST, logins, strict=True):
        user = User.objects.create_user(login.username, password=login.password, first_name=login.title)
        appoint(user=user, role=role, region=region, title=login.title, starts=timezone.localdate(at))
    return logins


@transaction.atomic
def give_post(
    *,
    user: User,
    role: str,
    region: Region | None = None,
    organization: Organization | None = None,
    title: str,
    starts: date,
    ends: date | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Post:
    """Give a user a post with its grants, keep the change, tell him.

    Raises Refused for one's own account, a place whose posts are not one's to keep, days out of order, a role that does
    not belong there, and a post that he holds already.
    """
    wanted = Post(user=user, role=role, region=region, organization=organization, title=title, starts=starts, ends=ends)
    refuse(guards.has_reason(reason), guards.keeps_its_place(wanted, by, at), guards.is_not_himself(user, by))
    refuse(guards.fits_its_place(wanted), guards.has_days_to_come(wanted, timezone.localdate(at)))
    refuse(guards.is_active(user))
    known = Post.objects.filter(user=user, role=role, region=region, organization=organization)
    refuse(guards.is_not_held_yet(wanted, known))
    post = appoint(
        user=user, role=role, region=region, organization=organization, title=title, starts=starts, ends=ends
    )
    note_change(post, PostAct.GIVEN, reason, by, at, new=_held_by(post))
    return post


@transaction.atomic
def end_post(*, post: Post, ends: date, reason: str, by: Actor, at: datetime) -> Post:
    """Let a post end on a day, its last; its grants stand, but no longer hold from the day after.

    Raises Refused for days that are past, and for a post that ends sooner already.
    """
    post = _locked(post)
    refuse(guards.has_reason(reason), guards.keeps_its_place(post, by, at))
    refuse(guards.may_end_on(post, ends, timezone.localdate(at)))
    old = _held_by(post)
    _end(post, ends)
    note_change(post, PostAct.ENDED, reason, by, at, old=old, new=_held_by(post))
    return post


@transaction.atomic
def hand_over(*, post: Post, to: User, on: date, reason: str, by: Actor, at: datetime) -> Post:
    """Let a successor hold a post from a day on, and its holder until the day before; return the successor's.

    Papers lie on the desk of the post, so that the successor finds them there. Raises Refused for one's own account,
    for a holder who ends sooner, for a successor who is not active or sits there already.
    """
    post = _locked(post)
    refuse(guards.has_reason(reason), guards.keeps_its_place(post, by, at), guards.is_not_himself(to, by))
    refuse(guards.may_be_handed_over(post), guards.is_active(to))
    refuse(guards.may_end_on(post, on - timedelta(days=1), timezone.localdate(at)))
    wanted = Post(user=to, role=post.role, title=post.title, starts=on, ends=post.ends)
    known = Post.objects.filter(user=to, role=post.role, region=post.region_id, organization=post.organization_id)
    refuse(guards.is_not_held_yet(wanted, known))
    old = _held_by(post)
    successor = appoint(
        user=to, role=post.role, region=post.region, organization=post.organization, title=post.title,
        starts=on, ends=post.ends,
    )  # fmt: skip
    _end(post, on - timedelta(days=1))
    for each in (post, successor):
        note_change(each, PostAct.HANDED_OVER, reason, by, at, old=old, new=_held_by(successor))
    return successor


def _locked(post: Post) -> Post:
    """Return the post as it is now, kept from others until the transaction ends."""
    (found,) = sets.lock(Post, [post.pk], skip_taken=False)
    return found


def _end(post: Post, ends: date) -> None:
    post.ends = ends
    post.save(update_fields=["ends"])


def _held_by(post: Post) -> str:
    until = f"至{written_day(post.ends)}" if post.ends else ""
    return f"{post.user.display_name}，{written_day(post.starts)}起{until}"


def note_change(
    post: Post, what: PostAct, reason: str, by: Actor, at: datetime, *, old: str = "", new: str = ""
) -> None:
    """Keep what was done to a post, and wish that its holder hears of it."""
    change = PostChange.objects.create(
        post=post, what=what, by=by.name, old=old[:200], new=new[:200], reason=reason.strip(), at=at
    )
    if what in guards.HOLDER_IS_TOLD:
        outbox.emit([outbox.Wish(POST_CHANGED, str(change.pk), {"change": change.pk})], at=at)
