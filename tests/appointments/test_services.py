"""How people come to be appointed, each once, however often the clock strikes."""

from datetime import date, timedelta

import pytest

from apps.appointments import services
from apps.appointments.models import Appointment
from apps.appointments.states import AppointmentState
from apps.core import audit
from apps.desks.states import DeskState
from apps.notices.models import Document, Message, Notice
from apps.notices.services import discard
from apps.notices.states import DocumentKind
from tests.factories import (
    AFTER_NOTICE,
    Scene,
    make_application,
    make_draft_notice,
    make_issued_notice,
    make_passed,
    run_effects,
    user_of,
)


@pytest.fixture
def later(scene: Scene):
    return scene.at + AFTER_NOTICE


def test_who_has_passed_is_named_for_the_term_of_the_pack(scene: Scene) -> None:
    (application,) = make_passed(scene)
    appointment = Appointment.objects.get()
    assert appointment.state == AppointmentState.NAMED
    assert (appointment.person, appointment.unit) == (application.person, application.unit)
    assert appointment.county == application.county
    assert (appointment.term_from, appointment.term_to) == (date(2026, 1, 1), date(2026, 12, 31))


def test_naming_twice_names_once(scene: Scene, later) -> None:
    (application,) = make_passed(scene)
    assert services.name(applications=[application.pk], at=later) == []
    assert Appointment.objects.count() == 1


def test_a_notice_waits_for_the_citys_last_open_application(scene: Scene, later) -> None:
    make_passed(scene)
    make_application(scene, DeskState.AWAITING_CONSENT)
    assert services.draft_notices(season=scene.season, at=later) == []
    assert not Notice.objects.exists()


def test_a_notice_does_not_wait_for_drafts_and_returns(scene: Scene, later) -> None:
    make_passed(scene)
    make_application(scene, DeskState.DRAFT)
    make_application(scene, DeskState.RETURNED)
    assert len(services.draft_notices(season=scene.season, at=later)) == 1


def test_a_notice_lists_everybody_named_in_the_city_and_nobody_twice(scene: Scene, later) -> None:
    notice = make_draft_notice(scene, people=3)
    names = sorted(each.person.name for each in notice.appointments.all())
    assert sorted(row[1] for row in notice.content["roster"]["rows"]) == names
    assert len(names) == 3
    assert services.draft_notices(season=scene.season, at=later) == []


def test_who_is_named_later_stands_on_a_notice_of_its_own(scene: Scene, later) -> None:
    make_issued_notice(scene)
    (application,) = make_passed(scene)
    (second,) = services.draft_notices(season=scene.season, at=later)
    assert [each.application for each in second.appointments.all()] == [application]


def test_an_issued_notice_puts_its_people_in_force_with_a_certificate_each(scene: Scene) -> None:
    notice = make_issued_notice(scene, people=2)
    appointments = list(Appointment.objects.select_related("person", "certificate").order_by("pk"))
    assert {each.state for each in appointments} == {AppointmentState.ACTIVE}
    certificates = Document.objects.filter(kind=DocumentKind.CERTIFICATE).order_by("n")
    assert [each.number for each in certificates] == ["桂科特聘〔2026〕00001号", "桂科特聘〔2026〕00002号"]
    assert {each.certificate for each in appointments} == set(certificates)
    for each in appointments:
        assert each.certificate.holder == each.person
        assert each.person.name in each.certificate.content["body"][0]
        assert each.certificate.pdf
        (told,) = Message.objects.filter(user=user_of(each.application), key=f"appointed:{each.pk}")
        assert each.certificate.number in told.text
        assert notice.document.number in told.text


def test_taking_effect_again_changes_nothing(scene: Scene, later) -> None:
    notice = make_issued_notice(scene)
    assert services.take_effect(notice=notice.pk, at=later) == 0
    assert Document.objects.filter(kind=DocumentKind.CERTIFICATE).count() == 1


def test_a_term_ends_the_day_after_its_last_day(scene: Scene) -> None:
    make_issued_notice(scene)
    last_day = scene.at.replace(month=12, day=31)
    assert services.end_terms(at=last_day) == 0
    assert services.end_terms(at=last_day + timedelta(days=1)) == 1
    assert services.end_terms(at=last_day + timedelta(days=1)) == 0
    assert Appointment.objects.get().state == AppointmentState.ENDED


def test_a_discarded_draft_lets_its_people_go(scene: Scene, later) -> None:
    notice = make_draft_notice(scene)
    discard(notice=notice, by=scene.office, at=later, opinion="人名有误")
    run_effects(later)
    assert Appointment.objects.get().notice is None


def test_log_and_records_agree_after_all_of_it(scene: Scene) -> None:
    make_issued_notice(scene, people=2)
    assert audit.verify().faults == ()
