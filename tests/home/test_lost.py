"""Signing in between a form and its answer: nothing is done, nothing that was typed is lost, no page is empty."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.core import tokens
from apps.desks.states import DeskState
from apps.home import lost
from apps.home.lost import Lost
from tests.factories import PASSWORD, fresh, make_application

pytestmark = pytest.mark.usefixtures("at_the_scene")
TYPED = "第三项与附件不一致，\n请更正。"
GONE = "刚才的操作没有办理"


@pytest.fixture
def waiting(scene):
    return make_application(scene, DeskState.AWAITING_REVIEW)


def place(application, action=""):
    return reverse("home:record", args=["application", application.pk]) + action


def hidden(answer):
    """Return the hidden entries of the page that asks to sign in."""
    page = answer.content.decode()
    return {name: unescape(text) for name, text in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)}


def sign_in(client, user, answer):
    entries = {"username": user.username, "password": PASSWORD, **hidden(answer)}
    return client.post(reverse("home:login"), entries, follow=True)


def send_back(client, application, **more):
    token = tokens.issue("application", {application.pk: application.version})
    return client.post(place(application, "send_back/"), {"token": token, "opinion": TYPED, **more})


def test_an_opinion_sent_after_the_session_ended_is_shown_after_signing_in_and_nothing_is_done(scene, waiting, client):
    asked = send_back(client, waiting, fields_concerned=["person.phone", "person.title"])
    assert (asked.status_code, GONE in asked.content.decode()) == (401, True)
    entries = (("opinion", TYPED), ("fields_concerned", "person.phone"), ("fields_concerned", "person.title"))
    assert lost.read(hidden(asked)["lost"]) == Lost(place(waiting, "send_back/"), entries)
    page = sign_in(client, scene.officers.county, asked)
    assert page.redirect_chain[-1][0] == place(waiting)
    assert page.context["lost"]
    assert f'data-name="opinion" data-text="{TYPED}"' in page.content.decode()
    assert fresh(waiting).state == DeskState.AWAITING_REVIEW


def test_it_is_shown_once_and_lies_encrypted_in_the_session_until_then(scene, waiting, client):
    asked = send_back(client, waiting)
    entries = {"username": scene.officers.county.username, "password": PASSWORD, **hidden(asked)}
    client.post(reverse("home:login"), entries)
    assert TYPED[:5] not in client.session[lost.LOST]
    assert GONE in client.get(place(waiting)).content.decode()
    assert GONE not in client.get(place(waiting)).content.decode()


def test_a_wrong_password_loses_nothing(scene, waiting, client):
    asked = send_back(client, waiting)
    again = client.post(reverse("home:login"), {"username": "county", "password": "nonsense", **hidden(asked)})
    assert hidden(again)["lost"] == hidden(asked)["lost"]
    assert TYPED in sign_in(client, scene.officers.county, again).content.decode()


def test_files_and_texts_beyond_measure_are_told_to_be_lost(scene, waiting, client):
    asked = send_back(client, waiting, minutes="长" * 40_000, scan=SimpleUploadedFile("a.pdf", b"%PDF"))
    assert lost.read(hidden(asked)["lost"]) == Lost(place(waiting, "send_back/"), had_files=True, is_too_long=True)
    page = sign_in(client, scene.officers.county, asked).content.decode()
    assert ("所填内容过长，没有保留" in page, "选择的文件没有保留" in page) == (True, True)


def test_passwords_are_never_kept(client):
    asked = client.post(reverse("home:password"), {"old_password": "旧的密码", "new_password1": "新的密码"})
    assert lost.read(hidden(asked)["lost"]) == Lost(reverse("home:password"))


@pytest.mark.parametrize("text", ["", "[", "null", "[1,2]", '["/", [["a"]], 0, 0]', "[" * 5_000])
def test_what_no_page_kept_is_not_read(scene, text):
    assert lost.read(text) is None


def test_what_is_saved_by_itself_is_told_to_be_unsaved_in_a_line(waiting):
    where = reverse("writing:autosave", args=["application", waiting.pk, 1])
    answer = Client().post(where, {"a": "b"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.content.decode().startswith('<span class="saved-not">登录已失效，未保存。')


@pytest.mark.parametrize("action", ["verdict", "ask", "urge"])
def test_who_asks_for_the_page_of_an_act_is_led_to_its_thing(scene, waiting, client_of, action):
    led = client_of(scene.officers.county).get(place(waiting, f"{action}/"))
    assert (led.status_code, led.url) == (302, place(waiting))


def test_what_an_address_does_not_take_is_told_in_words(scene, client_of):
    answer = client_of(scene.officers.county).get(reverse("home:logout"))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    assert "没有办理任何事项" in answer.content.decode()
