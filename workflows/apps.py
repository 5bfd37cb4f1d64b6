"""Start-up of the calendar."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The calendar as plain functions, with commands to run it; no models."""

    name = "workflows"
    label = "workflows"
