"""Random people at random moments: the walk always does what a small model of it says, and the log holds."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apps.applications.models import Application
from apps.core import audit, door
from apps.core.actors import CLOCK, Actor
from apps.desks import selectors, services
from apps.desks.models import Paper
from apps.desks.states import DeskAction, DeskState
from tests.factories import Scene, actor, fresh, make_draft, user_of

LAST_DAY = date(2026, 7, 15)
DESKS = ("unit", "county", "city", "notice", "region")
HOLDERS = {
    "unit": "unit",
    "county": "county",
    "city": "city",
    "notice": "region",
    "listed": "region",
    "region": "region",
}
STATES = {
    "draft": DeskState.DRAFT,
    "returned": DeskState.RETURNED,
    "unit": DeskState.AWAITING_CONSENT,
    "county": DeskState.AWAITING_REVIEW,
    "city": DeskState.AWAITING_REVIEW,
    "notice": DeskState.ON_NOTICE,
    "listed": DeskState.ON_NOTICE,
    "region": DeskState.AWAITING_FINALISATION,
    "passed": DeskState.PASSED,
    "rejected": DeskState.REJECTED,
    "withdrawn": DeskState.WITHDRAWN,
    "lapsed": DeskState.LAPSED,
}
OVER = ("passed", "rejected", "withdrawn", "lapsed")
PEOPLE = ("applicant", "other applicant", "unit", "county", "city", "region", "stranger", "auditor", "clock")
ACTIONS = [action.value for action in DeskAction if action != DeskAction.CREATE]
LIKELY = {"submit": 6, "pass_up": 8, "announce": 6, "send_back": 2, "recall": 3, "reject": 1, "withdraw": 1, "lapse": 1}
"""How often an act that is allowed is chosen, so that walks come to their end on many ways."""


@dataclass(frozen=True)
class Model:
    """What is known of one application: where it is, how many acts it has seen, and what a recall depends on."""

    place: str = "draft"
    acts: int = 1
    returned_from: str = "unit"
    may_be_recalled: bool = False
    until: date = date.max

    def after(self, who: str, action: str, day: date) -> "Model | None":
        """Return the model after an act, None when it is refused."""
        moved = getattr(self, f"_{action}")(who, day)
        return replace(moved, acts=self.acts + 1) if moved else None

    def _to(self, place: str, **changes: Any) -> "Model":
        return replace(self, place=place, **{"may_be_recalled": False, **changes})

    def _submit(self, who: str, day: date) -> "Model | None":
        if who != "applicant" or self.place not in ("draft", "returned"):
            return None
        if self.place == "returned":
            return self._to(self.returned_from)
        return self._to("unit") if day <= LAST_DAY else None

    def _pass_up(self, who: str, day: date) -> "Model | None":
        if self.place == "listed":
            return self._to("region") if who == "clock" and day > self.until else None
        if self._holds(who):
            return self._to([*DESKS, "passed"][DESKS.index(self.place) + 1], may_be_recalled=self.place != "region")
        return None

    def _holds(self, who: str) -> bool:
        return self.place in ("unit", "county", "city", "region") and HOLDERS[self.place] == who

    def _send_back(self, who: str, day: date) -> "Model | None":
        return self._to("returned", returned_from=self.place) if self._holds(who) else None

    def _reject(self, who: str, day: date) -> "Model | None":
        return self._to("rejected") if self._holds(who) else None

    def _withdraw(self, who: str, day: date) -> "Model | None":
        return self._to("withdrawn") if who == "applicant" and self.place not in OVER else None

    def _recall(self, who: str, day: date) -> "Model | None":
        before = {"county": "unit", "city": "county", "notice": "city"}.get(self.place)
        return self._to(before) if before and self.may_be_recalled and HOLDERS[before] == who else None

    def _lapse(self, who: str, day: date) -> "Model | None":
        return self._to("lapsed") if who == "clock" and self.place == "returned" else None

    def _not_on_this_route(self, who: str, day: date) -> None:
        """Refuse what no step of this route awaits, and to reopen without saying at which step."""

    _ask = _give_verdict = _reopen = _not_on_this_route

    def _announce(self, who: str, day: date) -> "Model | None":
        if self.place != "notice" or who != "region":
            return None
        return self._to("listed", until=day + timedelta(days=4))


class Walk(RuleBasedStateMachine):
    """Two applications among nine people; every example is rolled back."""

    scene: ClassVar[Scene]
    drafts: ClassVar[list[Application]]
    actors: ClassVar[dict[tuple[str, int], Actor]]

    @initialize()
    def begin(self) -> None:
        self.at: datetime = self.scene.at
        self.models = [Model(), Model()]
        self.undone = transaction.atomic()
        self.undone.__enter__()

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @rule(
        number=st.integers(0, 1),
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        off=st.sampled_from([0, 0, 0, 0, 0, -1, 1]),
    )
    def somebody_acts(self, number: int, who: str, action: str, off: int) -> None:
        self.act(number, who, action, off)

    @rule(number=st.integers(0, 1), choice=st.integers(0, 999))
    def somebody_does_what_he_may(self, number: int, choice: int) -> None:
        model = self.models[number]
        if model.place == "listed":
            self.at += timedelta(days=choice % 6)
        allowed = [(who, action) for who in PEOPLE for action in ACTIONS if model.after(who, action, self.day)]
        weighted = [act for act in allowed for _ in range(LIKELY[act[1]])]
        if weighted:
            self.act(number, *weighted[choice % len(weighted)], 0)

    @rule(number=st.integers(0, 1), action=st.sampled_from(["recall", "recall", "pass_up", "send_back", "announce"]))
    def the_one_before_tries_to_meddle(self, number: int, action: str) -> None:
        place = self.models[number].place
        before = DESKS[max(0, DESKS.index(place) - 1)] if place in DESKS else "city"
        self.act(number, HOLDERS[before], action, 0)

    def act(self, number: int, who: str, action: str, off: int) -> None:
        pk, before = self.drafts[number].pk, self.models[number]
        after = before.after(who, action, self.day) if off == 0 else None
        (outcome,) = door.advance(
            Application,
            {pk: before.acts + off},
            action,
            by=self.actors[who, number],
            at=self.at,
            opinion="意见",
            ground="依据",
            details={
                "until": (self.day + timedelta(days=4)).isoformat(),
                "resume_at": fresh(self.drafts[number]).step,
            },
        )
        assert outcome.done == (after is not None)
        self.models[number] = after or before

    @rule(number=st.integers(0, 1), who=st.sampled_from(PEOPLE))
    def somebody_looks(self, number: int, who: str) -> None:
        model = self.models[number]
        services.open_paper(record=fresh(self.drafts[number]), by=self.actors[who, number], at=self.at)
        if HOLDERS.get(model.place) == who:
            self.models[number] = replace(model, may_be_recalled=False)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @invariant()
    def each_record_its_papers_and_its_graph_are_where_the_model_says(self) -> None:
        for draft, model in zip(self.drafts, self.models, strict=True):
            record = fresh(draft)
            assert (record.state, record.version, record.log_count) == (STATES[model.place], model.acts, model.acts)
            papers = list(Paper.objects.filter(record=draft.pk).order_by("pk"))
            assert [paper.done is None for paper in papers] == [False] * (len(papers) - 1) + [model.place not in OVER]
            assert [paper.state for paper in papers if paper.latest] == [record.state]
            if model.place in DESKS:
                self.check_graph(record, DESKS.index(model.place))

    def check_graph(self, record: Application, behind: int) -> None:
        shown = selectors.steps_shown(record, selectors.log_of(record, "application"), None)
        assert [step.status for step in shown] == ["done"] * behind + ["lit"] + ["todo"] * (4 - behind)
        assert [step.entry.action for step in shown[:behind]] == ["pass_up"] * behind

    def teardown(self) -> None:
        report = audit.verify()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)
        assert report.faults == ()


def actor_named(name: str, number: int) -> Actor:
    """Return who acts on the application of a number; each has its own applicant."""
    if name == "clock":
        return CLOCK
    if name.endswith("applicant"):
        return actor(user_of(Walk.drafts[number if name == "applicant" else 1 - number]))
    return actor(Walk.scene.stranger if name == "stranger" else getattr(Walk.scene.officers, name))


def run_walks(scene: Scene, **how: Any) -> None:
    Walk.scene, Walk.drafts = scene, [make_draft(scene), make_draft(scene)]
    Walk.actors = {(name, number): actor_named(name, number) for name in PEOPLE for number in (0, 1)}
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(Walk, settings=settings(deadline=None, database=None, suppress_health_check=quiet, **how))


@pytest.mark.django_db
def test_some_two_hundred_steps_go_where_the_model_says(scene: Scene):
    run_walks(scene, max_examples=8, stateful_step_count=30, derandomize=True, phases=[Phase.generate])


@pytest.mark.long
@pytest.mark.django_db
def test_twenty_thousand_steps_go_where_the_model_says(scene: Scene):
    run_walks(scene, max_examples=300, stateful_step_count=80)
