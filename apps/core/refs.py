"""Names of records across apps: a lower app holds a `Ref` where it may not import the model."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Ref:
    """Name one record by kind and key; written as `kind:key`, for example `region:450102`."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """Read `kind:key`; raise ValueError when a part is missing."""
        kind, colon, key = text.partition(":")
        if not (kind and colon and key):
            raise ValueError(f"not a reference: {text!r}")
        return cls(kind, key)


def desk(role: str, scope: Ref) -> str:
    """Name the desk where papers for `role` in `scope` lie, for example `sci_tech_authority@region:450102`."""
    return f"{role}@{scope}"


def desk_parts(name: str) -> tuple[str, Ref]:
    """Split a desk's name into role and scope; raise ValueError when it is none."""
    role, _, scope = name.partition("@")
    return role, Ref.parse(scope)
