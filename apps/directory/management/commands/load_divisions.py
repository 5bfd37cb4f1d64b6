"""`manage.py load_divisions [CODE …]`: put the shipped division codes in place."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.directory import divisions_file, services


class Command(BaseCommand):
    """Load the division files named by code, or all that are shipped."""

    help = "载入行政区划"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        shipped = {path.stem: path for path in divisions_file.FOLDER.glob("[0-9]*.csv")}
        for code in options["codes"] or sorted(shipped):
            if code not in shipped:
                raise CommandError(f"没有 {code} 的区划文件；现有：{'、'.join(sorted(shipped))}")
            try:
                number = services.load_divisions(shipped[code])
            except divisions_file.DivisionsFault as fault:
                raise CommandError(str(fault)) from fault
            self.stdout.write(f"{code}：{number} 个区划")
