"""What the office of a season announces to everybody."""

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.notices.models import Announcement, Correction
from apps.notices.permissions import ISSUE_NOTICES, issues_in
from apps.seasons.models import Season

_NOT_YOURS = Refusal("not_yours", "您当前的任职不能发布公告。", "请由协调办公室人员办理。")
_NOTHING_NEW = Refusal("nothing_new", "标题和正文都没有改动。", "请修改后再保存。")
_OVERTAKEN = Refusal("overtaken", "此公告已由他人更正，本次更正没有保存。", "请重新打开，在新的文本上更正。")


def publish_announcement(*, season: Season, title: str, text: str, by: Actor, at: datetime, token: str) -> Announcement:
    """Put an announcement before everybody, under the name and the post of who publishes it; sent twice it is one.

    Raises Refused for who does not issue for the season.
    """
    said = {"season": season, "title": title, "text": text, **_signature(season, by, at), "published": at}
    announcement, _ = Announcement.objects.get_or_create(key=token, defaults=said)
    return announcement


def _signature(season: Season, by: Actor, at: datetime) -> dict[str, str]:
    """Return under whose name and post something is said to everybody; raise Refused for who may not say it."""
    if not issues_in(by, season, at):
        raise Refused(_NOT_YOURS)
    post = by.post_at(f"{ISSUE_NOTICES}@region:{season.jurisdiction_id}", at)
    return {"by": by.name, "post": post.title if post else ""}


def correct_announcement(
    *, announcement: Announcement, title: str, text: str, reason: str, seen: int, by: Actor, at: datetime
) -> None:
    """Change what an announcement says, keeping for everybody how it read before, and why; `seen` corrections came
    before it.

    Raises Refused for who does not issue there, where nothing is new, and where another was quicker.
    """
    signature = _signature(announcement.season, by, at)
    if (title, text) == (announcement.title, announcement.text):
        raise Refused(_NOTHING_NEW)
    try:
        with transaction.atomic():
            before = {"title": announcement.title, "text": announcement.text}
            Correction.objects.create(
                announcement=announcement, n=seen + 1, reason=reason, at=at, **before, **signature
            )
            Announcement.objects.filter(pk=announcement.pk).update(title=title, text=text)
    except IntegrityError as error:
        raise Refused(_OVERTAKEN) from error


def withdraw_announcement(*, announcement: Announcement, by: Actor, at: datetime) -> None:
    """Take an announcement away from the public; it stays on record. Raises Refused for who does not issue there."""
    if not issues_in(by, announcement.season, at):
        raise Refused(_NOT_YOURS)
    Announcement.objects.filter(pk=announcement.pk, withdrawn=None).update(withdrawn=at, withdrawn_by=by.name)
