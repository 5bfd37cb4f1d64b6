"""The screens of posts and substitutes: who sees them, what they do, and that a refusal keeps what was typed."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.directory import services
from apps.directory.models import Post, PostChange, Substitution, User
from apps.directory.states import Role
from tests.factories import Scene, actor, make_officer, make_unit, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_the_scene")]
ClientOf = Callable[[User], Client]


def post_of(user: User) -> Post:
    return Post.objects.get(user=user)


def to(name: str, *args: int) -> str:
    return reverse(f"directory:{name}", args=args)


def days(scene: Scene, **changed: object) -> dict[str, object]:
    today = scene.at.date()
    return {
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=4)).isoformat(),
        "reason": "外出培训",
        **changed,
    }


def test_a_holder_names_a_substitute_and_both_see_it_on_their_pages(scene: Scene, client_of: ClientOf):
    holder, city = scene.officers.county, scene.officers.city
    page = client_of(holder).get(to("substitute", post_of(holder).pk))
    assert "市经办" in page.content.decode()
    assert "外县经办" not in page.content.decode()
    sent = client_of(holder).post(to("substitute", post_of(holder).pk), days(scene, user=city.pk))
    assert (sent.status_code, sent.headers["Location"]) == (302, to("away"))
    for user in (holder, city):
        assert "市经办代县经办" in client_of(user).get(to("away")).content.decode()
    assert "（代县经办）" in client_of(city).get(reverse("home:profile")).content.decode()
    assert "市经办代县经办" not in client_of(scene.stranger).get(to("away")).content.decode()


def test_a_substitute_is_found_by_name_and_a_refusal_keeps_what_was_typed(scene: Scene, client_of: ClientOf):
    holder = scene.officers.county
    client, address = client_of(holder), to("substitute", post_of(holder).pk)
    assert "没有找到“不存在”" in client.get(address, {"name": "不存在"}).content.decode()
    wrong = client.post(address, days(scene, user=scene.officers.city.pk, ends="2026-06-01"))
    assert wrong.status_code == 409
    assert "止日不能早于起日" in wrong.content.decode()
    assert 'value="外出培训"' in wrong.content.decode()
    assert client.post(address, days(scene, user=scene.stranger.pk)).status_code == 422
    assert client.post(address, days(scene)).status_code == 422
    assert not Substitution.objects.exists()


def test_either_side_ends_it_after_being_asked_once_more(scene: Scene, client_of: ClientOf):
    made = services.substitute(
        post=post_of(scene.officers.county), substitute=scene.officers.city, starts=scene.at.date(),
        ends=scene.at.date(), reason="外出", by=actor(scene.officers.county), at=scene.at,
    )  # fmt: skip
    address = to("end_substitution", made.pk)
    assert client_of(scene.stranger).get(address).status_code == 404
    client = client_of(scene.officers.city)
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert Substitution.objects.exclude(ended=None).count() == 1


PAGES = ["post", "end_post", "hand_over", "substitute"]


@pytest.mark.parametrize("page", PAGES)
def test_a_post_of_elsewhere_is_not_there_and_its_holder_is_told_who_keeps_it(
    scene: Scene, client_of: ClientOf, page: str
):
    post = post_of(scene.officers.county)
    absent = client_of(scene.stranger).get(to(page, 10**6))
    strange = client_of(scene.stranger).get(to(page, post.pk))
    assert (strange.status_code, absent.status_code) == (404, 404)
    assert client_of(scene.officers.region).get(to(page, post.pk)).status_code == 200
    holder = client_of(scene.officers.county).get(to(page, post.pk))
    assert holder.status_code == (403 if page in ("end_post", "hand_over") else 200)


def test_only_who_keeps_posts_lists_and_gives_them(scene: Scene, client_of: ClientOf):
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    for user, status in ((administrator, 200), (scene.officers.city, 403), (scene.applicant, 403)):
        assert [client_of(user).get(to(page)).status_code for page in ("posts", "give_post")] == [status] * 2
    page = client_of(administrator).get(to("posts")).content.decode()
    assert [name in page for name in ("县经办", "市经办", "单位经办", "外县经办", "区经办")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "sci_tech_authority"}, {"县经办", "市经办", "外县经办"}),
        ({"held": "over"}, {"审计"}),
        ({"text": "宾阳"}, {"县经办"}),
        ({"text": "单位经办"}, {"单位经办"}),
        ({"held": "now", "role": "auditor"}, set()),
    ],
)
def test_the_list_is_narrowed_and_handed_out_as_a_workbook(
    scene: Scene, client_of: ClientOf, asked: dict[str, str], found: set[str]
):
    Post.objects.filter(user=scene.officers.auditor).update(ends=scene.at.date() - timedelta(days=1))
    answer = client_of(scene.officers.region).get(to("posts"), {**asked, "export": "xlsx", "sort": "-term"})
    rows = load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).active.iter_rows(min_row=2)
    assert {row[0].value for row in rows} == found


def test_a_post_is_given_by_looking_person_and_place_up(scene: Scene, client_of: ClientOf):
    user, unit = make_user("覃接任"), make_unit(scene.county, name="宾阳测试合作社")
    client = client_of(scene.officers.region)
    page = client.get(to("give_post"), {"name": "覃", "place": "宾阳"}).content.decode()
    told = ("覃接任", f"用户名：{user.username}", "region:450126", f"organization:{unit.pk}")
    assert [text in page for text in told] == [True] * 4
    sent = {
        "user": user.pk, "place": f"organization:{unit.pk}", "role": "host", "title": "经办人", "reason": "新设",
        "starts": scene.at.date().isoformat(), "ends": "",
    }  # fmt: skip
    made = client.post(to("give_post"), sent)
    post = Post.objects.get(user=user)
    assert (made.headers["Location"], post.organization, post.role) == (to("post", post.pk), unit, Role.HOST)
    assert "新设" in client.get(to("post", post.pk)).content.decode()
    for place in ("region:99", "nothing", "season:1", "organization:x"):
        assert client.post(to("give_post"), {**sent, "place": place}).status_code == 422
    assert client.post(to("give_post"), sent).status_code == 409


def test_a_post_is_handed_over_and_ended_on_its_pages(scene: Scene, client_of: ClientOf):
    user, client = make_user("覃接任"), client_of(scene.officers.region)
    post = post_of(scene.officers.county)
    for page, act in (("hand_over", "移交任职"), ("end_post", "结束任职"), ("substitute", "委托代办")):
        assert f'<button class="btn btn-primary">{act}</button>' in client.get(to(page, post.pk)).content.decode()
    on = (scene.at.date() + timedelta(days=1)).isoformat()
    sent = client.post(to("hand_over", post.pk), {"user": user.pk, "on": on, "reason": "轮岗"})
    taken = Post.objects.get(user=user)
    assert sent.headers["Location"] == to("post", taken.pk)
    ended = client.post(to("end_post", taken.pk), {"ends": "2026-12-31", "reason": "期满"})
    assert ended.status_code == 302
    page = client.get(to("posts")).content.decode()
    assert page.count("轮岗") == 2
    assert list(PostChange.objects.order_by("-pk").values_list("what", flat=True)[:1]) == ["ended"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many_posts_there_are(
    scene: Scene, client_of: ClientOf, number: int, django_assert_num_queries
):
    for _ in range(number):
        make_officer(Role.SCI_TECH_AUTHORITY, scene.county)
    client = client_of(scene.officers.region)
    client.get(to("posts"))
    with django_assert_num_queries(9):
        client.get(to("posts"))
