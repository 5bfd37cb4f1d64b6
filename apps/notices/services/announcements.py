"""What the office of a season announces to everybody."""

from datetime import datetime

from apps.core.actors import Actor
from apps.core.refusals import Refusal, Refused
from apps.notices.models import Announcement
from apps.notices.permissions import ISSUE_NOTICES, issues_in
from apps.seasons.models import Season

_NOT_YOURS = Refusal("not_yours", "您当前的任职不能发布公告。", "请由协调办公室人员办理。")


def publish_announcement(*, season: Season, title: str, text: str, by: Actor, at: datetime, token: str) -> Announcement:
    """Put an announcement before everybody, under the name and the post of who publishes it; sent twice it is one.

    Raises Refused for who does not issue for the season.
    """
    if not issues_in(by, season, at):
        raise Refused(_NOT_YOURS)
    post = by.post_at(f"{ISSUE_NOTICES}@region:{season.jurisdiction_id}", at)
    signed = {"by": by.name, "post": post.title if post else "", "published": at}
    said = {"season": season, "title": title, "text": text, **signed}
    announcement, _ = Announcement.objects.get_or_create(key=token, defaults=said)
    return announcement


def withdraw_announcement(*, announcement: Announcement, by: Actor, at: datetime) -> None:
    """Take an announcement away from the public; it stays on record. Raises Refused for who does not issue there."""
    if not issues_in(by, announcement.season, at):
        raise Refused(_NOT_YOURS)
    Announcement.objects.filter(pk=announcement.pk, withdrawn=None).update(withdrawn=at, withdrawn_by=by.name)
