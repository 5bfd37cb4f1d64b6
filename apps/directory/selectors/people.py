"""Reads of persons and organizations; each takes the viewer where not everybody may look."""

from datetime import datetime

from django.db.models import Q, QuerySet

from apps.core import pinyin
from apps.core.actors import Actor
from apps.directory.models import Organization, Person


def persons_like(text: str) -> QuerySet[Person]:
    """Return the persons whose name contains a text, or sounds as one begun in Latin letters, by name."""
    return Person.objects.filter(called(text)).select_related("unit").order_by("name", "pk")


def called(text: str, of: str = "") -> Q:
    """Return the condition that a person's name contains a text, or begins to sound as it is typed.

    `of` leads to the person from what is narrowed: `person__`.
    """
    sound = pinyin.typed(text)
    return Q(**{f"{of}pinyin__holds": f" {sound}"} if sound else {f"{of}name__holds": text})


def named(text: str, of: str = "") -> Q:
    """Return the condition that an organization's name contains a text, or sounds somewhere as it is typed."""
    sound = pinyin.typed(text)
    return Q(**{f"{of}pinyin__holds": sound} if sound else {f"{of}name__holds": text})


def organizations_like(text: str) -> QuerySet[Organization]:
    """Return organizations whose name contains a text, or sounds so."""
    return Organization.objects.filter(named(text)).select_related("region")


def persons_seen(viewer: Actor, at: datetime) -> QuerySet[Person]:
    """Return the persons a viewer may look up: himself, those of his organizations and of the units in his regions."""
    seen = Q(pk=viewer.person_id) | Q(unit__in=viewer.organization_ids(at))
    for path in viewer.region_paths(at):
        seen |= Q(unit__region__path__startswith=path)
    return Person.objects.filter(seen)


def organizations_seen(viewer: Actor, at: datetime) -> QuerySet[Organization]:
    """Return the organizations a viewer may look up: those he works for, and those in the regions he works for."""
    seen = Q(pk__in=viewer.organization_ids(at))
    for path in viewer.region_paths(at):
        seen |= Q(region__path__startswith=path)
    return Organization.objects.filter(seen)
