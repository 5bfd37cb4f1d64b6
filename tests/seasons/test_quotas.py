"""Quotas that bind: parts, ceilings, overruns, what is measured by villages, and counties served as one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from apps.core import audit, log
from apps.core.refusals import Refused
from apps.directory.models import Region
from apps.seasons import selectors, services
from apps.seasons.models import Ceiling, IndustryQuota, Overrun, Quota, Season, ServiceGroup
from apps.seasons.selectors import pack_of, quota_table, seats_of, shared_out
from tests.factories import AT, NANNING, Scene, actor
from tests.seasons.test_views import ticket, words_of

KEY = "focus_county"
ClientOf = Callable[..., Client]


def row_of(scene: Scene, name: str) -> Quota:
    return Quota.objects.select_related("season", "group").get(season=scene.season, group__name=name)


def now(scene: Scene) -> Season:
    return Season.objects.get(pk=scene.season.pk)


def set_quotas(scene: Scene, places: dict[str, int | None], parts: dict[str, dict[str, int]] | None = None) -> Season:
    return services.set_quotas(
        season=now(scene), key=KEY, places={row_of(scene, name).pk: number for name, number in places.items()},
        parts={row_of(scene, name).pk: each for name, each in (parts or {}).items()},
        reason="按测算", by=scene.office, at=AT,
    )  # fmt: skip


def approve(scene: Scene, extra: int, name: str = "宾阳县", basis: str = "会议纪要〔2026〕1号") -> Season:
    return services.approve_overrun(
        quota=row_of(scene, name), extra=extra, basis=basis, reason="茶叶示范片", by=scene.office, at=AT
    )


def set_ceilings(scene: Scene, **places: int | None) -> Season:
    codes = {"whole": scene.region.pk, "nanning": NANNING}
    wanted = {codes[name]: number for name, number in places.items()}
    return services.set_ceilings(
        season=now(scene), key=KEY, places=wanted, reason="总量控制", by=scene.office, at=AT
    )  # fmt: skip


def said_of(refused: pytest.ExceptionInfo[Refused]) -> list[tuple[str, str]]:
    return [(each.code, each.reason) for each in refused.value.refusals]


@given(st.integers(0, 5000), st.lists(st.integers(0, 400), min_size=1, max_size=120).filter(any))
def test_what_is_shared_out_adds_up_and_nobody_is_a_whole_place_off(total: int, weights: list[int]):
    shares = shared_out(total, weights)
    assert sum(shares) == total
    shared = zip(shares, weights, strict=True)
    assert all(abs(share * sum(weights) - total * weight) < sum(weights) for share, weight in shared)


@pytest.mark.parametrize(("total", "weights"), [(-1, [3]), (5, []), (5, [0, 0])])
def test_nothing_is_shared_out_where_there_is_nothing_to_share_it_by(total: int, weights: list[int]):
    with pytest.raises(ValueError, match="less than nothing"):
        shared_out(total, weights)


def test_parts_by_industry_are_kept_and_logged_with_the_places(scene: Scene):
    set_quotas(scene, {"宾阳县": 5})
    season = set_quotas(scene, {}, {"宾阳县": {"柑橘": 3, "桑蚕": 2}})
    assert list(IndustryQuota.objects.values_list("quota__group__name", "industry", "places")) == [
        ("宾阳县", "柑橘", 3), ("宾阳县", "桑蚕", 2),
    ]  # fmt: skip
    change = selectors.changes_of(season, pack_of(season))[0]
    assert (change.old, change.new) == ("宾阳县（不分产业）", "宾阳县（柑橘3；桑蚕2）")
    assert audit.verify().faults == ()


@pytest.mark.parametrize(
    ("places", "parts", "said"),
    [
        (4, {"柑橘": 3, "桑蚕": 2}, ("parts_beyond_places", "宾阳县分产业名额合计5，超过该县可接收的4人。")),
        (None, {"柑橘": 3}, ("parts_of_nothing", "宾阳县尚未设定名额，不能分产业。")),
        (4, {"柑橘": -3}, ("quota_negative", "名额不能小于0。")),
        (4, {"月亮菜": 3}, ("not_its_industry", "宾阳县的特色产业清单中没有“月亮菜”。")),
    ],
)
def test_parts_that_do_not_fit_are_refused_with_the_place(
    scene: Scene, places: int | None, parts: dict[str, int], said: tuple[str, str]
):
    with pytest.raises(Refused) as refused:
        set_quotas(scene, {"宾阳县": places}, {"宾阳县": parts})
    assert said_of(refused) == [said]
    assert (row_of(scene, "宾阳县").places, IndustryQuota.objects.count()) == (None, 0)


def test_a_quota_is_exceeded_only_by_what_was_approved(scene: Scene):
    set_quotas(scene, {"宾阳县": 5})
    season = approve(scene, 2)
    assert seats_of(row_of(scene, "宾阳县")) == 7
    entry = log.last_entries("season", [season.pk])[season.pk]
    assert (entry.clause, entry.opinion, entry.details["basis"]) == ("三（五）1", "茶叶示范片", "会议纪要〔2026〕1号")
    set_quotas(scene, {}, {"宾阳县": {"柑橘": 7}})
    with pytest.raises(Refused) as refused:
        approve(scene, 1)
    assert said_of(refused) == [("parts_beyond_places", "宾阳县分产业名额合计7，超过该县可接收的6人。")]
    set_quotas(scene, {}, {"宾阳县": {}})
    approve(scene, 0)
    assert (seats_of(row_of(scene, "宾阳县")), Overrun.objects.get().ended) == (5, AT)


@pytest.mark.parametrize(
    ("extra", "basis", "code"), [(1, " ", "no_basis"), (-1, "纪要", "no_basis"), (0, "纪要", "unchanged")]
)
def test_an_overrun_without_basis_or_people_is_refused(scene: Scene, extra: int, basis: str, code: str):
    with pytest.raises(Refused) as refused:
        approve(scene, extra, basis=basis)
    assert said_of(refused)[0][0] == code
    assert not Overrun.objects.exists()


def test_a_hard_quota_is_never_exceeded(scene: Scene):
    season = now(scene)
    hard = season.pack_text.replace("by: village_count\n    soft: true", "by: village_count\n    soft: false")
    Season.objects.filter(pk=season.pk).update(pack_text=hard)
    with pytest.raises(Refused) as refused:
        approve(scene, 1)
    assert said_of(refused) == [("quota_is_hard", "本政策的名额不能突破。")]


def test_the_database_knows_one_standing_overrun_with_reason_and_basis(scene: Scene):
    approve(scene, 2)
    standing = Overrun.objects.get()
    right = {"extra": 3, "reason": "急", "basis": "纪要", "ended": AT}
    for wrong in ({"ended": None}, {"extra": 0}, {"reason": ""}, {"basis": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Overrun.objects.create(quota=standing.quota, by="某人", at=AT, **right | wrong)


def allocate_nobody(scene: Scene) -> None:
    """Let the season's policy know quotas, and no allocation by them."""
    kept = [line for line in scene.season.pack_text.splitlines() if not line.startswith("  allocation:")]
    Season.objects.filter(pk=scene.season.pk).update(pack_text="\n".join(kept))


def test_where_nobody_is_allocated_places_stay_below_the_ceilings_of_the_whole_and_of_a_city(scene: Scene):
    allocate_nobody(scene)
    set_quotas(scene, {"隆安县": 3, "宾阳县": 4, "柳城县": 5})
    with pytest.raises(Refused) as refused:
        set_ceilings(scene, nanning=6)
    assert said_of(refused) == [("beyond_ceiling", "南宁市各县（市、区）名额合计7，超过总数6。")]
    with pytest.raises(Refused) as refused:
        set_ceilings(scene, whole=12, nanning=13)
    assert said_of(refused) == [("ceilings_beyond_whole", f"各市总数合计13，超过{scene.region}总数12。")]
    set_ceilings(scene, whole=12, nanning=7)
    with pytest.raises(Refused) as refused:
        set_quotas(scene, {"隆安县": 4})
    assert [code for code, _ in said_of(refused)] == ["beyond_ceiling"] * 2
    set_quotas(scene, {"隆安县": 4, "宾阳县": 3})
    set_ceilings(scene, whole=None)
    assert list(Ceiling.objects.values_list("region", "places")) == [(NANNING, 7)]


def test_where_people_are_allocated_a_city_may_offer_more_than_its_total_and_counts_for_no_more(scene: Scene):
    set_quotas(scene, {"隆安县": 3, "宾阳县": 4, "柳城县": 5})
    set_ceilings(scene, whole=11, nanning=6)
    set_quotas(scene, {"隆安县": 9})
    with pytest.raises(Refused) as refused:
        set_quotas(scene, {"柳城县": 6})
    said = f"{scene.region}各县（市、区）名额合计12（设总数的市不超过其总数），超过总数11。"
    assert said_of(refused) == [("beyond_ceiling", said)]
    with pytest.raises(Refused) as refused:
        set_ceilings(scene, nanning=None)
    assert said_of(refused) == [("beyond_ceiling", f"{scene.region}各县（市、区）名额合计18，超过总数11。")]


def test_the_pages_tell_how_many_a_city_takes_at_most(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.region)
    set_quotas(scene, {"隆安县": 3, "宾阳县": 4})
    set_ceilings(scene, nanning=6)
    approve(scene, 2)
    assert "已保存名额 7 个，总数 6 个，分配时全市最多录取 8 人" in words_of(client.get(url(scene, "quotas", KEY)))
    page = words_of(client.get(reverse("seasons:settings", args=[scene.season.pk])))
    assert "名额 7／总数 6，分配时全市最多录取 8 人" in page
    assert "分配时全市录取不超过总数" in words_of(client.get(url(scene, "ceilings", KEY)))
    allocate_nobody(scene)
    assert "最多录取" not in words_of(client.get(url(scene, "quotas", KEY)))
    assert "名额合计不得超过所在区域的总数" in words_of(client.get(url(scene, "ceilings", KEY)))


def merge(scene: Scene, *names: str, called: str = "城区组团") -> Season:
    keys = [ServiceGroup.objects.get(season=scene.season, name=name).pk for name in names]
    return services.merge_groups(
        season=now(scene), groups=keys, name=called, reason="科技特派员较少", by=scene.office, at=AT
    )


def test_merged_districts_are_served_as_one_and_parted_again(scene: Scene):
    set_quotas(scene, {"隆安县": 3, "宾阳县": 4, "柳城县": 5})
    merge(scene, "隆安县", "宾阳县")
    merged = ServiceGroup.objects.get(season=scene.season, name="城区组团")
    assert [county.name for county in merged.counties.order_by("code")] == ["隆安县", "宾阳县"]
    assert list(Quota.objects.filter(season=scene.season).values_list("group__name", "villages", "places")) == [
        ("城区组团", 8, 7), ("柳城县", 4, 5),
    ]  # fmt: skip
    merged.season = now(scene)
    season = services.part_group(group=merged, reason="恢复单独服务", by=scene.office, at=AT)
    assert list(Quota.objects.filter(season=scene.season).values_list("group__name", "villages", "places")) == [
        ("隆安县", 4, 4), ("柳城县", 4, 5), ("宾阳县", 4, 3),
    ]  # fmt: skip
    told = [(each.what, each.old, each.new) for each in selectors.changes_of(season, pack_of(season))[:2]]
    assert told == [
        ("拆分服务单元", "城区组团", "隆安县、宾阳县"), ("合并服务单元", "隆安县、宾阳县", "城区组团"),
    ]  # fmt: skip
    assert audit.verify().faults == ()


@pytest.mark.parametrize(
    ("names", "called", "code"),
    [
        (("隆安县",), "城区组团", "unknown_group"),
        (("隆安县", "柳城县"), "城区组团", "several_cities"),
        (("隆安县", "宾阳县"), "柳城县", "name_taken"),
    ],
)
def test_what_cannot_be_merged_stays(scene: Scene, names: tuple[str, ...], called: str, code: str):
    with pytest.raises(Refused) as refused:
        merge(scene, *names, called=called)
    assert said_of(refused)[0][0] == code
    assert ServiceGroup.objects.filter(season=scene.season).count() == 3


def test_groups_with_parts_or_an_overrun_are_neither_merged_nor_parted(scene: Scene):
    approve(scene, 2)
    with pytest.raises(Refused) as refused:
        merge(scene, "隆安县", "宾阳县")
    assert said_of(refused) == [("group_is_divided", "宾阳县已有分产业名额或批准的超额。")]


@pytest.mark.parametrize("what", ["quotas", "overrun", "ceilings", "merge"])
def test_nobody_but_the_office_touches_quotas(scene: Scene, what: str):
    county = {"by": actor(scene.officers.county), "at": AT, "reason": "本县需要"}
    row, season = row_of(scene, "宾阳县"), now(scene)
    acts: dict[str, Callable[[], Any]] = {
        "quotas": lambda: services.set_quotas(season=season, key=KEY, places={row.pk: 9}, **county),
        "overrun": lambda: services.approve_overrun(quota=row, extra=9, basis="县里", **county),
        "ceilings": lambda: services.set_ceilings(season=season, key=KEY, places={NANNING: 9}, **county),
        "merge": lambda: services.merge_groups(
            season=season, groups=[row.group_id, row_of(scene, "隆安县").group_id], name="组团", **county
        ),
    }
    with pytest.raises(Refused) as refused:
        acts[what]()
    assert said_of(refused)[0][0] == "not_yours"


def url(scene: Scene, name: str, *more: object) -> str:
    return reverse(f"seasons:{name}", args=[scene.season.pk, *more])


def test_places_not_set_are_measured_by_villages_and_shown_before_they_are_saved(scene: Scene, client_of: ClientOf):
    client, key = client_of(scene.officers.region), f"places-{row_of(scene, '宾阳县').pk}"
    sent = {key: "5", "total": "10", "measure": "1", "token": ticket(scene.season)}
    response = client.post(url(scene, "quotas", KEY), sent)
    form = response.context["form"]
    assert [field.initial for _, lines in form.cities() for _, field, _ in lines] == [3, 5, 2]
    assert "已按村（社区）数测算，尚未保存" in words_of(response)
    assert form["reason"].value() == "按村（社区）数测算，总数10。"
    assert set(Quota.objects.filter(season=scene.season).values_list("places", flat=True)) == {None}
    response = client.post(url(scene, "quotas", KEY), {**sent, "total": "4"})
    assert response.status_code == 422
    assert "不少于已填名额" in words_of(response)


def test_an_overrun_and_ceilings_are_set_on_their_pages_and_stand_in_the_settings(scene: Scene, client_of: ClientOf):
    client, row = client_of(scene.officers.region), row_of(scene, "宾阳县")
    sent = {"extra": "2", "basis": "会议纪要", "reason": "示范片", "token": ticket(now(scene))}
    page = client.post(url(scene, "overrun", KEY, row.pk), sent, follow=True)
    assert "另批准超额 2 人" in words_of(page)
    assert "宾阳县超额（自治区、设区市单位派出科技特派员名额），依据：会议纪要" in words_of(page)
    assert "会议纪要" in words_of(client.get(url(scene, "overrun", KEY, row.pk)))
    sent = {scene.region.pk: "20", NANNING: "9", "reason": "总量控制", "token": ticket(now(scene))}
    page = client.post(url(scene, "ceilings", KEY), sent, follow=True)
    assert "名额 0／总数 9" in words_of(page)


def test_districts_are_merged_and_parted_on_their_pages(scene: Scene, client_of: ClientOf):
    client = client_of(scene.officers.region)
    keys = [row_of(scene, name).group_id for name in ("隆安县", "宾阳县")]
    sent = {"groups": keys, "name": "城区组团", "reason": "人少", "token": ticket(now(scene))}
    client.post(url(scene, "groups"), sent)
    assert "城区组团：隆安县、宾阳县" in words_of(client.get(url(scene, "groups")))
    client.post(url(scene, "part_group", keys[0]), {"reason": "恢复", "token": ticket(now(scene))})
    assert ServiceGroup.objects.filter(season=scene.season).count() == 3


@pytest.mark.parametrize("more", [0, 3])
def test_a_table_of_quotas_takes_seven_queries_however_many_groups(
    scene: Scene, more: int, django_assert_num_queries: DjangoAssertNumQueries
):
    city = scene.cities[0]
    for n in range(more):
        code = f"45019{n}"
        county = Region.objects.create(
            code=code, name=f"{n}县", level="county", parent=city, supervisor=city, path=f"{city.path}{code}/"
        )
        group = ServiceGroup.objects.create(season=scene.season, name=county.name)
        group.counties.add(county)
        Quota.objects.create(season=scene.season, key=KEY, group=group, villages=4)
    season = Season.objects.select_related("jurisdiction").get(pk=scene.season.pk)
    with django_assert_num_queries(7):
        table = quota_table(season, pack_of(season), KEY)
    assert table is not None
    assert len(table.rows) == 3 + more
