"""What a starter is told of what was given back: who will have it, and until when; and of what is closed to him."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from apps.desks import services as desks
from apps.desks.states import DeskState
from apps.notices.models import Message
from tests.factories import Scene, actor, fresh, login, make_application, make_draft, run_effects, user_of
from tests.writing.pages import address, page, text_of
from workflows.steps import lapse_returned

pytestmark = pytest.mark.usefixtures("at_the_scene")
LAST_DAY = "2026年8月9日"


def given_back(scene: Scene, state: DeskState, officer: str):
    application = make_application(scene, state)
    by = actor(getattr(scene.officers, officer))
    desks.send_back(record=application, by=by, at=scene.at, opinion="请写明村名。", fields=["application.plan"])
    return fresh(application)


@pytest.mark.parametrize(
    ("state", "officer", "office"),
    [
        (DeskState.AWAITING_CONSENT, "unit", "由“广西测试大学”办理“同意推荐”"),
        (DeskState.AWAITING_REVIEW, "county", "由“宾阳县科技行政主管部门”办理“审核”"),
    ],
)
def test_the_check_page_names_the_office_that_gave_it_back(scene, client_of, state, officer, office):
    returned = given_back(scene, state, officer)
    assert office in text_of(client_of(user_of(returned)).get(address("check", returned)))


def test_the_day_by_which_it_must_be_back_stands_wherever_its_starter_looks_and_is_the_last_one(
    scene, client_of, at_the_scene: time_machine.Traveller
):
    returned = given_back(scene, DeskState.AWAITING_REVIEW, "county")
    run_effects(scene.at)
    browser = client_of(user_of(returned))
    pages = [page(returned, 3), address("check", returned), reverse("home:record", args=["application", returned.pk])]
    told = [
        Message.objects.filter(user=user_of(returned)).latest("pk").text,
        *(text_of(browser.get(each)) for each in pages),
    ]
    assert [LAST_DAY in each for each in told] == [True] * 4
    assert "理由：请写明村名。请更正后于" in told[0]
    last = scene.at.replace(month=8, day=9)
    assert (lapse_returned(last), lapse_returned(last + timedelta(days=1))) == (0, 1)


def test_a_form_that_closed_meanwhile_asks_nothing_more_and_shows_what_was_not_saved(
    scene, at_the_scene: time_machine.Traveller, client_of
):
    draft = make_draft(scene, scene.applicant)
    at_the_scene.move_to(scene.at.replace(month=7, day=16), tick=False)
    browser = login(client_of(scene.applicant), scene.applicant)
    shown = text_of(browser.post(page(draft, 3), {"application.plan": "迟到的计划"}))
    assert ("<textarea" in shown, "现：迟到的计划" in shown, "自动保存" in shown) == (False, True, False)
    started = text_of(browser.get(reverse("applications:start")))
    assert ("继续填写" in started, f'href="{address("check", draft)}"' in started) == (False, True)
