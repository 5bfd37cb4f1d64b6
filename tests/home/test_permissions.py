"""The page of the table of permissions: who reads it, how it is narrowed, and the same as a workbook."""

import io
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.directory.states import Role
from apps.home.matrix import read, whole
from tests.factories import Scene, make_officer

PAGE = reverse("home:permissions")
LEGEND = "actor\tunit\t派出单位\t本单位\narea\thome\t首页\nthing\tdraft\t草稿\nanswer\tok\t可以\t办成\n"
pytestmark = pytest.mark.usefixtures("at_the_scene")


@pytest.fixture
def auditor(scene: Scene, client_of):
    return client_of(scene.officers.auditor)


def test_administrators_and_auditors_find_it_in_the_menu_and_others_are_told_who_reads_it(scene: Scene, client_of):
    administrator = make_officer(Role.ADMINISTRATOR, scene.region)
    for user in (administrator, scene.officers.auditor):
        assert f'href="{PAGE}"' in client_of(user).get(reverse("home:profile")).content.decode()
        assert client_of(user).get(PAGE).status_code == 200
    told = client_of(scene.officers.county).get(PAGE)
    assert (told.status_code, f'href="{PAGE}"' in told.content.decode()) == (403, False)
    assert "权限矩阵由系统管理员和审计人员查看" in told.content.decode()


def test_each_area_shows_every_row_of_it_and_every_column_and_together_they_show_the_whole(auditor):
    seen = []
    for area in whole().areas:
        shown = auditor.get(PAGE, {"area": area})
        page = shown.content.decode()
        assert page.count("<tr>") == len(whole().of_area(area).rows) + 1
        assert page.count('<th scope="col">') == len(whole().actors) + 3
        seen += shown.context["matrix"].rows
    assert sorted(map(str, seen)) == sorted(map(str, whole().rows))


def test_the_first_area_is_shown_where_none_or_a_strange_one_is_asked_for(auditor):
    for asked in ({}, {"area": "emperor"}):
        shown = auditor.get(PAGE, asked)
        assert (shown.context["matrix"], shown.context["area"]) == (whole().of_area("home"), "home")


def test_every_area_is_read_with_as_many_queries(auditor):
    taken = set()
    for area in whole().areas:
        with CaptureQueriesContext(connection) as queries:
            auditor.get(PAGE, {"area": area})
        taken.add(len(queries))
    assert len(taken) == 1


def test_the_other_areas_are_a_link_away_and_keep_the_role(auditor):
    page = auditor.get(PAGE, {"area": "seasons", "role": "申请人", "address": "seasons:policy"}).content.decode()
    tabs = page.partition('aria-label="页面分类"')[2].partition("</nav>")[0]
    role = urlencode({"role": "申请人"})
    assert re.findall('href="([^"]+)"', tabs) == [f"?area={area}&amp;{role}" for area in whole().areas]
    assert re.findall('aria-current="page">([^<]+)<', tabs) == [whole().areas["seasons"]]


def test_on_a_phone_each_row_says_of_each_answer_who_is_given_it(auditor):
    shown = auditor.get(PAGE, {"role": "申请人", "address": "home:record"})
    cards = shown.content.decode().partition('class="matrix-cards"')[2].partition('class="table-wrap')[0]
    assert cards.count("<details") == cards.count(" open>") == len(whole().of_page("home:record").rows)
    assert "可以</span></dt><dd>申请人（本人）</dd>" in cards
    for line in whole().lines():
        named = [words.count("（") + words.count("、") for *_, words in line.by_answer]
        assert sum(named) == len({(actor.role, actor.scope) for actor in whole().actors})


def test_it_is_narrowed_to_a_role_and_a_page_which_is_shown_in_its_own_area(auditor):
    for area in ("home", "seasons"):
        shown = auditor.get(PAGE, {"area": area, "role": "审计人员", "address": "home:record"}).context
        assert {actor.role for actor in shown["matrix"].actors} == {"审计人员"}
        assert {row.name for row in shown["matrix"].rows} == {"home:record"}
        assert shown["area"] == "home"


def test_every_page_can_be_chosen_under_its_area(auditor):
    address = auditor.get(PAGE).context["filter"]["form"].fields["address"]
    offered = {words: [name for name, _ in pages] for words, pages in address.choices[1:]}
    assert offered == {
        words: list(dict.fromkeys(row.name for row in whole().of_area(area).rows))
        for area, words in whole().areas.items()
    }


def test_what_is_not_in_it_narrows_nothing_and_says_so(auditor):
    shown = auditor.get(PAGE, {"role": "皇帝"})
    assert shown.context["matrix"] == whole().of_area("home")
    assert "field-error" in shown.content.decode()


def test_the_workbook_holds_all_areas_whichever_is_shown(auditor):
    sent = auditor.get(PAGE, {"area": "seasons", "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    assert sheet.max_row == 1 + len(whole().rows)


def test_the_workbook_holds_what_the_page_was_narrowed_to(auditor):
    narrowed = {"role": "申请人", "address": "home:record"}
    link = f'href="?{urlencode({**narrowed, "export": "xlsx"})}"'.replace("&", "&amp;")
    assert link in auditor.get(PAGE, narrowed).content.decode()
    sent = auditor.get(PAGE, {**narrowed, "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    lines = [[cell.value for cell in row] for row in sheet]
    assert lines[0] == ["页面或操作", "地址", "方法", "对象", "申请人（本人）", "申请人（同单位他人）"]
    assert len(lines) == 1 + len(whole().of_page("home:record").rows)
    assert lines[1][2:] == ["GET", whole().things["application"], "可以", "无此页"]


@pytest.mark.parametrize(
    "line",
    [
        "row\t事项页\thome:record\tGET\tdraft\tok\tok",
        "row\t事项页\thome:record\tGET\tdraft",
        "row\t事项页\thome:record\tGET\tdraft\tmaybe",
        "row\t任职\tdirectory:post\tGET\tdraft\tok",
        "column\tunit",
    ],
)
def test_a_faulty_line_is_named(line: str):
    with pytest.raises(ValueError, match="line 5"):
        read(LEGEND + line)


def test_an_act_stands_in_the_address_of_a_row():
    (row,) = read(f"{LEGEND}row\t同意\thome:decide action=pass_up\tPOST\tdraft\tok").rows
    assert (row.name, row.given, str(row)) == (
        "home:decide", {"action": "pass_up"}, "POST home:decide action=pass_up draft",
    )  # fmt: skip
