"""The walk every process shares: a record on its route, and the papers it leaves on desks."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Any

from django.db import models
from django_fsm import GET_STATE, transition

from apps.core.actors import APPLICANT
from apps.core.kinds import Decision
from apps.core.models import Recorded
from apps.core.refs import Ref, desk
from apps.desks import permissions
from apps.desks.states import AWAITING, OFFICE_ACTS, OPEN, STATE_OF_ACT, WRITING, DeskAction, DeskState


def _state_of_step(record: "DeskRecord", *args: Any, **act: Any) -> str:
    """Read the state from the step the record has just moved to."""
    return DeskState.PASSED if record.step == len(record.route) else STATE_OF_ACT[record.present_step()["act"]]


class DeskRecord(Recorded):
    """A record that walks the route frozen from the pack at submission; `desk` is where it lies.

    `person` is whom the case concerns; `starter` is the desk that started it and writes in it: his own, or an office's.
    A step of `route` is {act, called, office, desk, label, days, written}; `step` is None while the starter writes, and
    the number of steps once passed. `county` is the county the record serves, where it serves one.
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
                condition=models.Q(state__in=WRITING) | models.Q(step__isnull=False) | models.Q(state="withdrawn"),
                name="%(app_label)s_%(class)s_awaited_act_has_a_step",
            ),
        ]
        indexes = [
            models.Index(fields=["season", "state"], name="%(class)s_by_season_state"),
            models.Index(fields=["person"], name="%(class)s_by_person"),
            models.Index(fields=["starter"], name="%(class)s_by_starter"),
        ]

    def place_of(self, action: str) -> str:
        """Name the desk where it lies; for a recall, the one before."""
        if action == DeskAction.RECALL and self.step:
            return str(self.route[self.step - 1]["desk"])
        return self.desk or self.starter

    def particulars(self, action: str) -> Mapping[str, Any]:
        """Return the step that gave it back."""
        return {"resume_at": self.resume_at} if action == DeskAction.SEND_BACK else {}

    def persons_concerned(self) -> tuple[int, ...]:
        """Return the persons who may not decide this case."""
        return (self.person_id,)

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
        self.step = step
        self.desk = self.route[step]["desk"] if step < len(self.route) else ""

    @transition(
        "state", WRITING, GET_STATE(_state_of_step, states=AWAITING), custom={"may": permissions.is_its_starter}
    )
    def submit(self, *, decision: Decision, facts: Any) -> None:
        """Freeze the route and put it on the first desk, or on the one that returned it."""
        first = self._agreed_already(facts.route) if facts.resumes else 0
        self.route, self.submitted, self.resume_at = facts.route, decision.at, None
        self._go_to(first)

    def _agreed_already(self, route: Sequence[Mapping[str, Any]]) -> int:
        """Count the steps before the return whose desks are still the same: another's agreement does not carry over."""
        steps = zip(self.route[: self.resume_at or 0], route[:-1], strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0]["desk"] == pair[1]["desk"], steps))

    @transition(
        "state",
        AWAITING,
        GET_STATE(_state_of_step, states=(*AWAITING, DeskState.PASSED)),
        custom={"may": permissions.may_pass_it},
    )
    def pass_up(self, *, decision: Decision, **act: Any) -> None:
        """Move to the next desk; after the last it is passed."""
        self._go_to(self._place() + 1)

    @transition("state", OFFICE_ACTS, DeskState.RETURNED, custom={"may": permissions.holds_its_desk})
    def send_back(self, *, decision: Decision, **act: Any) -> None:
        """Give it back to its starter with a reason."""
        self.resume_at, self.step = self.step, None
        self.desk = self.starter

    @transition("state", OFFICE_ACTS, DeskState.REJECTED, custom={"may": permissions.holds_its_desk})
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


class Paper(models.Model):
    """One paper on a desk: one row for each awaited act, written with the act that brought it there.

    `latest` marks the newest paper of a record; its `state` is then the record's own. Every act writes two rows, so
    that there are indexes for the lists alone, none for the relations.
    """

    kind = models.CharField(max_length=40)
    record = models.BigIntegerField()
    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+", db_index=False)
    county = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey("directory.Person", models.PROTECT, related_name="+", db_index=False)
    starter = models.CharField(max_length=120)
    state = models.CharField(max_length=32)
    office = models.CharField(max_length=60, blank=True)
    desk = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    arrived = models.DateTimeField()
    opened = models.DateTimeField(null=True)
    due = models.DateField(null=True)
    reminded = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40, blank=True)
    latest = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record"], condition=models.Q(latest=True), name="one_latest_paper_of_a_record"
            )
        ]
        indexes = [
            models.Index(
                fields=["desk", "due", "arrived", "id"],
                condition=models.Q(done__isnull=True) & ~models.Q(state=DeskState.ON_NOTICE),
                name="paper_on_desk",
            ),
            models.Index(fields=["done_by", "-done"], condition=models.Q(done__isnull=False), name="paper_done"),
            models.Index(fields=["person", "-arrived"], name="paper_of_person"),
            models.Index(fields=["starter", "-arrived"], condition=models.Q(latest=True), name="paper_started"),
            models.Index(
                fields=["season", "kind", "state", "county", "office", "starter"],
                condition=models.Q(latest=True),
                name="paper_counted",
            ),
            models.Index(fields=["state", "due"], condition=models.Q(done__isnull=True), name="paper_by_due_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> Ref:
        return Ref(self.kind, str(self.record))
