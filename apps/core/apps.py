"""Start-up of the core: the log's triggers are put in place after every migration."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


def _install_triggers(**signal: Any) -> None:
    from apps.core import triggers

    triggers.install()


class CoreConfig(AppConfig):
    """The door, the log, the outbox."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        from apps.core.checks import templates_compile

        checks.register(templates_compile, checks.Tags.templates)
        post_migrate.connect(_install_triggers, sender=self, dispatch_uid="core.triggers")
