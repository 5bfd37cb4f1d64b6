"""What an applicant does: begin, write, attach, hand in, correct."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.applications import services
from apps.applications.models import Application
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.desks.states import DeskState
from apps.directory.models import User
from apps.directory.states import UnitLevel
from apps.seasons import services as seasons
from apps.seasons.models import Season
from tests.factories import (
    Scene,
    actor,
    make_applicant,
    make_application,
    make_season,
    make_unit,
)
from tests.factories.scene import SHANGHAI
from tests.refusals import code_in, outcome_of

pytestmark = pytest.mark.django_db

TOKEN = "t" * 32
FIRST_DAY, LAST_DAY = datetime(2026, 6, 1, tzinfo=SHANGHAI), datetime(2026, 7, 15, tzinfo=SHANGHAI)
ALMOST_A_DAY = timedelta(hours=23, minutes=59)


def start(scene: Scene, user: User, **changed: Any) -> Application:
    given = {"season": scene.season, "person": user.person, "by": actor(user), "at": scene.at, **changed}
    return services.start(**given)


def close_season(scene: Scene) -> None:
    seasons.close(season=Season.objects.get(pk=scene.season.pk), by=scene.office, at=scene.at)


class TestStart:
    def test_the_file_of_the_person_fills_the_form(self, scene: Scene):
        draft = start(scene, scene.applicant)
        person = scene.applicant.person
        assert (draft.state, draft.person, draft.unit) == (DeskState.DRAFT, person, scene.unit)
        assert draft.content == {
            "person.name": "韦测试",
            "person.sex": "女",
            "person.birth_date": "1985-03-21",
            "person.unit": str(scene.unit.pk),
            "person.education": "硕士",
            "person.title": "中级",
            "person.specialty": "柑橘栽培",
            "person.years_of_service": "8",
        }

    def test_who_comes_from_a_countys_unit_is_taken_to_serve_there(self, scene: Scene):
        unit = make_unit(scene.counties[1], level=UnitLevel.COUNTY)
        assert start(scene, make_applicant(unit)).county == scene.counties[1]

    def test_beginning_twice_leads_to_the_same_application(self, scene: Scene):
        first, second = start(scene, scene.applicant), start(scene, scene.applicant)
        assert (first.pk, Application.objects.count()) == (second.pk, 1)
        assert LogEntry.objects.filter(kind="application").count() == 1

    @pytest.mark.parametrize("state", [DeskState.REJECTED, DeskState.WITHDRAWN])
    def test_who_was_refused_or_withdrew_may_begin_again(self, scene: Scene, state: str):
        ended = make_application(scene, state, scene.applicant)
        again = start(scene, scene.applicant)
        assert (again.pk != ended.pk, again.state) == (True, DeskState.DRAFT)

    def test_who_has_passed_has_no_second_application(self, scene: Scene):
        passed = make_application(scene, DeskState.PASSED, scene.applicant)
        assert start(scene, scene.applicant).pk == passed.pk

    def test_nobody_begins_for_another(self, scene: Scene):
        with pytest.raises(Refused) as refused:
            start(scene, scene.applicant, by=actor(scene.officers.region))
        assert code_in(refused) == "not_yours"

    @pytest.mark.parametrize(
        ("code", "at"),
        [
            ("window_not_open", FIRST_DAY - timedelta(seconds=1)),
            ("done", FIRST_DAY),
            ("done", LAST_DAY + ALMOST_A_DAY),
            ("window_closed", LAST_DAY + timedelta(days=1)),
        ],
    )
    def test_one_begins_from_the_first_day_to_the_end_of_the_last(self, scene: Scene, code: str, at: datetime):
        assert outcome_of(lambda: start(scene, scene.applicant, at=at)) == code

    def test_a_season_in_preparation_or_closed_takes_nobody(self, scene: Scene):
        preparing = make_season(scene.region, by=scene.office, at=scene.at, opened=False, title="另一批次")
        with pytest.raises(Refused) as refused:
            start(scene, scene.applicant, season=preparing)
        assert code_in(refused) == "season_closed"
        close_season(scene)
        with pytest.raises(Refused) as refused:
            start(scene, scene.applicant, season=Season.objects.get(pk=scene.season.pk))
        assert code_in(refused) == "season_closed"
