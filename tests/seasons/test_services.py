"""What the season office does: every change is his who may, is logged with old and new, and binds as the pack says."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from apps.core import log
from apps.core.actors import Actor
from apps.core.models import LogEntry
from apps.core.refs import Ref
from apps.core.refusals import Refused
from apps.directory.models import Region
from apps.notices.models import Message
from apps.policies import loading
from apps.policies.calendar import default_windows
from apps.policies.loading import PackError
from apps.seasons import services
from apps.seasons.models import Quota, Season, ServiceGroup, Window
from apps.seasons.selectors import hearers_of, pack_of
from apps.seasons.states import SeasonState
from tests.factories import AT, BINYANG, LIUCHENG, LONGAN, Scene, actor, build_scene, make_draft, run_effects
from tests.policies.packs import SHIPPED


@pytest.fixture
def prepared(db: None) -> Scene:
    """Return the world with a season that has not started."""
    return build_scene(opened=False)


def last_entry(season: Season) -> LogEntry:
    return log.last_entries("season", [season.pk])[season.pk]


def read(season: Season) -> Season:
    return Season.objects.get(pk=season.pk)


def prepare(region: Region, by: Actor, *, folder: Path | str = "guangxi-2023", title: str = "另一批次") -> Season:
    return services.prepare(files=loading.read(folder), jurisdiction=region, year=2027, title=title, by=by, at=AT)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def test_a_season_holds_the_pack_and_the_text_whole(prepared: Scene):
    season = read(prepared.season)
    files = loading.read("guangxi-2023")
    assert (season.pack_id, season.pack_text, season.source_text) == (
        "guangxi-2023",
        files.pack_text,
        files.source_text,
    )
    assert season.pack_digest == loading.digest(files.pack_text, files.source_text)
    assert (season.state, season.year, season.answers) == (SeasonState.DRAFT, 2026, {})


def test_windows_service_groups_and_quotas_are_laid_out_as_rows(prepared: Scene):
    season = prepared.season
    windows = season.windows.order_by("key").values_list("key", "opens", "closes", "grace_days", "late_days")
    assert list(windows) == [
        (window.id, window.opens, window.closes, window.grace_days, window.late_days)
        for window in sorted(default_windows(pack_of(season), 2026), key=lambda window: window.id)
    ]
    assert ("application", date(2026, 6, 1), date(2026, 7, 15), 0, 0) in windows
    assert ("wishes", None, date(2026, 8, 5), 0, 15) in windows
    assert [[each.pk for each in group.counties.all()] for group in season.service_groups.all()] == [
        [LONGAN], [BINYANG], [LIUCHENG],
    ]  # fmt: skip
    assert list(season.quotas.values_list("key", "group__name", "villages", "places")) == [
        ("focus_county", "隆安县", 4, None),
        ("focus_county", "宾阳县", 4, None),
        ("focus_county", "柳城县", 4, None),
    ]


def test_preparing_is_the_first_row_of_the_seasons_log(prepared: Scene):
    (entry,) = log.entries_of(Ref("season", str(prepared.season.pk)))
    assert (entry.action, entry.actor, entry.from_state, entry.to_state) == ("create", "区经办", "", "draft")


@pytest.mark.parametrize("more", [0, 3])
def test_a_season_is_prepared_in_fifteen_queries_however_many_counties(
    prepared: Scene, more: int, django_assert_num_queries
):
    city = prepared.cities[0]
    for n in range(more):
        code = f"45019{n}"
        Region.objects.create(
            code=code, name=f"{n}县", level="county", parent=city, supervisor=city, path=f"{city.path}{code}/"
        )
    by = prepared.office
    with django_assert_num_queries(15):
        prepare(prepared.region, by)
    assert ServiceGroup.objects.filter(season__year=2027).count() == 3 + more


def test_only_who_manages_seasons_of_the_region_may_prepare_one(prepared: Scene):
    for officer in (prepared.officers.county, prepared.officers.city, prepared.officers.auditor, prepared.applicant):
        with pytest.raises(Refused) as refused:
            prepare(prepared.region, actor(officer))
        assert codes(refused) == ["not_yours"]
    with pytest.raises(Refused) as refused:
        prepare(prepared.cities[0], prepared.office)
    assert codes(refused) == ["not_yours"]
    assert Season.objects.count() == 1


def test_a_name_stands_once_in_a_year(prepared: Scene):
    prepare(prepared.region, prepared.office)
    with pytest.raises(Refused) as refused:
        prepare(prepared.region, prepared.office)
    assert codes(refused) == ["name_taken"]
    assert Season.objects.filter(year=2027).count() == 1


def test_a_faulty_pack_is_not_run(prepared: Scene, tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    pack = tmp_path / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("quote: 于7月31日", "quote: 于9月31日"), encoding="utf-8")
    with pytest.raises(PackError, match="引文不在政策原文中"):
        prepare(prepared.region, prepared.office, folder=tmp_path)
    assert Season.objects.count() == 1


def test_a_pack_of_another_region_is_not_run_here(prepared: Scene, tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    pack = tmp_path / "pack.yaml"
    pack.write_text(
        pack.read_text(encoding="utf-8").replace('jurisdiction: "45"', 'jurisdiction: "15"'), encoding="utf-8"
    )
    with pytest.raises(Refused) as refused:
        prepare(prepared.region, prepared.office, folder=tmp_path)
    assert codes(refused) == ["other_jurisdiction"]


def test_editing_the_file_never_changes_a_running_season(prepared: Scene, tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    season = prepare(prepared.region, prepared.office, folder=tmp_path)
    pack = tmp_path / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8").replace("chosen: 5\n", "chosen: 9\n"), encoding="utf-8")
    (tmp_path / "source.txt").unlink()
    question = pack_of(read(season)).question("notice_days")
    assert question is not None
    assert question.chosen == 5


def test_a_season_is_started_and_closed_by_its_office(prepared: Scene):
    season = services.start(season=prepared.season, by=prepared.office, at=AT)
    assert read(season).state == SeasonState.OPEN
    services.close(season=season, by=prepared.office, at=AT)
    assert read(season).state == SeasonState.CLOSED
    actions = log.entries_of(Ref("season", str(season.pk))).values_list("action", flat=True)
    assert list(actions) == ["create", "start", "close"]


def move(scene: Scene, by: Actor | None = None, **days: Any) -> Season:
    window = Window.objects.select_related("season").get(season=scene.season, key="application")
    wanted = {"opens": date(2026, 5, 1), "closes": date(2026, 7, 31), "grace_days": 3, "reason": "延长受理", **days}
    return services.set_window(window=window, by=by or scene.office, at=AT, **wanted)


def test_a_window_is_moved_and_the_log_keeps_old_new_and_the_reason(scene: Scene):
    season = move(scene)
    window = Window.objects.get(season=season, key="application")
    assert (window.opens, window.closes, window.grace_days) == (date(2026, 5, 1), date(2026, 7, 31), 3)
    entry = last_entry(season)
    assert (entry.action, entry.opinion) == ("amend", "延长受理")
    assert entry.details == {
        "what": "window",
        "key": "application",
        "old": {"opens": "2026-06-01", "closes": "2026-07-15", "grace_days": 0, "late_days": 0},
        "new": {"opens": "2026-05-01", "closes": "2026-07-31", "grace_days": 3, "late_days": 0},
    }


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ({"opens": date(2026, 8, 1)}, "window_order"),
        ({"reason": "  "}, "no_reason"),
    ],
)
def test_a_window_out_of_order_or_moved_without_a_reason_stays(scene: Scene, days: dict[str, Any], code: str):
    with pytest.raises(Refused) as refused:
        move(scene, **days)
    assert codes(refused) == [code]
    assert Window.objects.get(season=scene.season, key="application").opens == date(2026, 6, 1)


def test_nobody_else_may_move_a_window(scene: Scene):
    for officer in (scene.officers.unit, scene.officers.county, scene.officers.city, scene.officers.auditor):
        with pytest.raises(Refused) as refused:
            move(scene, by=actor(officer))
        assert codes(refused) == ["not_yours"]
    assert Window.objects.get(season=scene.season, key="application").closes == date(2026, 7, 15)


def test_a_window_may_be_left_open_on_a_side(scene: Scene):
    move(scene, opens=None, closes=None)
    window = Window.objects.get(season=scene.season, key="application")
    assert (window.opens, window.closes) == (None, None)


def test_nothing_moves_once_the_season_is_closed(scene: Scene):
    services.close(season=scene.season, by=scene.office, at=AT)
    with pytest.raises(Refused) as refused:
        move(scene)
    assert codes(refused) == ["wrong_state"]


def test_the_second_of_two_who_change_a_season_is_told_of_the_first(scene: Scene):
    stale = Window.objects.select_related("season").get(season=scene.season, key="wishes")
    move(scene)
    with pytest.raises(Refused) as refused:
        services.set_window(window=stale, opens=None, closes=None, grace_days=0, reason="放开", by=scene.office, at=AT)
    assert codes(refused) == ["overtaken"]
    assert Window.objects.get(pk=stale.pk).closes == date(2026, 8, 5)


def told_of_the_move(scene: Scene) -> dict[str, str]:
    """Return the link under which each user was told that a window was moved, by his name."""
    told = Message.objects.filter(key__startswith="moved:").select_related("user")
    return {message.user.first_name: message.link for message in told}


OFFICES = ("县经办", "市经办", "区经办", "外县经办")


def test_a_moved_window_is_told_to_writers_units_and_offices_once_each(scene: Scene):
    draft = make_draft(scene)
    move(scene)
    run_effects(AT)
    run_effects(AT)
    page, inbox = reverse("home:season", args=[scene.season.pk]), reverse("home:inbox")
    others = (draft.person.name, scene.officers.unit.first_name)
    assert told_of_the_move(scene) == {**dict.fromkeys(OFFICES, page), **dict.fromkeys(others, inbox)}
    assert set(Message.objects.filter(key__startswith="moved:").values_list("text", flat=True)) == {
        f"{scene.season.title}：网上申请延长，原为2026年6月1日至2026年7月15日，"
        "现为2026年5月1日至2026年7月31日，宽限3天。"
    }


def test_whom_a_page_names_is_told_of_the_move(scene: Scene):
    draft = make_draft(scene)
    window = Window.objects.select_related("season__jurisdiction").get(season=scene.season, key="application")
    hearers = hearers_of(window, AT)
    move(scene)
    run_effects(AT)
    named = {user.first_name for user in (*hearers.offices, *hearers.units)}
    assert hearers.with_writers
    assert set(told_of_the_move(scene)) - named == {draft.person.name}
    assert named <= set(told_of_the_move(scene))


def test_what_is_moved_of_another_window_is_told_to_the_offices_alone(scene: Scene):
    make_draft(scene)
    window = Window.objects.select_related("season").get(season=scene.season, key="wishes")
    later = {"opens": None, "closes": date(2026, 8, 20), "grace_days": 0, "reason": "延长"}
    services.set_window(window=window, by=scene.office, at=AT, **later)
    run_effects(AT)
    assert set(told_of_the_move(scene)) == set(OFFICES)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"closes": date(2026, 7, 1), "grace_days": 0}, "网上申请提前截止，"),
        ({"closes": None}, "网上申请延长，"),
        ({"closes": date(2026, 7, 15), "grace_days": 0}, "网上申请调整时间，"),
    ],
)
def test_however_a_window_is_moved_people_are_told(scene: Scene, days: dict[str, Any], said: str):
    move(scene, **days)
    run_effects(AT)
    texts = Message.objects.filter(key__startswith="moved:").values_list("text", flat=True)
    assert {said in text for text in texts} == {True}


def test_an_extension_taken_back_is_told_as_it_was(scene: Scene):
    move(scene)
    move(scene, closes=date(2026, 7, 15), grace_days=0)
    run_effects(AT)
    told = Message.objects.filter(key__startswith="moved:", user=scene.officers.county).order_by("pk")
    assert [text.split("，")[0].rpartition("网上申请")[2] for text in told.values_list("text", flat=True)] == [
        "延长", "提前截止",
    ]  # fmt: skip


def test_before_a_season_starts_nobody_is_told(prepared: Scene):
    move(prepared)
    run_effects(AT)
    assert told_of_the_move(prepared) == {}


def places(scene: Scene) -> dict[str, int | None]:
    return dict(Quota.objects.filter(season=scene.season).values_list("group__name", "places"))


def set_quotas(
    scene: Scene, wanted: dict[str, int | None], *, by: Actor | None = None, reason: str = "按村数"
) -> Season:
    known = dict(Quota.objects.filter(season=scene.season).values_list("group__name", "pk"))
    return services.set_quotas(
        season=read(scene.season), key="focus_county", places={known[name]: n for name, n in wanted.items()},
        reason=reason, by=by or scene.office, at=AT,
    )  # fmt: skip


def test_quotas_are_set_in_one_act_and_one_row_holds_what_changed(scene: Scene):
    set_quotas(scene, {"宾阳县": 12, "隆安县": 3})
    before = read(scene.season).log_count
    season = set_quotas(scene, {"宾阳县": 12, "隆安县": 4, "柳城县": 5})
    assert places(scene) == {"宾阳县": 12, "隆安县": 4, "柳城县": 5}
    assert season.log_count == before + 1
    assert last_entry(season).details == {
        "what": "quotas", "key": "focus_county",
        "changes": [{"group": "隆安县", "old": 3, "new": 4}, {"group": "柳城县", "old": None, "new": 5}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "reason", "code"),
    [
        ({"宾阳县": -1, "隆安县": 2}, "按村数", "quota_negative"),
        ({"宾阳县": 5}, "", "no_reason"),
        ({"宾阳县": None}, "按村数", "unchanged"),
    ],
)
def test_quotas_below_zero_without_a_reason_or_unchanged_are_refused_whole(
    scene: Scene, wanted: dict[str, int | None], reason: str, code: str
):
    with pytest.raises(Refused) as refused:
        set_quotas(scene, wanted, reason=reason)
    assert codes(refused) == [code]
    assert set(places(scene).values()) == {None}


def test_a_quota_of_another_season_is_refused(scene: Scene):
    other = prepare(scene.region, scene.office)
    foreign = Quota.objects.filter(season=other).values_list("pk", flat=True)[0]
    with pytest.raises(Refused) as refused:
        services.set_quotas(
            season=scene.season, key="focus_county", places={foreign: 1}, reason="按村数", by=scene.office, at=AT
        )
    assert codes(refused) == ["unknown_quota"]


def test_nobody_else_may_set_quotas(scene: Scene):
    with pytest.raises(Refused) as refused:
        set_quotas(scene, {"宾阳县": 5}, by=actor(scene.officers.county))
    assert codes(refused) == ["not_yours"]
    assert set(places(scene).values()) == {None}


def answer(
    scene: Scene, question: str, chosen: Any, *, reason: str = "领导小组决定", by: Actor | None = None
) -> Season:
    season = read(scene.season)
    return services.answer(season=season, question=question, chosen=chosen, reason=reason, by=by or scene.office, at=AT)


def test_an_open_question_is_answered_before_the_season_starts(prepared: Scene):
    answer(prepared, "notice_days", "7")
    answer(prepared, "application_route", "past_city")
    season = read(prepared.season)
    assert season.answers == {"notice_days": 7, "application_route": "past_city"}
    assert last_entry(season).details == {
        "what": "answer", "key": "application_route", "old": "through_city", "new": "past_city",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "chosen", "code"),
    [
        ("notice_days", "很多", "answer_misfits"),
        ("application_route", "by_air", "answer_misfits"),
        ("application_form", "另一张表", "unknown_question"),
        ("lunch", "12:00", "unknown_question"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(prepared: Scene, question: str, chosen: str, code: str):
    with pytest.raises(Refused) as refused:
        answer(prepared, question, chosen)
    assert codes(refused) == [code]
    assert read(prepared.season).answers == {}


def test_how_late_is_asked_moves_the_windows_that_ask_it(prepared: Scene):
    answer(prepared, "late_days", "3")
    late = dict(prepared.season.windows.values_list("key", "late_days"))
    assert (late["application"], late["wishes"]) == (0, 3)


def test_an_answer_needs_a_reason_and_the_office(prepared: Scene):
    with pytest.raises(Refused) as refused:
        answer(prepared, "notice_days", 7, reason="")
    assert codes(refused) == ["no_reason"]
    with pytest.raises(Refused) as refused:
        answer(prepared, "notice_days", 7, by=actor(prepared.officers.city))
    assert codes(refused) == ["not_yours"]


def test_answers_are_fixed_once_the_season_has_started(scene: Scene):
    with pytest.raises(Refused) as refused:
        answer(scene, "notice_days", 7)
    assert codes(refused) == ["answers_are_fixed"]
    assert read(scene.season).answers == {}


def test_every_county_has_a_service_group_of_its_own(prepared: Scene):
    links = ServiceGroup.counties.through.objects.filter(servicegroup__season=prepared.season)
    assert sorted(links.values_list("region_id", flat=True)) == [LONGAN, BINYANG, LIUCHENG]
