"""What stops an application from being handed in: each guard alone, on plain facts."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from apps.applications import guards
from apps.applications.models import Application
from apps.applications.selectors import LATE as LATE_ENTRY
from apps.applications.selectors import Case
from apps.core.kinds import Decision
from apps.core.refusals import Basis, Refusal
from apps.desks.states import DeskAction, DeskState
from apps.policies.applying import Shortfall
from apps.policies.values import Problem
from apps.seasons.selectors import WindowStatus
from tests.factories import AT

OPEN = WindowStatus("网上申请", date(2026, 6, 1), date(2026, 7, 15), date(2026, 7, 15), True, False)
BEFORE = replace(OPEN, is_open=False, is_before=True)
AFTER = replace(OPEN, is_open=False)
LATE = replace(AFTER, is_late=True, late_until=date(2026, 7, 20))
TOO_LATE = replace(AFTER, late_until=date(2026, 7, 20))
SOUND = Case(
    starts="applicant",
    facts={},
    problems=(),
    shortfalls=(),
    is_in_season=True,
    window=OPEN,
    late_basis=Basis("一", "逾期可补报"),
    route=[],
    resumes=True,
    no_route=None,
)
DECISION = Decision(DeskAction.SUBMIT, by=None, at=AT)
ADULT = Shortfall("adult", True, "申请人须年满18周岁。", "请核对出生日期。", "年龄为16", Basis("一", "年满18周岁"))


def said(guard: Any, state: str = DeskState.DRAFT, **facts: Any) -> Refusal | None:
    return guard(Application(state=state), replace(SOUND, **facts), DECISION)


@pytest.mark.parametrize("guard", guards.GUARDS[DeskAction.SUBMIT])
def test_a_sound_application_passes_every_guard(guard: Any):
    assert said(guard) is None


@pytest.mark.parametrize(
    ("code", "reason", "window"),
    [
        ("no_window", "本批次没有设定申请时间。", None),
        ("window_not_open", "网上申请自2026年6月1日开始受理。", BEFORE),
        ("window_closed", "网上申请已于2026年7月15日截止。", AFTER),
        ("window_closed", "网上申请已于2026年7月15日截止，补报已于2026年7月20日截止。", TOO_LATE),
    ],
)
def test_outside_the_window_a_draft_hears_when_it_is_or_was(code: str, reason: str, window: WindowStatus | None):
    refusal = said(guards.window_is_open, window=window)
    assert (refusal.code, refusal.reason) == (code, reason)
    assert said(guards.window_is_open, DeskState.RETURNED, window=window) is None


def test_what_comes_late_passes_with_a_reason_alone():
    assert said(guards.window_is_open, window=LATE) is None
    refusal = said(guards.says_why_late, window=LATE)
    assert (refusal.code, refusal.basis) == ("no_reason:late", SOUND.late_basis)
    assert said(guards.says_why_late, DeskState.RETURNED, window=LATE) is None
    explained = Application(state=DeskState.DRAFT, reasons={LATE_ENTRY: "山洪断网"})
    assert guards.says_why_late(explained, replace(SOUND, window=LATE), DECISION) is None


@pytest.mark.parametrize("state", [DeskState.DRAFT, DeskState.RETURNED])
def test_a_season_that_ended_stops_drafts_and_corrections(state: str):
    assert said(guards.season_is_open, state, is_in_season=False) == guards.SEASON_OVER


def test_the_first_mistake_is_named_and_the_others_are_counted():
    problems = tuple(Problem(f"x{n}", f"第{n}项没有填写。", "请补填。") for n in range(3))
    assert said(guards.form_is_complete, problems=problems[:1]).reason == "第0项没有填写。"
    assert said(guards.form_is_complete, problems=problems).reason == "第0项没有填写。另有2处。"


def test_a_requirement_not_met_is_refused_with_its_basis_and_a_wish_is_not():
    wish = replace(ADULT, rule="wish", must=False)
    assert said(guards.meets_the_requirements, shortfalls=(wish,)) is None
    refusal = said(guards.meets_the_requirements, shortfalls=(wish, ADULT))
    assert refusal == Refusal("ineligible:adult", ADULT.message, ADULT.remedy, ADULT.basis)


def test_no_way_is_said_as_it_was_found():
    refusal = Refusal("no_route", "没有路径。", "请联系。")
    assert said(guards.has_a_route, no_route=refusal) is refusal


@pytest.mark.parametrize(
    ("code", "state", "is_in_season", "window"),
    [
        ("", DeskState.DRAFT, True, OPEN),
        ("", DeskState.DRAFT, True, BEFORE),
        ("window_closed", DeskState.DRAFT, True, AFTER),
        ("", DeskState.DRAFT, True, LATE),
        ("window_closed", DeskState.DRAFT, True, TOO_LATE),
        ("", DeskState.RETURNED, True, AFTER),
        ("season_closed", DeskState.DRAFT, False, OPEN),
        ("season_closed", DeskState.RETURNED, False, AFTER),
        ("", DeskState.DRAFT, True, None),
    ],
)
def test_one_may_write_until_the_window_closes_or_the_season(
    code: str, state: str, is_in_season: bool, window: WindowStatus | None
):
    refusal = guards.too_late(Application(state=state), is_in_season, window)
    assert (refusal.code if refusal else "") == code
