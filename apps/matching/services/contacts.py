"""How a person enters his contact with the offices of a village that he serves, and corrects it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from apps.core import door
from apps.core.actors import Actor
from apps.matching.models import VillageContact
from apps.matching.selectors.contacts import contact_in_words, rule_of
from apps.matching.states import ContactAction


@transaction.atomic
def enter_contact(
    *,
    contact: VillageContact,
    offices: Mapping[str, date],
    invited_by: str,
    joined: date | None,
    note: str,
    by: Actor,
    at: datetime,
    token: str = "",
) -> VillageContact:
    """Enter since when a person is in contact with offices of a village and in its group, as he saw it last.

    What was entered before stays in the log. Raises Refused for another person, for a village that he does not serve,
    and for a day to come or before he served it.
    """
    said = {
        "contacts": {office: day.isoformat() for office, day in offices.items()},
        "invited_by": invited_by,
        "joined": joined.isoformat() if joined else "",
        "note": note,
    }
    rule = rule_of(contact.village.season)
    return door.advance_one(
        _begun(contact, by, at), ContactAction.WRITE, token_key=token, by=by, at=at, details=said,
        opinion=contact_in_words(said, rule) if rule else "",
    )  # fmt: skip


def _begun(contact: VillageContact, by: Actor, at: datetime) -> VillageContact:
    """Return the record, begun if there is none; one begun on another page meanwhile was not seen."""
    if contact.pk:
        return contact
    try:
        with transaction.atomic():
            return door.create([contact], by=by, at=at)[0]
    except IntegrityError:
        there = VillageContact.objects.get(person=contact.person_id, village=contact.village_id)
        there.version = 0
        return there
