"""Start-up of the desks."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The walk every process shares."""

    name = "apps.desks"
    label = "desks"
