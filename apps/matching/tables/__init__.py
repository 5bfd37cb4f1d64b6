"""The lists of the two-way selection on screen, and how they are narrowed."""

from apps.matching.tables.allocation import ChangeFilter, ChangeTable, OutcomeFilter, OutcomeTable, PublicOutcomeTable
from apps.matching.tables.pairings import (
    CommissionerFilter,
    CommissionerTable,
    NeedFilter,
    NeedTable,
    PairingFilter,
    PairingTable,
    PoolFilter,
    PoolTable,
    PublicNeedFilter,
    PublicNeedTable,
)
from apps.matching.tables.places import (
    ClientFilter,
    ClientTable,
    EditFilter,
    EditTable,
    PlacedFilter,
    PlacedTable,
    PlacementFilter,
    PlacementTable,
    VillageFilter,
    VillageTable,
)
from apps.matching.tables.wishes import WishFilter, WishTable

__all__ = [
    "ChangeFilter",
    "ChangeTable",
    "ClientFilter",
    "ClientTable",
    "CommissionerFilter",
    "CommissionerTable",
    "EditFilter",
    "EditTable",
    "NeedFilter",
    "NeedTable",
    "OutcomeFilter",
    "OutcomeTable",
    "PairingFilter",
    "PairingTable",
    "PlacedFilter",
    "PlacedTable",
    "PlacementFilter",
    "PlacementTable",
    "PoolFilter",
    "PoolTable",
    "PublicNeedFilter",
    "PublicNeedTable",
    "PublicOutcomeTable",
    "VillageFilter",
    "VillageTable",
    "WishFilter",
    "WishTable",
]
