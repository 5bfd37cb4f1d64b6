"""Every act closes one paper and lays the next, and says whom to tell."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from apps.applications.models import Application
from apps.core.models import Effect
from apps.desks import services
from apps.desks.models import Paper
from apps.desks.states import DeskAction, DeskState
from apps.notices.models import Message
from apps.seasons.models import CalendarDay
from tests.factories import Scene, actor, fresh, make_application, user_of
from tests.factories.applications import announce, pass_up

pytestmark = pytest.mark.django_db


def trail(application: Application) -> list[tuple[Any, ...]]:
    papers = Paper.objects.filter(kind="application", record=application.pk).order_by("pk")
    return [(paper.state, paper.office, paper.action, paper.done_by, paper.latest) for paper in papers]


def newest(application: Application) -> Paper:
    return Paper.objects.get(kind="application", record=application.pk, latest=True)


def told(action: str) -> list[tuple[str, bool, str, list[int]]]:
    """Return who is told of an act: desk, whether as a follower, the state reached, the records."""
    sent = Effect.objects.filter(kind__startswith="desks.moved/", payload__action=action).order_by("pk")
    return [
        (one["desk"], one["to_follower"], one["state"], one["records"])
        for payload in sent.values_list("payload", flat=True)
        for one in payload["told"]
    ]


def test_the_papers_of_a_walk_tell_its_whole_story(scene: Scene):
    application = make_application(scene, DeskState.PASSED)
    applicant, officers = user_of(application).pk, scene.officers
    assert trail(application) == [
        ("draft", "", "submit", applicant, False),
        ("awaiting_consent", "unit", "pass_up", officers.unit.pk, False),
        ("awaiting_review", "county", "pass_up", officers.county.pk, False),
        ("awaiting_review", "city", "pass_up", officers.city.pk, False),
        ("on_notice", "region", "pass_up", None, False),
        ("passed", "region", "pass_up", officers.region.pk, True),
    ]


@pytest.mark.parametrize(
    ("state", "last_two"),
    [
        (DeskState.DRAFT, [("draft", "", "", True)]),
        (DeskState.RETURNED, [("awaiting_consent", "unit", "send_back", False), ("returned", "", "", True)]),
        (DeskState.REJECTED, [("draft", "", "submit", False), ("rejected", "unit", "reject", True)]),
        (DeskState.WITHDRAWN, [("draft", "", "submit", False), ("withdrawn", "unit", "withdraw", True)]),
    ],
)
def test_a_walk_that_ends_leaves_a_closed_paper_and_one_that_goes_on_an_open_one(
    scene: Scene, state: str, last_two: list[tuple]
):
    application = make_application(scene, state)
    assert [(*row[:3], row[4]) for row in trail(application)[-2:]] == last_two
    assert (newest(application).done is None) == (state in (DeskState.DRAFT, DeskState.RETURNED))


def test_a_paper_says_what_it_is_about(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    paper = newest(application)
    assert (paper.title, paper.desk) == (f"{application.person.name}的科技特派员申请（宾阳县）", application.desk)
    assert (paper.season, paper.county, paper.person) == (scene.season, scene.county, application.person)
    assert (paper.arrived, paper.opened, paper.due) == (scene.at + timedelta(hours=1), None, None)


def test_a_paper_taken_back_counts_as_opened_where_it_lies_again(scene: Scene):
    application = make_application(scene, DeskState.ON_NOTICE)
    at = scene.at + timedelta(days=1)
    services.recall(record=application, by=actor(scene.officers.city), at=at)
    assert newest(application).opened == at


def test_the_day_a_notice_ends_is_the_day_its_paper_is_due(scene: Scene):
    application = make_application(scene, DeskState.ON_NOTICE)
    assert newest(application).due is None
    announce(scene, application, scene.at)
    assert newest(application).due == date(2026, 6, 14)
    assert len(trail(application)) == 5


def test_a_step_with_a_time_limit_is_due_that_many_days_after_it_arrived(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    route = [{**step, "days": 10} for step in application.route]
    Application.objects.filter(pk=application.pk).update(route=route)
    pass_up(fresh(application), scene.officers.unit, scene.at)
    assert newest(application).due == date(2026, 6, 20)


SPANS = [["08:30", "12:00"], ["15:00", "21:00"]]


@pytest.mark.parametrize(
    ("said", "hour", "due"),
    [
        ({"counting": "working_days"}, 10, date(2026, 6, 16)),
        ({"duty_hours": {"every_day": True, "spans": SPANS}}, 20, date(2026, 6, 13)),
        ({"duty_hours": {"every_day": True, "spans": SPANS}}, 22, date(2026, 6, 14)),
    ],
)
def test_a_time_limit_runs_by_the_calendar_and_the_duty_hours_of_its_pack(scene: Scene, said, hour: int, due: date):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    route = [{**step, "days": 3, **said} for step in application.route]
    Application.objects.filter(pk=application.pk).update(route=route)
    CalendarDay.objects.create(season=scene.season, day=date(2026, 6, 12), is_working=False)
    pass_up(fresh(application), scene.officers.unit, scene.at.replace(hour=hour))
    assert newest(application).due == due


def test_the_next_desk_and_the_starter_are_told(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    assert told(DeskAction.PASS_UP) == [
        (f"sci_tech_authority@region:{scene.county.pk}", False, "awaiting_review", [application.pk]),
        (application.starter, True, "awaiting_review", [application.pk]),
    ]


@pytest.mark.parametrize(("action", "state"), [("send_back", DeskState.RETURNED), ("reject", DeskState.REJECTED)])
def test_the_starter_alone_is_told_of_a_return_or_refusal(scene: Scene, action: str, state: str):
    application = make_application(scene, state)
    assert told(action) == [(application.starter, True, state, [application.pk])]


def test_a_batch_tells_each_recipient_once(scene: Scene):
    three = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    seen = {record.pk: record.version for record in three}
    services.decide_many(
        model=Application, seen=seen, action=DeskAction.PASS_UP, by=actor(scene.officers.unit), at=scene.at
    )
    to_desk, *to_followers = told(DeskAction.PASS_UP)
    assert to_desk == (f"sci_tech_authority@region:{scene.county.pk}", False, "awaiting_review", list(seen))
    assert to_followers == [(record.starter, True, "awaiting_review", [record.pk]) for record in three]


@pytest.mark.django_db(transaction=True)
def test_a_batch_is_one_message_and_one_mail_for_each_recipient(transactional_scene: Scene):
    scene = transactional_scene
    three = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    seen = {record.pk: record.version for record in three}
    Message.objects.all().delete()
    mail.outbox.clear()
    by = actor(scene.officers.unit)
    services.decide_many(model=Application, seen=seen, action=DeskAction.PASS_UP, by=by, at=scene.at)
    recipients = [scene.officers.county, *[user_of(record) for record in three]]
    assert sorted(Message.objects.values_list("user", flat=True)) == sorted(user.pk for user in recipients)
    assert sorted(to for sent in mail.outbox for to in sent.to) == sorted(user.email for user in recipients)
    assert "等3件" in Message.objects.get(user=scene.officers.county).text


def test_a_batch_that_passes_is_one_effect(scene: Scene):
    two = [make_application(scene, DeskState.AWAITING_FINALISATION) for _ in range(2)]
    seen = {record.pk: record.version for record in two}
    at = scene.at + timedelta(days=6)
    services.decide_many(model=Application, seen=seen, action=DeskAction.PASS_UP, by=scene.office, at=at)
    (effect,) = Effect.objects.filter(kind__startswith="application.passed/")
    assert effect.payload == {"records": list(seen)}


def test_a_start_and_a_taking_back_are_nobodys_news(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    services.recall(record=application, by=actor(scene.officers.unit), at=scene.at + timedelta(days=1))
    assert (told(DeskAction.CREATE), told(DeskAction.RECALL)) == ([], [])
