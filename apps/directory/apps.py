"""Start-up of the directory."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Regions, organizations, people, users, posts, grants."""

    name = "apps.directory"
    label = "directory"
