"""A person's file: numbers checked, hidden, found again without being read, and every reading kept."""

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.actors import Actor
from apps.core.ciphers import blind_index
from apps.core.models import Reveal
from apps.core.refusals import Refused
from apps.directory import services
from apps.directory.models import Organization, Person
from apps.directory.selectors import organizations_like
from tests.factories import AT, Scene, actor, id_number, make_person, make_unit, plant_regions


def test_a_valid_identity_number_is_kept_encrypted(db: None):
    number = id_number(7)
    person = services.register_person(person=Person(name="韦测试", id_number=f" {number.lower()} "))
    assert Person.objects.get(pk=person.pk).id_number == number
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_number_index FROM directory_person WHERE id = %s", [person.pk])
        stored, index = cursor.fetchone()
    assert number not in stored
    assert index == blind_index(number)
    assert number not in index


@pytest.mark.parametrize(
    "number", ["450126198503210000", "45012619850321007", "450126198502300075", "甲", "1" * 10_000]
)
def test_a_wrong_identity_number_is_refused(db: None, number: str):
    with pytest.raises(Refused) as refused:
        services.register_person(person=Person(name="韦测试", id_number=number))
    assert [refusal.code for refusal in refused.value.refusals] == ["id_number"]
    assert Person.objects.count() == 0


def test_a_number_is_registered_once(db: None):
    services.register_person(person=Person(name="甲", id_number=id_number(7)))
    with pytest.raises(Refused) as refused:
        services.register_person(person=Person(name="乙", id_number=id_number(7)))
    assert [refusal.code for refusal in refused.value.refusals] == ["id_number_taken"]


def test_the_database_itself_refuses_a_number_twice(db: None):
    make_person(id_number=id_number(7))
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(id_number=id_number(7))


def test_many_people_may_have_no_number(db: None):
    for name in ("甲", "乙", "丙"):
        services.register_person(person=Person(name=name))
    assert list(Person.objects.values_list("id_number_index", flat=True)) == [None, None, None]


def test_registering_again_is_no_double(db: None):
    person = services.register_person(person=Person(name="甲", id_number=id_number(7)))
    person.name = "甲甲"
    services.register_person(person=person)
    assert Person.objects.get().name == "甲甲"


def test_a_reveal_returns_the_value_and_keeps_who_read_it_when_and_why(scene: Scene):
    person = make_person(scene.unit, phone="13800000001")
    value = services.reveal(person=person, field="phone", by=scene.office, reason=" 电话核实 ", at=scene.at)
    kept = Reveal.objects.values("user_id", "actor", "ref", "field", "reason", "at")
    assert value == "13800000001"
    assert list(kept) == [
        {
            "user_id": scene.officers.region.pk,
            "actor": "区经办",
            "ref": f"person:{person.pk}",
            "field": "phone",
            "reason": "电话核实",
            "at": scene.at,
        }
    ]


@pytest.mark.parametrize(
    ("field", "reason", "by", "code"),
    [
        ("phone", "  ", None, "no_reason"),
        ("password", "核实", None, "unknown_field"),
        ("phone", "核实", Actor(name="公众"), "not_signed_in"),
    ],
)
def test_a_reveal_without_reason_or_reader_shows_and_keeps_nothing(
    scene: Scene, field: str, reason: str, by: Actor | None, code: str
):
    with pytest.raises(Refused) as refused:
        services.reveal(
            person=scene.applicant.person, field=field, by=by or actor(scene.officers.region), reason=reason, at=AT
        )
    assert [refusal.code for refusal in refused.value.refusals] == [code]
    assert Reveal.objects.count() == 0


def test_units_are_found_by_a_part_of_their_name(db: None):
    region = plant_regions()
    wanted = [make_unit(region, name=name) for name in ("广西农业科学院", "农业学校")]
    make_unit(region, name="水产站")
    assert list(organizations_like("农业").order_by("pk")) == wanted


def test_a_unit_stands_once_in_a_region(db: None):
    region = plant_regions()
    make_unit(region, name="水产站")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_unit(region, name="水产站")
    assert Organization.objects.count() == 1
