"""The lottery: a person's place depends on the seed and on who takes part, not on row, process or machine."""

import hmac
from collections.abc import Iterable


def drawn(names: Iterable[str], seed: str) -> list[str]:
    """Return the names in the order of HMAC-SHA-256(seed, name); place 1 is the first, and the best."""
    key = seed.encode()
    return sorted(names, key=lambda name: hmac.digest(key, name.encode(), "sha256"))
