"""What people are told that no act of theirs brought about: what closes, what is overdue, who is away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from apps.core import door
from apps.core.days import start_of, written_day
from apps.desks import selectors as desk_selectors
from apps.desks import services as desks
from apps.desks.models import Paper
from apps.directory.models import LoginChange, PostChange, Substitution, User
from apps.directory.selectors import counties_of, substitutions_cut, users_at
from apps.directory.states import PostAct, Role
from apps.notices import selectors
from apps.notices.delivery import tell
from apps.notices.models import Message
from apps.seasons.models import Window
from apps.seasons.selectors import Closing, days_in_words, hearers_of


def remind_writers(*, closing: Closing, at: datetime) -> int:
    """Remind at most 500 desks of what lies there unfinished while its window closes; return of how many papers."""
    papers = desk_selectors.unfinished_since(closing.window.season_id, start_of(closing.since))
    window = closing.window
    context = {"window": window, "season": window.season, "last_day": written_day(closing.last_day)}
    return _remind(papers, "closing_writer", context, reverse("home:inbox"), closing.key, at)


@transaction.atomic
def remind_counties(*, closing: Closing, at: datetime) -> int:
    """Remind at most 500 officers of the counties that a window closes; return how many."""
    season = closing.window.season
    counties = [f"{Role.SCI_TECH_AUTHORITY}@region:{county.pk}" for county in counties_of(season.jurisdiction)]
    officers = {user.pk: user for holders in users_at(counties, at).values() for user in holders}
    told = selectors.untold([officers[pk] for pk in sorted(officers)], closing.key)[: door.BATCH_LIMIT]
    context = {"window": closing.window, "season": season, "last_day": written_day(closing.last_day)}
    tell(told, "closing_office", context, link=reverse("home:season", args=[season.pk]), key=closing.key, at=at)
    return len(told)


def tell_window_moved(
    *, window: int, key: str, old: Mapping[str, Any], new: Mapping[str, Any], how: str, at: datetime
) -> None:
    """Tell the offices that a window has other days; where it is for applications, units and writers too."""
    row = Window.objects.select_related("season__jurisdiction").get(pk=window)
    context = {
        "window": row, "season": row.season, "how": how, "old": days_in_words(old), "new": days_in_words(new),
    }  # fmt: skip
    hearers = hearers_of(row, at)
    page, inbox = reverse("home:season", args=[row.season_id]), reverse("home:inbox")
    tell(hearers.offices, "window_moved", context, link=page, key=key, at=at)
    others = [*hearers.units, *(_writers(row.season_id, at) if hearers.with_writers else [])]
    rest = [user for user in dict.fromkeys(others) if user not in hearers.offices]
    tell(rest, "window_moved", context, link=inbox, key=key, at=at)


def _writers(season: int, at: datetime) -> list[User]:
    """Return who sits at the desks at which something of a season is being written."""
    sitting = users_at(desk_selectors.writing_desks(season), at).values()
    return sorted({user for users in sitting for user in users}, key=lambda user: user.pk)


@transaction.atomic
def _remind(
    papers: QuerySet[Paper], template: str, context: Mapping[str, Any], link: str, key: str, at: datetime
) -> int:
    """Tell each desk once how many of the papers it has, and note on the papers that it was told."""
    numbers = desk_selectors.by_desk(papers, door.BATCH_LIMIT)
    for desk, holders in users_at(numbers, at).items():
        tell(holders, template, {**context, "number": numbers[desk]}, link=link, key=f"{key}:{desk}", at=at)
    return desks.note_reminded(papers=papers, desks=numbers, at=at)


def tell_substitution(*, substitution: int, ended_by: str = "", at: datetime) -> None:
    """Tell holder and substitute of a substitution, or who ended it before its time."""
    row = Substitution.objects.select_related("post__user", "substitute").get(pk=substitution)
    context = {"row": row, "from": written_day(row.starts), "to": written_day(row.ends), "ended_by": ended_by}
    key = f"substitution:{'ended' if ended_by else 'given'}:{row.pk}"
    told, link = [row.post.user, row.substitute], reverse("directory:away")
    tell(told, "substitution_ended" if ended_by else "substituted", context, link=link, key=key, at=at)


def tell_post(*, change: int, at: datetime) -> None:
    """Tell the holder of a post what was done to it; and who stands in for him, where it ends before he does."""
    row = PostChange.objects.select_related("post__user").get(pk=change)
    tell([row.post.user], "post_changed", {"change": row}, link=reverse("home:profile"), key=f"post:{row.pk}", at=at)
    last = row.post.ends
    if last and row.what in (PostAct.ENDED, PostAct.HANDED_OVER):
        for each in substitutions_cut(row.post):
            context = {"row": each, "last": written_day(last)}
            link, key = reverse("directory:away"), f"substitution:cut:{row.pk}:{each.pk}"
            tell([each.substitute], "substitution_cut", context, link=link, key=key, at=at)


def tell_login(*, change: int, at: datetime) -> None:
    """Tell a user what was done to his login."""
    row = LoginChange.objects.select_related("user").get(pk=change)
    tell([row.user], "login_changed", {"change": row}, link=reverse("home:profile"), key=f"login:{row.pk}", at=at)


def mark_read(*, told: QuerySet[Message], at: datetime) -> int:
    """Note that their user has read messages, and return how many were unread; reading again changes nothing."""
    return told.order_by().filter(read=None).update(read=at)
