"""The lists of villages and key clients: what is kept, what is taken off and what stands against it, all on record."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.core import audit
from apps.core.models import LogEntry
from apps.core.refusals import Refusal, Refused
from apps.directory.states import Role
from apps.matching.models import KeyClient, Serving, SiteList, Village
from apps.matching.selectors import edits as selectors
from apps.matching.selectors.coverage import coverage_of
from apps.matching.selectors.grounds import grounds_of
from apps.matching.selectors.lists import site_of
from apps.matching.services import lists, places
from apps.matching.services.lists import ClientRow, Kept, VillageRow
from apps.matching.services.removals import remove_clients, remove_villages
from apps.matching.states import PlacementState
from tests.factories import Scene, actor, make_officer
from tests.factories.placing import anew, make_clients, make_placement, make_villages, placing_at, village_rows


def refusals_of(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return [refusal.code for refusal in refused.value.refusals]


def lines(scene: Scene, viewer: Any = None) -> list[tuple[str, ...]]:
    """Return what a viewer reads of the edits, the newest first: county, sort, what was done, site, before, after."""
    rows = selectors.edits_seen(viewer or scene.office, scene.season, placing_at(scene))
    return [
        (row.county_name, row.details["sort"], line.what, line.site, line.old, line.new)
        for row in rows
        for line in selectors.lines_of(row)
    ]


def act_of(scene: Scene, by: Any = None, **words: Any) -> dict[str, Any]:
    return {"season": scene.season, "by": by or scene.office, "at": placing_at(scene), **words}


def test_what_stays_as_it_was_keeps_where_it_came_from(scene: Scene):
    first, second, *_ = village_rows(scene.county)
    act = {**act_of(scene), "rows": [first, second]}
    assert lists.keep_villages(**act, is_generated=True) == Kept(2, 0, 0)
    grown = VillageRow(first.region, first.kinds, {"茶叶": 900})
    assert lists.keep_villages(**act | {"rows": [grown, second]}) == Kept(0, 1, 1)
    came_from = dict(Village.objects.values_list("region", "is_generated"))
    assert came_from == {first.region: False, second.region: True}


def test_what_is_kept_is_told_apart_and_noted_county_by_county_with_what_was_before(scene: Scene):
    first, second, *_ = village_rows(scene.county)
    there = village_rows(scene.counties[2])[0]
    assert lists.keep_villages(rows=[first, there], **act_of(scene)) == Kept(2, 0, 0)
    grown = VillageRow(first.region, first.kinds, {"茶叶": 900})
    assert lists.keep_villages(rows=[grown, there, second], **act_of(scene, opinion="核对")) == Kept(1, 1, 1)
    site = {row.region_id: site_of(row) for row in Village.objects.select_related("region__parent")}
    one, two, far = site[first.region], site[second.region], site[there.region]
    assert sorted(lines(scene)) == sorted(
        [
            ("宾阳县", "villages", "新增", one, "", "脱贫村；水稻300"),
            ("宾阳县", "villages", "更新", one, "脱贫村；水稻300", "脱贫村；茶叶900"),
            ("宾阳县", "villages", "新增", two, "", "脱贫村；水稻500；茶叶40"),
            ("柳城县", "villages", "新增", far, "", "脱贫村；水稻300"),
        ]
    )
    assert LogEntry.objects.filter(kind="site_list", opinion="核对").count() == 1
    assert audit.verify().faults == ()


def test_what_changes_nothing_leaves_no_row_and_who_kept_it_stays(scene: Scene):
    make_villages(scene)
    rows = LogEntry.objects.count()
    county = actor(scene.officers.county)
    assert lists.keep_villages(rows=village_rows(scene.county), **act_of(scene, county)) == Kept(0, 0, 4)
    assert LogEntry.objects.count() == rows
    assert set(Village.objects.values_list("kept_by", flat=True)) == {scene.office.name}


def test_each_reads_the_edits_of_the_counties_in_his_sight(scene: Scene):
    make_villages(scene)
    lists.keep_villages(rows=village_rows(scene.counties[2])[:1], **act_of(scene))
    counties = {line[0] for line in lines(scene)}
    assert counties == {scene.county.name, scene.counties[2].name}
    assert {line[0] for line in lines(scene, actor(scene.officers.county))} == {scene.county.name}
    assert lines(scene, actor(scene.officers.unit)) == []


def test_a_village_is_taken_off_with_a_reason_and_may_come_back(scene: Scene):
    village = make_villages(scene)[3]
    gone = {"villages": [village.pk], "reason": "已并入邻村"}
    (outcome,) = remove_villages(**act_of(scene, actor(scene.officers.county), **gone))
    assert outcome.against is None
    assert not Village.objects.filter(pk=village.pk).exists()
    (newest, *_) = selectors.edits_seen(scene.office, scene.season, placing_at(scene))
    assert (newest.opinion, newest.actor, newest.post) == ("已并入邻村", "县经办", newest.post)
    assert newest.post
    assert [line.what for line in selectors.lines_of(newest)] == ["移出"]
    row = village_rows(scene.county)[3]
    assert lists.keep_villages(rows=[row], **act_of(scene)) == Kept(1, 0, 0)
    assert Village.objects.get(region=row.region).pk == village.pk


def test_what_was_taken_off_is_neither_placed_nor_counted(scene: Scene):
    placement = make_placement(scene, people=1)
    bare = Village.objects.filter(servings=None).order_by("region")[0]
    remove_villages(**act_of(scene, villages=[bare.pk], reason="撤并"))
    assert bare.region_id not in grounds_of(placement.run, placement.group)["villages"].sites
    (county,) = coverage_of(scene.season, [scene.county.pk])
    assert county.coverage.villages == 3


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_served_stays_and_tells_by_whom_while_the_others_go(scene: Scene, number: int):
    make_placement(scene, clients=2)
    served, *_ = Serving.objects.exclude(client=None).select_related("client", "person")
    make_clients(scene, 2 + number)
    free = KeyClient.objects.filter(servings=None)
    chosen = [served.client_id, *free.values_list("pk", flat=True)]
    outcomes = remove_clients(**act_of(scene, clients=chosen, reason="停产"))
    (stays,) = [outcome.against for outcome in outcomes if outcome.against]
    assert isinstance(stays, Refusal)
    assert (stays.code, served.person.name in stays.reason) == ("in_use", True)
    assert KeyClient.everything.exclude(removed=None).count() == number
    assert refusals_of(lambda: remove_clients(**act_of(scene, clients=chosen[:1], reason="停产"))) == ["in_use"]


def test_a_village_is_free_once_its_county_has_sent_its_person_elsewhere(scene: Scene):
    placement = make_placement(scene, PlacementState.CONFIRMED)
    serving = Serving.objects.filter(placement=placement, client=None).order_by("pk")[0]
    gone = {"villages": [serving.village_id], "reason": "撤并"}
    assert refusals_of(lambda: remove_villages(**act_of(scene, **gone))) == ["in_use"]
    at, county = placing_at(scene), actor(scene.officers.county)
    places.send_back(placement=placement, by=scene.office, at=at, opinion="该村已撤并，请改派")
    others = Village.objects.exclude(pk=serving.village_id).exclude(servings__person=serving.person)
    clients = Serving.objects.filter(person=serving.person, village=None).values_list("client", flat=True)
    places.serve(
        placement=anew(scene), person=serving.person_id, villages=[others.order_by("pk")[0].pk],
        clients=list(clients), reason="村已撤并", by=county, at=at,
    )  # fmt: skip
    remove_villages(**act_of(scene, **gone))
    places.submit(placement=anew(scene), by=county, at=at, opinion="已改派")
    assert places.confirm(placement=anew(scene), by=scene.office, at=at).state == PlacementState.CONFIRMED


def test_somebodys_assessment_base_stays_until_he_lets_it_go(scene: Scene):
    placement = make_placement(scene, PlacementState.CONFIRMED, people=1)
    make_clients(scene, 3)
    person = Serving.objects.filter(placement=placement)[0].person
    free = KeyClient.objects.filter(servings=None)[0]
    act = {"season": scene.season, "by": actor(person.user), "at": placing_at(scene)}
    base = places.choose_base(client=free.pk, **act)
    gone = {"clients": [free.pk], "reason": "停产"}
    assert refusals_of(lambda: remove_clients(**act_of(scene, **gone))) == ["is_a_base"]
    places.release_base(base=base, reason="停产", by=act["by"], at=act["at"])
    remove_clients(**act_of(scene, **gone))
    assert refusals_of(lambda: places.choose_base(client=free.pk, **act)) == ["not_in_group"]
    assert lists.keep_clients(rows=[ClientRow(scene.county.pk, free.name, "base")], **act_of(scene)) == Kept(1, 0, 0)
    assert places.choose_base(client=free.pk, **act).client_id == free.pk


def test_taking_off_needs_a_reason_and_whose_list_it_is(scene: Scene):
    needed, *_, on_demand = (village.pk for village in make_villages(scene))
    county, stranger = actor(scene.officers.county), actor(scene.stranger)
    auditor = actor(scene.officers.auditor)

    def refused(village: int, by: Any, reason: str = "撤并") -> list[str]:
        return refusals_of(lambda: remove_villages(**act_of(scene, by, villages=[village], reason=reason)))

    assert refused(on_demand, county, " ") == ["no_reason"]
    assert refused(needed, county) == ["kinds_are_set"]
    assert [refused(on_demand, by) for by in (stranger, auditor)] == [["not_listed"]] * 2
    assert refused(987_654, scene.office) == ["not_listed"]
    assert Village.objects.count() == 4


def test_a_county_begins_its_list_once_and_its_officers_are_named_in_their_posts(scene: Scene):
    make_villages(scene)
    make_clients(scene)
    second = actor(make_officer(Role.SCI_TECH_AUTHORITY, scene.county))
    lists.keep_clients(rows=[ClientRow(scene.county.pk, "新合作社", "cooperative")], **act_of(scene, second))
    assert SiteList.objects.filter(season=scene.season).count() == 1
    posts = LogEntry.objects.filter(kind="site_list").order_by("n").values_list("action", "actor", "post")
    assert [action for action, _, _ in posts] == ["create", "write", "write", "write"]
    assert all(post for _, _, post in posts)


def test_a_key_client_is_renamed_on_record_and_never_to_a_name_its_county_had(scene: Scene):
    one, other = make_clients(scene)
    one = KeyClient.objects.select_related("season", "county").get(pk=one.pk)
    act = {"by": actor(scene.officers.county), "at": placing_at(scene)}
    words = {"kind": "base", "industry": "茶叶"}
    lists.rewrite_client(client=one, name="示范基地", **words, **act)
    assert lines(scene)[0][3:] == (one.name, "合作社；水稻", "更名为“示范基地”；基地；茶叶")
    remove_clients(**act_of(scene, clients=[other.pk], reason="停产"))
    renamed = KeyClient.objects.select_related("season", "county").get(pk=one.pk)
    assert refusals_of(lambda: lists.rewrite_client(client=renamed, name=other.name, **words, **act)) == ["name_taken"]
    remove_clients(**act_of(scene, clients=[one.pk], reason="停产"))
    assert refusals_of(lambda: lists.rewrite_client(client=renamed, name="又一名", **words, **act)) == ["not_listed"]
