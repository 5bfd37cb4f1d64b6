"""The search: by characters and by sound, and never beyond what the viewer may see."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from apps.desks.states import DeskState
from apps.directory.models import User
from apps.home import search
from tests.factories import Scene, actor, make_applicant, make_application, make_unit

ClientOf = Callable[[User], Client]
SEARCH = reverse("home:search")
pytestmark = pytest.mark.usefixtures("at_the_scene")


def apply(scene: Scene, name: str, county: int = 0) -> None:
    """Let somebody of a name apply in a county, as one of a unit outside the region."""
    applicant = make_applicant(scene.unit, name=name)
    make_application(scene, DeskState.AWAITING_CONSENT, applicant, county=scene.counties[county])


def found(scene: Scene, viewer: User, text: str) -> dict[str, list[str]]:
    groups = search.groups(text, actor(viewer), scene.at)
    return {group.sort: [each.title for each in group.found] for group in groups}


@pytest.mark.parametrize("text", ["覃小红", "小红", "覃", "qinxiaohong", "QinXH", "qxh", "tanxiao", "qin"])
def test_a_person_is_found_by_characters_and_by_sound(scene: Scene, text: str) -> None:
    apply(scene, "覃小红")
    apply(scene, "韦大明")
    assert found(scene, scene.officers.region, text) == {"申请": ["覃小红"], "人员": ["覃小红"]}


@pytest.mark.parametrize("text", ["xiaohong", "不在", "", "覃\0", "q" * 51])
def test_what_is_no_beginning_or_no_name_finds_nobody(scene: Scene, text: str) -> None:
    apply(scene, "覃小红")
    assert found(scene, scene.officers.region, text) == {}


@pytest.mark.parametrize("text", ["测试大学", "ceshidaxue", "csdx", "gxcs"])
def test_a_unit_is_found_in_the_middle_of_its_name_with_its_peoples_applications(scene: Scene, text: str) -> None:
    apply(scene, "覃小红")
    assert found(scene, scene.officers.region, text) == {"申请": ["覃小红"], "单位": ["广西测试大学"]}


def test_an_application_is_found_by_its_number(scene: Scene) -> None:
    number = make_application(scene, DeskState.AWAITING_CONSENT).number
    assert [*found(scene, scene.officers.county, number)] == ["申请"]
    assert found(scene, scene.stranger, number) == {}


def test_each_viewer_finds_his_own_and_no_more(scene: Scene) -> None:
    apply(scene, "覃小红")
    apply(scene, "覃大明", county=2)
    make_applicant(make_unit(scene.counties[2], name="柳城农技站"), name="覃技术")
    seen = {name: found(scene, user, "qin") for name, user in vars(scene.officers).items()}
    assert seen["county"] == {"申请": ["覃小红"]}
    assert seen["city"] == {"申请": ["覃小红"], "人员": ["覃大明", "覃小红"]}
    assert seen["unit"] == {"申请": ["覃大明", "覃小红"], "人员": ["覃大明", "覃小红"]}
    assert seen["region"] == {"申请": ["覃大明", "覃小红"], "人员": ["覃大明", "覃小红", "覃技术"]}
    assert found(scene, scene.stranger, "qin") == {"申请": ["覃大明"], "人员": ["覃技术"]}
    assert found(scene, scene.applicant, "qin") == {}


def test_long_results_are_cut_and_lead_to_the_list(
    scene: Scene, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SHOWN", 1)
    for name in ("覃一", "覃二"):
        apply(scene, name)
    words = client_of(scene.officers.region).get(SEARCH, {"q": "qin"}).content.decode()
    assert "?text=qin" in words
    assert "只列出前1条" in words


def test_results_are_exported_whole(scene: Scene, client_of: ClientOf) -> None:
    for name in ("覃一", "覃二"):
        apply(scene, name)
    answer = client_of(scene.officers.region).get(SEARCH, {"q": "qin", "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [row[:2] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert rows == [("申请", "覃二"), ("申请", "覃一"), ("人员", "覃一"), ("人员", "覃二")]


def test_the_search_stands_in_every_frame_of_who_is_signed_in(scene: Scene, client_of: ClientOf) -> None:
    inbox = client_of(scene.officers.county).get(reverse("home:inbox")).content.decode()
    assert f'action="{SEARCH}"' in inbox
    assert SEARCH not in Client().get("/").content.decode()
    assert Client().get(SEARCH).url.startswith("/login/")


def test_more_results_ask_no_more_questions(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office = client_of(scene.officers.region)
    for name in ("覃一", "覃二", "覃三"):
        apply(scene, name)
        with django_assert_num_queries(12):
            office.get(SEARCH, {"q": "qin"})
