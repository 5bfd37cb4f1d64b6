"""`manage.py audit verify`: compare log and records."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import audit


class Command(BaseCommand):
    """Compare log, records and heads, and name the first bad place."""

    help = "核对日志与记录：audit verify"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        report = audit.verify()
        if report.faults:
            named = "\n".join(f"  {fault}" for fault in report.faults[:20])
            raise CommandError(f"核对未通过：{len(report.faults)} 处不符，首先是\n{named}")
        self.stdout.write(f"核对通过：{report.records} 件记录，{report.rows} 条日志，逐条相接，无一处不符。")
