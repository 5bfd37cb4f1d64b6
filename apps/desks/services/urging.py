"""Urging by hand (催办): the desk that has a record is told; the record itself stays as it is."""

from datetime import datetime

from django.db import transaction

from apps.core import kinds, outbox
from apps.core.actors import Actor
from apps.core.refusals import refuse
from apps.desks import guards, selectors
from apps.desks.models import DeskRecord, Paper, Urge

URGED = "desks.urged"
"""The effect that tells the desks that have a record."""


@transaction.atomic
def urge(*, record: DeskRecord, by: Actor, at: datetime, note: str = "") -> Urge:
    """Urge the desks that have a record: keep who did and when, tell them; its version stays.

    Raises Refused for who has no part in it, and beyond the limit of its pack.
    """
    kind = kinds.of(type(record)).name
    paper = Paper.objects.select_for_update().filter(kind=kind, record=record.pk, latest=True).first()
    note = note.strip()
    refuse(guards.may_be_urged(selectors.urging(record, paper, by, at), note))
    assert paper is not None
    made = Urge.objects.create(paper=paper, by=by.name, at=at, note=note)
    outbox.emit([outbox.Wish(URGED, str(made.pk), {"urge": made.pk})], at=at)
    return made
