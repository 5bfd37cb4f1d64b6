"""Start-up of the applications."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """A person's application for appointment."""

    name = "apps.applications"
    label = "applications"

    def ready(self) -> None:
        from apps.applications import handlers
        from apps.applications.registration import AGREED_BEFORE, WRITING
        from apps.core import outbox
        from apps.matching.papers import AGREED
        from apps.writing import writings

        writings.register(WRITING)
        outbox.on(AGREED_BEFORE, "pass_host", handlers.pass_host)
        outbox.on(AGREED, "pass_host", handlers.pass_waiting)
