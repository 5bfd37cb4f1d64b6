"""What the effects that appointments listen to do: one service call each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.appointments import services


def name_passed(payload: Mapping[str, Any], at: datetime) -> None:
    """Name an appointee for each application that has passed."""
    services.name(applications=payload["records"], at=at)


def put_in_force(payload: Mapping[str, Any], at: datetime) -> None:
    """Put in force whom an issued notice lists."""
    services.take_effect(notice=payload["notice"], at=at)


def release_listed(payload: Mapping[str, Any], at: datetime) -> None:
    """Take the named off a draft that was given up."""
    services.release(notice=payload["notice"])


def note_services(payload: Mapping[str, Any], at: datetime) -> None:
    """Note in the directory of commissioners where those serve who were put in force."""
    services.note_services(appointments=payload["records"])


def draft_agreements(payload: Mapping[str, Any], at: datetime) -> None:
    """Draft the agreements that the policy wants of those who were put in force."""
    services.draft_agreements(appointments=payload["records"], at=at)


def tell_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell desks what has come to them to be signed, or has changed in their hands."""
    services.tell_moved(told=payload["told"], by=payload["by"], opinion=payload["opinion"], at=at)


def file_copy(payload: Mapping[str, Any], at: datetime) -> None:
    """Number and print the copy of an agreement that all have signed."""
    services.file_copy(agreement=payload["agreement"], at=at)


def carry_out(payload: Mapping[str, Any], at: datetime) -> None:
    """Bring about the changes that were resolved."""
    services.carry_out(changes=payload["records"], at=at)


def note_changed_service(payload: Mapping[str, Any], at: datetime) -> None:
    """Note in the directory of commissioners where somebody serves from now on."""
    if not payload["is_over"]:
        services.note_services(appointments=[payload["appointment"]])


def renew_agreements(payload: Mapping[str, Any], at: datetime) -> None:
    """Void the agreements that say what has changed, and draft others in their places."""
    services.renew_agreements(
        agreements=payload["agreements"],
        changed=payload["changed"],
        is_over=payload["is_over"],
        opinion=payload["said"],
        at=at,
    )


def tell_changed(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell those concerned what has changed."""
    services.tell_changed(change=payload["change"], at=at)
