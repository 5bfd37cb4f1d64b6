"""What people may read of applications, and what the pack says of one."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from apps.applications import selectors, services
from apps.applications.models import Application
from apps.core.actors import Actor
from apps.core.refs import Ref
from apps.desks.states import GIVEN_UP, DeskState
from apps.directory.states import Role, UnitLevel
from apps.seasons import services as seasons
from tests.factories import (
    BINYANG,
    NANNING,
    REACHED,
    REGION,
    Scene,
    actor,
    fresh,
    make_applicant,
    make_application,
    make_draft,
    make_officer,
    make_person,
    make_unit,
    user_of,
)

pytestmark = pytest.mark.django_db


def seen_by(viewer: Actor, scene: Scene) -> list[int]:
    return sorted(selectors.visible_to(viewer, scene.at).values_list("pk", flat=True))


class TestVisibleTo:
    def test_what_is_handed_in_is_seen_along_its_own_walk_and_nowhere_else(self, scene: Scene):
        here = make_application(scene, DeskState.AWAITING_CONSENT)
        there = make_application(scene, DeskState.AWAITING_CONSENT, county=scene.counties[2])
        both = sorted([here.pk, there.pk])
        officers = scene.officers
        expected = {
            officers.unit: both,
            officers.county: [here.pk],
            officers.city: [here.pk],
            officers.region: both,
            officers.auditor: both,
            scene.stranger: [there.pk],
            user_of(here): [here.pk],
            user_of(there): [there.pk],
            scene.applicant: [],
            make_officer(Role.SCI_TECH_AUTHORITY, scene.cities[1]): [there.pk],
            make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[1]): [],
            make_officer(Role.DISPATCHING_UNIT, make_unit(scene.cities[0])): [],
            make_officer(Role.ADMINISTRATOR, scene.region): [],
        }
        assert {user: seen_by(actor(user), scene) for user in expected} == expected

    def test_a_draft_is_its_writers_alone(self, scene: Scene):
        draft = make_draft(scene)
        viewers = [*scene.officers.walk(), scene.officers.auditor, user_of(draft)]
        assert [seen_by(actor(user), scene) for user in viewers] == [[], [], [], [], [], [draft.pk]]

    @pytest.mark.parametrize("state", [DeskState.RETURNED, DeskState.REJECTED, DeskState.WITHDRAWN, DeskState.PASSED])
    def test_what_was_once_handed_in_stays_in_sight(self, scene: Scene, state: str):
        application = make_application(scene, state)
        assert seen_by(actor(scene.officers.county), scene) == [application.pk]

    def test_the_public_sees_nothing(self, scene: Scene):
        make_application(scene, DeskState.PASSED)
        assert seen_by(Actor("公众"), scene) == []

    def test_a_post_that_has_ended_shows_nothing(self, scene: Scene):
        make_application(scene, DeskState.AWAITING_REVIEW)
        former = make_officer(Role.SCI_TECH_AUTHORITY, scene.county, ends=date(2026, 6, 9))
        assert seen_by(actor(former), scene) == []

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_list_takes_two_queries_however_long(
        self, scene: Scene, number: int, django_assert_num_queries: Callable
    ):
        for _ in range(number):
            make_application(scene, DeskState.AWAITING_CONSENT)
        viewer = actor(scene.officers.region)
        with django_assert_num_queries(2):
            lines = [(str(row.person), str(row.county), str(row.unit)) for row in selectors.listed(viewer, scene.at)]
        assert len(lines) == number


class TestLists:
    def test_a_text_finds_people_units_and_receipts(self, scene: Scene):
        found, other = (make_application(scene, DeskState.AWAITING_CONSENT) for _ in range(2))
        rows = selectors.visible_to(actor(scene.officers.region), scene.at)
        assert [row.pk for row in selectors.matching(rows, found.person.name)] == [found.pk]
        assert [row.pk for row in selectors.matching(rows, f" {found.number.lower()} ")] == [found.pk]
        assert sorted(row.pk for row in selectors.matching(rows, "广西测试大学")) == sorted([found.pk, other.pk])
        assert list(selectors.matching(rows, "无此人")) == []

    def test_the_cities_with_papers_on_their_way_are_known(self, scene: Scene):
        make_application(scene, DeskState.RETURNED)
        make_application(scene, DeskState.AWAITING_CONSENT, county=scene.counties[2])
        assert selectors.cities_with_open(scene.season.pk) == {scene.cities[1].pk}

    @pytest.mark.parametrize("state", REACHED)
    def test_only_an_application_that_lives_is_a_persons_own(self, scene: Scene, state: str):
        application = make_application(scene, state)
        lives = state not in GIVEN_UP
        assert selectors.of_person(application.person_id, scene.season) == (application if lives else None)

    def test_the_public_has_started_nothing(self, scene: Scene):
        draft = make_draft(scene)
        assert list(selectors.started_by(Actor("公众"), scene.at)) == []
        assert list(selectors.started_by(actor(user_of(draft)), scene.at)) == [draft]


class TestCases:
    def test_a_complete_application_lacks_nothing(self, scene: Scene):
        case = selectors.case_of(make_draft(scene), scene.at)
        assert (case.problems, case.shortfalls, case.no_route, case.closed, case.early) == ((), (), None, None, None)
        assert [step["office"] for step in case.route] == ["unit", "county", "city", "region", "region"]

    @pytest.mark.parametrize(
        ("age", "day"), [(40, date(2026, 3, 20)), (41, date(2026, 3, 21)), (41, date(2027, 3, 20))]
    )
    def test_one_is_a_year_older_on_ones_birthday(self, scene: Scene, age: int, day: date):
        draft = make_draft(scene)
        facts = selectors.derived({"person.birth_date": date(1985, 3, 21)}, draft, day)
        assert facts["person.age"] == age

    @pytest.mark.parametrize(
        ("born", "said"),
        [("2026-06-09", []), ("2026-06-10", ["出生日期应在今天以前。"]), ("2100-12-31", ["出生日期应在今天以前。"])],
    )
    def test_nobody_is_born_today_or_later(self, scene: Scene, born: str, said: list[str]):
        draft = make_draft(scene)
        content = {**draft.content, "person.birth_date": born}
        Application.objects.filter(pk=draft.pk).update(content=content)
        assert [problem.message for problem in selectors.case_of(draft, scene.at).problems] == said

    @pytest.mark.parametrize(("age", "day"), [(18, date(2026, 3, 1)), (17, date(2026, 2, 28))])
    def test_who_was_born_on_a_leap_day_is_older_in_march(self, scene: Scene, age: int, day: date):
        facts = selectors.derived({"person.birth_date": date(2008, 2, 29)}, make_draft(scene), day)
        assert facts["person.age"] == age

    def test_ones_own_county_is_that_of_the_unit_or_above_it(self, scene: Scene):
        town = scene.county.parts.first()
        for region, own in ((scene.county, True), (town, True), (scene.counties[1], False), (scene.cities[0], False)):
            draft = make_draft(scene, make_applicant(make_unit(region, level=UnitLevel.COUNTY)))
            facts = selectors.derived({}, draft, timezone.localdate(scene.at))
            assert facts["application.serves_own_county"] is own

    def test_what_nobody_typed_yet_is_unknown_rather_than_false(self, scene: Scene):
        applicant = make_applicant(scene.unit)
        draft = services.start(season=scene.season, person=applicant.person, by=actor(applicant), at=scene.at)
        assert selectors.derived({}, draft, date(2026, 6, 10)) == {
            "person.age": None,
            "unit.kind": "university",
            "unit.level": "region",
            "application.serves_own_county": None,
            "host.kind": None,
            "application.host_in_county": None,
        }

    @pytest.mark.parametrize(
        ("day", "state", "closed", "early"),
        [
            (date(2026, 5, 31), DeskState.DRAFT, "", "window_not_open"),
            (date(2026, 6, 1), DeskState.DRAFT, "", ""),
            (date(2026, 7, 15), DeskState.DRAFT, "", ""),
            (date(2026, 7, 16), DeskState.DRAFT, "window_closed", ""),
            (date(2026, 5, 31), DeskState.RETURNED, "", ""),
            (date(2026, 7, 16), DeskState.RETURNED, "", ""),
        ],
    )
    def test_a_draft_has_its_window_and_a_correction_has_not(
        self, scene: Scene, day: date, state: str, closed: str, early: str
    ):
        record, at = make_application(scene, state), scene.at.replace(month=day.month, day=day.day)
        case = selectors.case_of(record, at)
        found = [refusal.code if refusal else "" for refusal in (case.closed, case.early)]
        assert found == [closed, early]
        assert selectors.closed(fresh(record), at) == case.closed

    def test_a_season_without_its_window_takes_no_draft(self, scene: Scene):
        draft = make_draft(scene)
        scene.season.windows.all().delete()
        assert selectors.case_of(draft, scene.at).closed.code == "no_window"

    @pytest.mark.parametrize("state", [DeskState.DRAFT, DeskState.RETURNED])
    def test_a_season_that_ended_stops_drafts_and_corrections(self, scene: Scene, state: str):
        record = make_application(scene, state)
        seasons.close(season=scene.season, by=scene.office, at=scene.at)
        assert selectors.case_of(record, scene.at).closed.code == "season_closed"

    def test_without_a_county_there_is_no_way(self, scene: Scene):
        applicant = make_applicant(scene.unit)
        draft = services.start(season=scene.season, person=applicant.person, by=actor(applicant), at=scene.at)
        case = selectors.case_of(draft, scene.at)
        assert (case.route, case.no_route.code) == ([], "no_office")

    def test_each_scope_of_a_pack_is_somebodys_desk(self, scene: Scene):
        draft = make_draft(scene)
        assert selectors.scopes(draft) == {
            "record.person": Ref("person", str(draft.person_id)),
            "applicant.unit": Ref("organization", str(scene.unit.pk)),
            "record.host": None,
            "record.county_served": Ref("region", BINYANG),
            "record.county_served.supervisor": Ref("region", NANNING),
            "jurisdiction": Ref("region", REGION),
        }

    @pytest.mark.parametrize("number", [1, 3])
    def test_a_batch_is_judged_with_as_many_queries_as_one(
        self, scene: Scene, number: int, django_assert_num_queries: Callable
    ):
        drafts = [make_draft(scene) for _ in range(number)]
        with django_assert_num_queries(2):
            judged = selectors.cases(drafts, scene.at)
        assert sorted(judged) == sorted(draft.pk for draft in drafts)


def test_an_empty_file_answers_nothing(scene: Scene):
    person = make_person(None, sex="", birth_date=None, education="", title="", specialty="", years_of_service=None)
    assert selectors.from_file(person) == {"person.name": person.name}


def test_no_years_of_service_is_an_answer_too(scene: Scene):
    assert selectors.from_file(make_person(scene.unit, years_of_service=0))["person.years_of_service"] == "0"
