"""`manage.py effects`: run what was left in the outbox, and show what is parked."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import clock, outbox
from apps.core.models import Effect


class Command(BaseCommand):
    """Sweep the outbox once; parked effects are listed, and put back with --retry-parked."""

    help = "补办未完成的后续事项"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry-parked", action="store_true", help="把已搁置的事项重新排入")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if options["retry_parked"]:
            outbox.put_back(at)
        done = outbox.sweep(at, older_than=timedelta(0))
        waiting = Effect.objects.filter(done=None, parked=None).count()
        self.stdout.write(f"已办 {done} 项，待办 {waiting} 项。")
        for effect in outbox.parked():
            self.stderr.write(f"已搁置 {effect.kind} {effect.key}：{effect.error}")
