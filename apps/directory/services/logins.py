"""Logins: made for a person or a colleague, given a new one-time password, switched off and on; each change is kept."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.core import outbox, sets
from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory import guards
from apps.directory.models import LoginChange, Person, Region, User
from apps.directory.permissions import places_kept
from apps.directory.selectors import logins_kept, persons_kept, username_for
from apps.directory.states import LoginAct

LOGIN_CHANGED = "directory.login_changed"
"""The effect that tells a user what was done to his login."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is mistaken for another when read from paper."""
_LENGTH = 12


class Issued(NamedTuple):
    """A login with its one-time password, which nobody can read again."""

    user: User
    password: str


@transaction.atomic
def make_login(*, person: Person | None = None, name: str = "", username: str = "", by: Actor, at: datetime) -> Issued:
    """Make a login for a person on file, or for a colleague of this name; keep the change.

    Without a user name one is made from the sound of the name. Raises Refused for a person of elsewhere or with a
    login, for a colleague where one keeps no posts, and for a user name that is taken.
    """
    if person is None:
        refuse(guards.keeps_a_place(by, at))
    else:
        refuse(guards.may_have_a_login(person, persons_kept(by, at).filter(pk=person.pk).exists()))
    shown = person.name if person else name.strip()
    user = User(
        username=username.strip().lower() or username_for(shown),
        first_name=shown,
        email=person.email if person else "",
        person=person,
        home=None if person else _home_of(by, at),
        date_joined=at,
    )
    return _issue(user, LoginAct.MADE, "建立账号", by, at)


def _home_of(by: Actor, at: datetime) -> Region:
    """Return the region of the office."""
    return Region.objects.get(path=places_kept(by, at)[0])


@transaction.atomic
def reset_password(*, user: User, reason: str, by: Actor, at: datetime) -> Issued:
    """Give a login a new one-time password; whoever is logged in with the old one is logged out, and he is told.

    Raises Refused for one's own login, and for one that opens more than one keeps.
    """
    found = _kept(user, reason, by, at)
    refuse(guards.is_active(found))
    return _issue(found, LoginAct.RESET, reason, by, at)


@transaction.atomic
def switch_login(*, user: User, on: bool, reason: str, by: Actor, at: datetime) -> User:
    """Switch a login off at once, or on again; he is told.

    Raises Refused for one's own login, for one that opens more than one keeps, and for one that is switched so.
    """
    found = _kept(user, reason, by, at)
    refuse(guards.is_to_be_switched(found, on))
    found.is_active = on
    found.save(update_fields=["is_active"])
    _note(found, LoginAct.ENABLED if on else LoginAct.DISABLED, reason, by, at)
    return found


def _kept(user: User, reason: str, by: Actor, at: datetime) -> User:
    """Return the login as it is now, kept from others until the transaction ends."""
    (found,) = sets.lock(User, [user.pk], skip_taken=False)
    is_kept = logins_kept(by, at).filter(pk=found.pk).exists()
    refuse(guards.has_reason(reason), guards.is_his_to_keep(found, is_kept, by))
    return found


def _issue(user: User, what: LoginAct, reason: str, by: Actor, at: datetime) -> Issued:
    password = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    user.set_password(password)
    user.one_time_until = at + timedelta(days=settings.ONE_TIME_PASSWORD_DAYS)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refused(Refusal("name_taken", "该用户名已被使用。", "请另取用户名，或留空由系统生成。")) from error
    _note(user, what, reason, by, at)
    return Issued(user, password)


def _note(user: User, what: LoginAct, reason: str, by: Actor, at: datetime) -> None:
    """Keep what was done to a login, and wish that its user hears of it."""
    change = LoginChange.objects.create(user=user, what=what, by=by.name, reason=reason.strip(), at=at)
    if what in guards.USER_IS_TOLD:
        outbox.emit([outbox.Wish(LOGIN_CHANGED, str(change.pk), {"change": change.pk})], at=at)
