"""Posts given, ended and handed over: who may, on which days, and what is kept of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from apps.core.actors import Actor
from apps.core.refusals import Refused
from apps.desks import selectors as desks
from apps.desks.states import DeskState
from apps.directory import services
from apps.directory.models import Post, PostChange, User
from apps.directory.selectors import post_in_sight, posts_kept
from apps.directory.states import PostAct, Role
from apps.notices.models import Message
from tests.factories import Scene, actor, make_application, make_officer, make_unit, make_user, run_effects

pytestmark = pytest.mark.django_db


def give(scene: Scene, user: User, *, by: Actor | None = None, **given: Any) -> Post:
    """Let the region's office give a user the county's post from today on."""
    said = {
        "role": Role.SCI_TECH_AUTHORITY, "region": scene.county, "title": "县科技局经办人", "starts": scene.at.date(),
        "reason": "人员调整", "at": scene.at, **given,
    }  # fmt: skip
    return services.give_post(user=user, by=by or scene.office, **said)


def refused(act: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        act()
    return [refusal.code for refusal in found.value.refusals]


def changes() -> list[tuple[str, str, str, str, str]]:
    return list(PostChange.objects.order_by("pk").values_list("what", "by", "old", "new", "reason"))


def test_a_post_given_seats_its_holder_and_is_kept_with_its_reason(scene: Scene):
    user = make_user("覃接任")
    post = give(scene, user)
    assert actor(user).sits_at(post.desk, scene.at)
    assert changes() == [(PostAct.GIVEN, "区经办", "", "覃接任，2026年6月10日起", "人员调整")]
    run_effects(scene.at)
    said = "您的任职“县科技局经办人”有变动：任职。现为覃接任，2026年6月10日起。事由：人员调整"
    assert list(Message.objects.filter(user=user).values_list("text", flat=True)) == [said]


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("no_reason", {"reason": " "}),
        ("misplaced", {"role": Role.HOST}),
        ("days_order", {"ends": date(2026, 6, 9)}),
        ("days_past", {"starts": date(2026, 6, 9)}),
    ],
)
def test_a_post_that_cannot_be_is_not_given(scene: Scene, code: str, given: dict[str, Any]):
    user = make_user()
    assert refused(lambda: give(scene, user, **given)) == [code]
    assert (user.posts.count(), PostChange.objects.count()) == (0, 0)


def test_a_role_of_an_organization_is_given_in_one(scene: Scene):
    unit = make_unit(scene.county)
    assert refused(lambda: give(scene, make_user(), region=None, organization=unit)) == ["misplaced"]
    assert give(scene, make_user(), role=Role.HOST, region=None, organization=unit).organization == unit


def test_nobody_gives_himself_a_post_or_takes_one_over(scene: Scene):
    himself = User.objects.get(pk=scene.officers.region.pk)
    assert refused(lambda: give(scene, himself)) == ["himself"]
    post = Post.objects.get(user=scene.officers.county)
    act = {"post": post, "to": himself, "on": scene.at.date(), "reason": "调整", "by": scene.office, "at": scene.at}
    assert refused(lambda: services.hand_over(**act)) == ["himself"]


def test_a_disabled_account_gets_none_and_nobody_gets_the_same_twice(scene: Scene):
    off = make_user(is_active=False)
    assert refused(lambda: give(scene, off)) == ["inactive"]
    user = make_user()
    give(scene, user, ends=date(2026, 6, 30))
    assert refused(lambda: give(scene, user, starts=date(2026, 6, 30))) == ["held_already"]
    assert give(scene, user, starts=date(2026, 7, 1)).pk


def test_posts_are_kept_by_the_office_and_the_administrator_of_the_place_alone(scene: Scene):
    administrator = actor(make_officer(Role.ADMINISTRATOR, scene.cities[0]))
    county = Post.objects.get(user=scene.officers.county)
    assert give(scene, make_user(), by=administrator).pk
    elsewhere = {"region": scene.counties[2]}
    assert refused(lambda: give(scene, make_user(), by=administrator, **elsewhere)) == ["not_yours"]
    for stranger in (scene.officers.city, scene.officers.auditor, scene.stranger):
        by = actor(stranger)
        assert refused(lambda by=by: give(scene, make_user(), by=by)) == ["not_yours"]
        assert list(posts_kept(by, scene.at)) == []
        assert post_in_sight(by, county.pk, scene.at) is None
    assert post_in_sight(actor(scene.officers.county), county.pk, scene.at) == county
    assert county in posts_kept(administrator, scene.at)
    assert Post.objects.get(user=scene.stranger) not in posts_kept(administrator, scene.at)


def test_a_post_ends_on_the_day_named_and_not_in_the_past(scene: Scene):
    post = Post.objects.get(user=scene.officers.county)
    today = scene.at.date()
    act = {"post": post, "reason": "退休", "by": scene.office, "at": scene.at}
    assert refused(lambda: services.end_post(ends=today - timedelta(days=2), **act)) == ["days_past"]
    services.end_post(ends=today, **act)
    officer = actor(scene.officers.county)
    assert officer.sits_at(post.desk, scene.at)
    assert not officer.sits_at(post.desk, scene.at + timedelta(days=1))
    assert refused(lambda: services.end_post(ends=today, **act)) == ["ends_already"]
    assert refused(lambda: services.end_post(ends=today + timedelta(days=1), **act)) == ["ends_already"]
    old, new = "县经办，2020年1月1日起", "县经办，2020年1月1日起至2026年6月10日"
    assert changes() == [(PostAct.ENDED, "区经办", old, new, "退休")]


def test_a_successor_finds_the_papers_on_the_desk_and_the_holder_has_them_no_more(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    post = Post.objects.get(user=scene.officers.county)
    successor = make_user("覃接任")
    on = scene.at + timedelta(days=2)
    taken = services.hand_over(post=post, to=successor, on=on.date(), reason="轮岗", by=scene.office, at=scene.at)
    assert (taken.role, taken.region, taken.title, taken.starts, taken.ends) == (
        post.role, post.region, post.title, on.date(), None,
    )  # fmt: skip

    def waiting(user: User, at: Any) -> list[int]:
        return [paper.record for paper in desks.papers_of(actor(user), at)]

    before = on - timedelta(days=1)
    assert [waiting(user, before) for user in (scene.officers.county, successor)] == [[application.pk], []]
    assert [waiting(user, on) for user in (scene.officers.county, successor)] == [[], [application.pk]]
    old, new = "县经办，2020年1月1日起", "覃接任，2026年6月12日起"
    assert changes() == [(PostAct.HANDED_OVER, "区经办", old, new, "轮岗")] * 2


def test_a_post_is_handed_over_once_and_not_before_its_own_beginning(scene: Scene):
    post = Post.objects.get(user=scene.officers.county)
    act = {
        "post": post,
        "on": scene.at.date() + timedelta(days=1),
        "reason": "轮岗",
        "by": scene.office,
        "at": scene.at,
    }
    services.hand_over(to=make_user(), **act)
    assert refused(lambda: services.hand_over(to=make_user(), **act)) == ["ends_already"]
    new = give(scene, make_user(), starts=date(2026, 7, 1))
    assert refused(lambda: services.hand_over(to=make_user(), **{**act, "post": new})) == ["days_order"]


def test_an_experts_work_is_not_handed_over(scene: Scene):
    post = Post.objects.get(user=make_officer(Role.EXPERT, scene.region))
    act = {"post": post, "to": make_user(), "on": scene.at.date(), "reason": "轮岗", "by": scene.office, "at": scene.at}
    assert refused(lambda: services.hand_over(**act)) == ["in_person"]
