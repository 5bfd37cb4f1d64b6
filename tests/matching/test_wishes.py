"""Wishes: who lists them, what is refused, what counties say of them."""

import pytest
from django.db import IntegrityError, transaction

from apps.core import audit
from apps.core.refusals import Refused
from apps.matching import services
from apps.matching.models import Participant, Wish, WishList
from apps.matching.selectors import wishes as selectors
from apps.matching.states import WishListState, WishWord
from tests.factories import Scene, actor, make_passed, make_season, run_effects
from tests.factories.wishes import entries_for, groups_of, make_participant, make_wishes, wish_of, wishing_at
from tests.refusals import code_in


def test_who_is_named_takes_part_and_chooses_by_the_level_of_his_unit(scene: Scene):
    (application, *_) = make_passed(scene)
    run_effects(scene.at)
    participant = Participant.objects.get(person=application.person_id)
    assert (participant.unit_id, participant.county_id) == (application.unit_id, None)


@pytest.mark.parametrize(
    ("level", "chooses"), [("region", True), ("city", True), ("county", False), ("township", False)]
)
def test_people_of_lower_units_serve_their_own_county_without_choosing(scene: Scene, level: str, chooses: bool):
    participant = make_participant(scene, level=level)
    assert participant.county_id == (None if chooses else scene.county.pk)
    found = selectors.participation(actor(participant.person.user), scene.season.pk)
    assert (found is not None) is chooses


def test_being_named_again_changes_nothing(scene: Scene):
    participant = make_participant(scene, level="county")
    again = services.Named(participant.person_id, None, "region", scene.counties[1].pk)
    services.admit(season=scene.season, named=[again])
    assert Participant.objects.get().county_id == scene.county.pk


def test_wishes_are_kept_as_written_and_handed_in_to_their_counties(scene: Scene):
    groups = groups_of(scene)
    wishes = make_wishes(scene, groups)
    assert (wishes.state, wishes.is_late) == (WishListState.SUBMITTED, False)
    rows = Wish.objects.filter(list=wishes).values_list("rank", "group", "word")
    assert list(rows) == [(1, groups[0].pk, ""), (2, groups[1].pk, ""), (3, groups[2].pk, "")]
    assert audit.verify().faults == ()


def test_what_is_written_in_parts_is_one_list(scene: Scene):
    participant, at = make_participant(scene), wishing_at(scene)
    by, groups = actor(participant.person.user), groups_of(scene)
    services.save_wishes(participant=participant, entries=[], by=by, at=at)
    services.save_wishes(participant=participant, entries=entries_for(groups[:1]), by=by, at=at)
    assert WishList.objects.get().entries == entries_for(groups[:1])


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda entries: [], "number_of_wishes"),
        (lambda entries: [*entries, {"group": -1, "industry": "水稻"}], "number_of_wishes"),
        (lambda entries: [entries[0], entries[0]], "county_twice"),
        (lambda entries: [{**entries[0], "group": -1}], "not_in_season"),
        (lambda entries: [{**entries[0], "industry": "航天"}], "not_its_industry"),
    ],
)
def test_wishes_against_the_rules_are_not_taken(scene: Scene, spoil, code: str):
    participant, at = make_participant(scene), wishing_at(scene)
    by = actor(participant.person.user)
    entries = spoil(entries_for(groups_of(scene)))
    draft = services.save_wishes(participant=participant, entries=entries, by=by, at=at)
    with pytest.raises(Refused) as refused:
        services.submit_wishes(wishes=draft, by=by, at=at)
    assert code_in(refused) == code
    assert WishList.objects.get().state == WishListState.DRAFT
    assert not Wish.objects.exists()


def test_a_county_of_another_season_is_outside(scene: Scene):
    other = make_season(scene.region, by=scene.office, at=scene.at, title="另一批次")
    participant, at = make_participant(scene), wishing_at(scene)
    by = actor(participant.person.user)
    foreign = {"group": other.service_groups.order_by("pk")[0].pk, "industry": "水稻"}
    draft = services.save_wishes(participant=participant, entries=[foreign], by=by, at=at)
    with pytest.raises(Refused) as refused:
        services.submit_wishes(wishes=draft, by=by, at=at)
    assert code_in(refused) == "not_in_season"


def test_the_office_keeps_the_industries_of_a_county(scene: Scene):
    group = groups_of(scene)[0]
    services.set_industries(group=group, industries=["柑橘", "柑橘", "竹编"], by=scene.office, at=scene.at)
    assert selectors.industries_of(scene.season)[group.pk] == ["柑橘", "竹编"]
    with pytest.raises(Refused):
        services.set_industries(group=group, industries=[], by=actor(scene.officers.county), at=scene.at)


def test_what_comes_late_needs_a_reason_and_is_marked(scene: Scene):
    participant = make_participant(scene)
    by, late = actor(participant.person.user), scene.at.replace(month=8, day=10)
    draft = services.save_wishes(participant=participant, entries=entries_for(groups_of(scene)), by=by, at=late)
    with pytest.raises(Refused) as refused:
        services.submit_wishes(wishes=draft, by=by, at=late)
    assert code_in(refused) == "late"
    assert services.submit_wishes(wishes=draft, by=by, at=late, opinion="出差在外").is_late


def test_after_the_late_days_nothing_is_taken(scene: Scene):
    participant = make_participant(scene)
    by, over = actor(participant.person.user), scene.at.replace(month=9, day=10)
    draft = services.save_wishes(participant=participant, entries=entries_for(groups_of(scene)), by=by, at=over)
    with pytest.raises(Refused) as refused:
        services.submit_wishes(wishes=draft, by=by, at=over, opinion="忘记了")
    assert code_in(refused) == "window_closed"


def test_nobody_writes_the_wishes_of_another(scene: Scene):
    participant = make_participant(scene)
    with pytest.raises(Refused):
        services.save_wishes(participant=participant, entries=[], by=actor(scene.applicant), at=wishing_at(scene))
    wishes = make_wishes(scene, groups_of(scene), participant)
    with pytest.raises(Refused) as refused:
        services.take_back_wishes(wishes=wishes, by=scene.office, at=wishing_at(scene))
    assert code_in(refused) == "not_yours"


def test_what_is_handed_in_changes_only_when_it_is_taken_back_and_then_verdicts_are_gone(scene: Scene):
    participant, groups, at = make_participant(scene), groups_of(scene), wishing_at(scene)
    wishes = make_wishes(scene, groups, participant)
    by = actor(participant.person.user)
    with pytest.raises(Refused) as refused:
        services.save_wishes(participant=participant, entries=[], by=by, at=at)
    assert code_in(refused) == "submitted"
    judged(scene, [wish_of(wishes).pk])
    draft = services.take_back_wishes(wishes=WishList.objects.get(), by=by, at=at)
    assert draft.state == WishListState.DRAFT
    assert not Wish.objects.exists()


def judged(scene: Scene, wishes: list[int], word: str = WishWord.INVITE, points: int | None = 90, opinion: str = ""):
    return services.judge_wishes(
        wishes=wishes, word=word, points=points, opinion=opinion, by=actor(scene.officers.county), at=wishing_at(scene)
    )


def test_a_county_judges_the_wishes_aimed_at_it_together(scene: Scene):
    group = groups_of(scene)[0]
    lists = [make_wishes(scene, [group]) for _ in range(3)]
    assert [outcome.done for outcome in judged(scene, [wish_of(each).pk for each in lists])] == [True] * 3
    said = {(wish.word, wish.points, wish.judged_by) for wish in Wish.objects.all()}
    assert said == {("invite", 90, "县经办")}
    assert audit.verify().faults == ()


def test_a_county_judges_no_wish_of_another(scene: Scene):
    wishes = make_wishes(scene, groups_of(scene)[1:2])
    with pytest.raises(Refused) as refused:
        judged(scene, [wish_of(wishes).pk])
    assert code_in(refused) == "missing"
    assert wish_of(wishes).word == ""


def test_refusing_needs_a_reason_and_points_their_bounds(scene: Scene):
    wish = wish_of(make_wishes(scene, groups_of(scene)[:1]))
    (outcome,) = judged(scene, [wish.pk], WishWord.REFUSE, None)
    assert outcome.refusals[0].code == "no_reason"
    with pytest.raises(Refused) as refused:
        judged(scene, [wish.pk], points=101)
    assert code_in(refused) == "points"
    (outcome,) = judged(scene, [wish.pk], WishWord.REFUSE, None, "专业不符")
    assert outcome.done


def test_a_wish_taken_back_meanwhile_is_judged_no_more(scene: Scene):
    participant = make_participant(scene)
    wishes = make_wishes(scene, groups_of(scene)[:1], participant)
    key = wish_of(wishes).pk
    services.take_back_wishes(wishes=wishes, by=actor(participant.person.user), at=wishing_at(scene))
    with pytest.raises(Refused) as refused:
        judged(scene, [key])
    assert code_in(refused) == "missing"


@pytest.mark.parametrize("change", [{"rank": 1}, {"points": 101}, {"word": "perhaps"}, {"word": "refuse"}, {"rank": 0}])
def test_the_database_refuses_what_must_not_be(scene: Scene, change: dict[str, object]):
    wishes = make_wishes(scene, groups_of(scene)[:2])
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(list=wishes, rank=2).update(**change)


def test_the_database_refuses_a_county_twice_and_a_second_list(scene: Scene):
    groups = groups_of(scene)
    wishes = make_wishes(scene, groups[:2])
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(list=wishes, rank=2).update(group=groups[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        WishList.objects.bulk_create([WishList(season=wishes.season, person=wishes.person, saved=scene.at)])
