"""A record that walks from desk to desk."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from django.db import models
from django_fsm import GET_STATE, transition

from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.models import Recorded
from apps.core.refs import Ref, desk, desk_parts
from apps.desks import permissions
from apps.desks.states import (
    AWAITING,
    JOINT,
    OFFICE_ACTS,
    OPEN,
    REFUSABLE,
    STATE_OF_ACT,
    WRITING,
    DeskAction,
    DeskState,
)


def _state_of_step(record: "DeskRecord", *args: Any, **act: Any) -> str:
    """Read the state from the step the record has just moved to."""
    if record.step is None:
        return DeskState.RETURNED
    return DeskState.PASSED if record.step == len(record.route) else STATE_OF_ACT[record.present_step()["act"]]


def _with_chosen(step: Mapping[str, Any], parties: Sequence[str]) -> Mapping[str, Any]:
    """Add to a step of a route those who were chosen out of a body of many."""
    asked = step["verdicts"]
    many = {body for body, _ in asked["among"]} if asked else set()
    chosen = [party for party in parties if desk_parts(party)[0] in many]
    return {**step, "verdicts": {**asked, "parties": sorted({*asked["parties"], *chosen})}} if chosen else step


class DeskRecord(Recorded):
    """A record that walks the route frozen from the pack at submission; `desk` is where it lies.

    `person` is whom the case concerns; `starter` is the desk that started it and writes in it: his own, or an office's.
    A step of `route` is what `routes.freeze` made of the pack's; `step` is None while the starter writes, and their
    number once passed. `county` is the county the record serves, where it serves one. `resume_at` is the step that
    last gave it back or refused it.
    """

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+", verbose_name="人选")
    starter = models.CharField("发起", max_length=120, editable=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", verbose_name="服务县")
    route = models.JSONField(default=list, editable=False)
    step = models.PositiveSmallIntegerField(null=True, editable=False)
    desk = models.CharField(max_length=120, blank=True, editable=False)
    resume_at = models.PositiveSmallIntegerField(null=True, editable=False)
    notice_until = models.DateField("公示截止", null=True, editable=False)
    submitted = models.DateTimeField("提交时间", null=True, editable=False)

    MOVED_FIELDS = ("route", "step", "desk", "resume_at", "notice_until", "submitted")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeskState.values), name="%(app_label)s_%(class)s_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[*WRITING, DeskState.WITHDRAWN, DeskState.LAPSED])
                | models.Q(step__isnull=False),
                name="%(app_label)s_%(class)s_awaited_act_has_a_step",
            ),
        ]
        indexes = [
            models.Index(fields=["season", "state"], name="%(class)s_by_season_state"),
            models.Index(fields=["person"], name="%(class)s_by_person"),
            models.Index(fields=["starter"], name="%(class)s_by_starter"),
        ]

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        """Name the desk where it lies; the one asked, of a word; the one before, to recall; the last, to reopen."""
        if action == DeskAction.GIVE_VERDICT:
            return str(details.get("party", ""))
        if action == DeskAction.RECALL and self.step:
            return str(self.route[self.step - 1]["desk"])
        return self.final_desk() if action == DeskAction.REOPEN else self.desk or self.starter

    def particulars(self, action: str) -> Mapping[str, Any]:
        """Return the step that gave it back, or at which it had been refused."""
        return {"resume_at": self.resume_at} if action in (DeskAction.SEND_BACK, DeskAction.REOPEN) else {}

    def final_desk(self) -> str:
        """Name the desk of the last step that decides; what is filed after it is only recorded."""
        deciding = [step["desk"] for step in self.route if STATE_OF_ACT[step["act"]] != DeskState.AWAITING_FILING]
        return str(deciding[-1]) if deciding else ""

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the persons who may not decide this case."""
        return (self.person_id,)

    def organizations_concerned(self) -> tuple[int, ...]:
        """Return the organizations whose people are no judges in this case."""
        return ()

    def parties(self) -> Sequence[str]:
        """Return the desks asked for their verdicts at the step it lies at."""
        return list(self.present_step()["verdicts"]["parties"]) if self.state in JOINT else []

    def person_desk(self) -> str:
        """Name the own desk of the person concerned."""
        return desk(APPLICANT, Ref("person", str(self.person_id)))

    def asks_the_person(self) -> bool:
        """Tell whether the step it lies at asks the person concerned himself."""
        return self.state in AWAITING and self.desk == self.person_desk()

    def present_step(self) -> Mapping[str, Any]:
        """Return the step awaited; raise IndexError when none is."""
        step: Mapping[str, Any] = self.route[self._place()]
        return step

    def _place(self) -> int:
        """Return the number of the step awaited; only a record on its way has one."""
        assert self.step is not None
        return self.step

    def step_awaits(self, act: str) -> bool:
        """Tell whether the step it lies at awaits an act."""
        return self.step is not None and self.step < len(self.route) and self.present_step()["act"] == act

    def _go_to(self, step: int) -> None:
        """Move to a step; a public notice is void where it lies ahead again, or another one begins."""
        ahead = self.route[step : step + 1] if self.step is not None and step > self.step else self.route[step:]
        if any(each["act"] == "notice" for each in ahead):
            self.notice_until = None
        self.step = step
        self.desk = self.route[step]["desk"] if step < len(self.route) else ""

    @transition(
        "state", WRITING, GET_STATE(_state_of_step, states=AWAITING), custom={"may": permissions.is_its_starter}
    )
    def submit(self, *, decision: Decision, facts: Any) -> None:
        """Freeze the route and put it on the first desk, or on the one that returned it."""
        first = self.first_step(facts.route, resumes=facts.resumes)
        self.route, self.submitted, self.resume_at = self._asked_again(facts.route), decision.at, None
        self._go_to(first)

    def first_step(self, route: Sequence[Mapping[str, Any]], *, resumes: bool) -> int:
        """Return at which step of a route it begins when it is handed in: where it `resumes`, after who has agreed."""
        return self._agreed_already(route) if resumes else 0

    def _agreed_already(self, route: Sequence[Mapping[str, Any]]) -> int:
        """Count the steps before the return whose desks are still the same: another's agreement does not carry over."""
        steps = zip(self.route[: self.resume_at or 0], route[:-1], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0]["desk"] == pair[1]["desk"], steps))

    def _asked_again(self, route: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return a new route on which the same offices ask those again whom they had chosen."""
        before = {
            (n, step["desk"]): step["verdicts"]["parties"] for n, step in enumerate(self.route) if step["verdicts"]
        }
        return [_with_chosen(step, before.get((n, step["desk"]), ())) for n, step in enumerate(route)]

    @transition(
        "state",
        AWAITING,
        GET_STATE(_state_of_step, states=(*AWAITING, DeskState.PASSED)),
        custom={"may": permissions.may_pass_it},
    )
    def pass_up(self, *, decision: Decision, **act: Any) -> None:
        """Move to the next desk; after the last it is passed."""
        self._go_to(self._place() + 1)

    @transition(
        "state",
        OFFICE_ACTS,
        GET_STATE(_state_of_step, states=(DeskState.RETURNED, *AWAITING)),
        custom={"may": permissions.holds_its_desk},
    )
    def send_back(self, *, decision: Decision, **act: Any) -> None:
        """Give it back with a reason: to its starter, or to the earlier step that the decision names."""
        self._go_back(decision.details.get("to"))

    def _go_back(self, to: int | None) -> None:
        """Go back to a step, None for the starter."""
        self.resume_at, self.step, self.desk = self.step, None, self.starter
        if to is not None:
            self._go_to(to)

    @transition(
        "state",
        DeskState.REJECTED,
        GET_STATE(_state_of_step, states=AWAITING),
        custom={"may": permissions.may_reopen_it},
    )
    def reopen(self, *, decision: Decision, **act: Any) -> None:
        """Take it up again, with a reason, at the step that the decision names."""
        self._go_back(decision.details["to"])

    @transition("state", DeskState.RETURNED, DeskState.LAPSED, custom={"may": permissions.is_the_clock})
    def lapse(self, **act: Any) -> None:
        """Let the clock end what was given back and not handed in again."""
        self.desk = ""

    @transition("state", JOINT, GET_STATE(_state_of_step, states=JOINT), custom={"may": permissions.holds_its_desk})
    def ask(self, *, decision: Decision, **act: Any) -> None:
        """Say whose verdicts are asked for at this step."""
        step = self._place()
        asked = {**self.present_step()["verdicts"], "parties": sorted(decision.details["parties"])}
        self.route = [*self.route[:step], {**self.route[step], "verdicts": asked}, *self.route[step + 1 :]]

    @transition("state", JOINT, GET_STATE(_state_of_step, states=JOINT), custom={"may": permissions.is_asked})
    def give_verdict(self, **act: Any) -> None:
        """Say one's word; what all words come to is judged when the record is passed up."""

    @transition("state", REFUSABLE, DeskState.REJECTED, custom={"may": permissions.holds_its_desk})
    def reject(self, **act: Any) -> None:
        """Refuse it on a ground."""
        self.desk = ""

    @transition("state", OPEN, DeskState.WITHDRAWN, custom={"may": permissions.may_withdraw_it})
    def withdraw(self, **act: Any) -> None:
        """Let its starter, or the person it concerns, take it back."""
        self.desk = ""

    @transition(
        "state", AWAITING, GET_STATE(_state_of_step, states=AWAITING), custom={"may": permissions.passed_it_here}
    )
    def recall(self, **act: Any) -> None:
        """Take it back to the step before, as long as nobody has opened it."""
        self._go_to(self._place() - 1)

    @transition("state", DeskState.ON_NOTICE, DeskState.ON_NOTICE, custom={"may": permissions.holds_its_desk})
    def announce(self, *, decision: Decision, **act: Any) -> None:
        """Put it on a published list; the notice period runs until the day named there."""
        self.notice_until = date.fromisoformat(decision.details["until"])
