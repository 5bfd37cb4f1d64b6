"""Reads of contacts: what a person entered of his villages, since when he serves them, who has yet to enter any."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from apps.core.days import written_day
from apps.core.kinds import Decision, of
from apps.core.models import LogEntry
from apps.core.refusals import Basis
from apps.matching.models import AllocationRun, Placement, Serving, Village, VillageContact
from apps.matching.selectors.bases import place_in
from apps.matching.states import PlacementAction, PlacementState
from apps.policies.matching import contacts_of
from apps.policies.schema import VillageContacts
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of

VILLAGE_CONTACT = "village_contact"


def rule_of(season: Season) -> VillageContacts | None:
    """Return what contact the policy of a season asks for, None where it asks none."""
    return contacts_of(pack_of(season))


def rule_for(placement: Placement) -> VillageContacts | None:
    """Return what contact is asked of the people of a placement, None until it is confirmed."""
    return rule_of(placement.season) if placement.state == PlacementState.CONFIRMED else None


def contact_in(person: int | None, season: int, village: int) -> VillageContact | None:
    """Return what a person entered of a village that he serves, unsaved if he has yet to; None for any other."""
    placement = place_in(person, season)
    if person is None or placement is None or not rule_for(placement):
        return None
    if not Serving.objects.filter(placement=placement, person=person, village=village).exists():
        return None
    rows = VillageContact.objects.select_related("village__region__parent", "village__season")
    found = rows.filter(person=person, village=village).first()
    villages = Village.objects.select_related("region__parent", "season")
    return found or VillageContact(person_id=person, village=villages.get(pk=village))


def contacts_by(people: Collection[int], season: int) -> dict[tuple[int, int], VillageContact]:
    """Return what people entered of their villages, by person and village, in one query."""
    rows = VillageContact.objects.filter(person__in=people, village__season=season)
    return {(row.person_id, row.village_id): row for row in rows}


def without_contact(servings: QuerySet[Serving]) -> QuerySet[Serving]:
    """Narrow servings of villages to those whose person entered no contact with an office of the village."""
    return servings.exclude(village=None).exclude(_entered())


def contacted_in(run: AllocationRun | None) -> Exists:
    """Return the column that tells whether somebody who serves a village by an allocation is in contact with it."""
    served = Serving.objects.filter(placement__run=run.pk if run else None, village=OuterRef("pk"))
    return Exists(served.filter(_entered()))


def _entered() -> Exists:
    rows = VillageContact.objects.filter(person=OuterRef("person"), village=OuterRef("village"))
    return Exists(rows.exclude(contacts={}))


@dataclass(frozen=True)
class ContactFacts:
    """What the guards must know: what the policy asks, on what that rests, since when the person serves the village."""

    rule: VillageContacts | None
    basis: Basis | None
    since: date | None


def facts_of_contacts(records: Sequence[VillageContact], decision: Decision) -> dict[int, ContactFacts]:
    """Return what the guards must know."""
    return {record.pk: _facts(record) for record in records}


def _facts(record: VillageContact) -> ContactFacts:
    season = record.village.season
    rule = rule_of(season)
    return ContactFacts(rule, pack_of(season).basis(rule) if rule else None, served_since(record))


def served_since(contact: VillageContact) -> date | None:
    """Return the day on which a placement that lets the person serve the village was first confirmed.

    None while no placement in use does.
    """
    placement = place_in(contact.person_id, contact.village.season_id)
    served = Serving.objects.filter(person=contact.person_id, village=contact.village_id)
    placements = set(served.values_list("placement", flat=True))
    if placement is None or placement.pk not in placements:
        return None
    confirmed = LogEntry.objects.filter(kind=of(Placement).name, record__in=placements, action=PlacementAction.CONFIRM)
    first = confirmed.aggregate(first=Min("at"))["first"]
    return timezone.localdate(first) if first else None


def contact_in_words(said: Mapping[str, Any], rule: VillageContacts) -> str:
    """Say what a person entered of a village; `said` has its days written as in the log."""
    parts = [*_offices_in_words(said["contacts"], rule)]
    if said["joined"]:
        inviter = rule.inviters.get(said["invited_by"], said["invited_by"])
        parts.append(f"应{inviter}邀请，{_written(said['joined'])}加入{rule.group}")
    return "；".join([*parts, *([f"备注：{said['note']}"] if said["note"] else [])])


def _offices_in_words(contacts: Mapping[str, str], rule: VillageContacts) -> Iterator[str]:
    for office, day in contacts.items():
        yield f"{_written(day)}与{rule.offices.get(office, office)}建立联系"


def _written(day: str) -> str:
    return written_day(date.fromisoformat(day))
