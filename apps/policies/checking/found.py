"""How a check tells what it found: the place in the pack, what is wrong, what to do."""

from collections.abc import Iterator
from typing import Any

from apps.policies.schema import Pack
from apps.policies.walking import Where

Found = Iterator[tuple[Where, str, str]]
APPLICATION: Where = ("processes", "application")


def values_of(options: str, pack: Pack) -> tuple[str, ...]:
    """Return the values of a scale or a list of choices, empty when the pack has neither."""
    return pack.scales.get(options) or tuple(pack.choices.get(options, ()))


def number(value: Any, pack: Pack) -> int | None:
    """Return a number, or the one that the pack chose where it asks an open question; None when there is none."""
    found = pack.answer(value, {})
    return found if isinstance(found, int) else None
