"""Front page, signing in and out, larger type."""

import pytest
from django.urls import reverse

from tests.factories import PASSWORD

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


def test_pages_allow_no_script_or_style_of_strangers(scene, client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
