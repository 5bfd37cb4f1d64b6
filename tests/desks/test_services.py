"""The acts of the walk, one by one: what each changes, keeps and lets follow."""

from datetime import date, datetime, timedelta

import pytest

from apps.applications.models import Application
from apps.core import log
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.core.refusals import Basis, Refused
from apps.desks import services
from apps.desks.models import DeskRecord
from apps.desks.states import DeskState
from apps.desks.walks import Ground
from apps.writing import services as writing
from tests.factories import GROUND, Scene, actor, fresh, make_application, make_unit, user_of
from tests.factories.applications import announce, pass_up, submit
from tests.factories.scene import SHANGHAI
from tests.refusals import code_in

pytestmark = pytest.mark.django_db


def last_row(record: DeskRecord) -> LogEntry:
    return list(log.entries_of(Ref("application", str(record.pk))))[-1]


def recall(record: Application, scene: Scene, step: str) -> Application:
    officer = getattr(scene.officers, step)
    services.recall(record=fresh(record), by=actor(officer), at=scene.at + timedelta(days=1))
    return fresh(record)


def send_back(record: Application, scene: Scene, step: str) -> Application:
    by = actor(getattr(scene.officers, step))
    services.send_back(record=fresh(record), by=by, at=scene.at + timedelta(days=1), opinion="请更正", fields=["x"])
    return fresh(record)


def correct(record: Application, **typed: str) -> Application:
    """Let the applicant change entries of a returned application and hand it in again."""
    changes = {name.replace("__", "."): value for name, value in typed.items()}
    at = fresh(record).submitted + timedelta(days=2)
    writing.save(record=fresh(record), typed=changes, by=actor(user_of(record)), at=at)
    submit(record, at)
    return fresh(record)


def place(record: Application) -> tuple[str, int | None, str]:
    return record.state, record.step, record.desk


def test_the_walk_leads_over_the_desks_of_unit_county_city_and_region(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    region = f"coordination_office@region:{scene.region.pk}"
    assert [(step["act"], step["desk"]) for step in application.route] == [
        ("consent", f"dispatching_unit@organization:{scene.unit.pk}"),
        ("review", f"sci_tech_authority@region:{scene.county.pk}"),
        ("review", f"sci_tech_authority@region:{scene.cities[0].pk}"),
        ("notice", region),
        ("finalisation", region),
    ]
    for number, officer in enumerate((scene.officers.unit, scene.officers.county, scene.officers.city)):
        assert (application.step, application.desk) == (number, application.route[number]["desk"])
        application = pass_up(application, officer, scene.at)
    assert place(fresh(application)) == (DeskState.ON_NOTICE, 3, region)


def test_after_the_last_step_it_has_passed_and_lies_on_no_desk(scene: Scene):
    assert place(make_application(scene, DeskState.PASSED)) == (DeskState.PASSED, 5, "")


def test_a_return_keeps_the_reason_the_entries_and_the_step(scene: Scene):
    returned = make_application(scene, DeskState.RETURNED)
    row = last_row(returned)
    assert (row.opinion, row.details) == ("请补充服务计划", {"fields": ["application.plan"], "resume_at": 0})
    assert (returned.step, returned.resume_at, returned.desk) == (None, 0, returned.starter)


@pytest.mark.parametrize("opinion", ["", "  \n"])
def test_a_return_or_refusal_without_a_reason_is_refused(scene: Scene, opinion: str):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    act = {"record": application, "by": actor(scene.officers.unit), "at": scene.at, "opinion": opinion}
    with pytest.raises(Refused) as refused:
        services.send_back(**act)
    assert code_in(refused) == "no_reason"
    with pytest.raises(Refused) as refused:
        services.reject(**act, ground=GROUND)
    assert code_in(refused) == "no_reason"


def test_a_refusal_without_a_ground_is_refused(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    with pytest.raises(Refused) as refused:
        services.reject(
            record=application, by=actor(scene.officers.unit), at=scene.at, opinion="专业不对口", ground=None
        )
    assert code_in(refused) == "no_ground"


@pytest.mark.parametrize(
    ("clause", "basis"),
    [
        ("三（五）1：“请县级科技行政主管部门调研了解当地服务需求”", GROUND.basis),
        ("办理机关设定：申请条件", Basis(question="申请条件")),
    ],
)
def test_a_refusal_keeps_its_ground_and_what_it_rests_on(scene: Scene, clause: str, basis: Basis):
    application = make_application(scene, DeskState.AWAITING_CONSENT)
    ground = Ground("needs", "不符合需求", basis)
    services.reject(record=application, by=actor(scene.officers.unit), at=scene.at, opinion="专业不对口", ground=ground)
    row = last_row(application)
    assert (row.ground, row.clause, row.details) == ("不符合需求", clause, {"ground": "needs"})


@pytest.mark.parametrize(("step", "number"), [("unit", 0), ("county", 1), ("city", 2), ("region", 4)])
def test_a_corrected_application_goes_on_where_it_was_returned(scene: Scene, step: str, number: int):
    places = {
        "unit": ("awaiting_consent", ""),
        "county": ("awaiting_review", "county"),
        "city": ("awaiting_review", "city"),
    }
    state, level = places.get(step, ("awaiting_finalisation", ""))
    returned = send_back(make_application(scene, state, level=level or "county"), scene, step)
    again = correct(returned, application__plan="每月到村三次。")
    assert (again.state, again.step, again.desk) == (state, number, again.route[number]["desk"])
    assert again.resume_at is None


def test_another_county_has_agreed_to_nothing_yet(scene: Scene):
    returned = send_back(make_application(scene, DeskState.AWAITING_REVIEW, level="city"), scene, "city")
    again = correct(returned, application__county=scene.counties[1].pk)
    assert place(again) == (DeskState.AWAITING_REVIEW, 1, f"sci_tech_authority@region:{scene.counties[1].pk}")


def test_another_unit_has_recommended_nobody_yet(scene: Scene):
    returned = send_back(make_application(scene, DeskState.AWAITING_REVIEW, level="city"), scene, "city")
    unit = make_unit(scene.cities[0])
    again = correct(returned, person__unit=str(unit.pk))
    assert place(again) == (DeskState.AWAITING_CONSENT, 0, f"dispatching_unit@organization:{unit.pk}")


def test_an_agreement_can_be_taken_back_until_the_next_desk_has_opened_it(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    assert recall(application, scene, "unit").state == DeskState.AWAITING_CONSENT
    application = pass_up(application, scene.officers.unit, scene.at)
    services.open_paper(record=application, by=actor(scene.officers.county), at=scene.at)
    with pytest.raises(Refused) as refused:
        recall(application, scene, "unit")
    assert code_in(refused) == "opened"


def test_a_paper_is_opened_by_its_own_desk_alone(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    for onlooker in (scene.officers.unit, scene.officers.city, scene.officers.auditor, user_of(application)):
        services.open_paper(record=application, by=actor(onlooker), at=scene.at)
    assert recall(application, scene, "unit").state == DeskState.AWAITING_CONSENT


def test_what_the_city_took_back_the_county_cannot_take_from_it(scene: Scene):
    application = recall(make_application(scene, DeskState.ON_NOTICE), scene, "city")
    with pytest.raises(Refused) as refused:
        recall(application, scene, "county")
    assert code_in(refused) == "opened"


def test_what_the_applicant_handed_in_again_no_office_can_take_back(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    again = correct(send_back(application, scene, "city"), application__plan="每月到村三次。")
    with pytest.raises(Refused) as refused:
        recall(again, scene, "county")
    assert code_in(refused) == "opened"


def test_what_stands_on_a_public_list_is_not_taken_back_nor_listed_again(scene: Scene):
    listed = announce(scene, make_application(scene, DeskState.ON_NOTICE), scene.at)
    with pytest.raises(Refused) as refused:
        recall(listed, scene, "city")
    assert code_in(refused) == "announced"
    (outcome,) = services.announce(
        model=Application, seen={listed.pk: listed.version}, until=date(2026, 7, 1), list_number=1,
        by=scene.office, at=scene.at,
    )  # fmt: skip
    assert outcome.refusals[0].code == "announced"
    assert fresh(listed).notice_until == date(2026, 6, 14)


@pytest.mark.parametrize(
    ("result", "at"),
    [
        ("notice_running", datetime(2026, 6, 10, 10, tzinfo=SHANGHAI)),
        ("notice_running", datetime(2026, 6, 14, 23, 59, 59, tzinfo=SHANGHAI)),
        (DeskState.AWAITING_FINALISATION, datetime(2026, 6, 15, tzinfo=SHANGHAI)),
    ],
)
def test_the_notice_is_over_when_its_last_day_is(scene: Scene, result: str, at: datetime):
    listed = announce(scene, make_application(scene, DeskState.ON_NOTICE), scene.at)
    (outcome,) = services.pass_notice(model=Application, seen={listed.pk: listed.version}, at=at)
    assert (outcome.record.state if outcome.done else outcome.refusals[0].code) == result


def test_a_withdrawal_needs_no_reason_and_ends_the_walk(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    services.withdraw(record=application, by=actor(user_of(application)), at=scene.at)
    assert place(fresh(application)) == (DeskState.WITHDRAWN, 1, "")


def test_the_applicant_is_logged_without_a_post_and_the_clock_by_its_name(scene: Scene):
    rows = list(log.entries_of(Ref("application", str(make_application(scene, "awaiting_finalisation").pk))))
    assert [(row.action, row.post != "") for row in rows] == [
        ("create", False),
        ("submit", False),
        ("pass_up", True),
        ("pass_up", True),
        ("pass_up", True),
        ("announce", True),
        ("pass_up", False),
    ]
    assert (rows[-1].actor, rows[-1].actor_id) == ("系统自动", None)


def test_the_log_names_the_post_in_which_somebody_acted(scene: Scene) -> None:
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    services.recall(record=application, by=actor(scene.officers.unit), at=scene.at)
    rows = log.entries_of(Ref("application", str(application.pk)))
    assert rows.filter(action="recall").get().post == "广西测试大学派出单位经办人"
    assert set(log.entries_of(Ref("season", str(scene.season.pk))).values_list("post", flat=True)) == {
        "广西壮族自治区协调办公室"
    }
