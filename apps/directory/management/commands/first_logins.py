"""`manage.py first_logins CODE`: the first two logins of a new installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import clock
from apps.core.refusals import Refused
from apps.directory import services
from apps.directory.models import Region


class Command(BaseCommand):
    """Make an administrator and an officer of the coordinating office of a region, where nobody can log in yet."""

    help = "新装系统：建立系统管理员和协调办公室经办人的登录"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="实施区域的区划代码")

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(pk=options["code"]).first()
        if region is None:
            raise CommandError(f"没有区划 {options['code']}；请先运行 load_divisions")
        try:
            logins = services.let_in_first(region=region, at=clock.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write("登录（用户名  密码  身份）。密码只显示这一次，登录后请修改")
        for login in logins:
            self.stdout.write(f"  {login.username:<10} {login.password}  {login.title}")
