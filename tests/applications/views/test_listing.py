"""The list of applications: what each viewer finds in it, how it is narrowed, sorted, paged and exported."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.applications import exports
from apps.applications.models import Application
from apps.desks.states import DeskState
from apps.directory.models import Person, User
from apps.directory.states import Role
from tests import factories
from tests.factories import LIUCHENG, LONGAN, NANNING, Scene
from tests.writing.pages import text_of

pytestmark = pytest.mark.usefixtures("at_the_scene")
Browser = Callable[[User], Client]
LIST = reverse("applications:list")


@pytest.fixture
def three(scene: Scene) -> list[Application]:
    """Return one application in each county, handed in."""
    return [factories.make_application(scene, DeskState.AWAITING_CONSENT, county=county) for county in scene.counties]


def numbers(response: Any) -> list[str]:
    return [row.record.number for row in response.context["table"].paginated_rows]


def exported(browser: Client, **asked: str) -> list[tuple[Any, ...]]:
    response = browser.get(LIST, {**asked, "export": "xlsx"})
    assert response.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return list(sheet.iter_rows(values_only=True))


def test_each_viewer_finds_what_is_his(scene: Scene, three: list[Application], client_of: Browser) -> None:
    binyang, longan, liucheng = (each.number for each in three)
    draft = factories.make_draft(scene, scene.applicant)
    found = {name: numbers(client_of(user).get(LIST)) for name, user in vars(scene.officers).items()}
    assert found == {
        "unit": [liucheng, longan, binyang],
        "county": [binyang],
        "city": [longan, binyang],
        "region": [liucheng, longan, binyang],
        "auditor": [liucheng, longan, binyang],
    }
    assert numbers(client_of(scene.stranger).get(LIST)) == [liucheng]
    assert numbers(client_of(scene.applicant).get(LIST)) == [draft.number]
    assert Client().get(LIST).url == f"/login/?next={LIST}"


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"county": LONGAN}, [1]),
        ({"city": NANNING}, [1, 0]),
        ({"state": "awaiting_consent"}, [2, 1, 0]),
        ({"state": "passed"}, []),
        ({"text": "测试大学"}, [2, 1, 0]),
        ({"text": "查无此人"}, []),
        ({"sort": "number"}, [0, 1, 2]),
        ({"sort": "county"}, [1, 0, 2]),
    ],
)
def test_the_list_is_narrowed_and_sorted(
    three: list[Application], region: Client, asked: dict[str, str], left: list[int]
) -> None:
    wanted = [three[n].number for n in left]
    assert numbers(region.get(LIST, asked)) == wanted
    assert [row[0] for row in exported(region, **asked)[1:]] == wanted


def test_a_number_finds_its_application(three: list[Application], region: Client) -> None:
    assert numbers(region.get(LIST, {"text": three[1].number.lower()})) == [three[1].number]


@pytest.mark.parametrize(
    "asked",
    [
        {"season": "999"}, {"season": "\0"}, {"state": "named"}, {"county": "110101"}, {"city": "x' OR 1=1"},
        {"text": "\0"}, {"text": "a" * 100_000}, {"page": "-1"}, {"page": "999"}, {"sort": "password"},
    ],
    ids=lambda asked: str(asked)[:40],
)  # fmt: skip
def test_strange_questions_are_answered(three: list[Application], region: Client, asked: dict[str, str]) -> None:
    assert region.get(LIST, {name: value[:9_000] for name, value in asked.items()}).status_code == 200


def test_an_officer_cannot_ask_beyond_his_county(scene: Scene, three: list[Application], client_of: Browser) -> None:
    assert numbers(client_of(scene.officers.county).get(LIST, {"county": LIUCHENG})) == [three[0].number]
    assert len(exported(client_of(scene.officers.county))) == 2


def test_an_empty_list_says_why(scene: Scene, region: Client, client_of: Browser) -> None:
    factories.make_application(scene, DeskState.AWAITING_CONSENT)
    assert "请放宽筛选条件" in text_of(region.get(LIST, {"text": "查无此人"}))
    idle = factories.make_officer(Role.SCI_TECH_AUTHORITY, scene.cities[1])
    assert "还没有申请" in text_of(client_of(idle).get(LIST))
    own = text_of(client_of(scene.applicant).get(LIST))
    assert [words in own for words in ("<h1>我的申请</h1>", "您还没有提交申请", "筛选")] == [True, True, False]


def test_a_person_reads_the_state_of_his_own_in_his_words_without_filters(scene: Scene, client_of: Browser) -> None:
    application = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    words = ("待同意", "征求同意中", "筛选")
    told = [text_of(client_of(user).get(LIST)) for user in (application.person.user, scene.officers.unit)]
    assert [[word in text for word in words] for text in told] == [[False, True, False], [True, False, True]]


def test_the_list_is_paged(scene: Scene, region: Client) -> None:
    for _ in range(27):
        factories.make_application(scene, DeskState.AWAITING_CONSENT)
    assert len(numbers(region.get(LIST))) == 25
    second = region.get(LIST, {"page": "2"})
    assert len(numbers(second)) == 2
    assert "第 2 / 2 页，共 27 条" in text_of(second)
    assert len(exported(region)) == 28


def test_the_export_holds_text_as_text(scene: Scene, region: Client) -> None:
    application = factories.make_application(scene, DeskState.AWAITING_CONSENT)
    Person.objects.filter(pk=application.person_id).update(name="=HYPERLINK(1)")
    assert exported(region) == [
        tuple(label for label, _ in exports.COLUMNS),
        (
            application.number, "2026年度自治区乡村科技特派员", "=HYPERLINK(1)", "广西测试大学", "南宁市", "宾阳县",
            "待同意", datetime.fromisoformat("2026-06-10 10:00"),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_and_its_export_take_a_constant_number_of_queries(
    scene: Scene, region: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        factories.make_application(scene, DeskState.AWAITING_CONSENT)
    with django_assert_num_queries(15):
        region.get(LIST)
    with django_assert_num_queries(9):
        exported(region)
