"""Needs, the pool and pairings; wishes and what counties say of them, and the allocations computed from them."""

from apps.matching.models.allocation import Adjustment, AllocationRun, Consent, Outcome
from apps.matching.models.needs import Need
from apps.matching.models.pairings import Pairing
from apps.matching.models.pool import PoolEntry, Service
from apps.matching.models.wishes import GroupIndustry, Participant, Wish, WishList

__all__ = [
    "Adjustment",
    "AllocationRun",
    "Consent",
    "GroupIndustry",
    "Need",
    "Outcome",
    "Pairing",
    "Participant",
    "PoolEntry",
    "Service",
    "Wish",
    "WishList",
]
