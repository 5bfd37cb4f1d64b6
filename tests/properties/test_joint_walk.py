"""Random packs, officers and clocks: every act does what a small model says, and nobody sees what he may not."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from apps.applications.guards import GUARDS
from apps.desks import asking, guards, services
from apps.desks.states import DeskAction
from apps.directory import grants
from tests.factories.every_act import build_every_act
from tests.properties.joint_machine import JointWalk

pytestmark = pytest.mark.django_db
ONCE: Mapping[str, Any] = {"derandomize": True, "phases": [Phase.generate]}


@pytest.fixture
def world(db: None) -> None:
    JointWalk.live_in(*build_every_act())


def run_walks(examples: int, steps: int, **how: Any) -> None:
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        **how,
    )
    run_state_machine_as_test(JointWalk, settings=wanted)


def test_two_thousand_steps_go_where_the_model_says(world: None):
    run_walks(25, 80, **ONCE)


@pytest.mark.long
@pytest.mark.parametrize("quarter", range(1, 5))
def test_a_hundred_thousand_steps_in_four_quarters_go_where_the_model_says(world: None, quarter: int):
    run_walks(250, 100)


def _pass_whatever_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [guard for guard in GUARDS[DeskAction.PASS_UP] if guard is not guards.verdicts_meet_the_rule]
    monkeypatch.setitem(GUARDS, DeskAction.PASS_UP, kept)


def _keep_words_on_going_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_void", lambda *_: None)


def _keep_what_was_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "take_back", lambda *_: None)


def _forget_who_opened_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "open_paper", lambda **_: None)


def long(spoil: Any) -> Any:
    return pytest.param(spoil, marks=pytest.mark.long)


@pytest.mark.parametrize(
    "spoil",
    [
        _pass_whatever_was_said,
        _keep_words_on_going_back,
        long(_keep_what_was_lent),
        long(_forget_who_opened_it),
    ],
)
def test_a_product_that_does_otherwise_is_found_out(world: None, monkeypatch: pytest.MonkeyPatch, spoil):
    spoil(monkeypatch)
    with pytest.raises(AssertionError):
        run_walks(25, 80, **ONCE)
