"""Who may decide: by a post valid on the day and a grant that stands, never in one's own case."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from guardian.models import GroupObjectPermission

from apps.applications.models import Application
from apps.core import door
from apps.core.refusals import Refused
from apps.desks import services
from apps.desks.models import DeskRecord
from apps.desks.states import DeskAction, DeskState
from apps.directory.models import Post, User
from apps.directory.states import Role
from tests.factories import GROUND, Scene, actor, fresh, give_post, make_application, make_officer, make_user, user_of
from tests.factories.scene import SHANGHAI

pytestmark = pytest.mark.django_db

DESKS: dict[str, tuple[str, str, Callable[[Scene], User]]] = {
    "unit": (DeskState.AWAITING_CONSENT, "county", lambda scene: scene.officers.unit),
    "county": (DeskState.AWAITING_REVIEW, "county", lambda scene: scene.officers.county),
    "city": (DeskState.AWAITING_REVIEW, "city", lambda scene: scene.officers.city),
    "region": (DeskState.AWAITING_FINALISATION, "county", lambda scene: scene.officers.region),
}


def may(user: User, record: DeskRecord, action: str, at: datetime) -> str:
    """Try an act; return `done`, or the code of the refusal."""
    seen = {record.pk: fresh(record).version}
    (outcome,) = door.advance(Application, seen, action, by=actor(user), at=at, opinion="意见", ground="依据")
    return "done" if outcome.done else outcome.refusals[0].code


@pytest.mark.parametrize("place", DESKS)
@pytest.mark.parametrize("action", [DeskAction.PASS_UP, DeskAction.SEND_BACK, DeskAction.REJECT])
def test_nobody_decides_his_own_case(scene: Scene, place: str, action: str):
    state, level, holder = DESKS[place]
    application = make_application(scene, state, level=level)
    officer = holder(scene)
    User.objects.filter(person=application.person_id).update(person=None)
    User.objects.filter(pk=officer.pk).update(person=application.person_id)
    at = scene.at + timedelta(days=8)
    assert may(officer, application, action, at) == "not_yours"
    assert fresh(application).state == state
    assert may(officer, application, DeskAction.WITHDRAW, at) == "done"


def test_nobody_takes_back_or_announces_in_his_own_case(scene: Scene):
    application = make_application(scene, DeskState.ON_NOTICE)
    person = application.person
    User.objects.filter(person=person).update(person=None)
    city = User.objects.get(pk=scene.officers.city.pk)
    city.person = person
    city.save()
    assert may(city, application, DeskAction.RECALL, scene.at + timedelta(days=1)) == "not_yours"
    give_post(city, Role.COORDINATION_OFFICE, scene.region)
    assert may(city, application, DeskAction.ANNOUNCE, scene.at + timedelta(days=1)) == "not_yours"


@pytest.mark.parametrize(
    ("result", "starts", "ends"),
    [
        ("done", date(2026, 6, 10), date(2026, 6, 10)),
        ("done", date(2026, 6, 10), None),
        ("not_yours", date(2026, 6, 11), None),
        ("not_yours", date(2020, 1, 1), date(2026, 6, 9)),
    ],
)
def test_a_post_counts_from_its_first_to_its_last_day(scene: Scene, result: str, starts: date, ends: date | None):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    officer = make_officer(Role.SCI_TECH_AUTHORITY, scene.county, starts=starts, ends=ends)
    assert may(officer, application, DeskAction.PASS_UP, scene.at) == result


def test_a_post_ends_at_midnight_of_the_place(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    Post.objects.filter(user=scene.officers.county).update(ends=date(2026, 6, 10))
    midnight = datetime(2026, 6, 11, tzinfo=SHANGHAI)
    assert may(scene.officers.county, application, DeskAction.PASS_UP, midnight) == "not_yours"
    assert may(scene.officers.county, application, DeskAction.PASS_UP, midnight - timedelta(seconds=1)) == "done"


def test_a_post_without_its_grant_authorises_nothing(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    GroupObjectPermission.objects.filter(object_pk=scene.county.pk).delete()
    assert may(scene.officers.county, application, DeskAction.PASS_UP, scene.at) == "not_yours"


def test_a_grant_whose_post_is_gone_authorises_nothing(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    Post.objects.filter(user=scene.officers.county).delete()
    assert GroupObjectPermission.objects.filter(group__user=scene.officers.county).exists()
    assert may(scene.officers.county, application, DeskAction.PASS_UP, scene.at) == "not_yours"


def test_a_grant_of_one_scope_is_no_grant_of_another(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW, level="city")
    officer = make_officer(Role.SCI_TECH_AUTHORITY, scene.cities[0])
    officer.groups.clear()
    give_post(officer, Role.SCI_TECH_AUTHORITY, scene.cities[1])
    assert may(officer, application, DeskAction.PASS_UP, scene.at) == "not_yours"


def test_a_disabled_user_may_do_nothing_from_his_next_request_on(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    User.objects.filter(pk=scene.officers.county.pk).update(is_active=False)
    assert may(scene.officers.county, application, DeskAction.PASS_UP, scene.at) == "not_yours"


def test_a_disabled_applicant_may_not_withdraw(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    User.objects.filter(person=application.person_id).update(is_active=False)
    assert may(user_of(application), application, DeskAction.WITHDRAW, scene.at) == "not_yours"


def test_a_superuser_without_a_post_may_do_nothing(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    assert may(make_user(is_superuser=True), application, DeskAction.PASS_UP, scene.at) == "not_yours"


def test_a_colleague_at_the_same_desk_may_decide_and_take_back(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    colleague = make_officer(Role.DISPATCHING_UNIT, scene.unit)
    assert may(colleague, application, DeskAction.RECALL, scene.at) == "done"
    assert may(colleague, application, DeskAction.PASS_UP, scene.at) == "done"


def test_in_a_batch_ones_own_case_is_left_out_and_the_rest_is_done(scene: Scene):
    own, other = (make_application(scene, DeskState.AWAITING_REVIEW) for _ in range(2))
    User.objects.filter(person=own.person_id).update(person=None)
    User.objects.filter(pk=scene.officers.county.pk).update(person=own.person_id)
    seen = {record.pk: record.version for record in (own, other)}
    outcomes = services.decide_many(
        model=Application, seen=seen, action=DeskAction.PASS_UP, by=actor(scene.officers.county), at=scene.at
    )
    assert [outcome.done for outcome in outcomes] == [False, True]
    assert outcomes[0].refusals[0].code == "not_yours"


def test_the_refusal_says_whose_act_it_is(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    with pytest.raises(Refused) as refused:
        services.reject(record=application, by=actor(scene.stranger), at=scene.at, opinion="不在本县", ground=GROUND)
    (refusal,) = refused.value.refusals
    assert (refusal.reason, refusal.remedy) == (
        "您当前的任职不能对此申请办理“不同意”，或此件涉及您本人。",
        "请由该环节的经办人员办理。",
    )
