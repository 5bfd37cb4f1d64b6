"""Start-up of the matching."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """Needs, pairings, wishes, allocation and village placement."""

    name = "apps.matching"
    label = "matching"
