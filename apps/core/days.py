"""Days and moments as official texts write them: no leading zeros."""

from datetime import date, datetime, time

from django.utils import timezone

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Between these lies every day that is typed: a slip in a year is told, and no reckoning leaves the calendar."""


def start_of(day: date) -> datetime:
    """Return the first moment of a day in local time."""
    return timezone.make_aware(datetime.combine(day, time.min))


def written_day(day: date) -> str:
    """Write a day: 2023年8月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def written_moment(at: datetime) -> str:
    """Write a moment in local time: 2023年8月5日 10:32."""
    local = timezone.localtime(at)
    return f"{written_day(local)} {local:%H:%M}"
