"""The words every part of a pack is made of: what a rule rests on, what is left open, when something holds."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
DAY_PATTERN = r"^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$"
YearDay = Annotated[str, StringConstraints(pattern=DAY_PATTERN)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


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


class Counted(Data):
    """A rule with days: which of them count, as the calendar of the pack has it where the rule itself does not say."""

    counting: Literal["natural_days", "working_days"] | Ask | None = None


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


_SINGLE_MARKS = str.maketrans("《》", "〈〉")


class Source(Data):
    """The policy text beside the pack and its official data; a draft may bear no date."""

    file: Words
    title: Words
    number: str = ""
    issuer: Words
    issued: date | None = None
    status: Literal["in_force", "draft_for_comment"] = "in_force"

    @property
    def in_marks(self) -> str:
        """Return the title in book-title marks, those within it single ones."""
        return f"《{self.title.translate(_SINGLE_MARKS)}》"


class Named(Data):
    """A thing of a pack with its label."""

    id: Key
    label: Words


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


Days = Annotated[int, Field(ge=1, le=366)] | Ask
Number = Annotated[int, Field(ge=0, le=1_000_000)] | Ask
Percent = Annotated[int, Field(ge=0, le=100)] | Ask
Strength = Literal["must", "in_principle"]
