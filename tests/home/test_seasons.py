"""The season page: numbers by place and step that lead to exactly the lists they count."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core.actors import Actor
from apps.core.models import Effect
from apps.desks import services as desks
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.home import dashboards
from apps.home.dashboards import AgeRow, Board, Sight
from apps.seasons import services
from apps.seasons.models import Run
from apps.seasons.selectors import pack_of
from tests.factories import (
    BINYANG,
    NANNING,
    Scene,
    actor,
    fresh,
    make_application,
    make_draft,
    make_draft_notice,
    make_season,
    user_of,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("at_the_scene")


def words_of(response: HttpResponse) -> str:
    return response.content.decode()


def page(scene: Scene) -> str:
    return reverse("home:season", args=[scene.season.pk])


def sight(scene: Scene, viewer: Actor, city: str = "", later: int = 0) -> Sight:
    at = scene.at + timedelta(days=later)
    return dashboards.sight(scene.season, pack_of(scene.season), city, viewer, at)


def ages(scene: Scene, later: int = 0) -> list[AgeRow]:
    seen = sight(scene, scene.office, later=later)
    return dashboards.ages(seen, seen.days(seen.today), dashboards.columns(scene.season, pack_of(scene.season)))


def board(scene: Scene, viewer: Actor, city: str = "") -> Board:
    return dashboards.board(sight(scene, viewer, city), pack_of(scene.season))


def numbers(found: Board) -> dict[str, dict[str, int]]:
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
    pages = [page(scene), reverse("home:pace", args=[scene.season.pk])]
    words = "".join(words_of(office.get(each)) for each in pages)
    links = re.findall(r'<a href="(/applications/\?[^"]+)">(\d+)', words)
    assert len(links) > 20
    for address, number in links:
        listed = office.get(unescape(address))
        assert listed.context["table"].paginator.count == int(number), address


def test_papers_are_counted_by_how_long_they_have_lain_at_a_step(scene: Scene) -> None:
    populate(scene)
    found = {age: ages(scene, age) for age in (0, 3, 4, 7, 8, 14, 15)}
    counted = {age: [number for _, (number, _) in rows[0].by_age] for age, rows in found.items()}
    assert counted == {
        0: [2, 0, 0, 0], 3: [2, 0, 0, 0], 4: [0, 2, 0, 0], 7: [0, 2, 0, 0], 8: [0, 0, 2, 0], 14: [0, 0, 2, 0],
        15: [0, 0, 0, 2],
    }  # fmt: skip
    first = found[8][0]
    assert (first.label, first.total[0], first.median, first.oldest) == ("派出单位同意推荐", 2, 8, 8)


def test_the_median_is_the_middle_paper_and_the_oldest_the_first(scene: Scene) -> None:
    made = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    for days, application in zip((1, 2, 9), made, strict=True):
        Paper.objects.filter(record=application.pk, latest=True).update(arrived=scene.at - timedelta(days=days))
    (row,) = ages(scene)
    assert (row.median, row.oldest) == (2, 9)
    assert [(place.name, place.total[0], place.oldest) for place in dashboards.places(sight(scene, scene.office))] == [
        ("南宁市", 3, 9)
    ]


@pytest.mark.parametrize(("later", "late"), [(6, 0), (7, 1)])
def test_overdue_is_what_the_policy_reminds_of(scene: Scene, client_of: ClientOf, later: int, late: int) -> None:
    make_application(scene, DeskState.AWAITING_CONSENT)
    seen = sight(scene, scene.office, later=later)
    assert [place.overdue[0] for place in dashboards.places(seen)] == [late]
    with time_machine.travel(scene.at + timedelta(days=later), tick=False):
        listed = client_of(scene.officers.region).get(f"{reverse('applications:list')}?overdue={seen.late_after}")
    assert listed.context["table"].paginator.count == late


@pytest.mark.parametrize(("by", "last"), [("day", "6月10日"), ("week", "6月8日至6月14日")])
def test_the_trend_counts_what_came_in_and_what_was_finished(scene: Scene, by: str, last: str) -> None:
    populate(scene)
    seen = sight(scene, scene.office)
    trend = dashboards.trend(seen, seen.days(dashboards.begins(by, scene.at)), by)
    newest = trend.spans[-1]
    assert (newest.label, newest.handed_in[0], newest.finished[0]) == (last, 5, 1)
    assert trend.total == 6
    assert max(bar.height for bar in trend.bars()) == 100


def test_what_was_never_handed_in_is_nobody_elses_number(scene: Scene) -> None:
    draft = make_draft(scene)
    desks.withdraw(record=fresh(draft), by=actor(user_of(draft)), at=scene.at)
    assert numbers(board(scene, scene.office)) == {}


def test_a_unit_counts_its_own_people(scene: Scene) -> None:
    populate(scene)
    assert board(scene, actor(scene.officers.unit)).sums.total == 5


def test_the_season_page_says_what_waits_for_the_office(scene: Scene, client_of: ClientOf) -> None:
    make_application(scene, DeskState.ON_NOTICE)
    words = words_of(client_of(scene.officers.region).get(page(scene)))
    assert "待发布公示的申请" in words
    assert "待印发的文件" not in words
    assert "等您办理" not in words_of(client_of(scene.officers.auditor).get(page(scene)))


def test_the_season_page_tells_what_the_clock_did(scene: Scene, client_of: ClientOf) -> None:
    make_draft_notice(scene)
    words = words_of(client_of(scene.officers.region).get(page(scene)))
    assert "待印发的文件" in words
    assert "文件“拟稿”1件" in words_of(client_of(scene.officers.region).get(runs_page(scene)))
    assert runs_page(scene) not in words_of(client_of(scene.officers.city).get(page(scene)))


def runs_page(scene: Scene) -> str:
    return reverse("home:runs", args=[scene.season.pk])


def ask(scene: Scene, client: Client) -> HttpResponse:
    token = client.get(runs_page(scene)).context["token"]
    return client.post(reverse("home:run", args=[scene.season.pk]), {"token": token}, follow=True)


def test_the_office_asks_for_a_run_and_sees_it_wait_run_and_end(scene: Scene, client_of: ClientOf) -> None:
    office, runs = client_of(scene.officers.region), reverse("home:runs", args=[scene.season.pk])
    polling = f'hx-get="{runs}" hx-trigger="every 2s"'
    assert polling not in words_of(office.get(runs))
    waiting = words_of(ask(scene, office))
    assert ("区经办发起" in waiting, "排队等候" in waiting, polling in waiting) == (True, True, True)
    assert "立即执行</button>" not in waiting
    run = Run.objects.get()
    services.begin_run(key=run.key, total=6, at=scene.at)
    services.note_progress(run=run.pk, step="公示期满转办", number=500, at=scene.at)
    running = words_of(office.get(runs))
    assert '<progress value="1" max="6" aria-label="正在执行，步骤"></progress>' in running
    assert polling in running
    services.end_run(run=run.pk, at=scene.at)
    ended = words_of(office.get(runs))
    assert "已完成：公示期满转办500件" in ended
    assert (polling in ended, "立即执行</button>" in ended) == (False, True)
    assert 'name="csrfmiddlewaretoken"' in ended


def test_a_run_that_failed_says_what_to_do(scene: Scene, client_of: ClientOf) -> None:
    run = services.begin_run(key="tick:1", total=1, at=scene.at)
    services.note_progress(run=run.pk, step="公示结束", number=None, error="OSError: full disk", at=scene.at)
    services.end_run(run=run.pk, at=scene.at)
    words = words_of(client_of(scene.officers.region).get(runs_page(scene)))
    assert "部分未完成" in words
    assert "未完成的下次执行时自动重试" in words
    assert "公示结束：OSError: full disk" in words


def test_parked_effects_are_told_to_the_office(scene: Scene, client_of: ClientOf) -> None:
    office = client_of(scene.officers.region)
    make_application(scene, DeskState.AWAITING_CONSENT)
    assert "已搁置" not in words_of(office.get(page(scene)))
    number = Effect.objects.update(parked=scene.at)
    words = words_of(office.get(page(scene)))
    assert ("已搁置的后续事项" in words, runs_page(scene) in words) == (True, True)
    assert f"有{number}项后续事项" in words_of(office.get(runs_page(scene)))


def test_others_neither_see_the_runs_nor_ask_for_one(scene: Scene, client_of: ClientOf) -> None:
    addresses = [reverse(f"home:{name}", args=[scene.season.pk]) for name in ("runs", "run")]
    city, applicant = client_of(scene.officers.city), client_of(scene.applicant)
    assert "到期事项" not in words_of(city.get(page(scene)))
    assert (city.get(addresses[0]).status_code, city.post(addresses[1]).status_code) == (403, 403)
    assert (applicant.get(addresses[0]).status_code, applicant.post(addresses[1]).status_code) == (404, 404)
    assert Run.objects.count() == 0


def test_a_forged_form_asks_for_nothing(scene: Scene, client_of: ClientOf) -> None:
    answer = client_of(scene.officers.region).post(
        reverse("home:run", args=[scene.season.pk]), {"token": "forged"}, follow=True
    )
    assert "页面凭证无效" in words_of(answer)
    assert Run.objects.count() == 0


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
        with django_assert_num_queries(11):
            office.get(page(scene))
        with django_assert_num_queries(10):
            office.get(reverse("home:pace", args=[scene.season.pk]))


def test_the_list_of_seasons_shows_ones_own_and_asks_a_constant_number_of_questions(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    office, url = client_of(scene.officers.region), reverse("home:seasons")
    for number in range(2):
        with django_assert_num_queries(9):
            assert scene.season.title in words_of(office.get(url))
        make_season(scene.region, by=scene.office, at=scene.at, title=f"另一批次{number}")
    assert reverse("seasons:prepare") in words_of(office.get(url))
    assert reverse("seasons:prepare") not in words_of(client_of(scene.officers.city).get(url))
    assert scene.season.title not in words_of(client_of(scene.applicant).get(url))
