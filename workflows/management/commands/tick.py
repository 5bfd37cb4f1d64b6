"""`manage.py tick [--every SECONDS]`: do what the calendar has due, once or again and again."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from apps.core import clock
from workflows import steps


class Command(BaseCommand):
    """Run the calendar: end notice periods, draft notices, end terms, send left effects."""

    help = "执行到期事项：公示期满、拟稿、聘期届满、补办"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="每隔若干秒执行一次，直到停止")

    def handle(self, *args: Any, **options: Any) -> None:
        every = options["every"]
        if every is not None and every < 1:
            raise CommandError("--every 应为不小于 1 的整数")
        failed = self._tick()
        while every:
            time.sleep(every)
            close_old_connections()
            self._tick()
        if failed:
            raise CommandError(f"{failed} 个步骤未完成，详见日志")

    def _tick(self) -> int:
        report = steps.season_tick(clock.now())
        self.stdout.write("；".join(f"{done.step} {'失败' if done.number is None else done.number}" for done in report))
        return sum(done.number is None for done in report)
