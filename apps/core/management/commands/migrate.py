"""Migrate as Django does; what has changed is found as `makemigrations` finds it."""

from django.core.management.commands import migrate

from apps.core.migrating import Gathering


class Command(migrate.Command):
    """Migrate as Django does; what has changed is found as `makemigrations` finds it."""

    autodetector = Gathering
