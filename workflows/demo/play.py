"""A season as it is played: who is there, what day it is, what happened where."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from apps.applications.models import Application
from apps.core.actors import Actor
from apps.desks import walks
from apps.desks.walks import Walk
from apps.directory.models import Organization, Region
from apps.directory.selectors import actor_for, users_at
from apps.seasons.models import Season

KIND = "application"
Say = Callable[[str], None]


@dataclass
class Diary:
    """What happened at which step, by the city served or, in a season of one city, by the county.

    `ineligible` counts the cases that fell short of a requirement.
    """

    jurisdiction: str
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ineligible: int = 0
    places: dict[str | None, str] = field(default_factory=dict)

    def note(self, record: Application, step: str, outcome: str) -> None:
        if record.county_id not in self.places:
            self.places[record.county_id] = self._place(record.county)
        self.counted[self.places[record.county_id], step, outcome] += 1

    def _place(self, county: Region | None) -> str:
        above = county.supervisor if county else None
        place = county if above is None or above.pk == self.jurisdiction else above
        return place.name if place else "—"


@dataclass
class Play:
    """One season played through: who decides is found by his post, what he may do by the door.

    `paired` counts who came to terms with a host before he applied.
    """

    season: Season
    office: Actor
    at: datetime
    counties: Sequence[str]
    hosts: Mapping[str, Sequence[Organization]]
    chance: random.Random
    say: Say
    diary: Diary = field(init=False)
    holders: dict[str, Actor] = field(default_factory=dict)
    paired: int = 0

    def __post_init__(self) -> None:
        self.diary = Diary(self.season.jurisdiction_id)

    @property
    def walk(self) -> Walk:
        walk = walks.named(KIND)
        assert walk is not None
        return walk

    @property
    def today(self) -> date:
        """The day it is for those who play, whatever zone the moment is told in."""
        return timezone.localdate(self.at)

    def sleep(self, days: int) -> None:
        """Let days pass."""
        self.at += timedelta(days=days)

    def holder_of(self, desk: str) -> Actor:
        """Return one who sits at a desk today, as he acts."""
        if desk not in self.holders:
            self.holders[desk] = actor_for(users_at([desk], self.at)[desk][0])
        return self.holders[desk]
