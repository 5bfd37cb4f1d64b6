"""The walk every process shares: a record on its route, the papers it leaves on desks, what is said of it jointly."""

from apps.desks.models.docket import Docket, DocketItem
from apps.desks.models.paper import Paper, Urge
from apps.desks.models.verdict import Verdict
from apps.desks.models.walk import DeskRecord

__all__ = ["DeskRecord", "Docket", "DocketItem", "Paper", "Urge", "Verdict"]
