"""The parameter sheet of a policy: teams, workload, assessment, terms and what else later processes execute."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from apps.policies.schema.application import Attachment, Ground, Route
from apps.policies.schema.base import (
    Ask,
    Condition,
    Counted,
    Data,
    Days,
    Grounded,
    IfChosen,
    Key,
    Number,
    Percent,
    Strength,
    Words,
    YearDay,
)
from apps.policies.schema.documents import NumberFormat

TEAM, PERSON = "team", "person"
"""Parties of an agreement that need be no offices."""
Priority = Literal["must", "should", "informs"]
LaterProcess = Literal[
    "application", "matching", "teams", "appointments", "fieldwork", "assessments", "returns", "notices",
    "recognition", "reports", "administration",
]  # fmt: skip


class Quota(Grounded):
    """How many people a service group takes; the rows are the office's."""

    label: Words
    by: Literal["village_count"]
    soft: bool


class Between(Data):
    """A number with its bounds, both inclusive; None leaves that side open."""

    at_least: Number | None = None
    at_most: Number | None = None


class Limit(Grounded):
    """How many of something one of a sort may have, for example wishes of a person."""

    label: Words
    who: Key
    what: Key
    per: Key | None = None
    between: Between
    strength: Strength = "must"


class Seat(Grounded):
    """A seat in a team: how many there are, who takes it, and how he comes to it.

    `ex_officio` says by which post somebody holds it; `elected` that the members choose; `routes` how one is chosen;
    `require` what the holder must be.
    """

    label: Words
    count: Number | None = None
    per: Literal["team", "group", "city", "county", "township", "village"] = "team"
    ex_officio: str = ""
    elected: bool = False
    when: Condition | None = None
    require: Condition | None = None
    strength: Strength = "must"
    statement_at_most: Number | None = None
    routes: tuple[Route, ...] = ()


class Share(Data):
    """How many members of a sort a team must have."""

    label: Words
    at_least: Number


class Team(Grounded):
    """A kind of team: for what there is one, its size, groups, domains, mix and seats, and how it is formed."""

    label: Words
    per: Literal["service_group", "industry", "county", "jurisdiction"]
    size: Between | None = None
    groups: Between | None = None
    domains: tuple[Words, ...] = ()
    is_open: bool = True
    mix: tuple[Share, ...] = ()
    seats: Mapping[Key, Seat] = {}
    routes: tuple[Route, ...] = ()
    if_chosen: IfChosen | None = None


class Workload(Grounded):
    """What a commissioner must at least do in a year, over the counters of his year."""

    require: Condition
    strength: Strength = "must"


class ScorePart(Grounded):
    """One part of the yearly score with its weight in a hundred, None where there is none.

    `items` are what is looked at, `ways` how it is scored.
    """

    id: Key
    label: Words
    weight: Percent | None = None
    items: tuple[Words, ...] = ()
    ways: tuple[Words, ...] = ()


class Cap(Data):
    """The greatest share of a grade: of what base, and how a fraction is rounded."""

    percent: Percent
    base: Key | Ask
    rounding: Literal["down", "half_up", "up"]
    asks: Key | None = None


class Grade(Grounded):
    """A grade of the yearly assessment, from the best down, with the points it begins at and what it brings."""

    id: Key
    name: Words
    least: Number | None = None
    cap: Cap | None = None
    brings: tuple[
        Literal["certificate", "commendation", "priority", "renewal_first", "continues", "exit", "circular", "funding"],
        ...,
    ] = ()


class Subject(Grounded):
    """Who is assessed, by which office, and to which the result goes."""

    of: Literal["commissioner", "team", "county", "unit", "host", "leader", "workstation"]
    by: Key
    reported_to: Key | None = None


class Assessment(Grounded):
    """The yearly assessment: of whom, by whom, on what, with what grades, over which desks."""

    subjects: tuple[Subject, ...] = ()
    parts: tuple[ScorePart, ...] = ()
    workload: Workload | None = None
    grades: tuple[Grade, ...] = ()
    routes: tuple[Route, ...] = ()


class Dismissal(Grounded):
    """A ground on which an appointment ends early; `circular` tells that those concerned are told in a circular."""

    id: Key
    label: Words
    when: Condition | None = None
    circular: bool = False
    routes: tuple[Route, ...] = ()


class Adjustment(Grounded):
    """A change within a term: what may change, what is handed in with it, over which desks it goes.

    `changes` says what of it may change, in the policy's own words: the area served (county and host), the task, the
    person, whose term then ends.
    """

    id: Key
    label: Words
    changes: Mapping[Literal["area", "task", "person"], Words] = Field(min_length=1)
    attachments: tuple[Attachment, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    grounds: tuple[Ground, ...] = ()
    resubmission: Literal["resumes", "starts_over"]


class AgreementText(Grounded):
    """What an agreement says, with named placeholders, and how its signed copies are numbered."""

    title: Words
    number: NumberFormat
    body: tuple[Words, ...] = Field(min_length=1)


class Agreement(Grounded):
    """An agreement: its parties, by office, `person` or `team`, and whether they sign in the order given.

    The first party draws it up. One that a `team` signs is the team's, any other that of a person appointed.
    """

    label: Words
    parties: tuple[Key, ...] = Field(min_length=2)
    in_order: bool = False
    text: AgreementText

    @property
    def is_of_team(self) -> bool:
        """Tell whether a team is a party to it."""
        return TEAM in self.parties


class Collected(Data):
    """One level that a return passes on its way up, and by which day."""

    office: Key
    by: YearDay | None = None


class Return(Grounded):
    """A form collected upward: by whom it is filled in, how often, over which levels."""

    label: Words
    reporter: Words
    every: Literal["once", "quarter", "half_year", "year"]
    up: tuple[Collected, ...] = Field(min_length=1)
    columns: tuple[Words, ...] = ()


class Voucher(Grounded):
    """A service voucher: to whom it is given, by which rates it is settled, whether it holds elsewhere."""

    label: Words
    per: Key
    settled_by: Words
    holds_elsewhere: bool


class Funding(Grounded):
    """Money for work: for what, how much in yuan, how often."""

    label: Words
    of: Literal["commissioner", "team", "workstation", "host"]
    between: Between
    every: Literal["year", "once"]


class Target(Grounded):
    """A number that is to be reached by a day."""

    label: Words
    between: Between
    by: date | None = None
    unit: Words = "个"


class Deadline(Grounded, Counted):
    """Within how many days something must be done, counted from what it follows."""

    label: Words
    follows: Key
    days: Days


class Allocation(Grounded):
    """How people are allocated by their wishes: who of equal standing comes first."""

    label: Words
    ties: Literal["lottery", "promotion"] | Ask


class VillageContacts(Grounded):
    """With which offices of his villages a person keeps contact, which group he joins, and who may invite him."""

    label: Words
    offices: Mapping[Key, Words]
    group: Words
    inviters: Mapping[Key, Words]


class Placing(Grounded):
    """Where the people of a service group serve: kinds of villages all of which must be served, kinds of key clients.

    A pair of person and site is worth `fit` × the scale of their common industry, and `had` more where he served it
    before; each further site of a person costs `further`.
    """

    label: Words
    villages: Mapping[Key, Words]
    clients: Mapping[Key, Words]
    fit: Number = 0
    had: Number = 0
    further: Number = 0
    contacts: VillageContacts | None = None


class Requirement(Grounded):
    """What a later process requires of its own records, when, and what to tell one that falls short."""

    id: Key
    process: LaterProcess
    require: Condition
    when: Condition | None = None
    strength: Strength = "must"
    message: Words


class Provision(Grounded):
    """A duty or permission that the text states without a figure: whose it is, in which process it counts."""

    id: Key
    who: Words
    words: Words
    process: LaterProcess
    strength: Priority = "must"


class Sheet(Data):
    """The parameters of later processes, each with its clause or open question."""

    limits: Mapping[Key, Limit] = {}
    teams: Mapping[Key, Team] = {}
    assessment: Assessment | None = None
    dismissals: tuple[Dismissal, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    agreements: Mapping[Key, Agreement] = {}
    returns: Mapping[Key, Return] = {}
    vouchers: Mapping[Key, Voucher] = {}
    fundings: Mapping[Key, Funding] = {}
    targets: Mapping[Key, Target] = {}
    allocation: Allocation | None = None
    placing: Placing | None = None
    deadlines: Mapping[Key, Deadline] = {}
    requirements: tuple[Requirement, ...] = ()
    provisions: tuple[Provision, ...] = ()
