"""What is done to the directory."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberFault

from apps.core.actors import Actor
from apps.core.ciphers import blind_index
from apps.core.models import Reveal
from apps.core.refusals import Refusal, Refused
from apps.directory import divisions_file
from apps.directory.divisions_file import Division
from apps.directory.grants import synchronise
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.states import Role

_BATCH = 2000
_FIRST = (
    ("administrator", Role.ADMINISTRATOR, "系统管理员"),
    ("region", Role.COORDINATION_OFFICE, "协调办公室经办人"),
)
REVEALABLE = {"id_number": "身份证号", "phone": "手机号"}


@transaction.atomic
def load_divisions(path: Path) -> int:
    """Put the divisions of a file in place and return how many; doing it again changes nothing.

    Raises DivisionsFault with file and line for a faulty file, and leaves everything as it was.
    """
    rows = divisions_file.read(path)
    supervisors = divisions_file.supervisors(rows)
    paths = _paths(rows, supervisors)
    with transaction.atomic():
        for start in range(0, len(rows), _BATCH):
            _put(rows[start : start + _BATCH], supervisors, paths)
    return len(rows)


def _put(rows: Sequence[Division], supervisors: Mapping[str, str], paths: Mapping[str, str]) -> None:
    Region.objects.bulk_create(
        (
            Region(
                code=row.code,
                name=row.name,
                level=row.level,
                parent_id=row.parent or None,
                supervisor_id=supervisors[row.code] or None,
                path=paths[row.code],
            )
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent", "supervisor", "path"],
    )


def _paths(rows: Sequence[Division], supervisors: Mapping[str, str]) -> dict[str, str]:
    """Return the chain of supervision of each code; rows come parents first."""
    paths: dict[str, str] = {}
    for row in rows:
        paths[row.code] = f"{paths.get(supervisors[row.code], '/')}{row.code}/"
    return paths


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
def end_post(*, post: Post, ends: date) -> Post:
    """Let a post end on a day; its grants stand, but no longer hold from the day after."""
    post.ends = ends
    post.save(update_fields=["ends"])
    return post


def register_person(*, person: Person) -> Person:
    """Enter a person's file. Raises Refused for an identity number that is wrong or taken."""
    if person.id_number:
        person.id_number = _checked_id(person.id_number)
    _refuse_double(person)
    person.save()
    return person


def _checked_id(text: str) -> str:
    """Return an identity number as it is written; its place is not judged, for places change their codes."""
    number = str(ric.compact(text))
    if not (re.fullmatch(r"[0-9]{17}[0-9X]", number) and _is_sound(number)):
        raise Refused(Refusal("id_number", "身份证号有误，校验未通过。", "请核对 18 位号码后重新填写。"))
    return number


def _is_sound(number: str) -> bool:
    try:
        return bool(ric.get_birth_date(number)) and number[-1] == ric.calc_check_digit(number)
    except NumberFault:
        return False


def _refuse_double(person: Person) -> None:
    if not person.id_number:
        return
    same = Person.objects.filter(id_number_index=blind_index(person.id_number)).exclude(pk=person.pk)
    if same.exists():
        raise Refused(Refusal("id_number_taken", "该身份证号已登记。", "请直接登录，或联系本单位经办人。"))


def reveal(*, person: Person, field: str, by: Actor, reason: str, at: datetime) -> str:
    """Return a person's hidden value and keep who read it, when and why. Raises Refused without a reason."""
    if field not in REVEALABLE:
        raise Refused(Refusal("unknown_field", "没有这一项目。", "请返回后重试。"))
    if not reason.strip():
        raise Refused(Refusal("no_reason", "没有填写查看理由。", "查看个人信息须写明理由，并留有记录。"))
    if by.user_id is None:
        raise Refused(Refusal("not_signed_in", "尚未登录。", "请登录后再查看个人信息。"))
    Reveal.objects.create(
        user_id=by.user_id, actor=by.name, ref=f"person:{person.pk}", field=field, reason=reason.strip()[:200], at=at
    )
    value: str = getattr(person, field)
    return value
