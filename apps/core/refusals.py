"""What a refusal says: the ground, what to do, and the words it rests on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Basis:
    """Say what a rule or a refusal rests on: a quoted clause, or the office's own setting where the law is silent."""

    ref: str = ""
    quote: str = ""
    question: str = ""


@dataclass(frozen=True)
class Refusal:
    """Say why an act is refused, in words for the person refused.

    `code` is stable and English; `reason` says what is wrong, `remedy` what to do; `basis` cites the clause.
    """

    code: str
    reason: str
    remedy: str
    basis: Basis | None = None

    def __str__(self) -> str:
        return f"{self.reason}{self.remedy}"


class Refused(Exception):
    """Carry the refusals of one act to the screen that asked for it."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__("；".join(str(refusal) for refusal in refusals))


def refuse(*found: Refusal | None) -> None:
    """Raise Refused with what was found against an act; nothing happens where nothing was."""
    refusals = [refusal for refusal in found if refusal]
    if refusals:
        raise Refused(*refusals)


@dataclass(frozen=True)
class Problem:
    """One mistake in a form: the entry or document it concerns, what is wrong, what to do."""

    key: str
    message: str
    remedy: str = ""
