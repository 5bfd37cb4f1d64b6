"""What a proof finds wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One place where record, log and seals disagree: its name, and in words what is wrong."""

    ref: str
    what: str

    def __str__(self) -> str:
        return f"{self.ref}：{self.what}"
