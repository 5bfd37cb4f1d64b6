"""Start-up of the applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """A person's application for appointment."""

    name = "apps.applications"
    label = "applications"

    def ready(self) -> None:
        from apps.applications.registration import WALK
        from apps.desks import walks

        walks.register(WALK)
