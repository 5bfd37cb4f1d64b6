"""What the effects that notices listen to do: one service call each."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from apps.core import kinds
from apps.desks.models import Paper
from apps.desks.selectors import due_on, newest, to_be_back_by
from apps.desks.states import DeskAction, DeskState
from apps.directory.selectors import desk_labels, users_at
from apps.directory.states import Role
from apps.notices import services
from apps.notices.delivery import News, tell, tell_all
from apps.notices.models import Notice

_ENDINGS = {
    DeskState.PASSED: "passed",
    DeskState.REJECTED: "rejected",
    DeskState.WITHDRAWN: "withdrawn",
    DeskState.LAPSED: "lapsed",
    DeskState.RETURNED: "returned",
}


def print_notice(payload: Mapping[str, Any], at: datetime) -> None:
    """Print a notice that has its number, and issue it."""
    services.print_and_issue(notice=payload["notice"], at=at)


def print_certificates(payload: Mapping[str, Any], at: datetime) -> None:
    """Print documents that have their numbers."""
    services.print_documents(payload["documents"])


def tell_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell desks what has come to them, and those who follow records how they fare."""
    kind, told = payload["kind"], payload["told"]
    named = kinds.named(kind)
    first, desks = {one["records"][0] for one in told}, {one["desk"] for one in told}
    papers, due = {paper.record: paper for paper in newest(kind, first)}, due_on(kind, first, desks)
    users, offices = users_at(desks, at), desk_labels({one["next"] for one in told})
    tell_all(
        [
            News(
                users=users[one["desk"]],
                template=_template(one, payload["action"]),
                context={
                    "title": _title(papers[one["records"][0]].title, len(one["records"])),
                    "state": named.called(one["state"]),
                    "on_notice": one["state"] == DeskState.ON_NOTICE,
                    "opinion": payload["opinion"].rstrip("。"),
                    "due": due.get((one["records"][0], one["desk"])),
                    "until": _until(papers[one["records"][0]]),
                    "next": offices.get(one["next"], ""),
                },
                link=_link(kind, one["records"]),
                key=one["key"],
            )
            for one in told
        ],
        at=at,
    )


def _until(paper: Paper) -> date | None:
    """Return the last day on which what was given back may be handed in again."""
    return to_be_back_by(paper.season, paper) if paper.state == DeskState.RETURNED else None


def _title(first: str, number: int) -> str:
    return first if number == 1 else f"{first}等{number}件"


def _template(told: Mapping[str, Any], action: str) -> str:
    if not told["to_follower"]:
        return "arrived"
    ending = _ENDINGS.get(DeskState(told["state"]))
    return ending or ("submitted" if action == DeskAction.SUBMIT else "progress")


def _link(kind: str, records: Sequence[int]) -> str:
    return reverse("home:record", args=[kind, records[0]]) if len(records) == 1 else reverse("home:inbox")


def tell_drafted(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the office that issues it that a notice was drafted."""
    notice = Notice.objects.select_related("season").get(pk=payload["notice"])
    desk = f"{Role.COORDINATION_OFFICE}@region:{notice.season.jurisdiction_id}"
    link = reverse("notices:notice", args=[notice.pk])
    tell(users_at([desk], at)[desk], "drafted", {"title": notice.title}, link=link, key=f"drafted:{notice.pk}", at=at)


def tell_window_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the offices, the units and those who have something unfinished that a window has other days."""
    services.tell_window_moved(**payload, at=at)


def tell_listed(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell those who stand on a public list from when until when the public sees what of them."""
    services.tell_listed(publicity=payload["list"], records=payload["records"], at=at)


def tell_urged(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the desks that have a record that they are urged."""
    services.tell_urged(urge=payload["urge"], at=at)


def tell_substituted(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell holder and substitute from when until when one stands in for the other."""
    services.tell_substitution(substitution=payload["substitution"], at=at)


def tell_substitution_ended(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell both that a substitution ended before its time."""
    services.tell_substitution(substitution=payload["substitution"], ended_by=payload["by"], at=at)


def tell_post_changed(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the holder of a post what was done to it."""
    services.tell_post(change=payload["change"], at=at)


def tell_login_changed(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell a user what was done to his login."""
    services.tell_login(change=payload["change"], at=at)


def tell_issued(payload: Mapping[str, Any], at: datetime) -> None:
    """Tell the authority of the region a notice is for that it was issued."""
    notice = Notice.objects.select_related("document", "region").get(pk=payload["notice"])
    assert notice.document is not None
    desk = f"{Role.SCI_TECH_AUTHORITY}@region:{notice.region_id}"
    context = {"title": notice.title, "number": notice.document.number}
    link = reverse("notices:document", args=[notice.document.code])
    tell(users_at([desk], at)[desk], "issued", context, link=link, key=f"issued:{notice.pk}", at=at)
