"""The screens of villages, key clients, coverage, placements and assessment bases."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from apps.core import tables, worksheets
from apps.directory.models import User
from apps.matching.models import AllocationRun, AssessmentBase, KeyClient, Serving, Village
from apps.matching.selectors.bases import places_of
from apps.matching.selectors.places import Board
from apps.matching.services.removals import remove_clients
from apps.matching.services.village_rows import COLUMNS
from apps.matching.states import PlacementState, RunState
from tests.factories import Scene
from tests.factories.placing import anew, make_clients, make_placement, make_villages, placing_at, village_codes

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _after_the_allocation(scene: Scene):
    with time_machine.travel(placing_at(scene), tick=False):
        yield


def place_of(name: str, *args: Any) -> str:
    return reverse(f"matching:{name}", args=args)


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def sheet(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    """Return a workbook of villages as a browser sends it."""
    out, book = io.BytesIO(), Workbook()
    for row in (COLUMNS, *rows):
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


# Lists


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_villages_is_narrowed_and_goes_out_as_a_workbook_that_comes_back_unchanged(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any, number: int
):
    make_villages(scene, ("lifted",) * number)
    office, place = client_of(scene.officers.region), place_of("villages", scene.season.pk)
    with django_assert_num_queries(13):
        page = office.get(place)
    assert page.context["table"].page.paginator.count == number
    assert "没有符合条件的村" in office.get(place, {"kind": "border"}).content.decode()
    kept = list(Village.objects.values("region", "kinds", "industries"))
    sent = SimpleUploadedFile("名单.xlsx", bytes_of(office.get(place, {"export": "xlsx"})))
    assert office.post(place_of("import_villages", scene.season.pk), {"workbook": sent}).status_code == 302
    assert list(Village.objects.values("region", "kinds", "industries")) == kept


def test_a_faulty_workbook_comes_back_marked_and_nothing_of_it_is_kept(scene: Scene, client_of: Browser):
    codes = village_codes(scene.county)
    rows = [
        (codes[0], "脱贫村、边境村", "水稻120；茶叶30", ""),
        (codes[0], "", "", ""),
        ("450126", "", "", ""),
        (codes[1], "明星村", "", ""),
        (codes[2], "", "水稻多", ""),
        (codes[3], "", "石油5", "无此人"),
    ]
    office, place = client_of(scene.officers.region), place_of("import_villages", scene.season.pk)
    answer = office.post(place, {"workbook": sheet(*rows)})
    assert answer.status_code == 422
    told = [problem.message.split("：")[0] for problem in answer.context["problems"]]
    assert told == ["第3行第1列", "第4行第1列", "第5行第2列", "第6行第3列", "第7行第3列", "第7行第4列"]
    assert "data:application" in answer.context["marked"]
    assert not Village.objects.exists()
    assert office.post(place, {"workbook": sheet(rows[0])}).status_code == 302
    village = Village.objects.get()
    assert (village.kinds, village.industries) == (["lifted", "border"], {"水稻": 120, "茶叶": 30})


def test_a_county_sends_the_scales_of_its_own_villages(scene: Scene, client_of: Browser):
    first, *_ = make_villages(scene)
    county, place = client_of(scene.officers.county), place_of("import_villages", scene.season.pk)
    assert county.post(place, {"workbook": sheet((first.region_id, "脱贫村", "茶叶77", ""))}).status_code == 302
    assert Village.objects.get(pk=first.pk).industries == {"茶叶": 77}
    elsewhere = village_codes(scene.counties[2])[0]
    refused = county.post(place, {"workbook": sheet((elsewhere, "", "", ""), (first.region_id, "边境村", "", ""))})
    assert [problem.message.split("：")[0] for problem in refused.context["problems"]] == ["第2行第1列", "第3行第2列"]
    assert client_of(scene.officers.auditor).get(place).status_code == 403


def test_a_county_registers_and_corrects_its_key_clients(scene: Scene, client_of: Browser):
    county = client_of(scene.officers.county)
    said = {"county": scene.county.pk, "name": "宾阳稻田合作社", "kind": "cooperative", "industry": "水稻"}
    assert county.post(place_of("new_client", scene.season.pk), said).status_code == 302
    client = KeyClient.objects.get()
    county.post(place_of("client", client.pk), {**said, "name": "稻田示范基地", "kind": "base"})
    listed = county.get(place_of("clients", scene.season.pk)).content.decode()
    assert "稻田示范基地" in listed
    assert client_of(scene.stranger).get(place_of("client", client.pk)).status_code == 404
    for changed, told in (
        ({"name": "稻田示范基地", "kind": "cooperative"}, "本县已登记过“稻田示范基地”，没有改动"),
        ({"name": "另一基地", "industry": "不存在产业"}, "产业“不存在产业”不在本批次的产业清单中"),
    ):
        refused = county.post(place_of("new_client", scene.season.pk), {**said, **changed})
        assert (refused.status_code, told in refused.content.decode()) == (409, True)
    assert KeyClient.objects.get().kind == "base"


@pytest.mark.parametrize("number", [1, 3])
def test_key_clients_are_narrowed_and_go_out_as_a_workbook(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any, number: int
):
    make_clients(scene, number)
    office, place = client_of(scene.officers.region), place_of("clients", scene.season.pk)
    with django_assert_num_queries(13):
        assert office.get(place).context["table"].page.paginator.count == number
    for asked, found in (
        ({"text": "第1"}, 1),
        ({"bound": "yes"}, 0),
        ({"served": "no"}, number),
        ({"kind": "base"}, 0),
    ):
        page = office.get(place, asked)
        assert page.context["table"].page.paginator.count == found
    assert "没有符合条件的服务对象" in page.content.decode()
    book = load_workbook(io.BytesIO(bytes_of(office.get(place, {"export": "xlsx"})))).active
    assert book.max_row == 1 + number


# Taking off, and what was edited


def test_villages_are_chosen_and_taken_off_with_a_reason_and_those_served_stay(scene: Scene, client_of: Browser):
    make_placement(scene, people=1)
    office, listed = client_of(scene.officers.region), place_of("villages", scene.season.pk)
    assert 'name="site"' in office.get(listed).content.decode()
    place = place_of("remove_villages", scene.season.pk)
    asked = office.get(place, {"all": "1"})
    assert (len(asked.context["chosen"]), asked.context["free"]) == (4, 2)
    sent = {"site": [each.site.pk for each in asked.context["chosen"]]}
    without = office.post(place, sent)
    assert (without.status_code, without.context["free"], Village.objects.count()) == (422, 2, 4)
    done = office.post(place, {**sent, "reason": "区划调整撤并"}, follow=True).content.decode()
    assert "已移出2个村（社区）" in done
    assert done.count("服务。请先由该县") == 2
    served = office.post(place, {**sent, "site": sent["site"], "reason": "撤并"})
    assert served.status_code == 409
    assert Village.objects.count() == 2


def test_a_county_takes_off_its_clients_alone_and_only_villages_on_demand(scene: Scene, client_of: Browser):
    (one, *_), villages = make_clients(scene), make_villages(scene)
    county = client_of(scene.officers.county)
    assert "移出名单" in county.get(place_of("client", one.pk)).content.decode()
    gone = county.post(place_of("remove_clients", scene.season.pk), {"site": one.pk, "reason": "停产"}, follow=True)
    assert "已移出1个服务对象" in gone.content.decode()
    asked = county.get(place_of("remove_villages", scene.season.pk), {"site": [row.pk for row in villages]})
    assert (asked.context["free"], asked.content.decode().count("不能移出：")) == (1, 3)
    stranger = client_of(scene.stranger).get(place_of("remove_clients", scene.season.pk), {"site": one.pk + 1})
    assert "没有选择可移出的对象" in stranger.content.decode()
    assert client_of(scene.officers.auditor).get(place_of("remove_clients", scene.season.pk)).status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_edits_of_the_lists_are_narrowed_and_go_out_site_by_site(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any, number: int
):
    make_villages(scene, ("lifted",) * number)
    for each in make_clients(scene, number):
        gone = {"clients": [each.pk], "reason": "停产"}
        remove_clients(season=scene.season, by=scene.office, at=placing_at(scene), **gone)
    office, place = client_of(scene.officers.region), place_of("list_edits", scene.season.pk)
    with django_assert_num_queries(11):
        page = office.get(place)
    assert page.context["table"].page.paginator.count == 2 + number
    for asked, found in (
        ({"action": "take_off"}, number),
        ({"sort": "villages"}, 1),
        ({"county": scene.county.pk}, 2 + number),
    ):
        assert office.get(place, asked).context["table"].page.paginator.count == found
    book = load_workbook(io.BytesIO(bytes_of(office.get(place, {"export": "xlsx"})))).active
    done = sorted(row[3].value for row in book.iter_rows(min_row=2))
    assert done == sorted(["新增"] * 2 * number + ["移出"] * number)
    assert client_of(scene.stranger).get(place).context["table"].page.paginator.count == 0


# Coverage


@pytest.mark.parametrize("villages", [1, 3])
def test_coverage_is_shown_point_by_point_in_the_sight_of_the_viewer(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any, villages: int
):
    make_placement(scene, people=1, kinds=("lifted",) * villages)
    office, place = client_of(scene.officers.region), place_of("coverage", scene.season.pk)
    with django_assert_num_queries(14):
        page = office.get(place)
    text = page.content.decode()
    assert text.count('class="point point-covered" title') == min(villages, 2)
    assert text.count('class="point point-uncovered" title') == max(0, villages - 2)
    assert page.context["whole"].percent == (66 if villages == 3 else 100)
    assert client_of(scene.stranger).get(place).context["whole"].villages == 0
    book = load_workbook(io.BytesIO(bytes_of(office.get(place, {"export": "xlsx"})))).active
    assert [cell.value for cell in book[2]][:6] == [
        "南宁市", "宾阳县", villages, villages, min(villages, 2), max(0, villages - 2),
    ]  # fmt: skip


# Placements


def step(browser: Client, pk: int, action: str, **said: str) -> None:
    """Do one act on a placement on its page."""
    place = place_of("act_placement", pk, action)
    token = browser.get(place).context["form"].initial["token"]
    assert browser.post(place, {"token": token, **said}).status_code == 302


def test_a_placement_is_looked_through_changed_handed_in_and_confirmed_on_screen(scene: Scene, client_of: Browser):
    placement = make_placement(scene)
    county, office = client_of(scene.officers.county), client_of(scene.officers.region)
    person = Serving.objects.filter(placement=placement).order_by("pk")[0].person
    place = place_of("placed_person", placement.pk, person.pk)
    villages = list(Village.objects.order_by("region"))
    said = {
        "villages-1": villages[0].pk,
        "villages-2": villages[1].pk,
        "clients-1": KeyClient.objects.order_by("pk")[0].pk,
    }
    seen = county.post(place, {**said, "reason": "就近服务"})
    assert "影响：未覆盖的村 0 →" in seen.content.decode()
    kept = county.post(place, {**said, "reason": "就近服务", "sure": "yes", "token": seen.context["token"]})
    assert kept.headers["Location"] == place_of("placement", placement.pk)
    none = county.post(place, {"clients-1": said["clients-1"], "reason": "就近服务"})
    assert (none.status_code, "每位科技特派员定点挂村服务" in none.content.decode()) == (409, True)
    step(county, placement.pk, "submit", opinion="已核对")
    step(office, placement.pk, "send_back", opinion="请兼顾边境村")
    step(county, placement.pk, "submit", opinion="已核对")
    step(office, placement.pk, "confirm")
    page = office.get(place_of("placement", placement.pk)).content.decode()
    assert "就近服务" in page
    assert anew(scene).state == PlacementState.CONFIRMED
    assert [client_of(user).get(place).status_code for user in (scene.officers.region, scene.stranger)] == [403, 404]


@pytest.mark.parametrize("people", [1, 3])
def test_a_placement_page_asks_the_same_number_of_questions_for_any_number_of_people(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any, people: int
):
    placement = make_placement(scene, people=people)
    office = client_of(scene.officers.region)
    with django_assert_num_queries(16):
        page = office.get(place_of("placement", placement.pk))
    assert page.context["table"].page.paginator.count == people
    assert ("至少有1个村无法覆盖" in page.content.decode()) is (people == 1)


def test_people_of_a_placement_are_narrowed_and_go_over_pages(
    scene: Scene, client_of: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tables, "PER_PAGE", 2)
    placement = make_placement(scene, people=3)
    Serving.objects.filter(placement=placement).order_by("pk")[0].delete()
    office, place = client_of(scene.officers.region), place_of("placement", placement.pk)
    names = list(Board(placement).people().values_list("name", flat=True))

    def shown(**asked: str) -> list[str]:
        return [row.record.name for row in office.get(place, asked).context["table"].paginated_rows]

    assert shown() == names[:2]
    assert shown(page="2") == names[2:]
    assert shown(sort="-name") == names[::-1][:2]
    assert shown(text=names[1]) == [name for name in names if names[1] in name][:2]
    assert shown(how="moved") == []
    lacking = [each for how in ("no_village", "no_client") for each in shown(how=how)]
    book = load_workbook(io.BytesIO(bytes_of(office.get(place, {"export": "xlsx", "how": "no_village"})))).active
    assert [row[0].value for row in book.iter_rows(min_row=2)] == shown(how="no_village")
    assert lacking
    assert "没有符合条件的人员" in office.get(place, {"text": "无此人"}).content.decode()


def test_a_person_reads_where_he_serves_and_binds_and_releases_his_base(
    scene: Scene, client_of: Browser, django_assert_num_queries: Any
):
    placement = make_placement(scene, PlacementState.CONFIRMED, people=1)
    person = Serving.objects.filter(placement=placement)[0].person
    mine = client_of(person.user)
    with django_assert_num_queries(1):
        assert places_of(person.pk) == [placement]
    page = mine.get(place_of("my_places")).content.decode()
    for row in Serving.objects.filter(placement=placement).select_related("village__region", "client"):
        assert str(row.village or row.client) in page
    client = KeyClient.objects.order_by("pk")[0]
    assert mine.post(place_of("choose_base", scene.season.pk), {"client": client.pk}).status_code == 302
    assert client.name in mine.get(place_of("release_base", scene.season.pk)).content.decode()
    again = mine.post(place_of("choose_base", scene.season.pk), {"client": client.pk})
    assert (again.status_code, "每位科技特派员除了需要选定" in again.content.decode()) == (409, True)
    assert mine.post(place_of("release_base", scene.season.pk), {"reason": "更换"}).status_code == 302
    assert AssessmentBase.objects.get().reason == "更换"
    AllocationRun.objects.update(state=RunState.COMPUTED)
    assert places_of(person.pk) == []
    assert client_of(scene.applicant).get(place_of("choose_base", scene.season.pk)).status_code == 404


def test_a_workbook_that_is_none_is_refused(scene: Scene, client_of: Browser):
    place = place_of("import_villages", scene.season.pk)
    sent = SimpleUploadedFile("名单.xlsx", b"no workbook")
    assert client_of(scene.officers.region).post(place, {"workbook": sent}).status_code == 422
    assert worksheets.MOST_ROWS > 0


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        (("lifted", ""), "须覆盖的1个村已全部安排人员。"),
        (("", ""), "名单中的2个村均为按需服务，没有须覆盖的村。"),
        ((), "挂村名单中没有宾阳县的村。"),
    ],
)
def test_a_placement_says_of_its_villages_what_is_true(
    scene: Scene, client_of: Browser, kinds: tuple[str, ...], said: str
):
    placement = make_placement(scene, kinds=kinds)
    page = client_of(scene.officers.region).get(place_of("placement", placement.pk)).content.decode()
    assert page.count("须覆盖的1个村已全部") + page.count("没有须覆盖的村") + page.count("挂村名单中没有") == 1
    assert said in page


def test_where_no_village_must_be_served_no_rate_is_told(scene: Scene, client_of: Browser):
    make_placement(scene, kinds=("", ""))
    office, place = client_of(scene.officers.region), place_of("coverage", scene.season.pk)
    page = office.get(place)
    assert page.context["whole"].percent is None
    assert "%" not in page.content.decode().partition("<main")[2].partition("政策目标")[0].replace("export=", "")
    row = load_workbook(io.BytesIO(bytes_of(office.get(place, {"export": "xlsx"})))).active[2]
    assert row[6].value is None
