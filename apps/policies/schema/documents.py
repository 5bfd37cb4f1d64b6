"""What the papers of a season say."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from apps.policies.schema.base import Data, Grounded, Key, Words


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
