"""`manage.py demo`: a season on generated people, then a site to try."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from apps.core import audit, clock
from apps.directory import divisions_file
from apps.notices import fonts
from apps.notices.states import DocumentKind
from apps.policies import loading
from apps.policies.loading import PackError, PackFiles
from apps.policies.schema import Pack
from workflows.demo import report, run, tally
from workflows.demo.logins import Login

ADDRESS = "127.0.0.1"
MOST_PEOPLE = 20_000
TICK_SECONDS = 60


class Command(BaseCommand):
    """Play one season to its end, open a second one, print what came of it, serve the site."""

    help = "演示：在生成的人员上走完一个年度批次，再开一个供试用"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=300, help="生成多少名申请人（默认 300）")
        parser.add_argument("--pack", default="guangxi-2023", help="政策包的名称或路径")
        parser.add_argument("--json", type=Path, help="把结果写入此文件")
        parser.add_argument("--seed", type=int, default=2023, help="随机数种子")
        parser.add_argument("--port", type=int, default=8000, help="网站端口（默认 8000）")
        parser.add_argument("--no-serve", action="store_true", help="完成后不启动网站")

    def handle(self, *args: Any, **options: Any) -> None:
        self.started = time.monotonic()
        files, pack = self._checked(options)
        try:
            run.empty_database()
        except run.NotEmpty as error:
            raise CommandError(str(error)) from error
        played_here = {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": settings.VAR_DIR / "mail",
            "CELERY_BROKER_URL": "",
        }
        with override_settings(**played_here):
            outcome = run.demonstrate(
                files=files,
                pack=pack,
                number=options["people"],
                seed=options["seed"],
                at=clock.now(),
                say=self._say,
            )
        self._conclude(outcome, options)
        self._print_logins(outcome.logins, options["port"])
        if not options["no_serve"]:
            self._serve(options["port"])

    def _checked(self, options: dict[str, Any]) -> tuple[PackFiles, Pack]:
        if not 1 <= options["people"] <= MOST_PEOPLE:
            raise CommandError(f"--people 应在 1 至 {MOST_PEOPLE} 之间")
        try:
            files = loading.read(options["pack"])
            pack = loading.parse(files.pack_text, str(files.path))
            fonts.shelf(settings.FONTS_DIR)
        except (PackError, fonts.MissingFonts) as error:
            raise CommandError(str(error)) from error
        if divisions_file.find(pack.jurisdiction, files.path.parent) is None:
            raise CommandError(
                f"没有区划 {pack.jurisdiction} 的数据文件，不能演示此政策包；请在包的目录下放 {pack.jurisdiction}.csv"
            )
        return files, pack

    def _say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:5.1f}s] {text}")

    def _conclude(self, outcome: run.Outcome, options: dict[str, Any]) -> None:
        proof = audit.verify()
        folder, notices = report.lay_out(outcome.play.season)
        seconds = time.monotonic() - self.started
        figures = report.figures(outcome.play.season, options["people"], seconds, notices, proof)
        issued = Counter(line["kind"] for line in notices)
        self.stdout.write(f"\n{report.table(outcome.play.diary)}\n")
        self.stdout.write(f"未达条件、未能提交：{outcome.play.diary.ineligible} 人")
        counted = "、".join(f"{DocumentKind(kind).label} {number} 份" for kind, number in issued.items())
        self.stdout.write(f"聘任 {figures['appointments']} 人；{counted}，在 {folder}")
        for line in tally.in_words(figures):
            self.stdout.write(line)
        for each in figures["allocation"].get("explained", ()):
            self.stdout.write(f"{each['person']}（{each['came']}）：{each['why']}")
        verdict = "通过" if proof.verified else "未通过"
        self.stdout.write(f"审计核对{verdict}：{proof.records} 件记录，{proof.rows} 条日志；用时 {seconds:.1f} 秒")
        if options["json"]:
            options["json"].write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
        if not proof.verified:
            raise CommandError("\n".join(map(str, proof.faults[:20])))

    def _print_logins(self, logins: Sequence[Login], port: int) -> None:
        self.stdout.write(f"\n登录 http://{ADDRESS}:{port}/（用户名  密码  身份）")
        for login in logins:
            self.stdout.write(f"  {login.username:<10} {login.password}  {login.whose}")

    def _serve(self, port: int) -> None:
        """Serve the site and let the calendar run beside it, until stopped."""
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        site = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", ADDRESS, "--port", str(port)]
        clockwork = subprocess.Popen([*manage, "tick", "--every", str(TICK_SECONDS)], stdout=subprocess.DEVNULL)
        self.stdout.write("网站启动中，按 Ctrl+C 停止")
        try:
            subprocess.run([*site, "config.wsgi:application"], cwd=settings.BASE_DIR, check=False)
        except KeyboardInterrupt:
            self.stdout.write("已停止")
        finally:
            clockwork.terminate()
            clockwork.wait()
