"""The page of the table of permissions: who reads it, how it is narrowed, and the same as a workbook."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.directory.states import Role
from apps.home.matrix import read, whole
from tests.factories import Scene, make_officer

PAGE = reverse("home:permissions")
LEGEND = "actor\tunit\t派出单位\t本单位\nthing\tdraft\t草稿\nanswer\tok\t可以\t办成\n"
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


def test_it_shows_every_row_and_every_column(auditor):
    shown = auditor.get(PAGE)
    assert shown.context["matrix"] == whole()
    page = shown.content.decode()
    assert page.count("<tr>") == len(whole().rows) + 1
    assert page.count('<th scope="col">') == len(whole().actors) + 3


def test_on_a_phone_each_row_says_of_each_answer_who_is_given_it(auditor):
    shown = auditor.get(PAGE, {"role": "申请人", "page": "home:record"})
    cards = shown.content.decode().partition('class="matrix-cards"')[2].partition('class="table-wrap')[0]
    assert cards.count("<section") == len(whole().of_page("home:record").rows)
    assert "可以</span></dt><dd>申请人（本人）</dd>" in cards
    for line in whole().lines():
        named = [words.count("（") + words.count("、") for *_, words in line.by_answer]
        assert sum(named) == len({(actor.role, actor.scope) for actor in whole().actors})


def test_it_is_narrowed_to_a_role_and_a_page(auditor):
    shown = auditor.get(PAGE, {"role": "审计人员", "page": "home:record"}).context["matrix"]
    assert {actor.role for actor in shown.actors} == {"审计人员"}
    assert {row.name for row in shown.rows} == {"home:record"}


def test_what_is_not_in_it_leaves_it_whole_and_says_so(auditor):
    shown = auditor.get(PAGE, {"role": "皇帝"})
    assert shown.context["matrix"] == whole()
    assert "field-error" in shown.content.decode()


def test_the_workbook_holds_what_the_page_was_narrowed_to(auditor):
    sent = auditor.get(PAGE, {"role": "申请人", "page": "home:record", "export": "xlsx"})
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
        "column\tunit",
    ],
)
def test_a_faulty_line_is_named(line: str):
    with pytest.raises(ValueError, match="line 4"):
        read(LEGEND + line)


def test_an_act_stands_in_the_address_of_a_row():
    (row,) = read(f"{LEGEND}row\t同意\thome:decide action=pass_up\tPOST\tdraft\tok").rows
    assert (row.name, row.given, str(row)) == (
        "home:decide", {"action": "pass_up"}, "POST home:decide action=pass_up draft",
    )  # fmt: skip
