"""The screens of logins: one made on the way of a post, a password shown once, a first login that must change it."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.core.days import written_moment
from apps.directory.models import Post, User
from apps.directory.states import Role
from tests.factories import AT, PASSWORD, Scene, make_applicant, make_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_scene")]
ClientOf = Callable[[User], Client]
LIST, NEW, OWN = reverse("directory:logins"), reverse("directory:make_login"), reverse("home:password")


def to(name: str, *args: object) -> str:
    return reverse(f"directory:{name}", args=args)


def test_a_post_is_handed_to_a_new_colleague_who_was_not_found(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.region)
    address = to("hand_over", Post.objects.get(user=scene.officers.county).pk)
    offered = client.get(address, {"name": "覃接任"}).context["new_login"]
    asked = client.get(offered)
    assert asked.context["form"].initial == {"name": "覃接任", "username": "tanjieren"}
    issued = client.post(offered, {"name": "覃接任", "username": ""})
    assert "no-store" in issued.headers["Cache-Control"]
    assert issued.context["next_url"] == f"{address}?name=tanjieren"
    user = User.objects.get(username="tanjieren")
    found = client.get(issued.context["next_url"])
    assert (list(found.context["found"]), found.context["new_login"] in found.content.decode()) == ([user], False)
    taken = client.post(address, {"user": user.pk, "on": "2026-06-11", "reason": "新到岗"})
    assert (taken.status_code, Post.objects.get(user=user).role) == (302, Role.SCI_TECH_AUTHORITY)


def test_a_new_login_leads_back_into_this_house_alone(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.region)
    for number, strange in enumerate(("https://example.com/", "//example.com", "javascript:alert(1)", "posts")):
        page = client.post(f"{NEW}?next={strange}", {"name": "覃", "username": f"qin{number}"})
        assert page.context["next_url"] == to("login", User.objects.get(username=f"qin{number}").pk)


def test_a_holder_who_names_his_substitute_is_not_offered_to_make_a_login(scene: Scene, client_of: ClientOf):
    address = to("substitute", Post.objects.get(user=scene.officers.county).pk)
    assert NEW not in client_of(scene.officers.county).get(address, {"name": "无此人"}).content.decode()
    assert client_of(scene.officers.county).get(NEW).status_code == 403


def test_a_first_login_leads_to_the_password_before_anything_else(scene: Scene, client_of: ClientOf, client: Client):
    user = scene.applicant
    shown = client_of(scene.officers.unit).post(to("act_login", user.pk, "reset"), {"reason": "忘记密码"})
    once, new = shown.context["made"].password, "自己想的一个足够长的口令"
    sent = client.post(reverse("home:login"), {"username": user.username, "password": once})
    assert sent.status_code == 302
    for page in (reverse("home:inbox"), reverse("applications:start"), reverse("home:front"), LIST):
        assert client.get(page).headers["Location"] == OWN
        assert client.post(page).headers["Location"] == OWN
    assert "一次性密码" in client.get(OWN).content.decode()
    same = client.post(OWN, {"old_password": once, "new_password1": once, "new_password2": once})
    assert (same.status_code, "新密码不能与旧密码相同" in same.content.decode()) == (200, True)
    changed = client.post(OWN, {"old_password": once, "new_password1": new, "new_password2": new})
    assert changed.headers["Location"] == reverse("home:inbox")
    assert client.get(reverse("home:inbox")).status_code == 200
    user = User.objects.get(pk=user.pk)
    assert (user.has_one_time_password, user.check_password(new)) == (False, True)


def test_a_one_time_password_that_ran_out_lets_nobody_in(scene: Scene, client_of: ClientOf, client: Client):
    user = scene.applicant
    shown = client_of(scene.officers.unit).post(to("act_login", user.pk, "reset"), {"reason": "忘记密码"})
    last = User.objects.get(pk=user.pk).one_time_until
    assert (last - scene.at).days == settings.ONE_TIME_PASSWORD_DAYS
    assert f"请于{written_moment(last)}前登录" in shown.content.decode()
    said = {"username": user.username, "password": shown.context["made"].password}
    with time_machine.travel(last + timedelta(seconds=1), tick=False):
        refused = client.post(reverse("home:login"), said)
    assert f"一次性密码已于{written_moment(last)}失效" in refused.content.decode()
    assert "_auth_user_id" not in client.session
    with time_machine.travel(last, tick=False):
        assert client.post(reverse("home:login"), said).status_code == 302


def test_whoever_is_logged_in_is_logged_out_by_a_reset_and_by_a_switch(scene: Scene, client_of: ClientOf):
    unit, page = client_of(scene.officers.unit), reverse("home:inbox")
    for user, action in ((scene.applicant, "reset"), (scene.new_applicant(), "disable")):
        own = client_of(user)
        assert own.get(page).status_code == 200
        assert unit.post(to("act_login", user.pk, action), {"reason": "办理"}).status_code in (200, 302)
        assert own.get(page).headers["Location"].startswith(reverse("home:login"))


def test_a_disabled_login_is_enabled_with_its_password(scene: Scene, client_of: ClientOf, client: Client):
    unit, user = client_of(scene.officers.unit), scene.applicant
    said = {"username": user.username, "password": PASSWORD}
    statuses = []
    for action in ("disable", "enable"):
        assert unit.post(to("act_login", user.pk, action), {"reason": ""}).status_code == 422
        assert unit.post(to("act_login", user.pk, action), {"reason": "调整"}).headers["Location"] == to(
            "login", user.pk
        )
        assert unit.post(to("act_login", user.pk, action), {"reason": "调整"}).status_code == 409
        statuses.append(client.post(reverse("home:login"), said).status_code)
    assert statuses == [200, 302]
    assert unit.get(to("login", user.pk)).content.decode().count("调整") == 2


def test_ones_own_login_and_one_above_are_not_there(scene: Scene, client_of: ClientOf):
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    client = client_of(administrator)
    for user in (administrator, scene.officers.region, scene.stranger):
        assert client.get(to("login", user.pk)).status_code == 404
        assert client.post(to("act_login", user.pk, "disable"), {"reason": "无"}).status_code == 404
    assert client.get(to("login", scene.officers.county.pk)).status_code == 200
    assert client.get(to("act_login", scene.officers.county.pk, "delete")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"text": "weics"}, {"韦测试"}),
        ({"state": "off"}, {"黄停用"}),
        ({"state": "new"}, {"蓝新号"}),
        ({"state": "on"}, {"韦测试"}),
    ],
)
def test_the_list_is_narrowed_and_handed_out_as_a_workbook(
    scene: Scene, client_of: ClientOf, asked: dict[str, str], found: set[str]
):
    for name, given in (("黄停用", {"is_active": False}), ("蓝新号", {"one_time_until": AT})):
        User.objects.filter(pk=make_applicant(scene.unit, name=name).pk).update(**given)
    answer = client_of(scene.officers.unit).get(LIST, {**asked, "export": "xlsx", "sort": "state"})
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active.iter_rows(min_row=2)
    assert {row[0].value for row in rows} == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_logins_there_are(
    scene: Scene, client_of: ClientOf, number: int, django_assert_num_queries
):
    for _ in range(number):
        make_officer(Role.SCI_TECH_AUTHORITY, scene.county)
    client = client_of(scene.officers.region)
    client.get(LIST)
    with django_assert_num_queries(9):
        client.get(LIST)
