"""The screens of people: registered, found, put right, numbers read with a reason; who sees what costs the same."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.core.models import Reveal
from apps.directory.models import FileChange, Person, User
from apps.directory.states import Role
from tests.factories import Scene, id_number, make_applicant, make_officer, make_person, make_unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_scene")]
ClientOf = Callable[[User], Client]
LIST, NEW = reverse("directory:people"), reverse("directory:register_person")


def to(name: str, *args: object) -> str:
    return reverse(f"directory:{name}", args=args)


def typed(scene: Scene, **changed: object) -> dict[str, object]:
    return {
        "unit": scene.unit.pk, "name": "覃新人", "sex": "女", "birth_date": "1990-05-01", "id_number": id_number(7),
        "phone": "13800000009", "education": "硕士", "title": "中级", "specialty": "茶叶栽培",
        "years_of_service": "5", **changed,
    }  # fmt: skip


def test_a_unit_registers_a_person_and_then_makes_his_login(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.unit)
    sent = client.post(NEW, typed(scene))
    person = Person.objects.get(name="覃新人")
    assert (sent.headers["Location"], person.unit, person.years_of_service) == (to("person", person.pk), scene.unit, 5)
    page = client.get(to("person", person.pk)).content.decode()
    assert [word in page for word in (id_number(7), "13800000009", "138****0009", to("person_login", person.pk))] == [
        False, False, True, True,
    ]  # fmt: skip
    issued = client.post(to("person_login", person.pk), {"username": "qin"})
    assert (issued.status_code, "no-store" in issued.headers["Cache-Control"]) == (200, True)
    assert User.objects.get(person=person).check_password(issued.context["made"].password)
    assert issued.context["made"].password in issued.content.decode()
    assert client.post(to("person_login", person.pk), {}).status_code == 409


def test_what_is_wrong_is_told_and_what_was_typed_is_kept(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.unit)
    make_person(make_unit(scene.county), id_number=id_number(8))
    for status, changed in (
        (422, {"phone": "1380"}), (422, {"name": ""}), (422, {"birth_date": "9999-12-31"}), (422, {"unit": 99}),
        (409, {"id_number": id_number(8)}), (409, {"id_number": "450126198503210000"}),
        (409, {"birth_date": "2030-01-01"}),
    ):  # fmt: skip
        page = client.post(NEW, typed(scene, **changed))
        assert (page.status_code, 'value="茶叶栽培"' in page.content.decode()) == (status, True)
    assert not Person.objects.filter(specialty="茶叶栽培").exists()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"text": "weics"}, {"韦测试"}),
        ({"text": "茶叶"}, {"莫无号"}),
        ({"login": "none"}, {"莫无号"}),
        ({"login": "on"}, {"韦测试"}),
        ({"login": "off"}, {"黄停用"}),
    ],
)
def test_the_list_is_narrowed_and_handed_out_with_numbers_masked(
    scene: Scene, client_of: ClientOf, asked: dict[str, str], found: set[str]
):
    make_person(scene.unit, name="莫无号", specialty="茶叶栽培")
    User.objects.filter(pk=make_applicant(scene.unit, name="黄停用").pk).update(is_active=False)
    make_applicant(make_unit(scene.county), name="韦测试")
    answer = client_of(scene.officers.unit).get(LIST, {**asked, "export": "xlsx", "sort": "-name"})
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active.iter_rows(min_row=2)
    told = [(row[0].value, row[4].value) for row in rows]
    assert {name for name, _ in told} == found
    assert all("****" in number for _, number in told)


def test_a_file_is_put_right_by_its_unit_alone(scene: Scene, client_of: ClientOf):
    person = scene.applicant.person
    address, unit = to("correct_person", person.pk), client_of(scene.officers.unit)
    page = unit.get(address).content.decode()
    assert [person.phone in page, f'value="{person.name}"' in page] == [False, True]
    said = typed(scene, name=person.name, id_number="", phone="", seen=0, reason="晋升", title="正高级")
    assert client_of(scene.officers.region).post(address, said).status_code == 403
    assert client_of(scene.officers.county).post(address, said).status_code == 404
    assert unit.post(address, {**said, "seen": ""}).status_code == 422
    assert unit.post(address, said).headers["Location"] == to("person", person.pk)
    assert unit.post(address, {**said, "title": "副高级"}).status_code == 409
    kept = Person.objects.get(pk=person.pk)
    assert (kept.title, kept.phone) == ("正高级", person.phone)
    assert "晋升" in unit.get(to("person", person.pk)).content.decode()
    assert FileChange.objects.count() == 1


def test_a_number_is_read_with_a_reason_by_the_unit_alone(scene: Scene, client_of: ClientOf):
    person = scene.applicant.person
    address, unit = to("reveal_person", person.pk, "phone"), client_of(scene.officers.unit)
    assert unit.post(address, {"reason": ""}).status_code == 422
    shown = unit.post(address, {"reason": "电话核实"})
    assert (person.phone in shown.content.decode(), "no-store" in shown.headers["Cache-Control"]) == (True, True)
    assert list(Reveal.objects.values_list("actor", "ref", "reason")) == [
        ("单位经办", f"person:{person.pk}", "电话核实")
    ]
    assert client_of(scene.officers.region).post(address, {"reason": "看看"}).status_code == 403
    assert unit.get(to("reveal_person", person.pk, "password")).status_code == 404


def test_an_office_makes_logins_for_people_of_its_places_and_registers_nobody(scene: Scene, client_of: ClientOf):
    person = make_person(scene.unit)
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    statuses = {
        user: [client_of(user).get(page).status_code for page in (LIST, NEW, to("person_login", person.pk))]
        for user in (administrator, scene.officers.city, scene.applicant)
    }
    assert list(statuses.values()) == [[200, 403, 200], [403, 403, 404], [403, 403, 404]]
    assert NEW not in client_of(administrator).get(LIST).content.decode()


def test_an_office_moves_a_person_by_looking_the_unit_up(scene: Scene, client_of: ClientOf):
    person, unit = scene.applicant.person, make_unit(scene.county, name="宾阳农技站")
    address, client = to("move_person", person.pk), client_of(scene.officers.region)
    page = client.get(address, {"place": "农技站"}).content.decode()
    asked = (f'value="organization:{unit.pk}"', "调入单位名称", 'name="name"')
    assert [text in page for text in asked] == [True, True, False]
    for place in (scene.unit.ref, "region:450126", "x"):
        assert client.post(address, {"place": place, "reason": "调入"}).status_code == 422
    sent = client.post(address, {"place": unit.ref, "reason": "调入"})
    assert (sent.headers["Location"], Person.objects.get(pk=person.pk).unit) == (to("person", person.pk), unit)
    assert client_of(scene.officers.unit).get(address).status_code == 404


def test_an_empty_list_tells_nobody_registered_from_nobody_found(scene: Scene, client_of: ClientOf):
    unit = make_unit(scene.county)
    client = client_of(make_officer(Role.DISPATCHING_UNIT, unit))
    told = [client.get(LIST, asked).content.decode() for asked in ({}, {"text": "查无此人"})]
    words = ("还没有登记人员", "没有符合条件的人员", 'aria-label="筛选"')
    assert [[word in text for word in words] for text in told] == [[True, False, False], [False, True, True]]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_people_there_are(
    scene: Scene, client_of: ClientOf, number: int, django_assert_num_queries
):
    for _ in range(number):
        make_applicant(scene.unit)
    client = client_of(scene.officers.unit)
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST)
