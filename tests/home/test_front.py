"""Front page, signing in and out, larger type."""

import pytest
from django.urls import reverse

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.usefixtures("at_the_scene")
LOGIN = reverse("home:login")


def test_the_public_reads_what_is_open(scene, client):
    page = client.get("/").content.decode()
    assert scene.season.title in page
    assert "2026年7月15日（周三）截止" in page


def test_whoever_is_signed_in_goes_to_his_papers(scene, client_of):
    assert client_of(scene.officers.county).get("/").url == reverse("home:inbox")


def test_signing_in_leads_to_the_papers_and_out_again(scene, client):
    answer = client.post(LOGIN, {"username": scene.officers.county.username, "password": PASSWORD}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("home:inbox")
    assert client.post(reverse("home:logout")).url == LOGIN
    assert client.get(reverse("home:inbox")).status_code == 302


def test_a_wrong_password_says_what_to_do(scene, client):
    page = client.post(LOGIN, {"username": scene.officers.county.username, "password": "错"}).content.decode()
    assert "用户名或密码不正确" in page


def test_a_return_address_elsewhere_is_not_followed(scene, client):
    words = {"username": scene.officers.county.username, "password": PASSWORD, "next": "https://example.invalid/"}
    assert client.post(LOGIN, words).url == "/"


def test_many_wrong_passwords_lock_for_a_while(scene, client, settings):
    settings.AXES_ENABLED = True
    words = {"username": scene.officers.county.username, "password": "错"}
    answers = [client.post(LOGIN, words) for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [answer.status_code for answer in answers] == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    assert "登录已暂时锁定" in answers[-1].content.decode()
    right = client.post(LOGIN, {**words, "password": PASSWORD})
    assert right.status_code == 429


def test_larger_type_stays_on_until_it_is_turned_off(scene, client):
    switch = reverse("home:elder")
    assert client.post(switch, {"next": LOGIN}).url == LOGIN
    assert 'class="no-js elder"' in client.get(LOGIN).content.decode()
    client.post(switch, {"next": "https://example.invalid/"})
    assert 'class="no-js"' in client.get(LOGIN).content.decode()


def test_the_larger_type_leads_nowhere_else(scene, client):
    assert client.post(reverse("home:elder"), {"next": "https://example.invalid/"}).url == "/"


OPEN_TO_ALL = ["科技需求", "公示", "分配公示", "通知公告", "政策文件", "文件验证", "使用帮助"]
PUBLIC = ("公开信息", ["公示", "分配公示", "通知公告", "政策文件", "文件验证"])
MENUS: dict[str, list[tuple[str, list[str]]]] = {
    "applicant": [
        ("", ["我的事项"]),
        ("申请与聘任", ["申请", "我的文件", "我的聘任", "协议"]),
        ("需求与对接", ["双向对接", "储备库", "科技需求"]),
        ("志愿与分配", ["志愿", "挂村联户"]),
        PUBLIC,
        ("", ["使用帮助"]),
    ],
    "county": [
        ("", ["我的事项"]),
        ("", ["年度批次"]),
        ("申请与聘任", ["申请库", "受聘人员", "聘任调整", "协议"]),
        ("需求与对接", ["需求管理", "双向对接", "储备库", "科技特派员名录", "服务对象", "科技需求"]),
        ("志愿与分配", ["志愿审核", "分配", "挂村联户"]),
        PUBLIC,
        ("", ["使用帮助"]),
    ],
    "nobody": [("", ["我的事项", *OPEN_TO_ALL])],
}


@pytest.mark.parametrize("who", MENUS)
def test_the_menu_holds_what_the_viewer_may_do_and_few_entries_stand_in_one_row(scene, client_of, who):
    users = {"applicant": scene.applicant, "county": scene.officers.county, "nobody": make_user("无任职")}
    menu = client_of(users[who]).get(reverse("home:inbox")).context["menu"]()
    assert [(group.label, [entry.label for entry in group.entries]) for group in menu] == MENUS[who]


def test_a_page_belongs_to_one_entry_and_leads_up_to_it(scene, client_of):
    county = client_of(scene.officers.county)
    for path, label, up in (
        (reverse("seasons:settings", args=[scene.season.pk]), "年度批次", "年度批次"),
        (reverse("home:seasons"), "年度批次", None),
        (reverse("matching:received"), "志愿审核", None),
        (reverse("home:messages"), None, None),
    ):
        page = county.get(path)
        here = [entry.label for group in page.context["menu"]() for entry in group.entries if entry.is_here]
        assert (here, getattr(page.context["above"](), "label", None)) == ([label] if label else [], up)
        assert ('class="crumbs"' in page.content.decode()) is bool(up)


def test_pages_allow_no_script_or_style_of_strangers(scene, client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
