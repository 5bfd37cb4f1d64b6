"""What no page may do, whoever opens it: ask for a name that it was not given, read part of a list in no order."""

import re
from collections.abc import Callable
from typing import Any

COUNTED = "SELECT COUNT(*)"
LIMITED = re.compile(r"\bLIMIT (?!1\b|21\b)\d+")


class Unknown(str):
    """What stands for a name that a template does not know: nothing, but the name is noted."""

    names: set[str]

    def __new__(cls) -> "Unknown":
        made = super().__new__(cls, "%s")
        made.names = set()
        return made

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        self.names.add(str(variable))
        return ""


class Watch:
    """Looks on at templates as their `string_if_invalid`, at the database as a wrapper of its statements."""

    def __init__(self) -> None:
        self.unknown = Unknown()
        self._unordered: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if LIMITED.search(sql) and "ORDER BY" not in sql and not sql.startswith(COUNTED):
            self._unordered.append(sql[:200])
        return execute(sql, params, many, context)

    def faults(self) -> list[str]:
        """Return what was seen since it was asked last."""
        found = [f"{{{{ {name} }}}} was not given" for name in sorted(self.unknown.names)]
        found += [f"a list without an order: {sql}" for sql in self._unordered]
        self.unknown.names.clear()
        self._unordered.clear()
        return found
