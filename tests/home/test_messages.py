"""The bell and what it leads to."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.desks.states import DeskState
from apps.notices.models import Message
from tests.factories import make_application

pytestmark = pytest.mark.usefixtures("at_the_scene")


@pytest.fixture
def told(scene):
    """Return a message to the county's officer."""
    link = reverse("home:inbox")
    return Message.objects.create(user=scene.officers.county, key="test", text="<i>新件</i>", link=link, at=scene.at)


def test_the_bell_counts_what_is_unread(scene, told, client_of):
    page = client_of(scene.officers.county).get(reverse("home:messages")).content.decode()
    assert 'data-unread>1<span class="visually-hidden">条未读' in page
    assert "&lt;i&gt;新件" in page


def test_opening_a_message_marks_it_read_and_leads_on(scene, told, client_of):
    answer = client_of(scene.officers.county).get(reverse("home:message", args=[told.pk]))
    assert answer.url == told.link
    told.refresh_from_db()
    assert told.read == scene.at


def test_all_that_the_list_is_narrowed_to_is_marked_read_and_nothing_else(scene, told, client_of):
    later = Message.objects.create(
        user=scene.officers.county, key="later", text="后件", at=scene.at + timedelta(days=1)
    )
    strange = Message.objects.create(user=scene.officers.city, key="strange", text="他人的", at=scene.at)
    county, address = client_of(scene.officers.county), reverse("home:read_all")
    answer = county.post(f"{address}?until=2026-06-10", follow=True)
    assert "已将1条消息标为已读" in answer.content.decode()
    read = dict(Message.objects.values_list("pk", "read"))
    assert read == {told.pk: scene.at, later.pk: None, strange.pk: None}


def test_another_users_message_is_not_there(scene, told, client_of):
    assert client_of(scene.stranger).get(reverse("home:message", args=[told.pk])).status_code == 404
    assert client_of(scene.stranger).get(reverse("home:messages")).context["page"].paginator.count == 0


def test_nobody_signed_in_reads_no_messages(scene, told, client):
    assert client.get(reverse("home:messages")).status_code == 302
    assert client.get(reverse("home:message", args=[told.pk])).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_more_messages_ask_the_database_no_more(scene, client_of, number, django_assert_num_queries):
    for n in range(number):
        Message.objects.create(user=scene.officers.city, key=f"test{n}", text="新件", at=scene.at)
    city = client_of(scene.officers.city)
    with django_assert_num_queries(8):
        city.get(reverse("home:messages"))


def test_a_paper_that_arrives_is_told(scene, client_of, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_application(scene, DeskState.AWAITING_CONSENT)
    page = client_of(scene.officers.unit).get(reverse("home:messages"))
    assert page.context["page"].paginator.count == 1


def test_a_long_list_is_counted_no_further_than_a_thousand(scene, client_of):
    told = (Message(user=scene.officers.city, key=f"test{n}", text="新件", at=scene.at) for n in range(1001))
    Message.objects.bulk_create(told)
    page = client_of(scene.officers.city).get(reverse("home:messages")).content.decode()
    assert "第 1 / 41 页，共 1,000+ 条" in page


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, 2),
        ({"unread": "yes"}, 1),
        ({"unread": "no"}, 1),
        ({"since": "2026-06-11"}, 0),
        ({"until": "2026-06-10"}, 2),
    ],
)
def test_messages_are_narrowed_and_exported_as_narrowed(scene, told, client_of, asked, left):
    Message.objects.create(user=scene.officers.county, key="read", text="旧件", at=scene.at, read=scene.at)
    county = client_of(scene.officers.county)
    assert county.get(reverse("home:messages"), asked).context["page"].paginator.count == left
    answer = county.get(reverse("home:messages"), {**asked, "export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == left + 1
