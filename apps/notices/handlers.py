"""What the effects that notices listen to do: one service call each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.desks import walks
from apps.desks.states import DeskAction, DeskState
from apps.directory.selectors import desk_labels, users_at
from apps.directory.states import Role
from apps.notices import services
from apps.notices.delivery import tell
from apps.notices.models import Notice

_ENDINGS = {
    DeskState.PASSED: "passed",
    DeskState.REJECTED: "rejected",
    DeskState.WITHDRAWN: "withdrawn",
    DeskState.RETURNED: "returned",
}


def print_notice(payload: Mapping[str, Any], at: datetime) -> None:
    """Print a notice that has its number, and issue it."""
    services.print_and_issue(notice=payload["notice"], at=at)


def print_certificates(payload: Mapping[str, Any], at: datetime) -> None:
    """Print documents that have their numbers."""
    services.print_documents(payload["documents"])


def tell_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell a desk what has come to it, or a starter how his record fares."""
    walk = walks.named(payload["kind"])
    assert walk is not None
    rows = walk.kind.model._default_manager.filter(pk__in=payload["records"])
    records = list(rows.select_related(*walk.kind.related).order_by("pk"))
    recipient, to_starter = payload["desk"], payload["to_starter"]
    context = {
        "title": walk.title(records[0]),
        "number": len(records),
        "state": DeskState(payload["state"]).label,
        "on_notice": payload["state"] == DeskState.ON_NOTICE,
        "opinion": payload["opinion"],
        "next": next(iter(desk_labels([payload["next"]]).values()), "") if payload["next"] else "",
    }
    tell(
        users_at([recipient], at)[recipient],
        _template(payload, to_starter),
        context,
        link=_link(walk.kind.name, records, to_starter),
        key=payload["key"],
        at=at,
    )


def _template(payload: Mapping[str, Any], to_starter: bool) -> str:
    if not to_starter:
        return "arrived"
    ending = _ENDINGS.get(DeskState(payload["state"]))
    return ending or ("submitted" if payload["action"] == DeskAction.SUBMIT else "progress")


def _link(kind: str, records: Sequence[Any], to_starter: bool) -> str:
    one = to_starter or len(records) == 1
    return reverse("home:record", args=[kind, records[0].pk]) if one else reverse("home:inbox")


def tell_issued(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the authority of the region a notice is for that it was issued."""
    notice = Notice.objects.select_related("document", "region").get(pk=payload["notice"])
    assert notice.document is not None
    desk = f"{Role.SCI_TECH_AUTHORITY}@region:{notice.region_id}"
    context = {"title": notice.title, "number": notice.document.number}
    link = reverse("notices:document", args=[notice.document.code])
    tell(users_at([desk], at)[desk], "issued", context, link=link, key=f"issued:{notice.pk}", at=at)
