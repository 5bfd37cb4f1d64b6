"""Personal data cannot be read or changed in the database without the key."""

from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from apps.core import ciphers
from apps.core.models import Reveal
from apps.directory.models import Person
from tests.factories import AT, id_number

NUMBER = id_number(1)


def stored(person: Person, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM directory_person WHERE id = %s", [person.pk])
        return cursor.fetchone()[0]


def test_the_same_text_never_gives_the_same_ciphertext():
    first, second = ciphers.encrypt("韦强"), ciphers.encrypt("韦强")
    assert first != second
    assert [ciphers.decrypt(first), ciphers.decrypt(second)] == ["韦强", "韦强"]


def test_a_changed_ciphertext_does_not_open():
    sealed = ciphers.encrypt("13812345678")
    changed = ("B" if sealed[0] == "A" else "A") + sealed[1:]
    with pytest.raises(ValueError, match="does not open with this key"):
        ciphers.decrypt(changed)


def test_another_key_opens_nothing_and_finds_nothing(settings: Any):
    sealed, index = ciphers.encrypt("13812345678"), ciphers.blind_index("13812345678")
    settings.FIELD_KEY = "another"
    with pytest.raises(ValueError, match="does not open with this key"):
        ciphers.decrypt(sealed)
    assert ciphers.blind_index("13812345678") != index


def test_the_keys_of_fields_indexes_and_log_differ_though_the_secret_be_the_same():
    assert ciphers.blind_index("x") != ciphers.log_digest("x")


@pytest.mark.django_db
def test_a_number_is_stored_encrypted_found_by_its_index_and_read_back():
    person = Person.objects.create(name="韦强", id_number=NUMBER, phone="13812345678")
    assert NUMBER not in stored(person, "id_number")
    assert "13812345678" not in stored(person, "phone")
    assert Person.objects.get(id_number_index=ciphers.blind_index(NUMBER)).id_number == NUMBER
    assert Person.objects.get(phone_index=ciphers.blind_index("13812345678")).phone == "13812345678"


@pytest.mark.django_db
def test_the_index_follows_when_the_number_is_corrected():
    person = Person.objects.create(name="韦强", id_number=NUMBER)
    person.id_number = id_number(2)
    person.save()
    assert Person.objects.filter(id_number_index=ciphers.blind_index(NUMBER)).count() == 0
    assert Person.objects.get(id_number_index=ciphers.blind_index(id_number(2))) == person


@pytest.mark.django_db
def test_one_number_belongs_to_one_person_but_any_number_of_people_may_have_none():
    Person.objects.create(name="甲")
    Person.objects.create(name="乙")
    Person.objects.create(name="丙", id_number=NUMBER)
    with pytest.raises(IntegrityError):
        Person.objects.create(name="丁", id_number=NUMBER)


@pytest.mark.django_db
def test_an_empty_number_stays_empty_and_has_no_index():
    person = Person.objects.create(name="甲")
    assert (stored(person, "id_number"), stored(person, "id_number_index")) == ("", None)


@pytest.mark.django_db
def test_nobody_reveals_without_a_reason_even_past_the_service():
    with pytest.raises(IntegrityError):
        Reveal.objects.create(user_id=1, actor="甲", ref="person:1", field="phone", reason="", at=AT)
