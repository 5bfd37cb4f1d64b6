"""Start-up of the desks."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The walk every process shares."""

    name = "apps.desks"
    label = "desks"

    def ready(self) -> None:
        from apps.core import kinds
        from apps.desks.registration import DOCKET

        kinds.register(DOCKET)
