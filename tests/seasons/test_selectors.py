"""What may be read of seasons, and how a window stands on a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.core.actors import Actor
from apps.policies import answers
from apps.seasons import selectors, services
from apps.seasons.models import Season, Window
from apps.seasons.selectors import WindowStatus, pack_of, status_on, statuses, window_status
from tests.factories import AT, Scene, actor, build_scene, make_season, make_unit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 12, month: int = 7) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "is_before", "is_open"),
    [
        (at(31, 23, 5), True, False),
        (at(1, 0, 6), False, True),
        (at(15, 23), False, True),
        (at(16, 0), False, False),
    ],
)
def test_a_window_is_open_from_its_first_day_to_the_end_of_its_last(
    scene: Scene, moment: datetime, is_before: bool, is_open: bool
):
    status = window_status(scene.season, "application", moment)
    assert status == WindowStatus(
        "网上申请", date(2026, 6, 1), date(2026, 7, 15), date(2026, 7, 15), is_open, is_before
    )


def test_days_of_grace_come_on_top():
    window = Window(label="申请", opens=date(2026, 6, 1), closes=date(2026, 7, 15), grace_days=3)
    found = {day: status_on(window, date(2026, 7, day)).is_open for day in (15, 16, 18, 19)}
    assert found == {15: True, 16: True, 18: True, 19: False}
    assert status_on(window, date(2026, 7, 16)).last_day == date(2026, 7, 18)


def test_a_side_without_a_day_is_open():
    always = Window(label="随时")
    assert [status_on(always, day).is_open for day in (date(1900, 1, 1), date(2100, 1, 1))] == [True, True]
    assert status_on(Window(label="起", opens=date(2026, 6, 1)), date(2100, 1, 1)).is_open
    assert status_on(Window(label="止", closes=date(2026, 6, 1)), date(1900, 1, 1)).is_open


def test_a_window_that_the_season_has_not(scene: Scene):
    assert window_status(scene.season, "nothing", AT) is None


def second_season(scene: Scene, n: int = 2) -> Season:
    return make_season(scene.region, by=scene.office, at=AT, title=f"第{n}批")


@pytest.mark.parametrize("number", [1, 3])
def test_windows_of_several_seasons_take_one_query(scene: Scene, number: int, django_assert_num_queries):
    seasons = [scene.season, *(second_season(scene, n) for n in range(2, number + 1))]
    with django_assert_num_queries(1):
        found = statuses(seasons, "application", AT)
    assert sorted(found) == sorted(season.pk for season in seasons)


def test_anybody_may_know_of_seasons_in_progress(scene: Scene):
    newer = second_season(scene)
    make_season(scene.region, by=scene.office, at=AT, title="筹备中", opened=False)
    assert list(selectors.open_seasons()) == [newer, scene.season]
    services.close(season=newer, by=scene.office, at=AT)
    assert list(selectors.open_seasons()) == [scene.season]


def test_seasons_are_seen_by_offices_of_their_region_and_below(scene: Scene):
    for officer in (scene.officers.region, scene.officers.city, scene.officers.county, scene.officers.auditor):
        assert list(selectors.visible_to(actor(officer), AT)) == [scene.season]
    for stranger in (actor(scene.officers.unit), actor(scene.applicant), Actor(name="公众")):
        assert list(selectors.visible_to(stranger, AT)) == []


def test_seasons_are_run_by_their_office_alone(scene: Scene):
    assert list(selectors.managed_by(scene.office, AT)) == [scene.season]
    for officer in (scene.officers.city, scene.officers.county, scene.officers.auditor, scene.applicant):
        assert list(selectors.managed_by(actor(officer), AT)) == []


def test_the_pack_of_a_season_is_read_once(scene: Scene, django_assert_num_queries):
    seasons = list(selectors.open_seasons())
    pack_of(scene.season)
    with django_assert_num_queries(0):
        assert pack_of(seasons[0]) is pack_of(scene.season)


def test_open_questions_are_shown_with_what_holds(db: None):
    scene = build_scene(opened=False)
    services.answer(
        season=scene.season, question="application_route", chosen="past_city", reason="精简环节", by=scene.office, at=AT
    )
    season = Season.objects.get(pk=scene.season.pk)
    shown = {each.question.id: each for each in selectors.questions_shown(season, pack_of(season))}
    route, form = shown["application_route"], shown["application_form"]
    assert (route.in_words, route.is_changed) == ("派出单位推荐、县级审核、公示、自治区聘任", True)
    assert route.default == "派出单位推荐、县级审核、设区市审核、公示、自治区聘任"
    assert [value for value, _ in route.options] == ["through_city", "past_city"]
    assert (form.in_words, form.is_changed, form.may_be_answered) == ("按本包表单", False, False)
    answerable = {key for key, each in shown.items() if each.may_be_answered}
    assert answerable == answers.asked(pack_of(season))
    assert {"who_may_apply", "application_route", "notice_days", "term_begins", "term_years"} <= answerable


def test_no_question_may_be_answered_once_the_season_runs(scene: Scene):
    assert not any(each.may_be_answered for each in selectors.questions_shown(scene.season, pack_of(scene.season)))


def test_what_was_changed_is_told_in_words_newest_first(db: None):
    scene = build_scene(opened=False)
    office, season = scene.office, scene.season
    season = services.answer(season=season, question="notice_days", chosen=7, reason="统一口径", by=office, at=AT)
    season = services.set_window(
        window=season.windows.get(key="wishes"),
        opens=None,
        closes=date(2026, 8, 9),
        grace_days=2,
        reason="顺延",
        by=office,
        at=AT,
    )
    quota = season.quotas.get(group__name="宾阳县")
    season = services.set_quotas(season=season, key=quota.key, places={quota.pk: 9}, reason="按村数", by=office, at=AT)
    told = [(each.what, each.old, each.new) for each in selectors.changes_of(season, pack_of(season))]
    assert told == [
        ("自治区、设区市单位派出科技特派员名额（1处）", "宾阳县未设定", "宾阳县9"),
        ("窗口“选定重点服务县和产业（附件3）”", "不限至2026年8月5日，补报15天", "不限至2026年8月9日，宽限2天"),
        ("原文未定公示期限", "5天", "7天"),
        ("建立年度批次", "", ""),
    ]


def test_units_have_no_seasons_of_their_own(scene: Scene):
    assert make_unit(scene.region).region == scene.region
    assert list(selectors.places_to_run(actor(scene.officers.unit), AT)) == []
    assert list(selectors.places_to_run(scene.office, AT)) == [scene.region]


def test_a_season_may_serve_the_counties_of_its_jurisdiction(scene: Scene):
    assert list(selectors.counties_in(scene.season)) == sorted(scene.counties, key=lambda county: county.pk)
