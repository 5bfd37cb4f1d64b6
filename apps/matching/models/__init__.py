"""Needs, the pool and pairings; wishes and what counties say of them, and the allocations computed from them."""

from apps.matching.models.adjustments import Adjustment, Consent
from apps.matching.models.allocation import AllocationRun, Outcome
from apps.matching.models.contacts import VillageContact
from apps.matching.models.needs import Need
from apps.matching.models.pairings import Pairing
from apps.matching.models.places import AssessmentBase, KeyClient, Placement, Serving, SiteList, Village
from apps.matching.models.pool import PoolEntry, Service
from apps.matching.models.wishes import GroupIndustry, Participant, Wish, WishList

__all__ = [
    "Adjustment",
    "AllocationRun",
    "AssessmentBase",
    "Consent",
    "GroupIndustry",
    "KeyClient",
    "Need",
    "Outcome",
    "Pairing",
    "Participant",
    "Placement",
    "PoolEntry",
    "Service",
    "Serving",
    "SiteList",
    "Village",
    "VillageContact",
    "Wish",
    "WishList",
]
