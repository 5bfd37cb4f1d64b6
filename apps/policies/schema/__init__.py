"""The shape of a policy pack: law as data. Every rule rests on a clause or on an open question, never on neither."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from apps.core.refusals import Basis
from apps.policies.schema.application import (
    APPLICANT,
    HEARD,
    OF_MANY,
    Application,
    Attachment,
    Body,
    Calendar,
    ClosingReminder,
    DutyHours,
    FormField,
    FormStep,
    Ground,
    Lapse,
    LateEntry,
    Office,
    OverdueReminder,
    Route,
    Rule,
    Scope,
    ScoreLine,
    Silence,
    Step,
    Term,
    Urging,
    Verdicts,
    Walked,
    Window,
)
from apps.policies.schema.base import (
    DAY_PATTERN,
    Ask,
    Clause,
    Condition,
    Counted,
    Data,
    Days,
    Grounded,
    IfChosen,
    Key,
    Named,
    Number,
    OpenQuestion,
    Percent,
    Source,
    Strength,
    Words,
    YearDay,
)
from apps.policies.schema.documents import Document, Documents, NumberFormat
from apps.policies.schema.recognition import Filing, Keeping, Processes, RecognisedKind, Recognition
from apps.policies.schema.sheet import (
    PERSON,
    TEAM,
    Adjustment,
    Agreement,
    AgreementText,
    Allocation,
    Assessment,
    Between,
    Cap,
    Collected,
    Deadline,
    Dismissal,
    Funding,
    Grade,
    Limit,
    Placing,
    Provision,
    Quota,
    Requirement,
    Return,
    ScorePart,
    Seat,
    Share,
    Sheet,
    Subject,
    Target,
    Team,
    VillageContacts,
    Voucher,
    Workload,
)
from apps.policies.walking import Where, walk

__all__ = [
    "APPLICANT",
    "DAY_PATTERN",
    "HEARD",
    "OF_MANY",
    "PERSON",
    "TEAM",
    "Adjustment",
    "Agreement",
    "AgreementText",
    "Allocation",
    "Application",
    "Ask",
    "Assessment",
    "Attachment",
    "Between",
    "Body",
    "Calendar",
    "Cap",
    "Clause",
    "ClosingReminder",
    "Collected",
    "Condition",
    "Counted",
    "Data",
    "Days",
    "Deadline",
    "Dismissal",
    "Document",
    "Documents",
    "DutyHours",
    "Filing",
    "FormField",
    "FormStep",
    "Funding",
    "Grade",
    "Ground",
    "Grounded",
    "IfChosen",
    "Keeping",
    "Key",
    "Lapse",
    "LateEntry",
    "Limit",
    "Named",
    "Number",
    "NumberFormat",
    "Office",
    "OpenQuestion",
    "OverdueReminder",
    "Pack",
    "Percent",
    "Placing",
    "Processes",
    "Provision",
    "Quota",
    "RecognisedKind",
    "Recognition",
    "Requirement",
    "Return",
    "Route",
    "Rule",
    "Scope",
    "ScoreLine",
    "ScorePart",
    "Seat",
    "Share",
    "Sheet",
    "Silence",
    "Source",
    "Step",
    "Strength",
    "Subject",
    "Target",
    "Team",
    "Term",
    "Urging",
    "Verdicts",
    "VillageContacts",
    "Voucher",
    "Walked",
    "Window",
    "Words",
    "Workload",
    "YearDay",
]


class Pack(Data):
    """A whole policy as data."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
    title: Words
    source: Source
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}){0,2}$")]
    levels: Mapping[Literal["region", "city", "county", "township", "village"], Words]
    scales: Mapping[Key, tuple[Words, ...]]
    choices: Mapping[Key, Mapping[str, Words]]
    offices: Mapping[Key, Office]
    calendar: Calendar
    processes: Processes
    quotas: Mapping[Key, Quota] = {}
    sheet: Sheet = Sheet()
    documents: Documents
    open_questions: tuple[OpenQuestion, ...] = ()

    @cached_property
    def asking(self) -> tuple[tuple[Where, Ask], ...]:
        """Return every value that the text leaves open, with its place."""
        return tuple((where, node) for where, node in walk(self) if isinstance(node, Ask))

    def question(self, key: str) -> OpenQuestion | None:
        """Return the open question of a key."""
        return next((question for question in self.open_questions if question.id == key), None)

    def answer(self, value: Any, answers: Mapping[str, Any]) -> Any:
        """Return a value as it is, or where it asks an open question, what the season or else the pack chose."""
        return self.chosen(value.ask, answers) if isinstance(value, Ask) else value

    def chosen(self, key: str, answers: Mapping[str, Any]) -> Any:
        """Return what the season or else the pack chose for an open question."""
        question = self.question(key)
        return answers.get(key, question.chosen if question else None)

    def holds(self, condition: IfChosen | None, answers: Mapping[str, Any]) -> bool:
        """Tell whether the office chose the option that a rule or route is for."""
        return condition is None or bool(self.chosen(condition.ask, answers) == condition.is_)

    def basis(self, rule: Grounded) -> Basis:
        """Return what a rule rests on, for a screen or a refusal."""
        if rule.clause:
            return Basis(ref=rule.clause.ref, quote=rule.clause.quote)
        question = self.question(rule.asks or "")
        return Basis(question=f"{question.text}：{question.why}" if question else "")
