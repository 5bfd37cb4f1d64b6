"""Start-up of the seasons."""

from django.apps import AppConfig


class SeasonsConfig(AppConfig):
    """One run of one pack in one jurisdiction and year."""

    name = "apps.seasons"
    label = "seasons"

    def ready(self) -> None:
        from apps.core import kinds
        from apps.seasons.registration import SEASON

        kinds.register(SEASON)
