"""`manage.py audit verify | seal | key`: compare log, records and seals; make a seal; print the seals' public keys."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from apps.core import audit, ciphers, clock, seals
from apps.core.faults import Fault

SHOWN = 20


class Command(BaseCommand):
    """Compare log, records, heads and seals and name the first bad place; or make a seal."""

    help = "核对日志、记录与封印：audit verify；封存：audit seal；打印封印公钥：audit key"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify", "seal", "key"])
        parser.add_argument("--after-restore", metavar="REASON", default="", help="从备份恢复后，写明缺口的原因再封存")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._do(options["what"], options["after_restore"].strip())
        except (ImproperlyConfigured, OSError) as error:
            raise CommandError(f"封印的密钥或文件夹不可用：{error}") from error

    def _do(self, what: str, reason: str) -> None:
        if what == "key":
            self.stdout.write("\n".join(ciphers.public_seal_keys()))
        elif what == "seal":
            self._seal(reason)
        else:
            self._verify()

    def _verify(self) -> None:
        report = audit.verify()
        if report.faults:
            raise CommandError(f"核对未通过：{_first(report.faults)}")
        sealed = f"与封印第{report.seal}号相符" if report.seal else "尚无封印"
        self.stdout.write(f"核对通过：{report.records} 件记录，{report.rows} 条日志，逐条相接，无一处不符；{sealed}。")

    def _seal(self, reason: str) -> None:
        try:
            seal = seals.seal(at=clock.now(), after_restore=reason)
        except seals.SealRefused as refused:
            raise CommandError(
                f"未封存：{_first(refused.faults)}\n"
                "查明原因之前请勿封存。确系从备份恢复所致的，请用 audit seal --after-restore 写明原因。"
            ) from refused
        self.stdout.write(f"封印第{seal.number}号：{seal.records} 件记录，{seal.rows} 条日志，总根 {seal.root}")


def _first(faults: Sequence[Fault]) -> str:
    named = "\n".join(f"  {fault}" for fault in faults[:SHOWN])
    return f"{len(faults)} 处不符，首先是\n{named}"
