"""The contact of people with the offices of their villages: entered, corrected, looked at by county and region."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.core.models import LogEntry
from apps.core.refusals import Refused
from apps.directory.models import User
from apps.matching.models import Placement, Serving, Village, VillageContact
from apps.matching.selectors.contacts import VILLAGE_CONTACT
from apps.matching.services import places
from apps.matching.services.contacts import enter_contact
from apps.matching.states import ContactState, PlacementState
from apps.seasons.models import Season
from tests.factories import Scene, actor
from tests.factories.placing import anew, make_placement, placing_at

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _after_the_allocation(scene: Scene):
    with time_machine.travel(placing_at(scene), tick=False):
        yield


def serving_of(placement: Placement) -> Serving:
    """Return the first village that somebody serves."""
    rows = placement.servings.exclude(village=None).select_related("person__user", "village__season")
    return rows.order_by("person", "village")[0]


def enter(scene: Scene, serving: Serving, contact: VillageContact | None = None, **said: Any) -> VillageContact:
    """Enter contact with the first secretary of a village, on the day on which it was confirmed, or what is said."""
    day = timezone.localdate(placing_at(scene))
    words = {"offices": {"first_secretary": day}, "invited_by": "", "joined": None, "note": "", **said}
    by, at = words.pop("by", actor(serving.person.user)), words.pop("at", placing_at(scene))
    new = VillageContact(person=serving.person, village=serving.village)
    return enter_contact(contact=contact or new, by=by, at=at, **words)


def test_contact_is_entered_and_corrected_and_the_log_keeps_both(scene: Scene):
    serving = serving_of(make_placement(scene, PlacementState.CONFIRMED))
    day, later = timezone.localdate(placing_at(scene)), placing_at(scene) + timedelta(days=3)
    first = enter(scene, serving)
    joined = later.date()
    second = enter(scene, serving, first, at=later, invited_by="village", joined=joined, note="每月走访")
    assert second.contacts == {"first_secretary": day.isoformat()}
    assert (second.invited_by, second.joined, second.note) == ("village", joined, "每月走访")
    entries = LogEntry.objects.filter(kind=VILLAGE_CONTACT, record=second.pk, action="write").order_by("n")
    assert [entry.details["joined"] for entry in entries] == ["", joined.isoformat()]
    assert "应村（社区）邀请" in entries[1].opinion
    with pytest.raises(Refused) as second_page:
        enter(scene, serving, at=later)
    assert second_page.value.refusals[0].code == "overtaken"
    with pytest.raises(IntegrityError):
        VillageContact.objects.filter(pk=second.pk).update(invited_by="")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("day_to_come", {"offices": {"first_secretary": 1}}),
        ("before_placed", {"offices": {"village_worker": -1}}),
        ("before_placed", {"joined": -1, "invited_by": "village"}),
        ("half_said", {"joined": 0}),
        ("half_said", {"invited_by": "village"}),
        ("nothing_said", {"offices": {}, "note": "已走访"}),
        ("not_offered", {"offices": {"mayor": 0}}),
        ("not_offered", {"joined": 0, "invited_by": "mayor"}),
    ],
)
def test_what_is_out_of_order_is_refused_and_nothing_is_kept(scene: Scene, code: str, said: dict[str, Any]):
    serving = serving_of(make_placement(scene, PlacementState.CONFIRMED, people=1))
    today = timezone.localdate(placing_at(scene))
    if "offices" in said:
        said = {**said, "offices": {name: today + timedelta(days=days) for name, days in said["offices"].items()}}
    if "joined" in said:
        said = {**said, "joined": today + timedelta(days=said["joined"])}
    with pytest.raises(Refused) as refused:
        enter(scene, serving, **said)
    assert refused.value.refusals[0].code == code
    assert not VillageContact.objects.exists()


def test_only_who_serves_a_village_by_a_confirmed_placement_enters_his_own(scene: Scene):
    placement = make_placement(scene, people=2)
    serving = serving_of(placement)

    def code_of(**said: Any) -> str:
        with pytest.raises(Refused) as refused:
            enter(scene, serving, **said)
        return refused.value.refusals[0].code

    assert code_of() == "not_his_village"
    act = {"placement": anew(scene), "at": placing_at(scene)}
    places.submit(by=actor(scene.officers.county), opinion="已核对", **act)
    places.confirm(**{**act, "placement": anew(scene)}, by=scene.office)
    assert code_of(by=actor(scene.officers.county)) == "not_yours"
    his = placement.servings.filter(person=serving.person).exclude(village=None).values("village")
    foreign = Village.objects.filter(season=scene.season).exclude(pk__in=his).select_related("season")[0]
    assert code_of(contact=VillageContact(person=serving.person, village=foreign)) == "not_his_village"
    assert enter(scene, serving).state == ContactState.KEPT


# Screens


def place_of(serving: Serving) -> str:
    return reverse("matching:contact", args=[serving.village.season_id, serving.village_id])


def test_a_person_enters_his_contact_on_screen_once_however_often_it_is_sent(scene: Scene, client_of: Browser):
    serving = serving_of(make_placement(scene, PlacementState.CONFIRMED))
    mine, place = client_of(serving.person.user), place_of(serving)
    day = timezone.localdate(placing_at(scene)).isoformat()
    page = mine.get(place)
    assert "紧密联系" in page.content.decode()
    said = {"office-first_secretary": day, "token": page.context["form"].initial["token"]}
    wrong = mine.post(place, {**said, "joined": day})
    assert (wrong.status_code, "须同时填写" in wrong.content.decode()) == (409, True)
    for _ in range(2):
        assert mine.post(place, said).status_code == 302
    assert LogEntry.objects.filter(kind=VILLAGE_CONTACT, action="write").count() == 1
    listed = mine.get(reverse("matching:my_places")).content.decode()
    assert "与第一书记建立联系" in listed
    again = mine.get(place)
    assert "与第一书记建立联系" in again.content.decode()
    corrected = {"office-village_worker": day, "token": again.context["form"].initial["token"]}
    assert mine.post(place, corrected).status_code == 302
    assert [each.contacts for each in VillageContact.objects.all()] == [{"village_worker": day}]
    stale = mine.post(place, {**corrected, "token": said["token"], "office-first_secretary": day})
    assert stale.status_code == 409
    assert VillageContact.objects.get().contacts == {"village_worker": day}
    assert client_of(scene.applicant).get(place).status_code == 404


def test_county_and_region_see_who_has_yet_to_enter_contact(scene: Scene, client_of: Browser):
    placement = make_placement(scene, PlacementState.CONFIRMED, people=2)
    serving = serving_of(placement)
    other = placement.servings.exclude(person=serving.person).select_related("person")[0].person
    his = placement.servings.filter(person=serving.person).exclude(village=None)
    for each in his.select_related("person__user", "village__season"):
        enter(scene, each)
    place = reverse("matching:placement", args=[placement.pk])
    coverage = reverse("matching:coverage", args=[scene.season.pk])
    for officer in (scene.officers.county, scene.officers.region):
        browser = client_of(officer)
        page = browser.get(place)
        assert "与第一书记建立联系" in page.content.decode()
        lacking = browser.get(place, {"how": "no_contact"}).context["table"]
        assert [row.record for row in lacking.rows] == [other]
        whole = browser.get(coverage).context["whole"]
        served = placement.servings.exclude(village=None).values("village").distinct()
        assert (whole.served, whole.contacted) == (served.count(), his.count())
    head, *rows = sheet(browser.get(place, {"export": "xlsx"}))
    lines = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert lines[serving.person.name]["尚未联系的村"] in (None, "")
    assert lines[other.name]["已联系的村数"] in (0, "0")
    head, row = sheet(browser.get(coverage, {"export": "xlsx"}))[:2]
    assert int(dict(zip(head, row, strict=True))["其中已建立联系"]) == whole.contacted
    assert client_of(scene.stranger).get(place).status_code == 404


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    """Return the lines of a workbook."""
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return list(book.iter_rows(values_only=True))


def test_the_page_of_a_placement_asks_as_often_for_one_contact_as_for_many(scene: Scene, client_of: Browser):
    placement = make_placement(scene, PlacementState.CONFIRMED, people=3)
    office, place = client_of(scene.officers.region), reverse("matching:placement", args=[placement.pk])
    office.get(place)
    counted = []
    for each in placement.servings.exclude(village=None).select_related("person__user", "village__season"):
        enter(scene, each)
        with CaptureQueriesContext(connection) as asked:
            office.get(place)
        counted.append(len(asked))
    assert len(counted) > 1
    assert set(counted) == {17}


def test_a_policy_without_the_rule_shows_nothing_of_it(scene: Scene, client_of: Browser):
    placement = make_placement(scene, PlacementState.CONFIRMED)
    serving = serving_of(placement)
    before, _, rest = scene.season.pack_text.partition("    contacts:\n")
    text = before + rest[rest.index("    clause: {ref: 五（三）") :]
    Season.objects.filter(pk=scene.season.pk).update(pack_text=text)
    mine, office = client_of(serving.person.user), client_of(scene.officers.region)
    pages = [
        mine.get(reverse("matching:my_places")),
        office.get(reverse("matching:placement", args=[placement.pk])),
        office.get(reverse("matching:coverage", args=[scene.season.pk])),
    ]
    for page in pages:
        text = page.content.decode()
        assert [text.count(word) for word in ("村级联系", "尚未联系", "已联系")] == [0, 0, 0]
    assert mine.get(place_of(serving)).status_code == 404
