"""Units, people, users and officers."""

from datetime import date
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from stdnum.cn import ric

from apps.core.actors import Actor
from apps.directory import services
from apps.directory.grants import synchronise
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.selectors import actor_for
from apps.directory.states import Role, UnitKind, UnitLevel

PASSWORD = "一位测试用户的口令"
_PASSWORD_HASH = make_password(PASSWORD)
_numbers = count(1)


def make_unit(region: Region, **given: Any) -> Organization:
    """Make a unit that sends commissioners; a university of the region's level unless told otherwise."""
    defaults = {"name": f"测试大学{next(_numbers)}", "kind": UnitKind.UNIVERSITY, "level": UnitLevel.REGION}
    return Organization.objects.create(region=region, **{**defaults, **given})


def id_number(n: int, born: date = date(1985, 3, 21)) -> str:
    """Return the n-th identity number of a day of birth, with the right check digit; 0 <= n < 1000."""
    body = f"450126{born:%Y%m%d}{n:03d}"
    return body + ric.calc_check_digit(body + "0")


def make_person(unit: Organization | None = None, **given: Any) -> Person:
    """Make the file of a person who meets the requirements of the shipped pack."""
    n = next(_numbers)
    defaults = {
        "name": f"测试{n}",
        "sex": "女",
        "birth_date": date(1985, 3, 21),
        "phone": f"138{n:08d}",
        "email": f"person{n}@example.invalid",
        "education": "硕士",
        "title": "中级",
        "specialty": "柑橘栽培",
        "years_of_service": 8,
    }
    return Person.objects.create(unit=unit, **{**defaults, **given})


def make_user(name: str = "", person: Person | None = None, **given: Any) -> User:
    """Make a login with the password `PASSWORD`; it may do nothing until it has a post."""
    n = next(_numbers)
    shown = name or (person.name if person else f"用户{n}")
    given = {"username": f"user{n}", "email": f"user{n}@example.invalid", **given}
    return User.objects.create(first_name=shown, person=person, password=_PASSWORD_HASH, **given)


def make_applicant(unit: Organization, **given: Any) -> User:
    """Make a person of a unit with a login."""
    return make_user(person=make_person(unit, **given))


def make_officer(
    role: Role,
    scope: Region | Organization,
    *,
    name: str = "",
    person: Person | None = None,
    starts: date = date(2020, 1, 1),
    ends: date | None = None,
) -> User:
    """Make a user with one post, whose grants are synchronised."""
    user = make_user(name, person)
    give_post(user, role, scope, starts=starts, ends=ends)
    return user


def make_officers(*seats: tuple[Role, Region | Organization, str]) -> list[User]:
    """Make a user for each (role, scope, name) as `make_officer` does, their grants synchronised together."""
    users = [make_user(name) for _, _, name in seats]
    posts = [
        Post(user=user, role=role, title=f"{scope}{role.label}", starts=date(2020, 1, 1), **_where(scope))
        for user, (role, scope, _) in zip(users, seats, strict=True)
    ]
    synchronise([post.desk for post in Post.objects.bulk_create(posts)])
    return users


def give_post(
    user: User,
    role: Role,
    scope: Region | Organization,
    *,
    starts: date = date(2020, 1, 1),
    ends: date | None = None,
) -> Post:
    """Give a user one more post."""
    title = f"{scope}{role.label}"
    return services.appoint(user=user, role=role, title=title, starts=starts, ends=ends, **_where(scope))


def _where(scope: Region | Organization) -> dict[str, Any]:
    return {"region": scope} if isinstance(scope, Region) else {"organization": scope}


def actor(user: User) -> Actor:
    """Return a user as he acts, read anew."""
    return actor_for(User.objects.get(pk=user.pk))


def login(client: Client, user: User) -> Client:
    """Log a user in without a password."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
