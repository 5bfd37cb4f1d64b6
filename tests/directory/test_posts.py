"""What a user may do comes from posts that are valid on the day and grants that stand, both."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from guardian.models import GroupObjectPermission

from apps.core.actors import HANDLE, VIEW, Actor
from apps.core.refs import Ref, desk
from apps.directory.grants import synchronise
from apps.directory.models import Organization, Post, Region, User
from apps.directory.permissions import CODENAMES, GRANTS_OF_ROLE, ISSUE, MANAGE
from apps.directory.selectors import actor_for, desk_labels, users_at
from apps.directory.states import Role
from tests.factories import (
    AT,
    BINYANG,
    LONGAN,
    NANNING,
    Scene,
    actor,
    give_post,
    make_applicant,
    make_officer,
    make_unit,
    make_user,
    plant_regions,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
BINYANG_DESK = desk(Role.SCI_TECH_AUTHORITY, Ref("region", BINYANG))


@pytest.fixture
def county(db: None) -> Region:
    plant_regions()
    return Region.objects.get(pk=BINYANG)


def test_a_post_seats_its_holder_at_its_desk_with_the_grants_of_its_role(county: Region):
    officer = actor(make_officer(Role.SCI_TECH_AUTHORITY, county))
    assert officer.desks(AT) == {BINYANG_DESK}
    assert officer.grants == {(HANDLE, f"region:{BINYANG}"), (VIEW, f"region:{BINYANG}")}
    assert officer.region_paths(AT) == (f"/45/{NANNING}/{BINYANG}/",)


@pytest.mark.parametrize("role", Role)
def test_each_role_carries_its_grants_on_its_own_scope_and_nothing_else(county: Region, role: Role):
    officer = actor(make_officer(role, county))
    assert officer.grants == {(codename, f"region:{BINYANG}") for codename in GRANTS_OF_ROLE[role]}


def test_only_the_coordinating_office_issues_and_only_it_and_the_administrator_manage_seasons():
    holders = {codename: [role for role in Role if codename in GRANTS_OF_ROLE[role]] for codename in (ISSUE, MANAGE)}
    assert holders == {
        ISSUE: [Role.COORDINATION_OFFICE],
        MANAGE: [Role.COORDINATION_OFFICE, Role.ADMINISTRATOR],
    }
    assert {codename for grants in GRANTS_OF_ROLE.values() for codename in grants} == {name for name, _ in CODENAMES}


def test_a_post_counts_from_its_first_day_to_the_end_of_its_last_in_local_time(county: Region):
    first, last = date(2026, 6, 1), date(2026, 6, 30)
    officer = actor(make_officer(Role.SCI_TECH_AUTHORITY, county, starts=first, ends=last))
    moments = [
        datetime(2026, 5, 31, 23, 59, tzinfo=SHANGHAI),
        datetime(2026, 6, 1, 0, 0, tzinfo=SHANGHAI),
        datetime(2026, 6, 30, 23, 59, tzinfo=SHANGHAI),
        datetime(2026, 7, 1, 0, 0, tzinfo=SHANGHAI),
    ]
    assert [officer.sits_at(BINYANG_DESK, at) for at in moments] == [False, True, True, False]


def test_a_post_that_has_ended_authorises_nobody_though_its_grants_still_stand(county: Region):
    user = make_officer(Role.SCI_TECH_AUTHORITY, county)
    Post.objects.filter(user=user).update(ends=AT.date() - timedelta(days=1))
    officer = actor(user)
    assert officer.grants == {(HANDLE, f"region:{BINYANG}"), (VIEW, f"region:{BINYANG}")}
    assert officer.desks(AT) == frozenset()
    assert officer.region_paths(AT) == ()


def test_a_post_whose_grants_were_never_synchronised_authorises_nobody(county: Region):
    user = make_user()
    Post.objects.create(
        user=user, role=Role.SCI_TECH_AUTHORITY, region=county, title="县科技局", starts=date(2020, 1, 1)
    )
    assert actor(user).desks(AT) == frozenset()
    synchronise([BINYANG_DESK])
    assert actor(user).desks(AT) == {BINYANG_DESK}


def test_grants_on_one_county_say_nothing_of_another(county: Region):
    officer = actor(make_officer(Role.SCI_TECH_AUTHORITY, county))
    other = desk(Role.SCI_TECH_AUTHORITY, Ref("region", LONGAN))
    assert not officer.sits_at(other, AT)


def test_synchronising_again_changes_nothing(county: Region):
    make_officer(Role.SCI_TECH_AUTHORITY, county)
    before = list(GroupObjectPermission.objects.order_by("pk").values())
    synchronise([BINYANG_DESK])
    assert list(GroupObjectPermission.objects.order_by("pk").values()) == before


def test_synchronising_takes_out_who_has_no_post_there_and_grants_the_role_no_longer_carries(
    county: Region, monkeypatch: pytest.MonkeyPatch
):
    kept, gone = (make_officer(Role.SCI_TECH_AUTHORITY, county) for _ in range(2))
    gone.posts.all().delete()
    monkeypatch.setitem(GRANTS_OF_ROLE, Role.SCI_TECH_AUTHORITY, (VIEW,))
    synchronise([BINYANG_DESK])
    assert actor(gone).grants == frozenset()
    assert actor(kept).grants == {(VIEW, f"region:{BINYANG}")}


def test_a_disabled_user_may_do_nothing(county: Region):
    user = make_officer(Role.SCI_TECH_AUTHORITY, county)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert actor(user) == Actor(name=user.display_name)


@pytest.mark.parametrize("posts", [1, 3])
def test_an_actor_is_read_in_two_queries_however_many_posts_he_holds(
    county: Region, posts: int, django_assert_num_queries
):
    user = make_officer(Role.SCI_TECH_AUTHORITY, county)
    for role in (Role.AUDITOR, Role.COORDINATION_OFFICE)[: posts - 1]:
        give_post(user, role, county)
    user = User.objects.get(pk=user.pk)
    with django_assert_num_queries(2):
        assert len(actor_for(user).posts) == posts


def test_a_desk_is_held_by_those_in_office_on_the_day(county: Region):
    now = make_officer(Role.SCI_TECH_AUTHORITY, county)
    make_officer(Role.SCI_TECH_AUTHORITY, county, ends=date(2026, 6, 9))
    make_officer(Role.SCI_TECH_AUTHORITY, county, starts=date(2026, 6, 11))
    User.objects.filter(pk=make_officer(Role.SCI_TECH_AUTHORITY, county).pk).update(is_active=False)
    make_officer(Role.AUDITOR, county)
    applicant = make_applicant(make_unit(county))
    own = desk("applicant", Ref("person", str(applicant.person_id)))
    assert users_at([BINYANG_DESK, own], AT) == {BINYANG_DESK: [now], own: [applicant]}


def test_desks_are_called_by_whose_they_are(scene: Scene):
    desks = {
        BINYANG_DESK: "宾阳县科技行政主管部门",
        desk(Role.COORDINATION_OFFICE, Ref("region", "45")): "广西壮族自治区协调办公室",
        desk(Role.DISPATCHING_UNIT, Ref("organization", str(scene.unit.pk))): "广西测试大学",
        desk("applicant", Ref("person", str(scene.applicant.person_id))): "韦测试",
    }
    assert desk_labels([*desks, ""]) == desks


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"starts": date(2026, 6, 2), "ends": date(2026, 6, 1)}, "post_starts_before_it_ends"),
        ({"region": None}, "post_has_one_scope"),
        ({"role": "king"}, "post_role_is_known"),
    ],
)
def test_the_database_refuses_a_post_that_cannot_be(county: Region, given: dict[str, object], constraint: str):
    sound = {"role": Role.AUDITOR, "region": county, "title": "审计", "starts": date(2020, 1, 1)}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Post.objects.create(user=make_user(), **(sound | given))


def test_a_post_in_a_region_and_a_unit_at_once_is_refused(county: Region):
    unit: Organization = make_unit(county)
    with pytest.raises(IntegrityError, match="post_has_one_scope"), transaction.atomic():
        Post.objects.create(
            user=make_user(), role=Role.HOST, region=county, organization=unit, title="两处", starts=date(2020, 1, 1)
        )
