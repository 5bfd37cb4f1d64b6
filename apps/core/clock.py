"""The one place that reads the clock; views, tasks, commands and flows call it and pass `at` on."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware."""
    return timezone.now()
