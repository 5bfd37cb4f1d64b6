"""Where else a person is supported in a year: he serves there, has applied, or has come to terms with a host."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet

from apps.desks.selectors import on_their_way
from apps.matching.models import Pairing, Service
from apps.matching.states import PairingState
from apps.seasons.models import Season
from apps.seasons.selectors import called_in_full, is_of_another_level

_SEASON, _HEAVY = ("season__jurisdiction",), ("season__source_text",)


def supports(cases: Collection[tuple[int, Season]]) -> dict[tuple[int, int], list[str]]:
    """Name for each person and season what supports him that year at another level, or is on its way to.

    The seasons asked about come with their jurisdictions. Three queries, none where nothing is asked.
    """
    if not cases:
        return {}
    found: dict[int, list[tuple[Season, str]]] = defaultdict(list)
    for person, there, how in _found({person for person, _ in cases}):
        found[person].append((there, how))
    return {(person, season.pk): _named(found[person], season) for person, season in cases}


def _found(persons: Collection[int]) -> Iterator[tuple[int, Season, str]]:
    """Yield in which seasons some people serve, or are about to and how far; what has come further first."""
    rows: dict[str, QuerySet[Any]] = {
        "": Service.objects.filter(person__in=persons),
        "（已申请）": on_their_way(persons),
        "（已达成对接）": Pairing.objects.filter(person__in=persons, state=PairingState.AGREED),
    }
    for how, found in rows.items():
        for row in found.select_related(*_SEASON).defer(*_HEAVY).order_by("pk"):
            yield row.person_id, row.season, how


def _named(found: Collection[tuple[Season, str]], season: Season) -> list[str]:
    """Name each season of another level once, with how far it has come there."""
    elsewhere: dict[int, str] = {}
    for there, how in found:
        if is_of_another_level(there, season):
            elsewhere.setdefault(there.pk, f"{called_in_full(there)}{how}")
    return list(elsewhere.values())
