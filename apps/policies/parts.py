"""Which parts of the product a policy has a use for, so that nobody is led to one that stays empty under his."""

from collections.abc import Iterable
from enum import StrEnum

from apps.policies.matching import has_hosts, keeper_of_pool, placing_of
from apps.policies.schema import Pack


class Part(StrEnum):
    """A part of the product that only some policies have a use for."""

    PAIRING = "pairing"
    POOL = "pool"
    ALLOCATION = "allocation"
    PLACING = "placing"
    RECOGNITION = "recognition"
    AGREEMENTS = "agreements"
    CHANGES = "changes"


def parts_of(packs: Iterable[Pack]) -> frozenset[Part]:
    """Return the parts that at least one of some policies has a use for."""
    return frozenset(part for pack in packs for part, is_used in _uses(pack).items() if is_used)


def _uses(pack: Pack) -> dict[Part, bool]:
    sheet = pack.sheet
    return {
        Part.PAIRING: has_hosts(pack),
        Part.POOL: bool(keeper_of_pool(pack)),
        Part.ALLOCATION: sheet.allocation is not None,
        Part.PLACING: placing_of(pack) is not None,
        Part.RECOGNITION: bool(pack.processes.recognised),
        Part.AGREEMENTS: any(not agreement.is_of_team for agreement in sheet.agreements.values()),
        Part.CHANGES: bool(sheet.adjustments),
    }
