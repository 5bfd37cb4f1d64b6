"""Who may issue documents and publish lists."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor

ISSUE_NOTICES = "issue_notices"


def issues_for_the_season(actor: Actor, record: Any, at: datetime) -> bool:
    """Hold a valid post with the grant to issue in the jurisdiction of the record's season."""
    return issues_in(actor, record.season, at)


def issues_in(actor: Actor, season: Any, at: datetime) -> bool:
    """Hold a valid post with the grant to issue in a season's jurisdiction."""
    scope = f"region:{season.jurisdiction_id}"
    return any(str(post.scope) == scope for post in actor.posts_with(ISSUE_NOTICES, at))


def is_the_clock(actor: Actor, record: Any, at: datetime) -> bool:
    """Be the clock: what happens by itself once its conditions are met."""
    return actor.is_clock
