"""What waits for the viewer in a season."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.urls import reverse

from apps.core import outbox
from apps.core.actors import Actor
from apps.core.paging import MOST_COUNTED
from apps.desks import selectors as desks
from apps.desks import walks
from apps.notices import selectors as notices
from apps.notices.permissions import ISSUE_NOTICES, issues_in
from apps.notices.states import NoticeState
from apps.seasons.models import Season
from apps.seasons.permissions import manages_the_season

_PAPERS, _DRAFTS, _PARKED = ":papers", ":drafts", ":parked"


@dataclass(frozen=True)
class Waiting:
    """What waits for the viewer: how many of what, papers no further than pages count, and where he deals with it."""

    label: str
    number: int
    url: str


def waiting(season: Season, viewer: Actor, at: datetime) -> list[Waiting]:
    """Return what waits for the viewer: papers, records to publish, notices to issue, effects put aside; one query."""
    parts = [_named(_PAPERS, desks.first_of(desks.papers_of(viewer, at).filter(season=season), MOST_COUNTED + 1))]
    if issues_in(viewer, season, at):
        announceable = desks.announceable(viewer, season.pk, "", at).order_by()
        parts.append(announceable.values_list("kind").annotate(number=Count("pk")))
        parts.append(_named(_DRAFTS, notices.drafts_waiting(viewer, season, at)))
    if manages_the_season(viewer, season, at):
        parts.append(_named(_PARKED, outbox.parked()))
    numbers = dict(parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])
    found = [Waiting(label, numbers.get(key, 0), url) for key, label, url in _places(season)]
    return [each for each in found if each.number]


def to_publish(viewer: Actor, at: datetime) -> list[Waiting]:
    """Return what waits for the viewer to be listed or issued, in whatever season; two queries for who issues."""
    if not any(viewer.posts_with(ISSUE_NOTICES, at)):
        return []
    by = ("season", "season__title")
    listed = desks.awaiting_a_list(viewer, at).order_by("season", "kind").values_list(*by, "kind")
    drafts = notices.notices_for(viewer, at).filter(state=NoticeState.DRAFT).order_by("season").values_list(*by)
    return [
        *(
            Waiting(f"待发布公示的{_called(kind)}：{title}", number, _to_list(season, kind))
            for season, title, kind, number in listed.annotate(number=Count("pk"))
        ),
        *(
            Waiting(f"待印发的文件：{title}", number, reverse("notices:drafts", args=[season]))
            for season, title, number in drafts.annotate(number=Count("pk"))
        ),
    ]


def _called(kind: str) -> str:
    walk = walks.named(kind)
    return walk.kind.label if walk else kind


def _to_list(season: int, kind: str) -> str:
    return f"{reverse('notices:announce', args=[season])}?kind={kind}"


def _named(what: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(Value(what, output_field=CharField())).annotate(number=Count("pk"))


def _places(season: Season) -> list[tuple[str, str, str]]:
    return [
        (_PAPERS, "待办事项", reverse("home:inbox")),
        *(
            (walk.kind.name, f"待发布公示的{walk.kind.label}", _to_list(season.pk, walk.kind.name))
            for walk in walks.every()
        ),
        (_DRAFTS, "待印发的文件", reverse("notices:drafts", args=[season.pk])),
        (_PARKED, "已搁置的后续事项", reverse("home:runs", args=[season.pk])),
    ]
