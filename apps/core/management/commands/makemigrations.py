"""Write migrations as Django does, tables whole."""

from django.core.management.commands import makemigrations

from apps.core.migrating import Gathering


class Command(makemigrations.Command):
    """Write migrations as Django does, tables whole."""

    autodetector = Gathering
