"""What the inbox says where no paper lies: what waits to be published, and to whom an invitation to apply is none."""

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.desks.states import DeskState
from apps.directory import services
from apps.directory.models import Post
from apps.directory.states import Role
from apps.notices.models import Message
from tests.factories import actor, give_post, make_application, make_draft_notice, make_user, run_effects, user_of

INBOX = reverse("home:inbox")
pytestmark = pytest.mark.usefixtures("at_the_scene")


@pytest.mark.parametrize("number", [1, 3])
def test_what_waits_for_a_public_list_stands_above_the_papers_of_the_office(
    scene, client_of, number, django_assert_num_queries
):
    for _ in range(number):
        make_application(scene, DeskState.ON_NOTICE)
    office = client_of(scene.officers.region)
    with django_assert_num_queries(11):
        page = office.get(INBOX)
    (waiting,) = page.context["to_publish"]
    where = f"{reverse('notices:announce', args=[scene.season.pk])}?kind=application"
    assert (waiting.label, waiting.number, waiting.url) == (f"待发布公示的申请：{scene.season.title}", number, where)
    assert "待办已清" not in page.content.decode()
    assert list(client_of(scene.officers.city).get(INBOX).context["to_publish"]) == []


def test_a_notice_that_waits_to_be_issued_stands_there_too(scene, client_of):
    notice = make_draft_notice(scene)
    (waiting,) = client_of(scene.officers.region).get(INBOX).context["to_publish"]
    assert (waiting.number, waiting.url) == (1, reverse("notices:drafts", args=[notice.season_id]))


def test_only_who_holds_no_post_is_invited_to_apply(scene, client_of):
    expert = scene.new_applicant()
    assert "我要申请" in client_of(expert).get(INBOX).content.decode()
    give_post(expert, Role.EXPERT, scene.region)
    page = client_of(expert).get(INBOX).content.decode()
    assert ("我要申请" in page, "没有请您评审的事项" in page) == (False, True)


def test_who_has_applied_is_shown_where_his_application_stands_not_invited_to_apply_again(scene, client_of):
    applicant = user_of(make_application(scene, DeskState.AWAITING_REVIEW))
    page = client_of(applicant).get(INBOX).content.decode()
    assert ("没有等您办理的事项" in page, 'href="?tab=started">查看我发起的' in page, "我要申请" in page) == (
        True,
        True,
        False,
    )


def test_who_handed_his_post_over_reads_that_he_has_none_and_his_substitute_that_it_is_over(scene, client_of):
    county, city = scene.officers.county, scene.officers.city
    post, today = Post.objects.get(user=county), scene.at.date()
    days = {"starts": today, "ends": today + timedelta(days=5)}
    act = {"reason": "轮岗", "by": scene.office, "at": scene.at}
    services.substitute(post=post, substitute=city, **days, **{**act, "by": actor(county)})
    services.hand_over(post=post, to=make_user(), on=today, **act)
    run_effects(scene.at)
    assert "您目前没有任职" in client_of(county).get(INBOX).content.decode()
    away = client_of(city).get(reverse("directory:away")).content.decode()
    assert ("代办中" in away, "代办随之终止" in away) == (False, True)
    assert Message.objects.filter(user=city).latest("pk").text.startswith(f"委托代办终止：{county}的任职“{post.title}”")
