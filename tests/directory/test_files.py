"""Files of people: entered and put right by their unit, each change kept, numbers masked, doubles told."""

from datetime import date, timedelta
from typing import Any

from apps.directory import services
from apps.directory.models import FileChange, Person
from apps.directory.selectors import persons_kept
from apps.directory.states import Role
from tests.factories import Scene, actor, id_number, make_officer, make_person, make_unit
from tests.refusals import code_of, refusal_of

NEW = {"name": "覃新人", "sex": "女", "birth_date": date(1990, 5, 1), "title": "中级", "phone": "13800000009"}


def enter(scene: Scene, by: Any = None, **given: Any) -> Person:
    person = Person(**{**NEW, "unit": scene.unit, "id_number": id_number(7), **given})
    return services.enter_file(person=person, by=by or actor(scene.officers.unit), at=scene.at)


def correct(scene: Scene, person: Person, seen: int = 1, reason: str = "本人申请", **said: Any) -> Person:
    return services.correct_file(
        person=person, said=said, seen=seen, reason=reason, by=actor(scene.officers.unit), at=scene.at
    )


def test_the_officer_of_a_unit_enters_its_people_and_nobody_else_does(scene: Scene):
    other = make_officer(Role.DISPATCHING_UNIT, make_unit(scene.county))
    for user in (other, scene.officers.region, scene.officers.county, scene.applicant):
        assert code_of(enter, scene, by=actor(user)) == "not_yours"
    person = enter(scene)
    kept = FileChange.objects.values_list("person", "what", "by", "old", "new", "reason", "at")
    assert list(kept) == [(person.pk, "entered", "单位经办", "", "", "登记建档", scene.at)]


def test_a_number_on_file_elsewhere_is_told_without_whose_it_is(scene: Scene):
    make_person(make_unit(scene.county, name="别处研究所"), name="别处人", id_number=id_number(7))
    refusal = refusal_of(enter, scene)
    assert refusal.code == "id_number_taken"
    assert [word in str(refusal) for word in ("别处研究所", "别处人")] == [False, False]
    assert not Person.objects.filter(name="覃新人").exists()


def test_nobody_is_born_tomorrow(scene: Scene):
    assert code_of(enter, scene, birth_date=scene.at.date() + timedelta(days=1)) == "born_later"


def test_a_correction_keeps_what_it_was_with_numbers_masked(scene: Scene):
    person = enter(scene)
    correct(scene, person, title="副高级", phone="13900000001", id_number="", years_of_service=None)
    change = FileChange.objects.get(what="corrected")
    assert change.old == "职称：中级；手机号：138****0009"
    assert change.new == "职称：副高级；手机号：139****0001"
    assert (change.by, change.reason, change.at) == ("单位经办", "本人申请", scene.at)
    assert Person.objects.get(pk=person.pk).id_number == id_number(7)


def test_a_correction_is_refused_without_reason_change_or_the_newest_before_ones_eyes(scene: Scene):
    person = enter(scene)
    assert code_of(correct, scene, person, reason=" ", title="正高级") == "no_reason"
    assert code_of(correct, scene, person, title="中级", phone="") == "nothing_changed"
    assert code_of(correct, scene, person, seen=0, title="正高级") == "changed"
    assert code_of(correct, scene, person, birth_date=scene.at.date()) == "born_later"
    assert code_of(correct, scene, person, id_number="450126198503210000") == "id_number"
    make_person(scene.unit, id_number=id_number(8))
    assert code_of(correct, scene, person, id_number=id_number(8)) == "id_number_taken"
    elsewhere = make_person(make_unit(scene.county))
    assert code_of(correct, scene, elsewhere, seen=0, title="正高级") == "not_yours"
    assert FileChange.objects.filter(what="corrected").count() == 0


def test_people_are_seen_by_their_unit_and_by_who_keeps_posts_there(scene: Scene):
    elsewhere = make_person(make_unit(scene.counties[2]))
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    mine = scene.applicant.person
    seen = {
        user.display_name: set(persons_kept(actor(user), scene.at))
        for user in (scene.officers.unit, administrator, scene.officers.region, scene.officers.city, scene.applicant)
    }
    assert list(seen.values()) == [{mine}, {mine}, {mine, elsewhere}, set(), set()]


def move(scene: Scene, by: Any, person: Person, to: Any, reason: str = "调入") -> Person:
    return services.move_person(person=person, to=to, reason=reason, by=actor(by), at=scene.at)


def test_a_file_moves_to_another_unit_by_who_keeps_both_places(scene: Scene):
    person, here, far = enter(scene), make_unit(scene.county, name="宾阳农技站"), make_unit(scene.counties[2])
    administrator = make_officer(Role.ADMINISTRATOR, scene.cities[0])
    assert code_of(move, scene, scene.officers.unit, person, here) == "not_yours"
    assert code_of(move, scene, administrator, person, far) == "not_yours"
    assert code_of(move, scene, administrator, person, here, reason=" ") == "no_reason"
    assert code_of(move, scene, administrator, person, scene.unit) == "there_already"
    assert move(scene, administrator, person, here).unit == here
    assert Person.objects.get(pk=person.pk).unit == here
    change = FileChange.objects.get(what="moved")
    assert (change.old, change.new, change.by) == ("工作单位：广西测试大学", "工作单位：宾阳农技站", str(administrator))
    assert set(persons_kept(actor(scene.officers.unit), scene.at)) == {scene.applicant.person}
