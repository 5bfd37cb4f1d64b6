"""Logins: who makes and keeps whose, one-time passwords that stand nowhere, each change kept and told."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps as registry
from django.core import serializers

from apps.directory import services
from apps.directory.models import LoginChange, Substitution, User
from apps.directory.selectors import logins_kept, username_for
from apps.directory.states import Role
from apps.notices.models import Message
from tests.factories import Scene, actor, give_post, make_officer, make_person, make_unit, make_user, run_effects
from tests.refusals import code_of


def make(scene: Scene, by: User, **given: Any) -> services.Issued:
    return services.make_login(by=actor(by), at=scene.at, **given)


def reset(scene: Scene, user: User, by: User, reason: str = "忘记密码") -> services.Issued:
    return services.reset_password(user=user, reason=reason, by=actor(by), at=scene.at)


def switch(scene: Scene, user: User, by: User, on: bool, reason: str = "离职") -> User:
    return services.switch_login(user=user, on=on, reason=reason, by=actor(by), at=scene.at)


def test_a_unit_makes_the_login_of_its_person_once(scene: Scene):
    person, other = make_person(scene.unit, name="覃新人"), make_person(make_unit(scene.county))
    made = make(scene, scene.officers.unit, person=person)
    user = User.objects.get(person=person)
    assert (user.username, user.first_name, user.email, user.home) == ("tanxinren", "覃新人", person.email, None)
    assert (user.check_password(made.password), user.has_one_time_password) == (True, True)
    assert list(LoginChange.objects.values_list("user", "what", "by", "at")) == [
        (user.pk, "made", "单位经办", scene.at)
    ]
    person.refresh_from_db()
    assert code_of(make, scene, scene.officers.unit, person=person) == "has_login"
    assert code_of(make, scene, scene.officers.unit, person=other) == "not_yours"
    assert code_of(make, scene, scene.officers.county, person=other) == "not_yours"
    assert make(scene, scene.officers.region, person=other).user.person == other


def test_a_colleague_without_a_file_is_let_in_by_who_keeps_posts_and_stays_with_that_office(scene: Scene):
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    user = make(scene, administrator, name=" 覃同事 ", username="Qin.Colleague").user
    assert (user.username, user.first_name, user.home) == ("qin.colleague", "覃同事", scene.cities[0])
    assert code_of(make, scene, scene.officers.unit, name="某") == "not_yours"
    assert code_of(make, scene, administrator, name="某", username="QIN.colleague") == "name_taken"
    keepers = [
        administrator,
        scene.officers.region,
        scene.officers.unit,
        make_officer(Role.ADMINISTRATOR, scene.cities[1]),
    ]
    assert [user in logins_kept(actor(keeper), scene.at) for keeper in keepers] == [True, True, False, False]


def test_a_user_name_is_made_of_the_sound_and_nobody_elses(scene: Scene):
    assert username_for("韦测试") == "weiceshi"
    for name in ("weiceshi", "WEICESHI2"):
        make_user(username=name)
    make_user(username="user")
    assert [username_for(name) for name in ("韦测试", "···", "")] == ["weiceshi3", "user2", "user2"]


def test_a_password_stands_nowhere_in_the_database(scene: Scene):
    made = make(scene, scene.officers.unit, person=make_person(scene.unit))
    again = reset(scene, made.user, scene.officers.unit)
    run_effects(scene.at)
    kept = "".join(serializers.serialize("json", model.objects.all()) for model in registry.get_models())
    assert [password in kept for password in (made.password, again.password)] == [False, False]
    assert made.user.username in kept


def test_a_forgotten_password_is_set_anew_and_its_user_told(scene: Scene):
    scene.applicant.one_time_until = None
    scene.applicant.save()
    made = reset(scene, scene.applicant, scene.officers.unit)
    user = User.objects.get(pk=scene.applicant.pk)
    assert (user.check_password(made.password), user.has_one_time_password) == (True, True)
    run_effects(scene.at)
    (told,) = Message.objects.filter(user=user)
    assert "重设密码" in told.text
    assert "忘记密码" in told.text


def test_a_login_is_switched_off_and_on_with_a_reason(scene: Scene):
    user, unit = scene.applicant, scene.officers.unit
    assert code_of(switch, scene, user, unit, on=False, reason=" ") == "no_reason"
    assert code_of(switch, scene, user, unit, on=True) == "switched_already"
    assert switch(scene, user, unit, on=False).is_active is False
    assert code_of(switch, scene, user, unit, on=False) == "switched_already"
    assert code_of(reset, scene, user, unit) == "inactive"
    assert switch(scene, user, unit, on=True, reason="返岗").is_active is True
    kept = LoginChange.objects.order_by("pk").values_list("what", "by", "reason")
    assert list(kept) == [("disabled", "单位经办", "离职"), ("enabled", "单位经办", "返岗")]


def test_nobody_resets_or_switches_himself_or_somebody_above_or_beside_his_place(scene: Scene):
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    for user, by in (
        (scene.officers.region, administrator),
        (scene.stranger, administrator),
        (scene.officers.county, scene.officers.unit),
        (scene.officers.county, scene.officers.city),
        (scene.applicant, scene.applicant),
        (administrator, administrator),
    ):
        code = "himself" if user == by else "not_yours"
        assert code_of(reset, scene, user, by) == code
        assert code_of(switch, scene, user, by, on=False) == code
    assert not LoginChange.objects.exists()


def test_a_login_that_opens_more_than_ones_places_is_not_ones_to_keep(scene: Scene):
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    county = scene.officers.county

    def keeps() -> tuple[bool, bool]:
        unit = scene.applicant in logins_kept(actor(scene.officers.unit), scene.at)
        return unit, county in logins_kept(actor(administrator), scene.at)

    assert keeps() == (True, True)
    days = {"starts": scene.at.date(), "ends": scene.at.date()}
    give_post(scene.applicant, Role.EXPERT, scene.region, ends=scene.at.date())
    above = scene.officers.region.posts.get()
    lent = Substitution.objects.create(
        post=above, substitute=county, reason="出差", given_by="区", given=scene.at, **days
    )
    assert keeps() == (False, False)
    scene.applicant.posts.update(ends=scene.at.date() - timedelta(days=1))
    lent.ended = scene.at
    lent.save()
    assert keeps() == (True, True)
    county.person = make_person(make_unit(scene.counties[2]))
    county.save()
    assert keeps() == (True, False)


@pytest.mark.parametrize("on", [True, False])
def test_the_region_keeps_every_login_below_it_but_its_own(scene: Scene, on: bool):
    region = actor(scene.officers.region)
    User.objects.exclude(pk=scene.officers.region.pk).update(is_active=on)
    officers = scene.officers
    assert set(logins_kept(region, scene.at)) == {
        officers.unit, officers.county, officers.city, officers.auditor, scene.stranger, scene.applicant,
    }  # fmt: skip
