"""What the demonstration played besides applications and their allocation, counted, and in words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count

from apps.appointments.models import Change
from apps.desks.states import DeskState
from apps.matching.models import Pairing, VillageContact
from apps.matching.states import PairingState
from apps.recognition.models import ListFiling, Recognition, Target
from apps.recognition.states import FilingState, TargetState
from apps.seasons.models import Season

IN_WORDS = {
    "contacts": "村级联系：{people}人登记了{villages}个村",
    "pairings": "双向对接：人选提出{by_person}件、服务单位提出{by_host}件，双方同意{agreed}件，其中{used}件已用于申请",
    "changes": "聘期内调整：报送{reported}件，协调解决{resolved}件，已生效{carried_out}件",
    "recognition": "服务对象：申报{applied}户，列入名单{listed}户，名单备案{filed}份",
}


def figures(season: Season) -> dict[str, dict[str, int]]:
    """Return what was done in a season, by part of the product, for scripts; a part that it has no use for is empty."""
    parts = {
        "contacts": _contacts(season),
        "pairings": _pairings(season),
        "changes": _changes(season),
        "recognition": _recognition(season),
    }
    return {name: counted if any(counted.values()) else {} for name, counted in parts.items()}


def in_words(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each part of which something was done."""
    return (words.format(**figures[part]) for part, words in IN_WORDS.items() if figures[part])


def _contacts(season: Season) -> dict[str, int]:
    entered = VillageContact.objects.filter(village__season=season).exclude(contacts={})
    return entered.aggregate(people=Count("person", distinct=True), villages=Count("village", distinct=True))


def _pairings(season: Season) -> dict[str, int]:
    rows = list(Pairing.objects.filter(season=season).values_list("by_person", "state"))
    states = Counter(state for _, state in rows)
    by_person = sum(by_person for by_person, _ in rows)
    used = states[PairingState.USED]
    return {
        "by_person": by_person,
        "by_host": len(rows) - by_person,
        "agreed": states[PairingState.AGREED] + used,
        "used": used,
    }


def _changes(season: Season) -> dict[str, int]:
    rows = Change.objects.filter(season=season).exclude(submitted=None).select_related("appointment")
    resolved = [change for change in rows if change.state == DeskState.PASSED]
    return {
        "reported": len(rows),
        "resolved": len(resolved),
        "carried_out": sum(
            all(getattr(change.appointment, name) == value for name, value in change.outcome().items())
            for change in resolved
        ),
    }


def _recognition(season: Season) -> dict[str, int]:
    return {
        "applied": Recognition.objects.filter(season=season).exclude(submitted=None).count(),
        "listed": Target.objects.filter(season=season, state=TargetState.LISTED).count(),
        "filed": ListFiling.objects.filter(season=season, state=FilingState.FILED).count(),
    }
