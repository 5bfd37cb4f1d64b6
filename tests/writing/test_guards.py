"""What stops a record from being handed in: each guard alone, on plain facts."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from apps.applications.models import Application
from apps.core.kinds import Decision
from apps.core.refusals import Basis, Problem, Refusal
from apps.desks.states import DeskAction, DeskState
from apps.policies.applying import Shortfall
from apps.seasons.selectors import WindowStatus
from apps.writing import guards
from apps.writing.guards import LATE as LATE_ENTRY
from apps.writing.writings import Case
from tests.factories import AT

OPEN = WindowStatus("网上申请", date(2026, 6, 1), date(2026, 7, 15), date(2026, 7, 15), True, False)
LATE = replace(OPEN, is_open=False, is_late=True, late_until=date(2026, 7, 20))
SOUND = Case(problems=(), route=[], resumes=True, no_route=None, window=OPEN, late_basis=Basis("一", "逾期可补报"))
DECISION = Decision(DeskAction.SUBMIT, by=None, at=AT)
ADULT = Shortfall("adult", True, "申请人须年满18周岁。", "请核对出生日期。", "年龄为16", Basis("一", "年满18周岁"))


def said(guard: Any, state: str = DeskState.DRAFT, **facts: Any) -> Refusal | None:
    return guard(Application(state=state), replace(SOUND, **facts), DECISION)


@pytest.mark.parametrize("guard", guards.ON_SUBMIT)
def test_a_sound_record_passes_every_guard(guard: Any):
    assert said(guard) is None


def test_what_may_be_written_no_more_is_told_before_what_may_be_handed_in_not_yet():
    over, early = (Refusal(code, "不能提交。", "请联系。") for code in ("over", "early"))
    assert said(guards.is_open, early=early) is early
    assert said(guards.is_open, closed=over, early=early) is over


def test_what_comes_late_passes_with_a_reason_alone():
    refusal = said(guards.says_why_late, window=LATE)
    assert (refusal.code, refusal.basis) == ("no_reason:late", SOUND.late_basis)
    assert said(guards.says_why_late, DeskState.RETURNED, window=LATE) is None
    explained = Application(state=DeskState.DRAFT, reasons={LATE_ENTRY: "山洪断网"})
    assert guards.says_why_late(explained, replace(SOUND, window=LATE), DECISION) is None


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
