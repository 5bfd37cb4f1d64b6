"""What the pages of an officer ask of the database, whatever lies behind the page: statements and objects made."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.core.paging import PER_PAGE
from apps.desks.models import Paper
from apps.desks.states import DeskState
from apps.directory.models import User
from tests.factories import Scene, make_application
from tests.loads import Load, loads

pytestmark = pytest.mark.usefixtures("at_the_scene")

MORE_THAN_A_PAGE = (PER_PAGE + 5, 3 * PER_PAGE)
TABS = {"todo": "county", "done": "unit", "started": "unit"}


def multiply(paper: Paper, number: int, **changed: object) -> None:
    """Lay copies of a paper, for records that nobody opens."""
    values = {field.attname: getattr(paper, field.attname) for field in Paper._meta.concrete_fields}
    first = Paper.objects.order_by("-record").values_list("record", flat=True)[0] + 1
    Paper.objects.bulk_create(
        Paper(**{**values, **changed, "id": None, "record": first + number}) for number in range(number)
    )


def load_of(client: Client, address: str) -> Load:
    client.get(address)
    with loads() as load:
        client.get(address)
    return load


@pytest.mark.parametrize(("tab", "office"), TABS.items())
def test_a_page_of_the_inbox_loads_its_own_papers_and_no_more(
    scene: Scene, client_of: Callable[[User], Client], tab: str, office: str
) -> None:
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    officer = getattr(scene.officers, office)
    kept = {
        "todo": Paper.objects.get(record=application.pk, latest=True),
        "done": Paper.objects.get(record=application.pk, done_by=scene.officers.unit.pk),
        "started": Paper.objects.get(record=application.pk, latest=True),
    }[tab]
    changed = {"starter": f"dispatching_unit@organization:{scene.unit.pk}"} if tab == "started" else {}
    found = []
    for number in MORE_THAN_A_PAGE:
        multiply(kept, number, **changed)
        found.append(load_of(client_of(officer), f"{reverse('home:inbox')}?tab={tab}"))
    assert found[0] == found[1]
    assert found[0].statements == 10
    assert 2 * PER_PAGE < found[0].instances <= 2 * PER_PAGE + 5


def test_the_list_of_applications_loads_its_own_lines_and_no_more(
    scene: Scene, client_of: Callable[[User], Client]
) -> None:
    first = make_application(scene, DeskState.AWAITING_REVIEW)
    values = {field.attname: getattr(first, field.attname) for field in Application._meta.concrete_fields}
    found = []
    for number in MORE_THAN_A_PAGE:
        people = [scene.new_applicant().person_id for _ in range(number)]
        Application.objects.bulk_create(
            Application(**{**values, "id": None, "person_id": person, "starter": f"applicant@person:{person}"})
            for person in people
        )
        found.append(load_of(client_of(scene.officers.region), reverse("applications:list")))
    assert found[0] == found[1]
    assert found[0].statements == 15
