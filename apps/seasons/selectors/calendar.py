"""Days of a season that do not keep the rule of the week."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from apps.policies.calendar import Exceptions, Span, counted_back, last_day
from apps.seasons.models import CalendarDay, Season


def calendar_days(season: Season) -> QuerySet[CalendarDay]:
    """Return the days that the office has set for a season, in their order."""
    return CalendarDay.objects.filter(season=season).order_by("day")


def exceptions_of(season: int) -> Exceptions:
    """Return {day: whether it is a working day} for the days set in a season, in one query."""
    return exceptions_in([season])[season]


def last_day_after(season: int, day: date, span: Span) -> date:
    """Return the last day of a span that begins after a day, as a season counts days."""
    return last_day(day, span, _that_matter(season, span))


def lain_since(season: int, day: date, span: Span) -> date:
    """Return on which day at the latest must have come what has lain for a span on a day, as a season counts days."""
    return counted_back(day, span, _that_matter(season, span))


def _that_matter(season: int, span: Span) -> Exceptions | None:
    """Return the days set in a season where a span hangs on them; one of natural days costs no query."""
    return exceptions_of(season) if span.is_of_working_days else None


def exceptions_in(seasons: Collection[int]) -> dict[int, dict[date, bool]]:
    """Return the days set in each of several seasons, in one query, or none for no season."""
    found: dict[int, dict[date, bool]] = {season: {} for season in seasons}
    if not found:
        return found
    for season, day, is_working in CalendarDay.objects.filter(season__in=seasons).values_list(
        "season", "day", "is_working"
    ):
        found[season][day] = is_working
    return found
