"""How a check tells what it found: the place in the pack, what is wrong, what to do."""

from collections.abc import Iterator

from apps.policies.schema import Pack
from apps.policies.walking import Where

Found = Iterator[tuple[Where, str, str]]
APPLICATION: Where = ("processes", "application")


def values_of(options: str, pack: Pack) -> tuple[str, ...]:
    """Return the values of a scale or a list of choices, empty when the pack has neither."""
    return pack.scales.get(options) or tuple(pack.choices.get(options, ()))
