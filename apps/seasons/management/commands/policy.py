"""`manage.py policy check|show`: judge packs, and read them in plain Chinese."""

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.policies import checking, loading, routing, showing
from apps.policies.schema import Pack


class Command(BaseCommand):
    """Check packs (exit 1 with file, line and what to do) or show one; needs no database."""

    help = "政策包：policy check [PACK …] 检查；policy show PACK 用中文列出，加 --mermaid 画出各流程"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["check", "show"])
        parser.add_argument("packs", nargs="*", metavar="PACK_OR_PATH")
        parser.add_argument("--mermaid", action="store_true", help="draw every process as a flowchart")

    def handle(self, *args: Any, **options: Any) -> None:
        packs = options["packs"] or loading.installed()
        if options["what"] == "check":
            self._check(packs)
        else:
            self._show(packs, routing.mermaid if options["mermaid"] else showing.show)

    def _check(self, packs: list[str]) -> None:
        reports = {pack: checking.check(pack) for pack in packs}
        for pack, report in reports.items():
            for fault in report.faults:
                self.stdout.write(str(fault))
            for note in report.notes:
                self.stdout.write(f"{pack}: {note}")
        number = sum(len(report.faults) for report in reports.values())
        if number:
            raise CommandError(f"{number} 处错误")
        self.stdout.write(f"{len(packs)} 个政策包检查通过")

    def _show(self, packs: list[str], shown: Callable[[Pack], str]) -> None:
        for pack in packs:
            faults = checking.check(pack).faults
            if faults:
                raise CommandError("\n".join(str(fault) for fault in faults))
            files = loading.read(pack)
            self.stdout.write(shown(loading.parse(files.pack_text, str(files.path))))
