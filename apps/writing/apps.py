"""Start-up of the writing."""

from django.apps import AppConfig


class WritingConfig(AppConfig):
    """Records that are written in a form made from the pack, and handed in."""

    name = "apps.writing"
    label = "writing"
