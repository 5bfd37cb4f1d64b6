"""What is typed and chosen in the two-way selection."""

from apps.matching.forms.allocation import DaysForm, DrawForm, FreezeForm, GivingUpForm, MoveForm, RoundForm
from apps.matching.forms.pairings import EntryForm, InviteForm, NeedForm, OpinionForm, ProposeForm, RevealForm
from apps.matching.forms.placement import BaseForm, ClientForm, ContactForm, ServingForm, WorkbookForm, as_entered
from apps.matching.forms.wishes import IndustriesForm, JudgeForm, LateForm, WishesForm, as_typed

__all__ = [
    "BaseForm",
    "ClientForm",
    "ContactForm",
    "DaysForm",
    "DrawForm",
    "EntryForm",
    "FreezeForm",
    "GivingUpForm",
    "IndustriesForm",
    "InviteForm",
    "JudgeForm",
    "LateForm",
    "MoveForm",
    "NeedForm",
    "OpinionForm",
    "ProposeForm",
    "RevealForm",
    "RoundForm",
    "ServingForm",
    "WishesForm",
    "WorkbookForm",
    "as_entered",
    "as_typed",
]
