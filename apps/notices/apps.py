"""Start-up of the notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Official notices, number books, public lists, messages."""

    name = "apps.notices"
    label = "notices"
