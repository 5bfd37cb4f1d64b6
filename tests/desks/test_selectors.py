"""What a viewer finds on his desks, and nothing of what lies on others'."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core.actors import Actor
from apps.desks import selectors, services
from apps.desks.models import Paper
from apps.desks.states import DeskAction, DeskState
from apps.directory.models import User
from tests.factories import LIUCHENG, Scene, actor, fresh, make_application, user_of
from tests.factories.applications import announce, pass_up

pytestmark = pytest.mark.django_db


def waiting_for(user: User, scene: Scene) -> list[int]:
    return [paper.record for paper in selectors.papers_of(actor(user), scene.at)]


def steps(application: Application) -> list[tuple[str, str | None]]:
    """Return the graph as (status, who acted there)."""
    record, paper = fresh(application), selectors.latest_paper("application", application.pk)
    shown = selectors.steps_shown(record, selectors.log_of(record, "application"), paper)
    return [(step.status, step.entry and f"{step.entry.actor}:{step.entry.action}") for step in shown]


def test_a_paper_waits_at_one_desk_and_moves_on(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    everybody = [*scene.officers.walk(), scene.officers.auditor, scene.stranger, scene.applicant]
    for holder in scene.officers.walk()[:3]:
        assert [user.pk for user in everybody if waiting_for(user, scene)] == [holder.pk]
        pass_up(application, holder, scene.at)
    assert [user.pk for user in everybody if waiting_for(user, scene)] == []


def test_an_applicants_draft_and_return_wait_for_himself(scene: Scene):
    draft, returned = make_application(scene), make_application(scene, DeskState.RETURNED)
    assert waiting_for(user_of(draft), scene) == [draft.pk]
    assert waiting_for(user_of(returned), scene) == [returned.pk]
    assert waiting_for(scene.officers.unit, scene) == []


def test_a_county_sees_nothing_of_another_county(scene: Scene):
    there = make_application(scene, DeskState.AWAITING_CONSENT, county=scene.counties[2])
    pass_up(there, scene.officers.unit, scene.at)
    assert waiting_for(scene.officers.county, scene) == []
    assert waiting_for(scene.stranger, scene) == [there.pk]


def test_what_is_due_comes_first_then_what_came_first(scene: Scene):
    applications = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(4)]
    papers = Paper.objects.filter(latest=True).order_by("pk")
    days = [None, date(2026, 6, 30), None, date(2026, 6, 20)]
    for paper, due in zip(papers, days, strict=True):
        Paper.objects.filter(pk=paper.pk).update(due=due)
    assert waiting_for(scene.officers.unit, scene) == [applications[place].pk for place in (3, 1, 0, 2)]


def test_the_next_paper_is_the_first_that_waits_beside_this_one(scene: Scene):
    first, second = (make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(2))
    unit = actor(scene.officers.unit)
    paper = selectors.latest_paper("application", first.pk)
    assert selectors.next_paper(unit, None, scene.at).record == first.pk
    assert selectors.next_paper(unit, paper, scene.at).record == second.pk
    pass_up(second, scene.officers.unit, scene.at)
    assert selectors.next_paper(unit, paper, scene.at) is None


@pytest.mark.parametrize("days", [(None, None, None), (20, 25, 30), (20, 20, 20), (20, 25, None), (20, None, None)])
def test_one_leafs_through_the_papers_in_the_order_of_the_inbox(scene: Scene, days: tuple[int | None, ...]):
    for day in days:
        application = make_application(scene, DeskState.AWAITING_CONSENT)
        due = date(2026, 6, day) if day else None
        Paper.objects.filter(record=application.pk, latest=True).update(due=due)
    unit = actor(scene.officers.unit)
    inbox = list(selectors.papers_of(unit, scene.at))
    found = [selectors.neighbours(unit, paper, scene.at) for paper in inbox]
    assert found == [(None, inbox[1]), (inbox[0], inbox[2]), (inbox[1], None)]


def test_what_one_has_dealt_with_stays_in_sight_newest_first(scene: Scene):
    first, second = (make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(2))
    pass_up(second, scene.officers.unit, scene.at)
    pass_up(first, scene.officers.unit, scene.at + timedelta(hours=1))
    done = selectors.papers_done_by(actor(scene.officers.unit))
    assert [(paper.record, paper.action) for paper in done] == [(first.pk, "pass_up"), (second.pk, "pass_up")]
    assert list(selectors.papers_done_by(actor(scene.officers.county))) == []


def test_what_the_clock_has_done_is_nobodys_work(scene: Scene):
    make_application(scene, DeskState.AWAITING_FINALISATION)
    for nobody in (Actor("公众"), actor(scene.officers.auditor)):
        assert list(selectors.papers_done_by(nobody)) == []


def test_what_one_has_started_is_one_line_for_each_record(scene: Scene):
    passed = make_application(scene, DeskState.PASSED)
    started = selectors.papers_started_by(actor(user_of(passed)), scene.at)
    assert [(paper.record, paper.state) for paper in started] == [(passed.pk, DeskState.PASSED)]
    assert list(selectors.papers_started_by(Actor("公众"), scene.at)) == []


def test_only_what_is_on_no_list_yet_can_be_announced(scene: Scene):
    waiting, listed = (make_application(scene, DeskState.ON_NOTICE) for _ in range(2))
    announce(scene, listed, scene.at)
    season = scene.season.pk
    ready = selectors.announceable(scene.office, season, "application", scene.at)
    assert [paper.record for paper in ready] == [waiting.pk]
    assert list(selectors.announceable(actor(scene.officers.city), season, "application", scene.at)) == []
    assert list(selectors.announceable(scene.office, season + 1, "application", scene.at)) == []


def test_the_newest_papers_of_a_season_are_those_in_sight(scene: Scene):
    here = [make_application(scene, state) for state in (DeskState.AWAITING_CONSENT, DeskState.PASSED)]
    elsewhere = make_application(scene, DeskState.AWAITING_CONSENT, county=scene.counties[2])
    draft = make_application(scene, DeskState.DRAFT)
    near, far = [scene.county.pk], [LIUCHENG]
    seen = [
        (scene.officers.county, near, here),
        (scene.stranger, far, [elsewhere]),
        (scene.officers.region, near + far, [*here, elsewhere]),
        (user_of(draft), [], [draft]),
        (user_of(elsewhere), [], [elsewhere]),
    ]
    for user, counties, records in seen:
        parts = selectors.newest_papers(actor(user), scene.season.pk, "application", counties, scene.at)
        assert sorted(paper.record for part in parts for paper in part) == [record.pk for record in records]


def test_the_notices_that_are_over_are_found_oldest_first_and_not_a_day_early(scene: Scene):
    late, early, waiting = (make_application(scene, DeskState.ON_NOTICE) for _ in range(3))
    announce(scene, late, scene.at + timedelta(days=1))
    announce(scene, early, scene.at)
    found = [
        [record.pk for record in selectors.notice_over(Application, date(2026, 6, day), 10)] for day in (14, 15, 16)
    ]
    assert found == [[], [early.pk], [early.pk, late.pk]]
    assert len(selectors.notice_over(Application, date(2026, 6, 30), 1)) == 1
    assert fresh(waiting).notice_until is None


def test_the_graph_shows_who_acted_and_the_step_that_is_lit(scene: Scene):
    city = make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    done = [("done", "单位经办:pass_up"), ("done", "县经办:pass_up")]
    assert steps(city) == [*done, ("lit", None), ("todo", None), ("todo", None)]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (DeskState.DRAFT, []),
        (DeskState.RETURNED, [("stopped", "单位经办:send_back"), *[("todo", None)] * 4]),
        (DeskState.REJECTED, [("stopped", "单位经办:reject"), *[("todo", None)] * 4]),
        (DeskState.WITHDRAWN, [("stopped", None), *[("todo", None)] * 4]),
    ],
)
def test_the_graph_of_a_walk_that_stopped_shows_where(scene: Scene, state: str, shown: list):
    assert steps(make_application(scene, state)) == shown


def test_the_graph_of_a_passed_record_is_done_from_end_to_end(scene: Scene):
    assert steps(make_application(scene, DeskState.PASSED)) == [
        ("done", "单位经办:pass_up"),
        ("done", "县经办:pass_up"),
        ("done", "市经办:pass_up"),
        ("done", "系统自动:pass_up"),
        ("done", "区经办:pass_up"),
    ]


def test_an_agreement_taken_back_closes_no_step(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    at = scene.at + timedelta(days=1)
    services.recall(record=application, by=actor(scene.officers.county), at=at)
    todo = [("todo", None)] * 3
    assert steps(application) == [("done", "单位经办:pass_up"), ("lit", None), *todo]
    pass_up(application, scene.officers.county, at)
    assert steps(application)[:3] == [("done", "单位经办:pass_up"), ("done", "县经办:pass_up"), ("lit", None)]


def test_the_step_that_is_lit_says_since_when(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    paper = selectors.latest_paper("application", application.pk)
    shown = selectors.steps_shown(application, selectors.log_of(application, "application"), paper)
    assert [step.waiting_since for step in shown] == [None, scene.at + timedelta(hours=1), None, None, None]
    assert [step.act_label for step in shown] == ["同意推荐", "审核", "审核", "公示", "聘任"]


def test_a_page_offers_what_the_door_would_let_through(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)

    def offered(user: User) -> set[str]:
        paper = selectors.latest_paper("application", application.pk)
        return set(selectors.acts_open(fresh(application), paper, actor(user), scene.at))

    assert offered(scene.officers.county) == {DeskAction.PASS_UP, DeskAction.SEND_BACK, DeskAction.REJECT}
    assert offered(scene.officers.unit) == {DeskAction.RECALL}
    assert offered(user_of(application)) == {DeskAction.WITHDRAW}
    assert offered(scene.stranger) == offered(scene.officers.auditor) == set()
    services.open_paper(record=fresh(application), by=actor(scene.officers.county), at=scene.at)
    assert offered(scene.officers.unit) == set()


def test_ones_own_words_are_offered_again_each_once(scene: Scene):
    three = [make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(3)]
    for hour, (application, words) in enumerate(zip(three, ["同意", "同意推荐", "同意"], strict=True)):
        services.pass_up(
            record=application, by=actor(scene.officers.unit), at=scene.at + timedelta(hours=hour), opinion=words
        )
    assert selectors.opinions_of(actor(scene.officers.unit), "application") == {"pass_up": ["同意", "同意推荐"]}
    assert selectors.opinions_of(actor(scene.officers.county), "application") == {}


READS: dict[str, Callable[[Actor, Scene], Any]] = {
    "waiting": lambda viewer, scene: list(selectors.papers_of(viewer, scene.at)),
    "done": lambda viewer, scene: list(selectors.papers_done_by(viewer)),
    "started": lambda viewer, scene: list(selectors.papers_started_by(viewer, scene.at)),
    "announceable": lambda viewer, scene: list(
        selectors.announceable(viewer, scene.season.pk, "application", scene.at)
    ),
}


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_each_list_is_one_query_however_long(
    scene: Scene, read: Callable, number: int, django_assert_num_queries: Callable
):
    for _ in range(number):
        make_application(scene, DeskState.AWAITING_CONSENT)
    viewer = actor(scene.officers.unit)
    with django_assert_num_queries(1):
        read(viewer, scene)
