"""News of needs, pool entries and pairings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.core import kinds
from apps.directory.selectors import users_at
from apps.notices.delivery import News, tell_all


def tell_moved(
    *, kind: str, told: Sequence[Mapping[str, Any]], action: str, by: str, opinion: str, at: datetime
) -> None:
    """Tell desks what has come to them, and those who follow a record how it fares; see `papers`."""
    known, users = kinds.named(kind), users_at({one["desk"] for one in told}, at)
    labels = dict(known.actions.choices)
    tell_all(
        [
            News(
                users[one["desk"]],
                one["template"],
                {
                    "title": one["title"],
                    "state": known.states(one["state"]).label,
                    "action": labels[action],
                    "by": by,
                    "opinion": opinion,
                },
                reverse(known.page, args=[one["record"]]),
                one["key"],
            )
            for one in told
        ],
        at=at,
    )
