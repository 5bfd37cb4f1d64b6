"""How people apply: windows, form, eligibility, and the acts of the offices one after another."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from apps.policies.schema.base import (
    Ask,
    Clock,
    Condition,
    Counted,
    Data,
    Days,
    Grounded,
    IfChosen,
    Key,
    Number,
    Strength,
    Words,
    YearDay,
)

APPLICANT = "applicant"
"""Who starts a route unless it names an office."""
Scope = Literal[
    "record.person",
    "applicant.unit",
    "record.host",
    "record.county_served",
    "record.county_served.supervisor",
    "record.township",
    "record.team",
    "jurisdiction",
]
Body = Literal[
    "applicant",
    "dispatching_unit",
    "host",
    "sci_tech_authority",
    "sci_tech_institute",
    "township_office",
    "coordination_office",
    "expert",
    "member_unit",
    "team_leader",
]
HEARD = "heard"
"""The rule by which those asked are heard and bind nobody."""
OF_MANY: frozenset[str] = frozenset({"expert", "member_unit"})
"""Bodies of which several sit in one scope, each at a desk of its own: whoever asks them chooses whom."""


class Office(Data):
    """Who sits at a step, and whose record it must be."""

    body: Body
    scope: Scope
    label: Words


class ClosingReminder(Grounded, Counted):
    """How many days before a window's last day people are reminded, once for each number."""

    before_days: tuple[Annotated[int, Field(ge=0, le=366)] | Ask, ...] = Field(min_length=1)


class Urging(Data):
    """How often a paper may be urged by hand (催办): not again within some days, at most some times."""

    every_days: Days
    at_most: Number


class OverdueReminder(Grounded, Counted):
    """After how many days on a desk a paper is overdue, and who is told then.

    First those who sit at the desk; then their colleagues; then the level above; then nobody any more.
    """

    after_days: Days
    then_colleagues_after: Days | None = None
    then_level_above_after: Days | None = None
    stop_after: Days | None = None
    by_hand: Urging | None = None


class LateEntry(Grounded):
    """For how many days after a window has closed what comes late is still taken, with a reason."""

    days: Days


class Window(Grounded):
    """The days within which something may be done; a day without a year falls in the season's."""

    label: Words
    opens: YearDay | None = None
    closes: YearDay | None = None
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    late: LateEntry | None = None
    remind: ClosingReminder | None = None


class DutyHours(Grounded):
    """The hours of each day within which papers are looked at; what comes after them counts from the next day."""

    every_day: bool
    spans: tuple[tuple[Clock, Clock], ...] = Field(min_length=1)


class Calendar(Data):
    counting: Literal["natural_days_inclusive", "working_days"]
    windows: Mapping[Key, Window] = {}
    duty_hours: DutyHours | None = None


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
    strength: Strength = "must"
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


class Silence(Counted):
    """What it means that somebody asked has said nothing for some days."""

    after_days: Days
    means: Literal["agrees", "refuses", "abstains"] | Ask


class ScoreLine(Data):
    """One line of a score sheet: what is judged, and its most points."""

    id: Key
    label: Words
    most: Annotated[int, Field(ge=1, le=100)]
    help: str = ""


class Verdicts(Grounded):
    """Whom a joint act asks for a verdict, and what the verdicts must come to.

    `of` names the offices asked; of a body of many the office of the step chooses at least `at_least`. `rule`: all
    agree, any agrees, `least` agree (quorum), or the mean of the points is `least` or more (average, with a `sheet`);
    those only heard bind nobody.
    With `one_refusal` blocking, a single refusal ends the matter whatever the rule.
    """

    of: tuple[Key, ...] = Field(min_length=1)
    at_least: Number = 1
    rule: Literal["all", "any", "quorum", "average", "heard"]
    least: Number | None = None
    one_refusal: Literal["counts", "blocks"] = "counts"
    silence: Silence | None = None
    sheet: tuple[ScoreLine, ...] = ()


class Step(Grounded, Counted):
    """One act at one office, with the days it may take.

    `called` is what the policy calls the act here; where it is `written`, agreement needs words; where it is `listed`,
    the office agrees by a list of all its people under its seal. A joint act says in `verdicts` whom it asks.
    """

    act: str
    office: Key
    days: Days | None = None
    called: str = ""
    written: bool = False
    listed: bool = False
    verdicts: Verdicts | None = None


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


class Lapse(Grounded, Counted):
    """After how many days a case that was given back and not handed in again is over."""

    returned_after_days: Days


class Walked(Grounded):
    """What is asked in a form, who may hand it in, over which desks it goes and on what grounds it is refused."""

    form: tuple[FormStep, ...] = Field(min_length=1)
    eligibility: tuple[Rule, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    grounds: tuple[Ground, ...] = ()
    resubmission: Literal["resumes", "starts_over"]


class Application(Walked):
    """How people apply, who may, and over which desks."""

    window: Key
    remind: OverdueReminder | None = None
    lapse: Lapse | None = None
    term: Term
