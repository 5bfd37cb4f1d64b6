"""For how long papers have lain, which of them are to be reminded of, and how one stands to being urged."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.desks import permissions
from apps.desks.models import DeskRecord, Paper, Urge
from apps.desks.states import OFFICE_ACTS, WRITING, DeskState
from apps.policies.reminding import Limit, by_hand, ladder, lapse
from apps.seasons.models import Season
from apps.seasons.selectors import last_day_after, pack_of


@dataclass(frozen=True)
class Age:
    """A span of days for which a paper has lain on a desk, both inclusive; None leaves the end open."""

    least: int
    most: int | None

    @property
    def key(self) -> str:
        return f"{self.least}-{'' if self.most is None else self.most}"

    @property
    def label(self) -> str:
        return f"{self.least}天以上" if self.most is None else f"{self.least}至{self.most}天"

    def holds(self, days: int) -> bool:
        return self.least <= days and (self.most is None or days <= self.most)


IN_HAND = Age(0, None)
"""What lies on a desk for however long."""
AGES = (Age(0, 3), Age(4, 7), Age(8, 14), Age(15, None))


def of_age(age: Age, today: date) -> Q:
    """Return the condition that a paper has lain on its desk for so many days."""
    youngest = Q(since__lte=today - timedelta(days=age.least))
    return youngest if age.most is None else youngest & Q(since__gte=today - timedelta(days=age.most))


def is_overdue(after_days: int, today: date) -> Q:
    """Return the condition that a paper is past its day, or, where it has none, was on its desk for so many days.

    With 0 days only a day counts; a public notice runs as long as it runs.
    """
    late = Q(due__lt=today)
    if after_days:
        late |= Q(due=None, since__lte=today - timedelta(days=after_days))
    return late & ~Q(state=DeskState.ON_NOTICE)


def unfinished_since(season: int, since: datetime) -> QuerySet[Paper]:
    """Return the papers of a season that lay with their writers at a moment and whom nobody has reminded since."""
    writing = Paper.objects.filter(season=season, state__in=WRITING, done=None, arrived__lt=since)
    return writing.filter(Q(reminded=None) | Q(reminded__lt=since))


def writing_desks(season: int) -> list[str]:
    """Return the desks at which something of a season is being written, in one query."""
    writing = Paper.objects.filter(season=season, state__in=WRITING, done=None)
    return list(writing.order_by().values_list("desk", flat=True).distinct())


def overdue(
    season: int, kind: str, states: Collection[str], rung: int, since: datetime, stop: datetime | None = None
) -> QuerySet[Paper]:
    """Return the papers of a kind that desks have had since before a moment, and that wait for a rung of the ladder.

    `states` are those in which they wait. What they have had since before `stop` is left alone. A record on notice
    waits for its office only until it is on a list.
    """
    waiting = Paper.objects.filter(season=season, kind=kind, done=None, rung=rung - 1, arrived__lt=since)
    if stop is not None:
        waiting = waiting.filter(arrived__gte=stop)
    return waiting.filter(Q(state__in=states) | Q(state=DeskState.ON_NOTICE, due=None))


@dataclass(frozen=True)
class Urging:
    """How a record stands to being urged: the limit of its pack, the urges on its paper, whether the viewer may.

    `limit` is None where nothing is to be urged: the pack knows no urging, or the record lies on no office's desk.
    """

    limit: Limit | None = None
    urges: Sequence[Urge] = ()
    is_yours: bool = False
    from_day: date | None = None

    @property
    def left(self) -> int:
        return max(0, self.limit.at_most - len(self.urges)) if self.limit else 0

    @property
    def is_open(self) -> bool:
        return self.is_yours and self.left > 0 and self.from_day is None


def urging(record: DeskRecord, paper: Paper | None, viewer: Actor, at: datetime) -> Urging:
    """Return how a record stands to being urged; `from_day` is set while it is too soon.

    It costs one query or none, and one more where working days count.
    """
    if paper is None or paper.done or not paper.latest or not (record.state in OFFICE_ACTS or _waits_for_list(record)):
        return Urging()
    limit = by_hand(pack_of(record.season), record.season.answers)
    if limit is None:
        return Urging()
    urges = list(Urge.objects.filter(paper=paper).order_by("at", "pk"))
    again = last_day_after(record.season_id, timezone.localdate(urges[-1].at), limit.every) if urges else None
    from_day = again if again and timezone.localdate(at) < again else None
    return Urging(limit, urges, permissions.may_urge_it(viewer, record, at), from_day)


def _waits_for_list(record: DeskRecord) -> bool:
    return record.state == DeskState.ON_NOTICE and record.notice_until is None


def to_be_back_by(season: Season, paper: Paper | None) -> date | None:
    """Return the last day on which what was given back may be handed in again, by the newest paper of its record.

    None where nothing was given back, or the policy sets no end.
    """
    within = lapse(pack_of(season), season.answers)
    if within is None or paper is None or paper.state != DeskState.RETURNED or paper.done:
        return None
    return last_day_after(season.pk, timezone.localdate(paper.arrived), within)


def reminded_after(season: Season, paper: Paper | None) -> date | None:
    """Return the day after which an office is reminded of a paper for whose step the policy sets no end.

    None where there is an end, where the paper awaits no office, and where the policy reminds nobody.
    """
    rungs = ladder(pack_of(season), season.answers)
    if not rungs or paper is None or paper.done or paper.due or paper.is_put_off or paper.state not in OFFICE_ACTS:
        return None
    return last_day_after(season.pk, timezone.localdate(paper.arrived), rungs[0].after)


def given_back_before(season: int, kind: str, since: datetime, at_most: int) -> list[int]:
    """Return the records of a kind that were given back before a moment and not handed in again, oldest first."""
    papers = Paper.objects.filter(season=season, kind=kind, state=DeskState.RETURNED, done=None, latest=True)
    return list(papers.filter(arrived__lt=since).order_by("arrived", "pk").values_list("record", flat=True)[:at_most])
