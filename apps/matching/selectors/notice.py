"""How long an allocation is before the public."""

from dataclasses import dataclass
from datetime import date

from apps.policies.calendar import period_end
from apps.policies.matching import notice_days
from apps.seasons.models import Season
from apps.seasons.selectors import exceptions_of, pack_of


@dataclass(frozen=True)
class NoticePeriod:
    """For how many days, and until which day at least, what begins on a day is before the public."""

    days: int
    closes: date


def notice_from(season: Season, opens: date) -> NoticePeriod | None:
    """Return the period of notice that begins on a day, None where the policy sets none."""
    pack = pack_of(season)
    days = notice_days(pack, season.answers)
    return NoticePeriod(days, period_end(opens, days, pack, exceptions_of(season.pk))) if days else None
