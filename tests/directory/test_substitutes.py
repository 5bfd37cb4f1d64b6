"""Substitutes: who may be one, for how long, and what he may do in that time and no longer."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core import door
from apps.core.actors import HANDLE, Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref, desk
from apps.core.refusals import Refused
from apps.desks import services as desks
from apps.desks.states import DeskAction, DeskState
from apps.directory import services
from apps.directory.models import Post, PostChange, Substitution, User
from apps.directory.selectors import actor_for, colleagues_at, stand_ins, users_at
from apps.directory.states import PostAct, Role
from apps.notices.models import Message
from tests.factories import (
    Scene,
    actor,
    fresh,
    give_post,
    make_application,
    make_officer,
    make_person,
    make_user,
    run_effects,
)
from tests.factories.scene import SHANGHAI

pytestmark = pytest.mark.django_db


def post_of(user: User) -> Post:
    return Post.objects.get(user=user)


def lend(scene: Scene, to: User, *, of: User | None = None, by: Actor | None = None, **given: Any) -> Substitution:
    """Let a user stand in for the county's officer from today for five days."""
    holder = of or scene.officers.county
    today = scene.at.date()
    said = {"starts": today, "ends": today + timedelta(days=4), "reason": "外出培训", "at": scene.at, **given}
    return services.substitute(post=post_of(holder), substitute=to, by=by or actor(holder), **said)


def refused(act: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        act()
    return [refusal.code for refusal in found.value.refusals]


def may(user: User, record: Application, at: datetime, action: str = DeskAction.PASS_UP) -> str:
    (outcome,) = door.advance(Application, {record.pk: fresh(record).version}, action, by=actor(user), at=at)
    return "done" if outcome.done else outcome.refusals[0].code


def test_a_substitute_decides_for_another_and_the_log_says_for_whom(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    lend(scene, scene.officers.city)
    assert may(scene.officers.city, application, scene.at) == "done"
    entry = LogEntry.objects.filter(record=application.pk).latest("n")
    assert (entry.actor, entry.post, entry.acting_for) == ("市经办", "宾阳县科技行政主管部门", "县经办")
    assert may(scene.officers.city, application, scene.at) == "passed_before"
    act: dict[str, Any] = {"by": actor(scene.officers.city), "at": scene.at, "opinion": "同意"}
    desks.pass_up(record=fresh(application), **act, why_again="县里只有一人")
    own = LogEntry.objects.filter(record=application.pk).latest("n")
    assert (own.actor, own.post, own.acting_for) == ("市经办", "南宁市科技行政主管部门", "")


@pytest.mark.parametrize(
    ("at", "result"),
    [
        (datetime(2026, 6, 11, 23, 59, tzinfo=SHANGHAI), "not_yours"),
        (datetime(2026, 6, 12, 0, 0, tzinfo=SHANGHAI), "done"),
        (datetime(2026, 6, 13, 23, 59, 59, tzinfo=SHANGHAI), "done"),
        (datetime(2026, 6, 14, 0, 0, tzinfo=SHANGHAI), "not_yours"),
    ],
)
def test_he_stands_in_from_the_first_day_to_the_last_and_no_longer(scene: Scene, at: datetime, result: str):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    lend(scene, scene.officers.city, starts=date(2026, 6, 12), ends=date(2026, 6, 13))
    assert may(scene.officers.city, application, at) == result


def test_who_comes_after_his_days_reads_that_they_are_over(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    lend(scene, scene.officers.city, starts=date(2026, 6, 12), ends=date(2026, 6, 13))
    at = datetime(2026, 6, 14, 9, 0, tzinfo=SHANGHAI)
    seen = {application.pk: fresh(application).version}
    (outcome,) = door.advance(Application, seen, DeskAction.PASS_UP, by=actor(scene.officers.city), at=at)
    (refusal,) = outcome.refusals
    assert refusal.reason == "您代县经办（宾阳县科技行政主管部门）办理的期限已于2026年6月13日届满，不能再办理“同意”。"


@pytest.mark.parametrize("cut", ["post", "ended", "disabled", "grant"])
def test_it_ends_with_the_post_when_ended_early_and_with_the_holders_account(scene: Scene, cut: str):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    made = lend(scene, scene.officers.city)
    holder = scene.officers.county
    match cut:
        case "post":
            Post.objects.filter(user=holder).update(ends=scene.at.date() - timedelta(days=1))
        case "ended":
            services.end_substitution(substitution=made, by=actor(holder), at=scene.at)
        case "disabled":
            User.objects.filter(pk=holder.pk).update(is_active=False)
        case "grant":
            holder.groups.get().groupobjectpermission_set.all().delete()
    assert may(scene.officers.city, application, scene.at) == "not_yours"


def test_nobody_decides_the_case_of_the_person_he_stands_in_for(scene: Scene):
    of_holder, other = (make_application(scene, DeskState.AWAITING_REVIEW) for _ in range(2))
    User.objects.filter(person=of_holder.person_id).update(person=None)
    User.objects.filter(pk=scene.officers.county.pk).update(person=of_holder.person_id)
    lend(scene, scene.officers.city)
    assert [may(scene.officers.city, each, scene.at) for each in (of_holder, other)] == ["not_yours", "done"]


def test_the_permissions_of_a_post_lent_leak_to_no_other_post(scene: Scene):
    officer = make_officer(Role.SCI_TECH_AUTHORITY, scene.region)
    lend(scene, officer, of=scene.officers.region)
    acting = actor(officer)
    managing = [(post.role, post.acting_for) for post in acting.posts_with("manage_season", scene.at)]
    assert managing == [(Role.COORDINATION_OFFICE, "区经办")]
    assert {scope for _, scope in acting.grants} == {"region:45"}
    assert ("manage_season", "region:45") not in acting.grants


def test_a_substitute_is_read_in_one_query_more(scene: Scene, django_assert_num_queries: Any):
    user = User.objects.get(pk=scene.officers.city.pk)
    with django_assert_num_queries(2):
        actor_for(user)
    lend(scene, user)
    with django_assert_num_queries(3):
        assert [post.acting_for for post in actor_for(user).posts] == ["", "县经办"]


def test_news_reach_both_the_holder_and_his_substitute(scene: Scene):
    name = desk(Role.SCI_TECH_AUTHORITY, Ref("region", scene.county.pk))
    made = lend(scene, scene.officers.city)
    assert users_at([name], scene.at) == {name: [scene.officers.county, scene.officers.city]}
    assert users_at([name], scene.at + timedelta(days=5)) == {name: [scene.officers.county]}
    services.end_substitution(substitution=made, by=actor(scene.officers.city), at=scene.at)
    assert users_at([name], scene.at) == {name: [scene.officers.county]}


def test_both_are_told_when_it_is_given_and_when_it_ends_early(scene: Scene):
    made = lend(scene, scene.officers.city)
    services.end_substitution(substitution=made, by=actor(scene.officers.county), at=scene.at)
    run_effects(scene.at)
    told = "委托代办：2026年6月10日至2026年6月14日，由市经办代县经办办理“宾阳县科技行政主管部门”的事项。事由：外出培训"
    over = "委托代办已由县经办提前结束：市经办不再代县经办办理“宾阳县科技行政主管部门”的事项。"
    for user in (scene.officers.county, scene.officers.city):
        assert list(Message.objects.filter(user=user).order_by("pk").values_list("text", flat=True)) == [told, over]
    acts = list(PostChange.objects.order_by("pk").values_list("what", flat=True))
    assert acts == [PostAct.SUBSTITUTED, PostAct.SUBSTITUTION_ENDED]


def test_who_sits_in_the_same_place_or_right_above_or_below_may_stand_in(scene: Scene):
    county, city = post_of(scene.officers.county), post_of(scene.officers.city)
    beside = make_officer(Role.SCI_TECH_INSTITUTE, scene.county)
    make_officer(Role.AUDITOR, scene.county)
    User.objects.filter(pk=make_officer(Role.SCI_TECH_AUTHORITY, scene.county).pk).update(is_active=False)
    make_officer(Role.SCI_TECH_AUTHORITY, scene.counties[1], ends=scene.at.date() - timedelta(days=1))
    top = make_officer(Role.SCI_TECH_AUTHORITY, scene.region)
    assert set(stand_ins(county, scene.at)) == {scene.officers.city, beside}
    assert set(stand_ins(city, scene.at)) == {scene.officers.county, top}
    colleague = make_officer(Role.DISPATCHING_UNIT, scene.unit)
    assert list(stand_ins(post_of(scene.officers.unit), scene.at)) == [colleague]


def test_colleagues_are_those_who_handle_papers_beside_a_desk(scene: Scene):
    name = desk(Role.SCI_TECH_AUTHORITY, Ref("region", scene.county.pk))
    beside = make_officer(Role.SCI_TECH_INSTITUTE, scene.county)
    make_officer(Role.AUDITOR, scene.county)
    give_post(scene.officers.county, Role.SCI_TECH_INSTITUTE, scene.county)
    assert colleagues_at([name], scene.at) == {name: [beside]}


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("days_order", {"starts": date(2026, 6, 12), "ends": date(2026, 6, 11)}),
        ("days_past", {"starts": date(2026, 6, 9)}),
        ("no_reason", {"reason": "  "}),
    ],
)
def test_days_and_reason_must_be_sound(scene: Scene, code: str, given: dict[str, Any]):
    assert refused(lambda: lend(scene, scene.officers.city, **given)) == [code]
    assert not Substitution.objects.exists()


def test_it_lies_within_the_days_of_the_post(scene: Scene):
    Post.objects.filter(user=scene.officers.county).update(ends=date(2026, 6, 12))
    assert refused(lambda: lend(scene, scene.officers.city)) == ["beyond_post"]


def test_neither_himself_nor_a_stranger_nor_a_second_one_at_once(scene: Scene):
    assert refused(lambda: lend(scene, scene.officers.county)) == ["himself"]
    assert refused(lambda: lend(scene, scene.stranger)) == ["too_far"]
    assert refused(lambda: lend(scene, make_user())) == ["too_far"]
    first = lend(scene, scene.officers.city)
    second = make_officer(Role.SCI_TECH_AUTHORITY, scene.county)
    assert refused(lambda: lend(scene, second, starts=first.ends, ends=first.ends)) == ["taken"]
    after = first.ends + timedelta(days=1)
    lend(scene, second, starts=after, ends=after)
    services.end_substitution(substitution=first, by=actor(scene.officers.county), at=scene.at)
    lend(scene, second)
    assert Substitution.objects.filter(ended=None).count() == 2


def test_a_substitute_names_no_substitute(scene: Scene):
    lend(scene, scene.officers.city)
    other = make_officer(Role.SCI_TECH_AUTHORITY, scene.county)
    later = {"starts": date(2026, 7, 1), "ends": date(2026, 7, 2)}
    assert refused(lambda: lend(scene, other, by=actor(scene.officers.city), **later)) == ["not_yours"]


def test_who_keeps_the_posts_may_name_one_for_a_holder_who_fell_ill_but_not_himself(scene: Scene):
    made = lend(scene, scene.officers.city, by=scene.office, reason="因病住院")
    assert (made.given_by, made.reason) == ("区经办", "因病住院")
    give_post(scene.officers.region, Role.SCI_TECH_AUTHORITY, scene.county)
    post = Post.objects.get(user=scene.officers.county)
    later = {"starts": date(2026, 7, 1), "ends": date(2026, 7, 2), "reason": "因病", "at": scene.at}
    himself = User.objects.get(pk=scene.officers.region.pk)
    assert refused(lambda: services.substitute(post=post, substitute=himself, by=scene.office, **later)) == ["himself"]


def test_a_stranger_neither_gives_nor_ends_one(scene: Scene):
    assert refused(lambda: lend(scene, scene.officers.city, by=actor(scene.stranger))) == ["not_yours"]
    made = lend(scene, scene.officers.city)
    end = {"substitution": made, "at": scene.at}
    assert refused(lambda: services.end_substitution(by=actor(scene.stranger), **end)) == ["not_yours"]
    services.end_substitution(by=actor(scene.officers.city), **end)
    assert refused(lambda: services.end_substitution(by=actor(scene.officers.county), **end)) == ["over"]


def test_an_experts_work_is_his_own(scene: Scene):
    expert = make_officer(Role.EXPERT, scene.region, person=make_person(scene.unit))
    assert refused(lambda: lend(scene, scene.officers.region, of=expert)) == ["in_person"]


def test_a_substitute_at_the_same_desk_acts_in_his_own_name(scene: Scene):
    application = make_application(scene, DeskState.AWAITING_REVIEW)
    colleague = make_officer(Role.SCI_TECH_AUTHORITY, scene.county)
    lend(scene, colleague)
    assert may(colleague, application, scene.at) == "done"
    assert LogEntry.objects.filter(record=application.pk).latest("n").acting_for == ""
    assert HANDLE in {name for name, _ in actor(colleague).grants}
