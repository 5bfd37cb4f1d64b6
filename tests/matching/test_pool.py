"""The pool and the directory: how people come in, how long they stay, who reads what of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.applications import services as applications
from apps.core.models import Reveal
from apps.matching.models import PoolEntry, Service
from apps.matching.selectors import pool as selectors
from apps.matching.services import pool as services
from tests.factories import City, Scene, actor, build_city, login, make_issued_notice, run_effects
from tests.factories.matching import entry_anew, hand_entry_in, publish_need, put_in_pool
from tests.refusals import code_of
from workflows import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return build_city()


def test_a_person_enters_by_his_own_application_which_the_city_looks_through(city: City):
    entry = hand_entry_in(city)
    assert entry.state == "awaiting_review"
    admitted = services.admit(entry=entry_anew(entry), by=city.by("city"), at=city.at)
    assert (admitted.state, admitted.until) == ("in_pool", (city.at + timedelta(days=365)).date())


@pytest.mark.parametrize("officer", ["person", "host", "county", "unit"])
def test_only_the_city_lets_anybody_in(city: City, officer: str):
    assert code_of(services.admit, entry=hand_entry_in(city), by=city.by(officer), at=city.at) == "not_yours"


def test_an_invited_person_is_in_once_he_agrees(city: City):
    invited = services.invite_to_pool(season=city.season, person=city.applicant.person, by=city.by("city"), at=city.at)
    assert (invited.state, invited.is_invited) == ("invited", True)
    assert code_of(services.accept_invitation, entry=entry_anew(invited), by=city.by("city"), at=city.at) == "not_yours"
    assert services.accept_invitation(entry=entry_anew(invited), by=city.by("person"), at=city.at).state == "in_pool"


def test_nobody_else_invites_and_nobody_is_in_twice(city: City):
    given: dict[str, Any] = {"season": city.season, "person": city.applicant.person, "at": city.at}
    assert code_of(services.invite_to_pool, by=city.by("county"), **given) == "not_yours"
    put_in_pool(city)
    assert code_of(services.invite_to_pool, by=city.by("city"), **given) == "has_one"
    assert PoolEntry.objects.count() == 1


def test_what_says_nothing_is_not_handed_in(city: City):
    me = city.by("person")
    entry = services.enter_pool(season=city.season, person=city.applicant.person, by=me, at=city.at)
    assert code_of(services.submit_entry, entry=entry, by=me, at=city.at) == "incomplete"


def test_a_season_whose_policy_has_no_pool_takes_nobody_in(scene: Scene):
    given: dict[str, Any] = {"season": scene.season, "person": scene.applicant.person, "at": scene.at}
    assert code_of(services.enter_pool, by=actor(scene.applicant), **given) == "no_pool"


def test_it_is_refused_or_given_back_with_a_reason_only(city: City):
    entry = hand_entry_in(city)
    given: dict[str, Any] = {"entry": entry, "by": city.by("city"), "at": city.at}
    assert code_of(services.refuse_entry, opinion="", **given) == "no_reason"
    assert services.send_entry_back(opinion="请写明经验", **given).state == "draft"


def test_a_place_ends_after_its_last_day_and_not_before(city: City):
    entry = put_in_pool(city)
    assert steps.expire_places(city.at + timedelta(days=365)) == 0
    late = city.at + timedelta(days=366)
    assert (steps.expire_places(late), steps.expire_places(late)) == (1, 0)
    assert entry_anew(entry).state == "expired"


def test_a_person_leaves_with_a_reason(city: City):
    entry = put_in_pool(city)
    assert (
        code_of(services.leave_pool, entry=entry_anew(entry), by=city.by("person"), at=city.at, opinion="")
        == "no_reason"
    )
    left = services.leave_pool(entry=entry_anew(entry), by=city.by("person"), at=city.at, opinion="调离")
    assert left.state == "left"


def test_the_city_starts_an_application_from_the_pool_for_a_published_need(city: City):
    put_in_pool(city)
    need = publish_need(city)
    application = applications.start_for(
        season=city.season, person=city.applicant.person, need=need, by=city.by("city"), at=city.at
    )
    assert (application.county, application.host) == (city.county, city.host)
    assert application.content["application.industries"] == ["apples"]


def test_hosts_and_counties_find_who_is_in_the_pool_and_a_stranger_nobody(city: City):
    put_in_pool(city)
    for name in ("host", "county", "city"):
        assert [each.name for each in selectors.commissioners(city.by(name), city.at)] == ["石测试"]
    assert list(selectors.commissioners(city.by("person"), city.at)) == []


@pytest.mark.parametrize("text", ["石测试", "shi", "晋中测试", "柑橘"])
def test_they_are_found_by_name_sound_unit_and_specialty(city: City, text: str):
    put_in_pool(city)
    rows = selectors.commissioners(city.by("county"), city.at)
    assert [each.name for each in selectors.commissioners_called(rows, text)] == ["石测试"]
    assert list(selectors.commissioners_called(rows, "葡萄")) == []


def test_they_are_found_by_industry(city: City):
    put_in_pool(city)
    rows = selectors.commissioners(city.by("county"), city.at)
    assert [each.name for each in selectors.commissioners_in(rows, "apples")] == ["石测试"]
    assert list(selectors.commissioners_in(rows, "pigs")) == []


def test_who_is_put_in_force_stands_in_the_directory_with_his_grade(scene: Scene):
    make_issued_notice(scene)
    run_effects(scene.at)
    service = Service.objects.get()
    assert (service.season, service.county) == (scene.season, scene.county)
    services.note_grades(season=scene.season, grades={service.person_id: "甲等"})
    rows = selectors.commissioners(actor(scene.officers.county), scene.at)
    assert [selectors.served(each) for each in rows] == [f"{scene.season.year}年{scene.county}（甲等）"]
    assert selectors.grades_of(rows) == [("甲等", "甲等")]


def test_the_number_is_masked_until_a_reason_is_given_and_kept(city: City, time_machine_at: Any):
    person = put_in_pool(city).person
    browser = login(Client(), city.officers["county"])
    page = f"/commissioners/{person.pk}/"
    assert person.phone not in browser.get(page).content.decode()
    assert browser.post(f"{page}phone/", {"reason": ""}).status_code == 422
    assert person.phone in browser.post(f"{page}phone/", {"reason": "商谈服务"}).content.decode()
    assert Reveal.objects.get().reason == "商谈服务"


@pytest.fixture
def time_machine_at(city: City) -> Any:
    import time_machine

    with time_machine.travel(city.at, tick=False) as traveller:
        yield traveller


def test_a_person_may_not_read_the_directory(city: City):
    put_in_pool(city)
    assert login(Client(), city.applicant).get("/commissioners/").status_code == 403
