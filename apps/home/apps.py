"""Start-up of the screens that compose the other apps."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Inbox, season dashboard, search; no models."""

    name = "apps.home"
    label = "home"
