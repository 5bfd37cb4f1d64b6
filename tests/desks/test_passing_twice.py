"""Who has passed a record up at an earlier step says why he passes it up again at another desk; the log keeps it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.applications.models import Application
from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.desks import services
from apps.desks.states import DeskState
from apps.directory.states import Role
from tests.factories import Scene, actor, fresh, make_application, make_officer
from tests.factories.applications import pass_up
from tests.factories.people import give_post
from tests.refusals import code_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TOLD = "本件在“县级科技行政主管部门审核”环节已由您办理，原则上应由另一人办理"


@pytest.fixture
def both(scene: Scene) -> Scene:
    """Let the county's officer sit at the city's desk too."""
    give_post(scene.officers.county, Role.SCI_TECH_AUTHORITY, scene.cities[0])
    return scene


def at_the_city(scene: Scene) -> Application:
    """Return an application that the county's officer has passed up."""
    return make_application(scene, DeskState.AWAITING_REVIEW, level="city")


def again(record: Application, scene: Scene, **said: str) -> Application:
    return services.pass_up(record=fresh(record), by=actor(scene.officers.county), at=scene.at + DAY, **said)


def test_it_is_refused_without_a_reason_and_done_with_one_that_the_log_keeps(both: Scene):
    record = at_the_city(both)
    with pytest.raises(Refused) as refused:
        again(record, both, opinion="同意", why_again=" ")
    assert (code_in(refused), TOLD in str(refused.value)) == ("passed_before", True)
    assert again(record, both, why_again="市局只有一名经办人。").state == DeskState.ON_NOTICE
    row = LogEntry.objects.filter(record=record.pk, action="pass_up").order_by("-n")[0]
    assert row.details == {"why_again": "市局只有一名经办人。"}


def test_another_is_asked_for_no_reason(both: Scene):
    assert pass_up(at_the_city(both), both.officers.city, both.at + DAY).state == DeskState.ON_NOTICE


def test_what_he_took_back_and_another_passed_is_not_his(both: Scene):
    record = at_the_city(both)
    colleague = make_officer(Role.SCI_TECH_AUTHORITY, both.county)
    services.recall(record=fresh(record), by=actor(both.officers.county), at=both.at + DAY)
    pass_up(record, colleague, both.at + DAY)
    assert again(record, both).state == DeskState.ON_NOTICE


def test_in_a_batch_only_his_own_are_refused(both: Scene):
    records = [at_the_city(both), make_application(both, DeskState.AWAITING_REVIEW, level="county")]
    pass_up(records[1], make_officer(Role.SCI_TECH_AUTHORITY, both.county), both.at)
    outcomes = services.decide_many(
        model=Application,
        seen={record.pk: fresh(record).version for record in records},
        action="pass_up",
        by=actor(both.officers.county),
        at=both.at + DAY,
        opinion="同意",
    )
    assert [[refusal.code for refusal in outcome.refusals] for outcome in outcomes] == [["passed_before"], []]


@pytest.mark.usefixtures("at_the_scene")
def test_the_paper_says_so_before_and_asks_for_the_reason(both: Scene, client_of):
    record = at_the_city(both)
    client = client_of(both.officers.county)
    page = client.get(reverse("home:record", args=["application", record.pk])).content.decode()
    assert (TOLD in page, 'name="why_again"' in page) == (True, True)
    act = reverse("home:decide", args=["application", record.pk, "pass_up"])
    token = client.get(reverse("home:record", args=["application", record.pk])).context["token"]
    assert client.post(act, {"token": token, "opinion": "同意"}).status_code == 422
    client.post(act, {"token": token, "why_again": "市局只有一名经办人。"})
    assert fresh(record).state == DeskState.ON_NOTICE
    read = client.get(reverse("home:record", args=["application", record.pk])).content.decode()
    assert "再次办理的理由：市局只有一名经办人。" in read
    other = client_of(both.officers.city).get(reverse("home:record", args=["application", at_the_city(both).pk]))
    assert 'name="why_again"' not in other.content.decode()
