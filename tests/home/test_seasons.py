"""The season page: numbers by place and step that lead to exactly the lists they count."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core.actors import Actor
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.home.dashboards import Dashboard, dashboard
from apps.seasons.selectors import pack_of
from tests.factories import BINYANG, NANNING, Scene, actor, make_application, make_draft, make_draft_notice, make_season

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("at_the_scene")


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def page(scene: Scene) -> str:
    return reverse("home:season", args=[scene.season.pk])


def board(scene: Scene, viewer: Actor, city: str = "") -> Dashboard:
    return dashboard(scene.season, pack_of(scene.season), city, viewer, scene.at)


def numbers(found: Dashboard) -> dict[str, dict[str, int]]:
    return {row.name: {cell.column.label: cell.number for cell in row.cells if cell.number} for row in found.rows}


def populate(scene: Scene) -> None:
    make_application(scene, DeskState.AWAITING_CONSENT)
    make_application(scene, DeskState.AWAITING_REVIEW, level="county")
    make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    make_application(scene, DeskState.REJECTED)
    make_application(scene, DeskState.AWAITING_CONSENT, county=scene.counties[2])


def test_papers_are_counted_by_city_and_by_the_office_they_wait_at(scene: Scene) -> None:
    populate(scene)
    make_draft(scene)
    assert numbers(board(scene, scene.office)) == {
        "南宁市": {"派出单位同意推荐": 1, "县级科技行政主管部门审核": 1, "市科技局审核": 1, "未通过": 1},
        "柳州市": {"派出单位同意推荐": 1},
    }


def test_a_city_shows_its_counties(scene: Scene) -> None:
    populate(scene)
    found = board(scene, scene.office, NANNING)
    assert [row.name for row in found.rows] == ["宾阳县"]
    assert found.rows[0].code == BINYANG
    assert board(scene, scene.office, "999").city is None


def test_a_city_officer_sees_his_own_counties_at_once(scene: Scene) -> None:
    populate(scene)
    found = board(scene, actor(scene.officers.city))
    assert [row.name for row in found.rows] == ["宾阳县"]
    assert found.sums.total == 4


def test_an_officer_elsewhere_counts_nothing_of_it(scene: Scene) -> None:
    populate(scene)
    assert numbers(board(scene, actor(scene.stranger))) == {"柳城县": {"派出单位同意推荐": 1}}


def test_every_number_leads_to_a_list_of_as_many(scene: Scene, client_of: ClientOf) -> None:
    populate(scene)
    office = client_of(scene.officers.region)
    links = re.findall(r'<a href="(/applications/\?[^"]+)">(\d+)', words_of(office.get(page(scene))))
    assert len(links) > 10
    for address, number in links:
        listed = office.get(unescape(address))
        assert listed.context["table"].paginator.count == int(number), address


def test_the_season_page_says_what_waits_for_the_office(scene: Scene, client_of: ClientOf) -> None:
    make_application(scene, DeskState.ON_NOTICE)
    words = words_of(client_of(scene.officers.region).get(page(scene)))
    assert "待发布公示的申请" in words
    assert "待印发的文件" not in words
    assert "等您办理" not in words_of(client_of(scene.officers.auditor).get(page(scene)))


def test_the_season_page_tells_what_the_clock_did(scene: Scene, client_of: ClientOf) -> None:
    make_draft_notice(scene)
    words = words_of(client_of(scene.officers.region).get(page(scene)))
    assert "文件“拟稿”1件" in words
    assert "待印发的文件" in words
    assert "系统时钟" not in words_of(client_of(scene.officers.city).get(page(scene)))


def test_who_has_nothing_to_do_with_a_season_finds_none(scene: Scene, client_of: ClientOf) -> None:
    assert client_of(scene.applicant).get(page(scene)).status_code == 404
    assert client_of(scene.officers.unit).get(page(scene)).status_code == 404
    assert Client().get(page(scene)).headers["Location"].startswith("/login/")
    assert client_of(scene.officers.region).get(reverse("home:season", args=[999])).status_code == 404


def test_an_empty_season_says_what_comes(scene: Scene, client_of: ClientOf) -> None:
    assert "还没有提交的申请" in words_of(client_of(scene.officers.region).get(page(scene)))


def test_the_season_page_asks_the_same_number_of_questions_for_one_and_three(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office = client_of(scene.officers.region)
    for _ in range(2):
        populate(scene)
        with django_assert_num_queries(13):
            office.get(page(scene))


def test_the_list_of_seasons_shows_ones_own_and_asks_a_constant_number_of_questions(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office, url = client_of(scene.officers.region), reverse("home:seasons")
    for number in range(2):
        with django_assert_num_queries(8):
            assert scene.season.title in words_of(office.get(url))
        make_season(scene.region, by=scene.office, at=scene.at, title=f"另一批次{number}")
    assert reverse("seasons:prepare") in words_of(office.get(url))
    assert reverse("seasons:prepare") not in words_of(client_of(scene.officers.city).get(url))
    assert scene.season.title not in words_of(client_of(scene.applicant).get(url))
