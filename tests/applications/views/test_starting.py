"""The screens on which an office starts an application for a person, and on which he is asked."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.desks.states import DeskState
from apps.directory.models import User
from tests.factories import City, Scene, build_city, fresh, make_applicant
from tests.writing.pages import address, hand_in, page, text_of, token_on

START_FOR = reverse("applications:start_for")
Browser = Callable[[User], Client]


@pytest.fixture
def city(db: None):
    built = build_city()
    with time_machine.travel(built.at, tick=False):
        yield built


@pytest.fixture
def office(city: City, client_of: Browser) -> Client:
    return client_of(city.officers["city"])


def record(application: Application) -> str:
    return reverse("home:record", args=["application", application.pk])


def decide(browser: Client, application: Application, action: str, **said: str) -> None:
    token = token_on(browser.get(record(application)))
    sent = {"token": token, "sure": "sure", **said}
    answer = browser.post(reverse("home:decide", args=["application", application.pk, action]), sent)
    assert answer.status_code == 302, text_of(answer)


def test_an_office_finds_a_person_by_name_and_starts_for_him(city: City, office: Client) -> None:
    make_applicant(city.unit, name="梁测试")
    assert 'href="/applications/for/"' in text_of(office.get(reverse("applications:list")))
    found = text_of(office.get(START_FOR, {"q": "石测"}))
    assert "石测试" in found
    assert "以市科学技术局名义发起：选派" in found
    assert "梁测试" not in found
    started = office.post(START_FOR, {"person": city.applicant.person_id, "season": city.season.pk})
    draft = Application.objects.get()
    assert started.url == page(draft, 1)
    assert (draft.person, draft.starter) == (city.applicant.person, "sci_tech_authority@region:1407")


@pytest.mark.parametrize("typed", ["石", "无此人", "石%", "石测\0", "石" * 101])
def test_who_is_not_found_is_told_so(city: City, office: Client, typed: str) -> None:
    shown = text_of(office.get(START_FOR, {"q": typed}))
    assert "石测试" not in shown
    assert "没有找到这一人选" in shown


@pytest.mark.parametrize("sent", [{}, {"person": "999999"}, {"person": "x", "season": "0"}])
def test_what_was_not_chosen_is_asked_for_again(city: City, office: Client, sent: dict[str, str]) -> None:
    assert office.post(START_FOR, sent).status_code == 422
    assert not Application.objects.exists()


@pytest.mark.parametrize("name", ["county", "host", "unit", "issuer"])
def test_no_other_office_is_offered_it(city: City, client_of: Browser, name: str) -> None:
    browser = client_of(city.officers[name])
    sent = {"person": city.applicant.person_id, "season": city.season.pk}
    assert (browser.get(START_FOR).status_code, browser.post(START_FOR, sent).status_code) == (403, 403)
    assert START_FOR not in text_of(browser.get(reverse("applications:list")))


def test_where_no_office_starts_there_is_no_such_page(scene: Scene, at_the_scene: object, client_of: Browser) -> None:
    for user in (scene.officers.region, scene.officers.county):
        assert client_of(user).get(START_FOR).status_code == 403


def test_a_person_who_has_one_is_not_started_again(city: City, office: Client) -> None:
    own = city.from_below()
    answer = office.post(START_FOR, {"person": city.applicant.person_id, "season": city.season.pk})
    assert answer.status_code == 422
    assert "石测试在本批次已有一份申请" in text_of(answer)
    assert list(Application.objects.all()) == [own]


def test_the_pool_route_from_the_search_to_the_decision_on_screen(
    city: City, office: Client, client_of: Browser
) -> None:
    office.post(START_FOR, {"person": city.applicant.person_id, "season": city.season.pk})
    draft = Application.objects.get()
    search = reverse("writing:organizations", args=["application", draft.pk, "application.host"])
    assert "太谷测试合作社（太谷区）" in text_of(office.get(search, {"q:application.host": "测试合作"}))
    for number in (1, 2, 3):
        assert office.post(page(draft, number), city.typed(application__achievements="")).status_code == 302
    assert office.get(page(draft, 4)).status_code == 404
    check = text_of(office.get(address("check", draft)))
    assert 'name="reason:achievements"' in check
    token = token_on(office.get(address("check", draft)))
    sent = {"token": token, "confirmed": "yes", "reason:achievements": "在基层服务二十年。"}
    assert office.post(address("check", draft), sent).url == address("receipt", draft)
    assert "石测试" in text_of(office.get(address("receipt", draft)))

    person = client_of(city.applicant)
    asked = text_of(person.get(record(draft)))
    assert "在基层服务二十年。" in asked
    assert "本人不同意选派" in asked
    assert "不符合：" not in asked
    decide(person, draft, "pass_up", opinion="愿意")
    for name in ("host", "unit", "county", "county", "city"):
        browser = client_of(city.officers[name])
        shown = text_of(browser.get(record(draft)))
        assert ("本环节须书面同意" in shown) == (name == "unit" or (name == "county" and fresh(draft).step == 3))
        decide(browser, draft, "pass_up", opinion="同意")
    assert fresh(draft).state == DeskState.PASSED


def test_his_refusal_on_screen_ends_it(city: City, client_of: Browser) -> None:
    handed_in = city.submit(city.from_pool())
    person = client_of(city.applicant)
    decide(person, handed_in, "reject", opinion="家中有事", ground="person_declines")
    assert fresh(handed_in).state == DeskState.REJECTED
    shown = text_of(client_of(city.officers["city"]).get(record(handed_in)))
    assert "本人不同意选派" in shown
    assert "家中有事" in shown


def test_the_person_finds_what_was_started_for_him_and_may_not_write_in_it(city: City, client_of: Browser) -> None:
    handed_in = city.submit(city.from_pool())
    person = client_of(city.applicant)
    starting = text_of(person.get(reverse("applications:start")))
    assert f"您已有一份申请（{handed_in.number}）" in starting
    assert record(handed_in) in starting
    assert person.get(page(handed_in, 1)).status_code == 404
    assert person.get(address("receipt", handed_in)).status_code == 404
    assert person.get(reverse("writing:numbered", args=[handed_in.number])).url == record(handed_in)


def test_the_reason_that_was_refused_stays_typed(city: City, client_of: Browser) -> None:
    draft = city.from_below(application__achievements="")
    person = client_of(city.applicant)
    token = token_on(person.get(address("check", draft)))
    answer = person.post(address("check", draft), {"token": token, "reason:achievements": "群众认可"})
    assert answer.status_code == 422
    assert "群众认可</textarea>" in text_of(answer)
    assert hand_in(person, draft).status_code == 422
