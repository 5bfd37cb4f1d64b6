"""The shape of a policy pack: law as data. Every rule rests on a clause or on an open question, never on neither."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from apps.core.refusals import Basis

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
DAY_PATTERN = r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"
YearDay = Annotated[str, StringConstraints(pattern=DAY_PATTERN)]
Scope = Literal[
    "record.person",
    "applicant.unit",
    "record.host",
    "record.county_served",
    "record.county_served.supervisor",
    "jurisdiction",
]
APPLICANT = "applicant"
"""Who starts a route unless it names an office."""


class Data(BaseModel):
    """Refuse unknown keys and changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Clause(Data):
    """A place in the policy text and its exact words."""

    ref: Words
    quote: Words


class Grounded(Data):
    """A rule: it cites its clause, or names the open question that chose it."""

    clause: Clause | None = None
    asks: Key | None = None


class Ask(Data):
    """A value that the text leaves open: the answer to an open question."""

    ask: Key


class OpenQuestion(Data):
    """Where the text is silent: what was chosen and why. The season office may choose otherwise before it starts.

    Where `options` are given, `chosen` is the key of one of them.
    """

    id: Key
    text: Words
    chosen: Any
    why: Words
    options: Mapping[Key, Words] = {}


class IfChosen(Data):
    """What holds only where an open question was answered with this option."""

    ask: Key
    is_: Key = Field(alias="is")


class Source(Data):
    """The policy text beside the pack and its official data; a draft may bear no date."""

    file: Words
    title: Words
    number: str = ""
    issuer: Words
    issued: date | None = None
    status: Literal["in_force", "draft_for_comment"] = "in_force"


class Office(Data):
    """Who sits at a step, and whose record it must be."""

    body: Literal["applicant", "dispatching_unit", "host", "sci_tech_authority", "coordination_office"]
    scope: Scope
    label: Words


class ClosingReminder(Grounded):
    """How many days before a window's last day people are reminded, once for each number."""

    before_days: tuple[Annotated[int, Field(ge=0, le=366)] | Ask, ...] = Field(min_length=1)


class OverdueReminder(Grounded):
    """After how many days on a desk a paper is overdue, so that its office is reminded."""

    after_days: Annotated[int, Field(ge=1, le=366)] | Ask


class Window(Grounded):
    """The days within which something may be done; a day without a year falls in the season's."""

    label: Words
    opens: YearDay | None = None
    closes: YearDay | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    remind: ClosingReminder | None = None


class Calendar(Data):
    counting: Literal["natural_days_inclusive", "working_days"]
    windows: Mapping[Key, Window] = {}


class Condition(Data):
    """A condition: all, any or not of others, or one comparison of a fact."""

    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None
    negate: "Condition | None" = Field(None, alias="not")
    fact: str | None = None
    is_: Any = Field(None, alias="is")
    in_: tuple[Any, ...] | None = Field(None, alias="in")
    at_least: Any = None
    at_most: Any = None
    above: Any = None
    below: Any = None
    present: Literal[True] | None = None


class Rule(Grounded):
    """What is required, when, and what to tell one who does not meet it.

    `starts` names by whom a case was started for which it holds (`applicant`, or an office), empty for all; what is
    only meant `in_principle` passes with a recorded reason.
    """

    id: Key
    starts: tuple[Key, ...] = ()
    if_chosen: IfChosen | None = None
    require: Condition
    when: Condition | None = None
    strength: Literal["must", "in_principle"] = "must"
    message: Words
    remedy: str = ""


class FormField(Grounded):
    """One entry of the form: a fact, asked for in the pack's own words if it has any."""

    fact: str
    required: bool = True
    label: str = ""
    help: str = ""


class Attachment(Grounded):
    """A document the applicant hands in."""

    id: Key
    label: Words
    required: bool = True
    kinds: tuple[Literal["jpg", "png", "pdf", "docx", "xlsx"], ...]
    at_most_megabytes: Annotated[int, Field(ge=1, le=50)]
    at_most_files: Annotated[int, Field(ge=1, le=20)] = 1
    help: str = ""


class FormStep(Data):
    """One page of the form; `starts` names who is asked it (`applicant`, or an office that starts), empty for all."""

    title: Words
    starts: tuple[Key, ...] = ()
    help: str = ""
    fields: tuple[FormField, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class Step(Grounded):
    """One act at one office, with the days it may take.

    `called` is what the policy calls the act here; where it is `written`, agreement needs words.
    """

    act: str
    office: Key
    days: Annotated[int, Field(ge=1, le=366)] | Ask | None = None
    called: str = ""
    written: bool = False


class Route(Grounded):
    """The desks a record passes, in order; the first route whose `when` holds is frozen at submission.

    `starts` is the office that starts it and fills the form, or `applicant` for the person himself.
    """

    id: Key
    starts: Key = APPLICANT
    if_chosen: IfChosen | None = None
    when: Condition | None = None
    steps: tuple[Step, ...] = Field(min_length=1)


class Ground(Grounded):
    """A ground on which an office may refuse, beside the rules of eligibility; `offices` names whose, empty for all."""

    id: Key
    label: Words
    offices: tuple[Key, ...] = ()


class Term(Grounded):
    """How long an appointment lasts: from a day of the season's year, for some years."""

    begins: YearDay | Ask
    years: Annotated[int, Field(ge=1, le=20)] | Ask


class Application(Grounded):
    """How people apply, who may, and over which desks."""

    window: Key
    form: tuple[FormStep, ...] = Field(min_length=1)
    eligibility: tuple[Rule, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    grounds: tuple[Ground, ...] = ()
    resubmission: Literal["resumes", "starts_over"]
    remind: OverdueReminder | None = None
    term: Term


class Processes(Data):
    application: Application


class Quota(Grounded):
    """How many people a service group takes; the rows are the office's."""

    label: Words
    by: Literal["village_count"]
    soft: bool


class NumberFormat(Data):
    """How documents are numbered: word, opening, year, closing, running number, suffix."""

    word: Words
    left: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    right: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    suffix: str
    digits: Annotated[int, Field(ge=0, le=8)] = 0

    def write(self, year: int, n: int) -> str:
        """Write a number, for example 桂科农字〔2023〕68号."""
        return f"{self.word}{self.left}{year}{self.right}{n:0{self.digits}d}{self.suffix}"


class Document(Grounded):
    """What an official document says, with named placeholders."""

    head: str = ""
    number: NumberFormat | None = None
    title: Words
    main_recipients: str = ""
    body: tuple[Words, ...]
    roster_title: str = ""
    roster: Mapping[Key, Words] = {"name": "姓名", "unit": "派出单位", "county": "服务县（市、区）"}
    signed_by: tuple[Words, ...]
    contact: str = ""
    public: bool = False
    copies_to: str = ""
    printed_by: str = ""


class Documents(Data):
    """The papers of a season; a policy without a public list or a certificate has none."""

    publicity_list: Document | None = None
    appointment_notice: Document
    certificate: Document | None = None


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
    documents: Documents
    open_questions: tuple[OpenQuestion, ...] = ()

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
