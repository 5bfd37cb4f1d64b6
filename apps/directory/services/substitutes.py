"""Substitutes: who stands in for the holder of a post, and until when."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from apps.core import outbox, sets
from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.refusals import refuse
from apps.directory import guards
from apps.directory.models import Post, Substitution, User
from apps.directory.selectors import overlapping, stand_ins
from apps.directory.services.posts import note_change
from apps.directory.states import PostAct

SUBSTITUTED = "directory.substituted"
"""The effect that tells holder and substitute of a substitution."""
SUBSTITUTION_ENDED = "directory.substitution_ended"
"""The effect that tells them that it ended before its time."""


@transaction.atomic
def substitute(
    *, post: Post, substitute: User, starts: date, ends: date, reason: str, by: Actor, at: datetime
) -> Substitution:
    """Let a user stand in for the holder of a post on the days named, keep the change, tell both.

    Its holder may, or who keeps the posts of its place, for one who fell ill. Raises Refused for one's own account,
    for one who is too far from the post, for days past or out of order, and where another stands in already.
    """
    (post,) = sets.lock(Post, [post.pk], skip_taken=False)
    today = timezone.localdate(at)
    refuse(guards.has_reason(reason), guards.may_be_substituted(post, by, at))
    refuse(guards.is_another(post, substitute, by), guards.has_sound_days(post, starts, ends, today))
    refuse(
        guards.is_near(substitute, stand_ins(post, at).filter(pk=substitute.pk).exists()),
        guards.is_free(overlapping(post, starts, ends)),
    )
    made = Substitution.objects.create(
        post=post, substitute=substitute, starts=starts, ends=ends, reason=reason.strip(), given_by=by.name, given=at
    )
    note_change(post, PostAct.SUBSTITUTED, reason, by, at, new=_in_words(made))
    outbox.emit([outbox.Wish(SUBSTITUTED, str(made.pk), {"substitution": made.pk})], at=at)
    return made


@transaction.atomic
def end_substitution(*, substitution: Substitution, by: Actor, at: datetime) -> Substitution:
    """End a substitution before its time, at once; both hear of it. Either side may, and who keeps the posts.

    Raises Refused for one that is over.
    """
    (found,) = sets.lock(Substitution, [substitution.pk], skip_taken=False)
    refuse(guards.may_be_ended(found, by, at))
    found.ended = at
    found.save(update_fields=["ended"])
    note_change(found.post, PostAct.SUBSTITUTION_ENDED, "提前结束", by, at, old=_in_words(found))
    outbox.emit([outbox.Wish(SUBSTITUTION_ENDED, str(found.pk), {"substitution": found.pk, "by": by.name})], at=at)
    return found


def _in_words(made: Substitution) -> str:
    days = f"{written_day(made.starts)}至{written_day(made.ends)}"
    return f"{made.substitute.display_name}代{made.post.user.display_name}，{days}"
