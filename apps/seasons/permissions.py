"""Who may run a season."""

from datetime import datetime
from typing import Any

from apps.core.actors import Actor

MANAGE_SEASON = "manage_season"


def manages_the_season(actor: Actor, season: Any, at: datetime) -> bool:
    """Hold a valid post with the grant to manage seasons in the season's own jurisdiction."""
    scope = f"region:{season.jurisdiction_id}"
    return any(str(post.scope) == scope for post in actor.posts_with(MANAGE_SEASON, at))
