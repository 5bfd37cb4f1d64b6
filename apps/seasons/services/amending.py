"""The act by which every setting of a season is changed."""

from datetime import datetime
from typing import Any

from apps.core import door
from apps.core.actors import Actor
from apps.seasons.models import Season


def amend(
    season: Season, details: dict[str, Any], reason: str, by: Actor, at: datetime, token: str, clause: str = ""
) -> Season:
    """Write into a season's log what of it is changed, with the reason; raise Refused where it may not be."""
    return door.advance_one(
        season, "amend", token_key=token, by=by, at=at, opinion=reason, clause=clause, details=details
    )
