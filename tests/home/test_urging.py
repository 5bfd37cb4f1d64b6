"""Urging from the page of a record: offered to those who may, with what is left, and it leaves an open form valid."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.desks.models import Urge
from apps.desks.states import DeskState
from apps.directory.models import User
from tests.factories import Scene, fresh, limit_urging, make_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_scene")]
ClientOf = Callable[[User], Client]


def test_who_passed_it_on_urges_once_and_reads_when_he_may_again(scene: Scene, client_of: ClientOf):
    limit_urging(scene.season, every_days=2, at_most=3)
    record = make_application(scene, DeskState.AWAITING_REVIEW)
    page, act = (reverse(name, args=["application", record.pk]) for name in ("home:record", "home:urge"))
    client = client_of(scene.officers.unit)
    assert "本环节还可催办3次" in client.get(page).content.decode()
    assert client.post(act, {"note": "请今日办结"}).headers["Location"] == page
    after = client.get(page).content.decode()
    assert "2026年6月12日（周五）起可再次催办，还可催办2次。" in after
    assert "单位经办催办：请今日办结" in after
    assert client.post(act).status_code == 409
    seen = client_of(scene.officers.county).get(page).content.decode()
    assert "请今日办结" in seen
    assert act not in seen
    assert client_of(scene.officers.county).post(act).status_code == 403
    assert client_of(scene.stranger).post(act).status_code == 404
    assert Urge.objects.count() == 1


def test_an_urge_leaves_the_form_of_the_officer_valid(scene: Scene, client_of: ClientOf):
    limit_urging(scene.season, every_days=2, at_most=3)
    record = make_application(scene, DeskState.AWAITING_REVIEW)
    officer = client_of(scene.officers.county)
    token = officer.get(reverse("home:record", args=["application", record.pk])).context["token"]
    client_of(scene.officers.unit).post(reverse("home:urge", args=["application", record.pk]))
    officer.post(reverse("home:decide", args=["application", record.pk, "pass_up"]), {"token": token})
    assert fresh(record).step == record.step + 1


def test_without_a_limit_in_the_pack_nothing_is_offered(scene: Scene, client_of: ClientOf):
    limit_urging(scene.season)
    record = make_application(scene, DeskState.AWAITING_REVIEW)
    page = client_of(scene.officers.unit).get(reverse("home:record", args=["application", record.pk]))
    assert "催办" not in page.content.decode()


def test_where_the_policy_sets_no_term_all_read_after_which_day_the_desk_is_reminded(scene: Scene, client_of: ClientOf):
    record = make_application(scene, DeskState.AWAITING_CONSENT)
    page = reverse("home:record", args=["application", record.pk])
    told = "2026年6月17日（周三）后仍未办理的，系统提醒"
    mine, office = (client_of(user) for user in (record.person.user, scene.officers.unit))
    receipt = mine.get(reverse("writing:receipt", args=["application", record.pk])).content.decode()
    assert [told in text for text in (receipt, *(each.get(page).content.decode() for each in (mine, office)))] == [
        True, True, True,
    ]  # fmt: skip
    act = reverse("home:decide", args=["application", record.pk, "pass_up"])
    done = office.post(act, {"token": office.get(page).context["token"], "opinion": "同意"}, follow=True)
    assert f"审核”，{told}" in done.content.decode()
