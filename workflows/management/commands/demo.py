"""`manage.py demo`: a season on generated people, then a site to try."""

import json
import random
import secrets
import subprocess
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from apps.core import clock, triggers
from apps.core.actors import Actor
from apps.directory import divisions_file
from apps.directory import services as directory
from apps.directory.models import Organization, Person, Post, Region, User
from apps.directory.selectors import actor_for
from apps.directory.states import Role, UnitLevel
from apps.policies import loading
from apps.policies.loading import PackError, PackFiles
from workflows.demo import people, report, season

ADDRESS, PORT = "127.0.0.1", "8000"
TRIAL_PEOPLE = 40
APPLICATION_DAYS = 20
DAYS_AGO = 60


class Command(BaseCommand):
    """Load the divisions, play one season to its end, open a second one, print what came of it, serve the site."""

    help = "演示：在生成的人员上走完一个年度批次，再开一个供试用"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=300, help="生成多少名申请人（默认 300）")
        parser.add_argument("--pack", default="guangxi-2023", help="政策包的名称或路径")
        parser.add_argument("--json", help="把结果写入此文件")
        parser.add_argument("--seed", type=int, default=2023, help="随机数种子")
        parser.add_argument("--no-serve", action="store_true", help="完成后不启动网站")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        self.started = started
        if not 1 <= options["people"] <= 20_000:
            raise CommandError("--people 应在 1 至 20000 之间")
        try:
            files = loading.read(options["pack"])
            pack = loading.parse(files.pack_text, str(files.path))
        except PackError as error:
            raise CommandError(str(error)) from error
        self._empty_database()
        jurisdiction = self._load(pack.jurisdiction)
        chance = random.Random(options["seed"])
        mail = settings.VAR_DIR / "mail"
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend", EMAIL_FILE_PATH=mail):
            play = self._first_season(files, jurisdiction, options["people"], chance)
            logins = self._second_season(files, jurisdiction, chance)
        self._conclude(play, options, started)
        self._print_logins(logins)
        if not options["no_serve"]:
            self._serve()

    def _say(self, text: str) -> None:
        self.stdout.write(f"[{time.monotonic() - self.started:5.1f}s] {text}")

    def _empty_database(self) -> None:
        """Start from nothing; refuse where somebody's own data lies."""
        call_command("migrate", verbosity=0, interactive=False)
        own = (
            Person.objects.filter(is_generated=False).exists()
            or Organization.objects.filter(is_generated=False).exists()
            or User.objects.exclude(email__endswith=f"@{people.MAIL_DOMAIN}").exists()
        )
        if own:
            raise CommandError(
                "数据库中有非演示数据，演示不会覆盖它。请用环境变量 KETEPAI_VAR 或 DATABASE_URL 另指一处。"
            )
        triggers.remove()
        call_command("flush", verbosity=0, interactive=False)

    def _load(self, code: str) -> Region:
        path = divisions_file.FOLDER / f"{code}.csv"
        if not path.is_file():
            raise CommandError(f"没有区划 {code} 的数据文件：{path.name}")
        number = directory.load_divisions(path)
        self._say(f"载入区划 {number} 个")
        return Region.objects.get(pk=code)

    def _first_season(self, files: PackFiles, jurisdiction: Region, number: int, chance: random.Random) -> season.Play:
        office = self._officials(jurisdiction)
        self.cast = people.cast(jurisdiction, number + TRIAL_PEOPLE, chance)
        self._say(f"生成人员 {len(self.cast.people)} 名、单位 {len(self.cast.units)} 个（均标为生成数据）")
        today = clock.now()
        opens = today - timedelta(days=DAYS_AGO)
        year = today.year
        first = season.opened(
            files=files,
            jurisdiction=jurisdiction,
            year=year,
            title=f"{year}年度科技特派员选派（演示）",
            office=office,
            opens=opens,
            days=APPLICATION_DAYS,
        )
        play = season.Play(first, office, opens + timedelta(days=1), chance, self._say)
        season.run_through(play, self.cast.people[:number])
        return play

    def _officials(self, jurisdiction: Region) -> Actor:
        posts = people.officials(jurisdiction)
        return actor_for(next(post.user for post in posts if post.role == Role.COORDINATION_OFFICE))

    def _second_season(
        self, files: PackFiles, jurisdiction: Region, chance: random.Random
    ) -> dict[str, tuple[str, str]]:
        """Open a season that takes applications today, with something on every desk, and a login for each role."""
        today = clock.now()
        year = today.year + 1
        office = actor_for(User.objects.get(posts__role=Role.COORDINATION_OFFICE))
        trial = season.opened(
            files=files,
            jurisdiction=jurisdiction,
            year=year,
            title=f"{year}年度科技特派员选派（试用）",
            office=office,
            opens=today - timedelta(days=5),
            days=35,
        )
        play = season.Play(trial, office, today - timedelta(days=4), chance, self._say)
        season.run_halfway(play, self.cast.people[-TRIAL_PEOPLE:-1])
        self._say(f"第二个批次“{trial}”已开始受理")
        return self._logins(self.cast.people[-1])

    def _logins(self, applicant: Person) -> dict[str, tuple[str, str]]:
        """Give one account of each role a name and a password; the desks they hold follow each other on one route."""
        unit = next(unit for unit in self.cast.units if unit.level == UnitLevel.REGION)
        applicant.unit = unit
        applicant.save(update_fields=["unit"])
        county = Region.objects.filter(posts__role=Role.SCI_TECH_AUTHORITY, level="county").order_by("code")[0]
        wanted = {
            "applicant": (User.objects.get(person=applicant), "申请人"),
            "unit": (self._holder(Role.DISPATCHING_UNIT, organization=unit), f"派出单位：{unit}"),
            "county": (self._holder(Role.SCI_TECH_AUTHORITY, region=county), f"县级：{county}（申请时选此县）"),
            "city": (self._holder(Role.SCI_TECH_AUTHORITY, region=county.supervisor), f"市级：{county.supervisor}"),
            "region": (self._holder(Role.COORDINATION_OFFICE), "协调办公室：发布公示、聘任、印发"),
            "auditor": (self._holder(Role.AUDITOR), "审计人员"),
        }
        return {name: (self._let_in(user, name), whose) for name, (user, whose) in wanted.items()}

    def _holder(self, role: Role, **scope: Any) -> User:
        return Post.objects.filter(role=role, **scope).select_related("user").order_by("pk")[0].user

    def _let_in(self, user: User, username: str) -> str:
        password = secrets.token_urlsafe(9)
        user.username = username
        user.set_password(password)
        user.save(update_fields=["username", "password"])
        return password

    def _conclude(self, play: season.Play, options: dict[str, Any], started: float) -> None:
        proof = report.proof()
        folder, notices = report.lay_out(play.season)
        seconds = time.monotonic() - started
        figures = report.figures(play.season, options["people"], seconds, notices, proof)
        self.stdout.write(f"\n{report.table(play.diary)}\n")
        self.stdout.write(f"未达条件、未能提交：{play.diary.ineligible} 人")
        issued = sum(line["kind"] == "appointment_notice" for line in notices)
        self.stdout.write(
            f"聘任 {figures['appointments']} 人；通知 {issued} 份，聘书 {len(notices) - issued} 份，在 {folder}"
        )
        verdict = "通过" if proof.verified else "未通过"
        self.stdout.write(f"审计核对{verdict}：{proof.records} 件记录，{proof.rows} 条日志；用时 {seconds:.1f} 秒")
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(figures, ensure_ascii=False, indent=1))
        if not proof.verified:
            raise CommandError("\n".join(map(str, proof.faults[:20])))

    def _print_logins(self, logins: dict[str, tuple[str, str]]) -> None:
        self.stdout.write(f"\n登录 http://{ADDRESS}:{PORT}/（用户名  密码  身份）")
        for username, (password, whose) in logins.items():
            self.stdout.write(f"  {username:<10} {password}  {whose}")

    def _serve(self) -> None:
        """Serve the site and let the calendar run beside it, until stopped."""
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        clockwork = subprocess.Popen([*manage, "tick", "--every", "60"], stdout=subprocess.DEVNULL)
        try:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "granian",
                    "--interface",
                    "wsgi",
                    "--host",
                    ADDRESS,
                    "--port",
                    PORT,
                    "config.wsgi:application",
                ],
                env=None,
                check=False,
            )
        except KeyboardInterrupt:
            self.stdout.write("已停止")
        finally:
            clockwork.terminate()
            clockwork.wait()
