"""`manage.py serve_flows [--every SECONDS]`: let a Prefect server start the calendar by schedule."""

import os
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from threading import Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from prefect import Flow, serve
from prefect.client.orchestration import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.settings import get_current_settings
from prefect.types.entrypoint import EntrypointType

from workflows import flows

EVERY_SECONDS = 300
PAUSE_SECONDS = 10


class Command(BaseCommand):
    """Serve the flows until stopped, the calendar by schedule, the allocation when somebody starts it there.

    A server that is away, or goes away, is waited for.
    """

    help = "由 Prefect 按时执行到期事项；服务地址取自环境变量 PREFECT_API_URL"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=int, default=EVERY_SECONDS, metavar="SECONDS", help="每隔若干秒执行一次（默认 300）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every"] < 1:
            raise CommandError("--every 应为不小于 1 的整数")
        address = get_current_settings().api.url
        if not address:
            raise CommandError("请设置环境变量 PREFECT_API_URL；没有 Prefect 服务时改用 manage.py tick --every 300")
        os.chdir(settings.BASE_DIR)
        while away := self._away():
            self.stderr.write(f"连不上 Prefect 服务 {address}，{PAUSE_SECONDS} 秒后再试：{away}")
            time.sleep(PAUSE_SECONDS)
        Thread(target=self._begin_anew_when_away, args=[address], daemon=True).start()
        self._serve(timedelta(seconds=options["every"]))

    def _away(self) -> Exception | None:
        with get_client(sync_client=True) as client:
            return client.api_healthcheck()

    def _begin_anew_when_away(self, address: str) -> None:
        """Start this process afresh once the server is gone: a runner that has lost its server hangs."""
        while not (away := self._away()):
            time.sleep(PAUSE_SECONDS)
        self.stderr.write(f"Prefect 服务 {address} 中断：{away}")
        os.execv(sys.executable, [sys.executable, str(settings.BASE_DIR / "manage.py"), *sys.argv[1:]])

    def _serve(self, every: timedelta) -> None:
        self.stdout.write(f"每 {every.total_seconds():.0f} 秒执行一次到期事项")
        calendar = _deployed(flows.season_tick, "calendar", every)
        by_hand = _deployed(flows.allocation, "allocation", None)
        try:
            serve(calendar, by_hand, pause_on_shutdown=False)
        except* SystemExit:
            self.stdout.write("已停止")


def _deployed(flow: Flow[[], Any], name: str, every: timedelta | None) -> RunnerDeployment:
    entrypoint = EntrypointType.MODULE_PATH
    return RunnerDeployment.from_flow(flow, name=name, interval=every, tags=["ketepai"], entrypoint_type=entrypoint)
