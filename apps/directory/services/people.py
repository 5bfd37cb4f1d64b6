"""Files of persons: entered, and their hidden numbers read."""

import re
from datetime import datetime

from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NumberFault

from apps.core.actors import Actor
from apps.core.ciphers import blind_index
from apps.core.models import Reveal
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Person

REVEALABLE = {"id_number": "身份证号", "phone": "手机号"}


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
