"""A group's people at its villages and key clients: placed by the clock, edited by the county, confirmed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core import audit, outbox
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refusals import Refusal, Refused
from apps.desks.models import Paper
from apps.matching.models import AssessmentBase, KeyClient, Participant, Placement, Serving, Village
from apps.matching.selectors import places as selectors
from apps.matching.selectors.reasons import mine_of
from apps.matching.services import lists, places
from apps.matching.states import PlacementState, RunState
from apps.notices.models import Message
from tests.factories import Scene, actor, run_effects
from tests.factories.allocation import make_run
from tests.factories.placing import (
    anew,
    make_clients,
    make_placement,
    make_villages,
    placing_at,
    village_codes,
    village_rows,
)
from tests.factories.wishes import groups_of, make_participant


def refusal_of(act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusals[0]


def county_of(scene: Scene) -> Actor:
    return actor(scene.officers.county)


def served_by(placement: Placement) -> dict[int, list[str]]:
    """Return the codes of the villages that each person serves."""
    found: dict[int, list[str]] = {}
    for person, code in Serving.objects.filter(placement=placement, client=None).values_list(
        "person", "village__region"
    ):
        found.setdefault(person, []).append(code)
    return {person: sorted(codes) for person, codes in found.items()}


def keys_of(*codes: str) -> list[int]:
    return [Village.objects.get(region=code).pk for code in codes]


def test_the_clock_covers_every_village_that_must_be_served_within_the_limits(scene: Scene):
    placement = make_placement(scene)
    codes = village_codes(scene.county)
    served = served_by(placement)
    assert {code for villages in served.values() for code in villages} >= set(codes[:3])
    assert sorted(map(len, served.values())) in ([1, 2], [2, 2])
    clients = Serving.objects.filter(placement=placement, village=None).values_list("person", flat=True)
    assert sorted(clients) == sorted(served)
    assert selectors.Board(placement).uncovered == []


def test_who_serves_his_own_county_is_placed_with_those_allocated(scene: Scene):
    local = make_participant(scene, level="county")
    placement = make_placement(scene, people=1)
    assert set(served_by(placement)) == {local.person_id, Participant.objects.get(county=None).person_id}


def test_what_cannot_be_covered_is_listed_with_the_proof(scene: Scene):
    placement = make_placement(scene, people=1)
    board = selectors.Board(placement)
    (proof,) = board.proofs()
    assert len(board.uncovered) == 1
    assert proof == (
        f"3个须覆盖的村只能由1人服务，按每人上限共可挂2个村，至少有1个村无法覆盖；本次未安排：{board.uncovered[0]}。"
    )


def test_a_group_without_people_has_all_its_villages_listed(scene: Scene):
    make_villages(scene)
    run = make_run(scene, RunState.PUBLISHED, people=1, places=1)
    empty = groups_of(scene)[0]
    run.outcomes.update(group=None)
    assert places.compute(run=run.pk, group=empty.pk, at=placing_at(scene))
    (proof,) = selectors.Board(anew(scene)).proofs()
    assert proof.startswith("没有可安排的人员，3个村均未覆盖：")


def test_last_years_person_keeps_his_village(scene: Scene):
    first, second = (make_participant(scene, level="county").person for _ in range(2))
    codes = village_codes(scene.county)
    rows = [
        lists.VillageRow(codes[0], ("lifted",), {}, second.pk),
        lists.VillageRow(codes[1], ("lifted",), {}, first.pk),
    ]
    lists.keep_villages(season=scene.season, rows=rows, by=scene.office, at=scene.at)
    run = make_run(scene, RunState.PUBLISHED, people=1)
    run.outcomes.update(group=None)
    places.compute(run=run.pk, group=groups_of(scene)[0].pk, at=placing_at(scene))
    assert served_by(anew(scene)) == {first.pk: [codes[1]], second.pk: [codes[0]]}


def test_only_groups_of_the_newest_published_allocation_wait_to_be_placed(scene: Scene):
    assert selectors.groups_to_place() == []
    placement = make_placement(scene)
    assert selectors.groups_to_place() == []
    elsewhere = village_rows(scene.counties[2])
    lists.keep_villages(season=scene.season, rows=elsewhere, by=scene.office, at=scene.at)
    assert selectors.groups_to_place() == [(placement.run_id, groups_of(scene)[2].pk)]
    assert places.compute(run=placement.run_id, group=placement.group_id, at=placing_at(scene)) is False
    assert anew(scene).log_count == placement.log_count


def killed_before(number: int) -> Callable[..., Any]:
    """Return what ends the process before its statement of a number."""
    numbers = count()

    def execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if next(numbers) == number:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    return execute


@pytest.mark.django_db(transaction=True)
def test_killed_before_any_of_its_statements_and_begun_again_it_gives_the_same_hash_once(
    transactional_scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    scene = transactional_scene
    monkeypatch.setattr(outbox, "_send", lambda keys, at: None)
    first = make_placement(scene)
    expected, served = first.output_digest, served_by(first)
    Placement.objects.all().delete()
    Paper.objects.filter(kind=selectors.PLACEMENT).delete()
    kills = 0
    while not Placement.objects.exists():
        with suppress(KeyboardInterrupt), connection.execute_wrapper(killed_before(kills)):
            places.compute(run=first.run_id, group=first.group_id, at=placing_at(scene))
        kills += 1
        assert Serving.objects.exists() == Placement.objects.filter(output_digest=expected).exists()
    assert kills > 10
    assert (anew(scene).output_digest, served_by(anew(scene))) == (expected, served)
    assert LogEntry.objects.filter(kind=selectors.PLACEMENT, record=anew(scene).pk).count() == 2


def test_a_move_changes_the_cover_at_once_and_keeps_who_why(scene: Scene):
    placement = make_placement(scene)
    codes, clients = village_codes(scene.county), KeyClient.objects.order_by("pk")
    two = next(person for person, villages in served_by(placement).items() if len(set(villages) & set(codes[:3])) == 2)
    lost = sorted(set(served_by(placement)[two]) & set(codes[:3]))
    said = {"person": two, "villages": keys_of(lost[0]), "clients": [clients[0].pk]}
    act = {"by": county_of(scene), "at": placing_at(scene)}
    effect = places.foresee(placement=placement, **said, **act)
    assert (effect.before, effect.after, len(effect.lost)) == (0, 1, 1)
    places.serve(placement=placement, **said, reason="路途较远", **act)
    assert served_by(anew(scene))[two] == [lost[0]]
    assert selectors.Board(anew(scene)).uncovered == list(effect.lost)
    assert set(Serving.objects.filter(person=two).values_list("reason", flat=True)) == {"路途较远"}
    assert audit.verify().faults == ()


@pytest.mark.parametrize(
    ("villages", "clients", "code", "quote"),
    [
        (3, 1, "number_of_villages", "每位科技特派员定点挂村服务 1—2 个脱贫村"),
        (0, 1, "number_of_villages", "每位科技特派员定点挂村服务 1—2 个脱贫村"),
        (1, 3, "number_of_clients", "联系 1—2 户重点服务对象"),
        (1, 0, "number_of_clients", "联系 1—2 户重点服务对象"),
    ],
)
def test_more_sites_than_the_policy_allows_and_fewer_are_refused_with_its_clause(
    scene: Scene, villages: int, clients: int, code: str, quote: str
):
    placement = make_placement(scene, clients=3)
    said = {
        "person": next(iter(served_by(placement))),
        "villages": keys_of(*village_codes(scene.county)[:villages]),
        "clients": list(KeyClient.objects.values_list("pk", flat=True)[:clients]),
    }
    act = {"by": county_of(scene), "at": placing_at(scene)}
    refusal = refusal_of(lambda: places.serve(placement=placement, **said, reason="调整", **act))
    assert (refusal.code, quote in (refusal.basis.quote if refusal.basis else "")) == (code, True)
    assert refusal_of(lambda: places.foresee(placement=placement, **said, **act)) == refusal


def test_strangers_and_other_sites_and_moves_without_a_reason_are_refused(scene: Scene):
    placement = make_placement(scene)
    person, village = next(iter(served_by(placement))), keys_of(village_codes(scene.county)[0])
    client = [KeyClient.objects.order_by("pk")[0].pk]

    def serve(**changed: Any) -> str:
        said = {"person": person, "villages": village, "clients": client, "reason": "调整", "by": county_of(scene)}
        return refusal_of(lambda: places.serve(placement=anew(scene), at=placing_at(scene), **{**said, **changed})).code

    assert serve(by=scene.office) == "not_yours"
    assert serve(by=actor(scene.stranger)) == "not_yours"
    assert serve(reason=" ") == "no_reason"
    assert serve(person=987) == "not_in_group"
    assert serve(villages=[987_654]) == "unknown_site"
    assert serve(clients=client * 2) == "unknown_site"


def test_it_is_handed_in_given_back_and_confirmed_by_those_whose_business_it_is(scene: Scene):
    placement = make_placement(scene)
    at, county = placing_at(scene), county_of(scene)
    assert [paper.desk for paper in Paper.objects.filter(kind="placement", done=None)] == placement.desks
    assert refusal_of(lambda: places.submit(placement=anew(scene), by=scene.office, at=at)).code == "not_yours"
    places.submit(placement=anew(scene), by=county, at=at)
    assert [paper.desk for paper in Paper.objects.filter(kind="placement", done=None)] == [placement.office]
    assert refusal_of(lambda: places.confirm(placement=anew(scene), by=county, at=at)).code == "not_yours"
    back = {"placement": anew(scene), "by": scene.office, "at": at}
    assert refusal_of(lambda: places.send_back(**back, opinion="")).code == "no_reason"
    places.send_back(**back, opinion="请兼顾边境村")
    assert anew(scene).state == PlacementState.RETURNED
    places.submit(placement=anew(scene), by=county, at=at)
    places.confirm(placement=anew(scene), by=scene.office, at=at)
    assert anew(scene).state == PlacementState.CONFIRMED
    assert not Paper.objects.filter(kind="placement", done=None).exists()
    assert audit.verify().faults == ()


def test_people_without_a_client_keep_it_from_being_handed_in_until_it_is_computed_anew(scene: Scene):
    placement = make_placement(scene, clients=0)
    at, county = placing_at(scene), county_of(scene)
    refusal = refusal_of(lambda: places.submit(placement=placement, by=county, at=at))
    assert (refusal.code, "还有2人不符合" in refusal.reason) == ("number_of_clients", True)
    make_clients(scene)
    places.compute_anew(placement=anew(scene), by=county, at=at)
    assert places.submit(placement=anew(scene), by=county, at=at).state == PlacementState.AWAITING_CONFIRMATION


def test_a_worse_cover_than_need_be_is_handed_in_with_a_reason_only(scene: Scene):
    placement = make_placement(scene)
    codes = set(village_codes(scene.county)[:3])
    two = next(person for person, villages in served_by(placement).items() if len(codes & set(villages)) == 2)
    keep, client = sorted(codes & set(served_by(placement)[two]))[0], KeyClient.objects.order_by("pk")[0].pk
    act = {"by": county_of(scene), "at": placing_at(scene)}
    places.serve(placement=placement, person=two, villages=keys_of(keep), clients=[client], reason="身体原因", **act)
    assert refusal_of(lambda: places.submit(placement=anew(scene), **act)).code == "worse_cover"
    places.submit(placement=anew(scene), opinion="待补选人员", **act)


def test_once_confirmed_each_is_told_where_he_serves_and_reads_why(scene: Scene):
    placement = make_placement(scene, PlacementState.CONFIRMED)
    run_effects(placing_at(scene))
    told = Message.objects.filter(key__startswith=f"placed:{placement.pk}:")
    assert set(told.values_list("user__person", flat=True)) == set(served_by(placement))
    person, codes = next(iter(served_by(placement).items()))
    (mine,) = mine_of(person)
    assert [village.region_id for village, _, _ in mine.villages] == codes
    for village, why, _ in mine.villages:
        assert ("产业相同：水稻" in why) == ("水稻" in village.industries)
        assert ("须全覆盖" in why) == village.is_needed


# Lists


def test_a_county_keeps_its_own_villages_but_not_which_must_be_served(scene: Scene):
    make_villages(scene)
    act = {"season": scene.season, "at": scene.at}
    (first, *_) = village_rows(scene.county)
    scales = [lists.VillageRow(first.region, first.kinds, {"茶叶": 900})]
    assert lists.keep_villages(rows=scales, by=county_of(scene), **act) == lists.Kept(0, 1, 0)
    assert Village.objects.get(region=first.region).industries == {"茶叶": 900}
    other = [lists.VillageRow(first.region, ("border",))]
    assert refusal_of(lambda: lists.keep_villages(rows=other, by=county_of(scene), **act)).code == "kinds_are_set"
    for by in (actor(scene.stranger), actor(scene.officers.unit), actor(scene.officers.auditor)):
        refusal = refusal_of(lambda by=by: lists.keep_villages(rows=scales, by=by, **act))
        assert refusal.code == "not_your_county"
    strange = [lists.VillageRow(first.region, ("star",))]
    assert refusal_of(lambda: lists.keep_villages(rows=strange, by=scene.office, **act)).code == "unknown_kind"


def test_a_client_is_corrected_by_its_county_and_takes_no_name_of_another(scene: Scene):
    make_clients(scene)
    act = {"by": county_of(scene), "at": scene.at}
    client, other = KeyClient.objects.select_related("season", "county").order_by("pk")
    words = {"kind": "base", "industry": "茶叶"}
    assert lists.rewrite_client(client=client, name="示范基地", **words, **act).name == "示范基地"
    taken = refusal_of(lambda: lists.rewrite_client(client=client, name=other.name, **words, **act))
    assert taken.code == "name_taken"
    stranger = {"by": actor(scene.stranger), "at": scene.at}
    refused = refusal_of(lambda: lists.rewrite_client(client=client, name="他县基地", **words, **stranger))
    assert refused.code == "not_your_county"


# Assessment bases


def test_a_base_is_one_persons_and_a_person_has_one_base_each_refused_with_its_clause(scene: Scene):
    placement = make_placement(scene, PlacementState.CONFIRMED)
    first, second = (actor(person.user) for person in _people(placement))
    one, other = KeyClient.objects.order_by("pk")
    act = {"season": scene.season, "at": placing_at(scene)}
    base = places.choose_base(client=one.pk, by=first, **act)
    taken = refusal_of(lambda: places.choose_base(client=one.pk, by=second, **act))
    assert (taken.code, "只能有1人绑为考核基地" in (taken.basis.quote if taken.basis else "")) == ("base_taken", True)
    again = refusal_of(lambda: places.choose_base(client=other.pk, by=first, **act))
    assert (again.code, "1个考核基地" in (again.basis.quote if again.basis else "")) == ("has_base", True)
    assert (
        refusal_of(lambda: places.release_base(base=base, reason="更换", by=second, at=act["at"])).code == "not_yours"
    )
    assert refusal_of(lambda: places.release_base(base=base, reason=" ", by=first, at=act["at"])).code == "no_reason"
    places.release_base(base=base, reason="基地停产", by=first, at=act["at"])
    places.choose_base(client=one.pk, by=second, **act)
    places.choose_base(client=other.pk, by=first, **act)
    assert AssessmentBase.objects.filter(released=None).count() == 2


def _people(placement: Placement) -> list[Any]:
    rows = Serving.objects.filter(placement=placement, client=None).select_related("person__user").order_by("person")
    return list({row.person_id: row.person for row in rows}.values())


def test_a_base_is_chosen_among_the_groups_own_once_the_placement_is_confirmed(scene: Scene):
    placement = make_placement(scene)
    (first, *_) = _people(placement)
    client = KeyClient.objects.order_by("pk")[0]
    act = {"season": scene.season, "by": actor(first.user), "at": placing_at(scene)}
    assert refusal_of(lambda: places.choose_base(client=client.pk, **act)).code == "no_place"
    places.submit(placement=anew(scene), by=county_of(scene), at=act["at"])
    places.confirm(placement=anew(scene), by=scene.office, at=act["at"])
    elsewhere = [lists.ClientRow(scene.counties[2].pk, "外县基地", "base")]
    lists.keep_clients(season=scene.season, rows=elsewhere, by=scene.office, at=scene.at)
    far = KeyClient.objects.get(name="外县基地")
    assert refusal_of(lambda: places.choose_base(client=far.pk, **act)).code == "not_in_group"
    assert places.choose_base(client=client.pk, **act).client == client


def test_the_database_refuses_a_second_base_and_a_second_person_and_a_site_that_is_two(scene: Scene):
    placement = make_placement(scene)
    first, second = _people(placement)
    one, other = KeyClient.objects.order_by("pk")
    given = {"season": scene.season, "chosen": scene.at}
    AssessmentBase.objects.create(person=first, client=one, **given)
    for person, client in ((first, other), (second, one)):
        with pytest.raises(IntegrityError), transaction.atomic():
            AssessmentBase.objects.create(person=person, client=client, **given)
    village = Village.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Serving.objects.create(placement=placement, person=first, village=village, client=other)


def test_nobody_chooses_his_own_sites_or_confirms_a_placement_in_which_he_stands(scene: Scene):
    placement = make_placement(scene)
    person, other = sorted(served_by(placement))
    himself = replace(county_of(scene), person_id=person)
    sites = {"villages": keys_of(village_codes(scene.county)[3]), "clients": [KeyClient.objects.order_by("pk")[0].pk]}
    asked = {"placement": placement, "reason": "就近", "by": himself, "at": placing_at(scene), **sites}
    assert refusal_of(lambda: places.serve(person=person, **asked)).code == "own_case"
    assert places.serve(person=other, **asked).state == PlacementState.IN_HAND
    places.submit(placement=anew(scene), by=county_of(scene), at=placing_at(scene), opinion="已核对")
    office = replace(scene.office, person_id=other)
    confirm = refusal_of(lambda: places.confirm(placement=anew(scene), by=office, at=placing_at(scene)))
    assert (confirm.code, anew(scene).state) == ("own_case", PlacementState.AWAITING_CONFIRMATION)
