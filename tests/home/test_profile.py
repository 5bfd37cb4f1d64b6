"""One's own file, who read it, and the password."""

import pytest
from django.urls import reverse

from apps.core.models import Reveal
from apps.directory.models import User
from tests.factories import PASSWORD, id_number

pytestmark = pytest.mark.usefixtures("at_the_scene")
PROFILE, NEW_PASSWORD = reverse("home:profile"), "另一个够长的口令句子"


def test_numbers_are_masked_even_to_their_owner(scene, client_of):
    person = scene.applicant.person
    person.id_number = id_number(7)
    person.save()
    page = client_of(scene.applicant).get(PROFILE).content.decode()
    assert person.id_number not in page
    assert person.phone not in page
    assert f"450***********{person.id_number[-4:]}" in page


def test_one_reads_who_saw_ones_numbers_and_nobody_elses(scene, client_of):
    for ref in (f"person:{scene.applicant.person_id}", "person:987654"):
        Reveal.objects.create(user_id=1, actor="县经办", ref=ref, field="phone", reason="核实", at=scene.at)
    page = client_of(scene.applicant).get(PROFILE)
    assert len(page.context["reveals"]) == 1
    assert "县经办查看了手机号：核实" in page.content.decode()


def test_an_officer_without_a_file_reads_his_posts(scene, client_of):
    page = client_of(scene.officers.county).get(PROFILE)
    assert page.context["person"] is None
    assert "宾阳县科技行政主管部门" in page.content.decode()


def test_a_stranger_is_asked_to_sign_in(scene, client):
    assert client.get(PROFILE).status_code == 302
    assert client.get(reverse("home:password")).status_code == 302


def test_the_password_is_changed_when_the_old_one_is_known(scene, client_of):
    own = client_of(scene.applicant)
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert own.post(reverse("home:password"), {"old_password": "错", **new}).status_code == 200
    assert User.objects.get(pk=scene.applicant.pk).check_password(PASSWORD)
    assert own.post(reverse("home:password"), {"old_password": PASSWORD, **new}).url == PROFILE
    assert User.objects.get(pk=scene.applicant.pk).check_password(NEW_PASSWORD)


def test_what_is_asked_of_a_password_is_said_in_our_own_words(scene, client_of):
    own, address = client_of(scene.applicant), reverse("home:password")
    weak = {"old_password": "错", "new_password1": "1234567", "new_password2": "1234567"}
    for page in (own.get(address), own.post(address, weak)):
        words = page.content.decode()
        assert "你" not in words
        assert "不少于10位" in words
    for said in ("旧密码不正确", "新密码不足10位。", "新密码不能只用数字。", "新密码是常用密码"):
        assert said in words
