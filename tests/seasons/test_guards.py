"""What stops an act on a season."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from apps.core.kinds import Decision
from apps.core.refusals import Refused
from apps.seasons import guards, services
from apps.seasons.guards import has_application_days, has_reason, only_in_preparation
from apps.seasons.models import Season, Window
from apps.seasons.selectors import WindowStatus
from apps.seasons.states import SeasonAction, SeasonState
from tests.factories import AT, Scene, actor, build_scene

OPEN = WindowStatus("网上申请", date(2026, 6, 1), date(2026, 7, 15), date(2026, 7, 15), True, False)
BEFORE = replace(OPEN, is_open=False, is_before=True)
AFTER = replace(OPEN, is_open=False)
LATE = replace(AFTER, is_late=True, late_until=date(2026, 7, 20))
TOO_LATE = replace(AFTER, late_until=date(2026, 7, 20))


def decision(scene: Scene, action: str = SeasonAction.AMEND, opinion: str = "", what: str = "window") -> Decision:
    return Decision(action, scene.office, AT, opinion=opinion, details={"what": what})


def test_a_change_needs_a_reason(scene: Scene):
    for opinion, refused in (("", True), (" \n", True), ("按会议决定", False)):
        assert bool(has_reason(scene.season, None, decision(scene, opinion=opinion))) == refused


def test_answers_are_given_in_preparation_only_and_windows_at_any_time(scene: Scene):
    draft = Season(state=SeasonState.DRAFT)
    found = {
        (season.state, what): only_in_preparation(season, None, decision(scene, what=what))
        for season in (draft, scene.season)
        for what in ("answer", "window", "quota")
    }
    refused = {key: refusal.code for key, refusal in found.items() if refusal}
    assert refused == {("open", "answer"): "answers_are_fixed"}


@pytest.mark.parametrize(
    ("opens", "closes", "refused"),
    [
        (None, None, True),
        (date(2026, 6, 1), None, True),
        (None, date(2026, 7, 1), True),
        (date(2026, 6, 1), date(2026, 7, 1), False),
    ],
)
def test_a_season_starts_only_with_days_to_apply_in(db: None, opens: date | None, closes: date | None, refused: bool):
    scene = build_scene(opened=False)
    other = Window(key="wishes", label="附件3")
    application = Window(key="application", label="网上申请", opens=opens, closes=closes)
    found = has_application_days(scene.season, [other, application], decision(scene, SeasonAction.START))
    assert bool(found) == refused


def test_starting_without_days_to_apply_in_is_refused_in_words(db: None):
    scene = build_scene(opened=False)
    window = scene.season.windows.get(key="application")
    services.set_window(window=window, opens=None, closes=None, grace_days=0, reason="待定", by=scene.office, at=AT)
    with pytest.raises(Refused) as refused:
        services.start(season=Season.objects.get(pk=scene.season.pk), by=scene.office, at=AT)
    assert str(refused.value) == "“网上申请”没有起止日期。请先在时间窗口中填写开始日和截止日。"


ALLOWED = {
    (SeasonState.DRAFT, SeasonAction.START),
    (SeasonState.DRAFT, SeasonAction.AMEND),
    (SeasonState.DRAFT, SeasonAction.DISCARD),
    (SeasonState.OPEN, SeasonAction.AMEND),
    (SeasonState.OPEN, SeasonAction.CLOSE),
}
ACTS = {
    SeasonAction.START: services.start,
    SeasonAction.CLOSE: services.close,
    SeasonAction.DISCARD: partial(services.discard, reason="重复建立"),
    SeasonAction.AMEND: lambda season, by, at: services.set_window(
        window=season.windows.select_related("season").get(key="wishes"),
        opens=None, closes=None, grace_days=0, reason="放开", by=by, at=at,
    ),
}  # fmt: skip


def season_in(state: str) -> Scene:
    scene = build_scene(opened=state in (SeasonState.OPEN, SeasonState.CLOSED))
    if state == SeasonState.CLOSED:
        services.close(season=scene.season, by=scene.office, at=AT)
    elif state == SeasonState.DISCARDED:
        services.discard(season=scene.season, reason="重复建立", by=scene.office, at=AT)
    return scene


def outcome_of(scene: Scene, action: str, by: str) -> str:
    season = Season.objects.get(pk=scene.season.pk)
    try:
        ACTS[action](season=season, by=actor(getattr(scene.officers, by)), at=AT)
    except Refused as refused:
        return refused.refusals[0].code
    return "done"


@pytest.mark.django_db
@pytest.mark.parametrize("state", SeasonState)
@pytest.mark.parametrize("action", ACTS)
def test_every_act_in_every_state_by_the_office_and_by_others(state: str, action: str):
    scene = season_in(state)
    allowed = (state, action) in ALLOWED
    expected = "not_yours" if allowed else "wrong_state"
    assert {by: outcome_of(scene, action, by) for by in ("unit", "county", "city", "auditor")} == dict.fromkeys(
        ("unit", "county", "city", "auditor"), expected
    )
    assert outcome_of(scene, action, "region") == ("done" if allowed else "wrong_state")


@pytest.mark.parametrize(
    ("window", "early", "late"),
    [
        (OPEN, "", ""),
        (BEFORE, "网上申请自2026年6月1日开始受理。", ""),
        (AFTER, "", "网上申请已于2026年7月15日截止。"),
        (LATE, "", ""),
        (TOO_LATE, "", "网上申请已于2026年7月15日截止，补报已于2026年7月20日截止。"),
    ],
)
def test_a_window_says_from_when_and_since_when(window: WindowStatus, early: str, late: str):
    said = [refusal.reason if refusal else "" for refusal in (guards.not_begun(window), guards.over(window))]
    assert said == [early, late]


@pytest.mark.parametrize("state", SeasonState)
def test_a_season_in_progress_alone_takes_anything(state: str):
    assert guards.season_over(Season(state=state)) == (None if state == SeasonState.OPEN else guards.SEASON_OVER)
