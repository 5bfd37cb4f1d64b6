"""Start-up of the calendar."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The calendar as plain functions, with commands to run it; no models."""

    name = "workflows"
    label = "workflows"

    def ready(self) -> None:
        from apps.core import outbox
        from apps.seasons.services import RUN
        from workflows import handlers

        outbox.on(RUN, "go_on", handlers.go_on)
