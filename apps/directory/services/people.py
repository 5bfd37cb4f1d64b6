"""Files of persons: entered, corrected, and their hidden numbers read."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberFault

from apps.core import sets
from apps.core.actors import Actor
from apps.core.ciphers import blind_index
from apps.core.days import written_day
from apps.core.masking import mask_number
from apps.core.models import Reveal
from apps.core.refusals import Refusal, Refused, refuse
from apps.directory import guards
from apps.directory.models import FileChange, Organization, Person
from apps.directory.states import FileAct

REVEALABLE = {"id_number": "身份证号", "phone": "手机号"}


_TAKEN = Refusal("id_number_taken", "该身份证号已登记。", "请核对号码；由外单位调入的，请联系协调办公室办理调动。")


def register_person(*, person: Person) -> Person:
    """Enter a person's file. Raises Refused for an identity number that is wrong or taken."""
    if person.id_number:
        person.id_number = _checked_id(person.id_number)
    _refuse_double(person)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Refused(_TAKEN) from error
    return person


@transaction.atomic
def enter_file(*, person: Person, by: Actor, at: datetime) -> Person:
    """Enter the file of somebody of the officer's unit, and keep who entered it.

    Raises Refused for a unit of others, a day of birth to come, an identity number that is wrong or taken.
    """
    refuse(guards.keeps_its_file(person, by, at), guards.is_born_before(person, timezone.localdate(at)))
    register_person(person=person)
    FileChange.objects.create(person=person, what=FileAct.ENTERED, by=by.name, reason="登记建档", at=at)
    return person


@transaction.atomic
def correct_file(*, person: Person, said: Mapping[str, Any], seen: int, reason: str, by: Actor, at: datetime) -> Person:
    """Put a file right by what was said of it, and keep what it was; a hidden number left empty stays.

    `seen` is the number of changes that the officer had before him. Raises Refused for a file of others, one changed
    since, nothing to change, a day of birth to come, an identity number that is wrong or taken.
    """
    (found,) = sets.lock(Person, [person.pk], skip_taken=False)
    refuse(guards.has_reason(reason), guards.keeps_its_file(found, by, at))
    refuse(guards.is_as_seen(seen, found.changes.count()))
    changed = _changed(found, said)
    refuse(guards.changes_something(len(changed)))
    old = _in_words(found, changed)
    for field, value in changed.items():
        setattr(found, field, value)
    refuse(guards.is_born_before(found, timezone.localdate(at)))
    register_person(person=found)
    FileChange.objects.create(
        person=found, what=FileAct.CORRECTED, by=by.name, reason=reason.strip(), at=at,
        old=old, new=_in_words(found, changed),
    )  # fmt: skip
    return found


@transaction.atomic
def move_person(*, person: Person, to: Organization, reason: str, by: Actor, at: datetime) -> Person:
    """Let a file be kept by another unit from now on, and keep where it came from; what was handed in stays as it is.

    Raises Refused for whoever does not keep the posts of both places, and for the unit where he is.
    """
    (found,) = sets.lock(Person, [person.pk], skip_taken=False)
    refuse(guards.has_reason(reason), guards.keeps_both_units(found, to, by, at), guards.is_another_unit(found, to))
    old, found.unit = _in_words(found, ["unit"]), to
    found.save(update_fields=["unit"])
    FileChange.objects.create(
        person=found, what=FileAct.MOVED, by=by.name, reason=reason.strip(), at=at,
        old=old, new=_in_words(found, ["unit"]),
    )  # fmt: skip
    return found


def _changed(person: Person, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said otherwise than it stands."""
    known = {field: value for field, value in said.items() if value or field not in REVEALABLE}
    if known.get("id_number"):
        known["id_number"] = _checked_id(known["id_number"])
    return {field: value for field, value in known.items() if value != getattr(person, field)}


def _in_words(person: Person, fields: Iterable[str]) -> str:
    """Write fields as the log keeps them, numbers masked."""
    labels = {field: str(Person._meta.get_field(field).verbose_name) for field in fields}  # type: ignore[union-attr]
    return "；".join(f"{labels[field]}：{_shown(field, getattr(person, field))}" for field in fields)


def _shown(field: str, value: Any) -> str:
    if value in ("", None):
        return "未填写"
    if isinstance(value, date):
        return written_day(value)
    return mask_number(value) if field in REVEALABLE else str(value)


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
        raise Refused(_TAKEN)


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
