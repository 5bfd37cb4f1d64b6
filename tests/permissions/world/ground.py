"""What everything stands on: the seasons, the moment, and what addresses need of a thing."""

from dataclasses import replace
from typing import Any

from apps.directory.models import User
from apps.seasons.models import Season
from apps.seasons.states import SeasonState
from tests.factories import AFTER_NOTICE, AT, build_city, make_season
from tests.factories.every_act import build_every_act

NOW = AT + AFTER_NOTICE
NEW_PASSWORD = "另一个足够长的口令"
NOWHERE = 987_654_321
ABSENT = {
    "key": "no_such_quota",
    "question": "no_such_question",
    "digest": "0" * 64,
    "number": "KTP000000",
    "code": "0" * 16,
}
"""What stands in an address for a thing that is not there, where that is no number; numbers are `NOWHERE`."""


class Ground:
    """`things` holds for each thing what an address may need of it, `marks` how a list that holds it shows it.

    `concerned` is the person whom a thing concerns, `scene` the season at hand, `joint` and `jury` one of every act,
    `city` another season elsewhere.
    """

    def __init__(self) -> None:
        self.joint, self.jury = build_every_act()
        self.prepared = Season.objects.get(state=SeasonState.DRAFT)
        season = make_season(self.joint.region, by=self.joint.office, at=AT, title="本批次")
        self.scene = replace(self.joint, season=season)
        self.city = build_city()
        self.concerned: dict[str, User] = {}
        self.things: dict[str, dict[str, Any]] = {}
        self.marks: dict[str, str] = {}

    def _thing(self, name: str, mark: str, concerned: User | None = None, **parts: Any) -> None:
        self.things[name] = parts
        self.marks[name] = mark
        if concerned:
            self.concerned[name] = concerned
