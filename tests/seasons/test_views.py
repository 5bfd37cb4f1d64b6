"""The screens of the season office."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.core import tokens
from apps.core.log import entries_of
from apps.core.refs import Ref
from apps.directory.models import User
from apps.directory.states import Role
from apps.policies import checking, loading
from apps.seasons import services
from apps.seasons.models import CalendarDay, Quota, Season, Window
from apps.seasons.states import SeasonState
from tests import factories
from tests.factories import Scene
from tests.policies.packs import edited, line_with

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("at_the_scene")


def ticket(season: Season) -> str:
    return tokens.issue("season", {season.pk: Season.objects.get(pk=season.pk).version})


def window_of(scene: Scene) -> Window:
    return Window.objects.get(season=scene.season, key="application")


def window_url(scene: Scene, window: Window | None = None) -> str:
    return reverse("seasons:window", args=[scene.season.pk, (window or window_of(scene)).pk])


def in_preparation(scene: Scene) -> Season:
    return factories.make_season(scene.region, by=scene.office, at=scene.at, opened=False, title="筹备中的批次")


def words_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


EDITED = {"opens": "2026-06-05", "closes": "2026-07-20", "grace_days": "2", "late_days": "5", "reason": "汛期顺延"}


def test_settings_show_windows_quotas_questions_and_changes(scene: Scene, client_of: ClientOf) -> None:
    words = words_of(client_of(scene.officers.region).get(reverse("seasons:settings", args=[scene.season.pk])))
    for shown in ("网上申请", "2026年7月15日（周三）", "宾阳县", "原文未定公示期限", "建立年度批次"):
        assert shown in words


def test_questions_are_answered_only_where_the_season_has_not_begun(scene: Scene, client_of: ClientOf) -> None:
    heads = ['选定</th><th scope="col">理由</th></tr>', '选定</th><th scope="col">理由</th><th']
    seen = [
        client_of(scene.officers.region).get(reverse("seasons:settings", args=[season.pk])).content.decode()
        for season in (scene.season, in_preparation(scene))
    ]
    assert [[head in page for head in heads] for page in seen] == [[True, False], [False, True]]


def test_a_county_officer_reads_the_settings_and_changes_nothing(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.county)
    response = client.get(reverse("seasons:settings", args=[scene.season.pk]))
    assert response.status_code == 200
    assert window_url(scene) not in words_of(response)
    assert reverse("notices:announce", args=[scene.season.pk]) not in words_of(response)


@pytest.mark.parametrize("name", ["settings", "start", "discard", "close"])
def test_who_has_nothing_to_do_with_a_season_finds_none(scene: Scene, client_of: ClientOf, name: str) -> None:
    url = reverse(f"seasons:{name}", args=[scene.season.pk])
    assert client_of(scene.applicant).get(url).status_code == 404
    assert Client().get(url).headers["Location"].startswith("/login/")


@pytest.mark.parametrize("name", ["start", "discard", "close"])
def test_a_colleague_is_told_who_runs_the_season(scene: Scene, client_of: ClientOf, name: str) -> None:
    response = client_of(scene.officers.county).post(reverse(f"seasons:{name}", args=[scene.season.pk]))
    assert response.status_code == 403
    assert "广西壮族自治区协调办公室办理" in words_of(response)


def test_a_colleague_cannot_edit_what_the_office_edits(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.city)
    urls = [
        window_url(scene),
        *(reverse(f"seasons:{name}", args=[scene.season.pk, "focus_county"]) for name in ("quotas", "quotas_import")),
        reverse("seasons:answer", args=[scene.season.pk, "notice_days"]),
        reverse("seasons:day", args=[scene.season.pk]),
        reverse("seasons:prepare"),
    ]
    assert [client.post(url, EDITED).status_code for url in urls] == [403] * 6
    assert window_of(scene).closes == date(2026, 7, 15)


def test_a_window_moves_with_a_reason_that_the_log_shows(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.region)
    response = client.post(window_url(scene), {**EDITED, "token": ticket(scene.season)}, follow=True)
    window = window_of(scene)
    moved = (window.opens, window.closes, window.grace_days, window.late_days)
    assert moved == (date(2026, 6, 5), date(2026, 7, 20), 2, 5)
    for shown in ("汛期顺延", "2026年6月1日至2026年7月15日", "2026年6月5日至2026年7月20日，宽限2天，补报5天"):
        assert shown in words_of(response)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"closes": "2026-06-01"}, "截止日不能早于开始日"),
        ({"reason": "  "}, "调整理由"),
        ({"opens": "2026-13-40"}, "开始"),
        ({"grace_days": "-1"}, "宽限天数"),
    ],
)
def test_a_wrong_window_is_not_saved_and_keeps_what_was_typed(
    scene: Scene, client_of: ClientOf, wrong: dict[str, str], said: str
) -> None:
    typed = {**EDITED, **wrong, "token": ticket(scene.season)}
    response = client_of(scene.officers.region).post(window_url(scene), typed)
    assert response.status_code == 422
    assert f"id_{next(iter(wrong))}" in words_of(response)
    assert said in words_of(response)
    assert EDITED["closes"] in words_of(response) or "closes" in wrong
    assert window_of(scene).closes == date(2026, 7, 15)


def test_the_page_of_a_window_says_who_will_be_told_of_its_move(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.region)
    words = words_of(client.get(window_url(scene)))
    hearers = client.get(window_url(scene)).context["hearers"]
    for shown in ("保存后告知", f"{len(hearers.offices)}人", f"{len(hearers.units)}人", "尚未提交的人员"):
        assert shown in words
    season = in_preparation(scene)
    unstarted = reverse("seasons:window", args=[season.pk, season.windows.get(key="application").pk])
    assert "保存后告知" not in words_of(client.get(unstarted))


def test_a_window_sent_twice_moves_once(scene: Scene, client_of: ClientOf) -> None:
    client, typed = client_of(scene.officers.region), {**EDITED, "token": ticket(scene.season)}
    before = entries_of(Ref("season", str(scene.season.pk))).count()
    codes = [client.post(window_url(scene), typed).status_code for _ in range(2)]
    assert codes == [302, 302]
    assert entries_of(Ref("season", str(scene.season.pk))).count() == before + 1


def test_the_second_of_two_officers_is_told_who_was_first(scene: Scene, client_of: ClientOf) -> None:
    stale = ticket(scene.season)
    factories.set_application_window(scene.season, date(2026, 6, 2), date(2026, 7, 30), by=scene.office, at=scene.at)
    response = client_of(scene.officers.region).post(window_url(scene), {**EDITED, "token": stale})
    assert response.status_code == 409
    assert "区经办" in words_of(response)
    assert "汛期顺延" in words_of(response)
    assert window_of(scene).closes == date(2026, 7, 30)


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_forged_token_changes_nothing(scene: Scene, client_of: ClientOf, token: str) -> None:
    response = client_of(scene.officers.region).post(window_url(scene), {**EDITED, "token": token})
    assert response.status_code == 409
    assert "页面凭证无效" in words_of(response)


def test_a_token_of_another_season_changes_nothing(scene: Scene, client_of: ClientOf) -> None:
    other = ticket(in_preparation(scene))
    assert client_of(scene.officers.region).post(window_url(scene), {**EDITED, "token": other}).status_code == 409
    assert window_of(scene).closes == date(2026, 7, 15)


def test_a_window_of_another_season_is_not_found_under_this_one(scene: Scene, client_of: ClientOf) -> None:
    foreign = Window.objects.filter(season=in_preparation(scene)).first()
    assert client_of(scene.officers.region).get(window_url(scene, foreign)).status_code == 404


def test_a_holiday_is_set_shown_and_taken_back(scene: Scene, client_of: ClientOf) -> None:
    client, url = client_of(scene.officers.region), reverse("seasons:day", args=[scene.season.pk])
    typed = {"day": "2026-10-01", "is_working": "no", "label": "国庆节", "reason": "按国务院通知"}
    words = words_of(client.post(url, {**typed, "token": ticket(scene.season)}, follow=True))
    assert "2026年10月1日（周四）" in words
    assert "国庆节" in words
    client.post(url, {**typed, "is_working": "week", "token": ticket(scene.season)})
    assert not CalendarDay.objects.exists()


def test_an_open_question_is_answered_before_the_start(scene: Scene, client_of: ClientOf) -> None:
    season = in_preparation(scene)
    url = reverse("seasons:answer", args=[season.pk, "notice_days"])
    typed = {"chosen": "7", "reason": "比照同级单位", "token": ticket(season)}
    response = client_of(scene.officers.region).post(url, typed, follow=True)
    assert Season.objects.get(pk=season.pk).answers == {"notice_days": 7}
    assert "政策包原选定：5天" in words_of(response)


@pytest.mark.parametrize(("chosen", "said"), [("0", "1至366"), ("367", "1至366"), ("五天", "整数")])
def test_an_answer_the_pack_cannot_run_with_is_refused(
    scene: Scene, client_of: ClientOf, chosen: str, said: str
) -> None:
    season = in_preparation(scene)
    url = reverse("seasons:answer", args=[season.pk, "notice_days"])
    typed = {"chosen": chosen, "reason": "比照同级单位", "token": ticket(season)}
    response = client_of(scene.officers.region).post(url, typed)
    assert response.status_code == 409
    assert said in words_of(response)
    assert Season.objects.get(pk=season.pk).answers == {}


def test_another_route_is_chosen_from_the_options_of_the_pack(scene: Scene, client_of: ClientOf) -> None:
    season, client = in_preparation(scene), client_of(scene.officers.region)
    url = reverse("seasons:answer", args=[season.pk, "application_route"])
    typed = {"chosen": "past_city", "reason": "本年度试行", "token": ticket(season)}
    assert client.post(url, {**typed, "chosen": "no_such_route"}).status_code == 422
    client.post(url, typed)
    assert Season.objects.get(pk=season.pk).answers == {"application_route": "past_city"}
    words = words_of(client.get(reverse("seasons:policy", args=[season.pk])))
    assert "县级科技行政主管部门审核 → 自治区科技特派员协调办公示" in words


def test_an_answer_is_fixed_once_the_season_runs(scene: Scene, client_of: ClientOf) -> None:
    url = reverse("seasons:answer", args=[scene.season.pk, "notice_days"])
    typed = {"chosen": "7", "reason": "比照同级单位", "token": ticket(scene.season)}
    response = client_of(scene.officers.region).post(url, typed)
    assert response.status_code == 409
    assert "批次开始后" in words_of(response)


def test_an_unknown_question_is_not_found(scene: Scene, client_of: ClientOf) -> None:
    url = reverse("seasons:answer", args=[scene.season.pk, "no_such_question"])
    assert client_of(scene.officers.region).get(url).status_code == 404


def test_a_season_is_prepared_started_and_closed(scene: Scene, client_of: ClientOf) -> None:
    client = client_of(scene.officers.region)
    typed = {"pack": "guangxi-2023", "jurisdiction": "45", "year": "2026", "title": "第二批", "another": "on"}
    client.post(reverse("seasons:prepare"), typed)
    season = Season.objects.get(title="第二批")
    for act, state in (("start", SeasonState.OPEN), ("close", SeasonState.CLOSED)):
        url = reverse(f"seasons:{act}", args=[season.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"token": ticket(season)})
        assert Season.objects.get(pk=season.pk).state == state


def test_another_season_of_the_same_policy_is_made_only_when_that_is_said(scene: Scene, client_of: ClientOf) -> None:
    client, url = client_of(scene.officers.region), reverse("seasons:prepare")
    typed = {"pack": "guangxi-2023", "jurisdiction": "45", "year": "2026", "title": "第二批"}
    assert "another" not in client.get(url).context["form"].fields
    response = client.post(url, typed)
    assert response.status_code == 422
    assert f"已有“{scene.season.title}”（进行中）。确需另建的，请勾选后再建立批次。" in words_of(response)
    assert Season.objects.count() == 1
    assert client.post(url, {**typed, "year": "2027"}).status_code == 302
    assert client.post(url, {**typed, "another": "on"}).status_code == 302
    assert Season.objects.filter(title="第二批").count() == 2


@pytest.mark.parametrize("pack", ["guangxi-2023", "jiaozuo"])
def test_a_policy_without_a_number_is_offered_without_empty_brackets(
    scene: Scene, client_of: ClientOf, pack: str
) -> None:
    form = client_of(scene.officers.region).get(reverse("seasons:prepare")).context["form"]
    choices = dict(form.fields["pack"].choices)
    source = loading.parse(loading.read(pack).pack_text, pack).source
    assert choices[pack].endswith(f"（{source.number}）" if source.number else "科技特派员")


def told_at_start(client: Client, season: Season) -> str:
    response = client.post(reverse("seasons:start", args=[season.pk]), {"token": ticket(season)}, follow=True)
    return next(str(message) for message in response.context["messages"])


def test_who_starts_a_season_is_told_from_when_until_when_people_apply(scene: Scene, client_of: ClientOf) -> None:
    season, client = in_preparation(scene), client_of(scene.officers.region)
    assert told_at_start(client, season) == "批次已开始，申请人现在即可提交申请，至2026年7月15日截止。"
    later = factories.make_season(
        scene.region, by=scene.office, at=scene.at, opened=False, title="以后的批次",
        window=(date(2026, 9, 1), date(2026, 9, 30)),
    )  # fmt: skip
    assert told_at_start(client, later) == "批次已开始，申请人自2026年9月1日起可以提交申请，至2026年9月30日截止。"


def test_a_season_whose_days_to_apply_are_over_is_not_started(scene: Scene, client_of: ClientOf) -> None:
    season, client = in_preparation(scene), client_of(scene.officers.region)
    factories.set_application_window(season, date(2026, 3, 1), date(2026, 4, 30), by=scene.office, at=scene.at)
    url = reverse("seasons:start", args=[season.pk])
    page = words_of(client.get(url))
    assert "已截止" in page
    assert scene.season.title in page
    response = client.post(url, {"token": ticket(season)})
    assert response.status_code == 409
    assert "“网上申请”已于2026年4月30日截止，开始后无人能提交。" in words_of(response)
    assert Season.objects.get(pk=season.pk).state == SeasonState.DRAFT


def test_a_season_never_started_is_given_up_with_a_reason_and_frees_its_name(scene: Scene, client_of: ClientOf) -> None:
    season, client = in_preparation(scene), client_of(scene.officers.region)
    url = reverse("seasons:discard", args=[season.pk])
    asked = client.post(url, {"reason": " ", "token": ticket(season)})
    assert (asked.status_code, "作废理由" in words_of(asked)) == (422, True)
    words = words_of(client.post(url, {"reason": "重复建立", "token": ticket(season)}, follow=True))
    assert Season.objects.get(pk=season.pk).state == SeasonState.DISCARDED
    assert "重复建立" in words
    assert reverse("seasons:start", args=[season.pk]) not in words
    assert season.title not in words_of(client.get(reverse("home:seasons")))
    assert in_preparation(scene).title == season.title


def test_a_season_in_progress_is_not_given_up(scene: Scene, client_of: ClientOf) -> None:
    typed = {"reason": "重复建立", "token": ticket(scene.season)}
    response = client_of(scene.officers.region).post(reverse("seasons:discard", args=[scene.season.pk]), typed)
    assert response.status_code == 409
    assert Season.objects.get(pk=scene.season.pk).state == SeasonState.OPEN


def test_what_is_saved_as_it_was_is_no_change(scene: Scene, client_of: ClientOf) -> None:
    season, client = in_preparation(scene), client_of(scene.officers.region)
    window = Window.objects.get(season=season, key="application")
    day = {"day": "2026-10-01", "is_working": "no", "label": "国庆节"}
    client.post(reverse("seasons:day", args=[season.pk]), {**day, "reason": "放假", "token": ticket(season)})
    same = {
        reverse("seasons:day", args=[season.pk]): day,
        reverse("seasons:answer", args=[season.pk, "notice_days"]): {"chosen": "5"},
        reverse("seasons:window", args=[season.pk, window.pk]): {
            "opens": "2026-06-01", "closes": "2026-07-15", "grace_days": "0", "late_days": "0",
        },
    }  # fmt: skip
    before = entries_of(Ref("season", str(season.pk))).count()
    for url, typed in same.items():
        response = client.post(url, {**typed, "reason": "调整", "token": ticket(season)})
        assert response.status_code == 409
        assert "与现有的设置相同，没有需要保存的。" in words_of(response)
    assert entries_of(Ref("season", str(season.pk))).count() == before
    renamed = {**day, "label": "国庆", "reason": "更名", "token": ticket(season)}
    assert client.post(reverse("seasons:day", args=[season.pk]), renamed).status_code == 302


def test_two_seasons_of_one_name_are_refused_and_the_name_is_kept(scene: Scene, client_of: ClientOf) -> None:
    typed = {"pack": "guangxi-2023", "jurisdiction": "45", "year": "2026", "title": scene.season.title, "another": "on"}
    response = client_of(scene.officers.region).post(reverse("seasons:prepare"), typed)
    assert response.status_code == 409
    assert "请换一个名称" in words_of(response)
    assert Season.objects.count() == 1


def test_a_broken_pack_is_named_with_its_line_and_the_others_are_offered(
    scene: Scene, client_of: ClientOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(loading.FOLDER, tmp_path, dirs_exist_ok=True)
    broken = edited(tmp_path / "jinzhong", ("\njurisdiction:", "\njurisdictoin:"), of=loading.FOLDER / "jinzhong")
    monkeypatch.setattr(loading, "FOLDER", tmp_path)
    response = client_of(scene.officers.region).get(reverse("seasons:prepare"))
    told = next(fault for fault in checking.check("jinzhong").faults if fault.where == "jurisdictoin")
    assert told.line == line_with(broken, "jurisdictoin:")
    assert f"第{told.line}行，jurisdictoin：{told.message}" in words_of(response)
    offered = [key for key, _ in response.context["form"].fields["pack"].choices]
    assert offered == [name for name in loading.installed() if name != "jinzhong"]


@pytest.mark.parametrize("wrong", [{"pack": "/etc/passwd"}, {"jurisdiction": "4501"}, {"year": "99999"}])
def test_a_forged_choice_prepares_nothing(scene: Scene, client_of: ClientOf, wrong: dict[str, str]) -> None:
    typed = {"pack": "guangxi-2023", "jurisdiction": "45", "year": "2026", "title": "第二批", **wrong}
    assert client_of(scene.officers.region).post(reverse("seasons:prepare"), typed).status_code == 422
    assert Season.objects.count() == 1


def test_a_pack_is_not_taken_outside_its_region(scene: Scene, client_of: ClientOf) -> None:
    office = factories.make_officer(Role.COORDINATION_OFFICE, scene.cities[0])
    typed = {"pack": "guangxi-2023", "jurisdiction": "4501", "year": "2026", "title": "市批次"}
    response = client_of(office).post(reverse("seasons:prepare"), typed)
    assert response.status_code == 422
    assert "不适用于南宁市" in words_of(response)


def test_the_policy_of_an_open_season_is_anybodys(scene: Scene, client_of: ClientOf) -> None:
    url = reverse("seasons:policy", args=[scene.season.pk])
    public = words_of(Client().get(url))
    assert "<mark>每位科技特派员必须加入“一县一团”" in public
    assert reverse("seasons:settings", args=[scene.season.pk]) not in public
    assert url in words_of(Client().get(reverse("seasons:policies")))
    hidden = reverse("seasons:policy", args=[in_preparation(scene).pk])
    assert client_of(scene.applicant).get(hidden).status_code == 404
    assert Client().get(hidden).headers["Location"].startswith("/login/")
    assert hidden not in words_of(Client().get(reverse("seasons:policies")))


def test_a_policy_that_two_seasons_run_is_listed_once_with_both(scene: Scene) -> None:
    other = factories.make_season(scene.region, by=scene.office, at=scene.at, title="第二批")
    response = Client().get(reverse("seasons:policies"))
    assert [(pack.id, seasons) for pack, seasons in response.context["policies"]] == [
        ("guangxi-2023", [other, scene.season])
    ]
    for season in (other, scene.season):
        assert reverse("seasons:policy", args=[season.pk]) in words_of(response)


def test_the_policy_stands_beside_its_rules(scene: Scene, client_of: ClientOf) -> None:
    words = words_of(client_of(scene.officers.county).get(reverse("seasons:policy", args=[scene.season.pk])))
    assert "<mark>每位科技特派员必须加入“一县一团”" in words
    assert "申请人须年满18周岁" in words


def test_settings_ask_the_same_number_of_questions_however_many_rows(
    scene: Scene, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = client_of(scene.officers.region), reverse("seasons:settings", args=[scene.season.pk])
    client.get(url)
    for number in range(4):
        with django_assert_num_queries(17):
            client.get(url)
        set_any_quota(scene, number)


def set_any_quota(scene: Scene, places: int) -> None:
    quota = Quota.objects.filter(season=scene.season).order_by("pk").first()
    services.set_quotas(
        season=Season.objects.get(pk=scene.season.pk), key=quota.key, places={quota.pk: places}, reason="测试",
        by=scene.office, at=scene.at,
    )  # fmt: skip
