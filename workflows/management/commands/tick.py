"""`manage.py tick [--every SECONDS]`: do what the calendar has due, once or again and again."""

import time
from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from apps.core import clock
from workflows import steps


class Command(BaseCommand):
    """Run the calendar: remind, end notice periods, draft notices, end terms, send left effects."""

    help = "执行到期事项：提醒、公示期满、拟稿、聘期届满、补办"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="每隔若干秒执行一次，直到停止")

    def handle(self, *args: Any, **options: Any) -> None:
        every = options["every"]
        if every is None:
            self._tick()
            return
        if every < 1:
            raise CommandError("--every 应为不小于 1 的整数")
        while True:
            try:
                self._tick()
            except CommandError as error:
                self.stderr.write(str(error))
            time.sleep(every)
            close_old_connections()

    def _tick(self) -> None:
        try:
            report = steps.tick(key=f"tick:{uuid4().hex}", now=clock.now)
        except OperationalError as error:
            raise CommandError(f"数据库暂不可用，未完成的部分下次执行时补办：{error}") from error
        self.stdout.write("；".join(f"{done.step} {'失败' if done.number is None else done.number}" for done in report))
        failed = sum(bool(done.error) for done in report)
        if failed:
            raise CommandError(f"{failed} 个步骤未完成，详见日志")
