"""`manage.py allocation solve | check | explain`: the engine on files, without a database."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.matching.engine import reading
from apps.matching.engine.canonical import encode
from apps.matching.engine.check import check
from apps.matching.engine.explain import Explainer
from apps.matching.engine.network import FlowError
from apps.matching.engine.propose import Ties
from apps.matching.engine.solve import reopen, solve

SHOWN = 100


class Command(BaseCommand):
    """Allocate a market, check an allocation (exit 1 with a list), or explain it; needs no database."""

    help = "分配：allocation solve 计算；allocation check 核对；allocation explain 说明"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        tasks = parser.add_subparsers(dest="what", required=True)
        solving = tasks.add_parser("solve", help="按输入文件计算分配")
        solving.add_argument("market", metavar="IN.json", type=Path)
        solving.add_argument("--ties", choices=[str(each) for each in Ties], required=True, help="同层如何排先后")
        solving.add_argument("--seed", metavar="TEXT", required=True, help="摇号的种子")
        solving.add_argument("--balance", action="store_true", help="先作调整，使各方达到下限")
        solving.add_argument("--out", metavar="OUT.json", type=Path, help="结果文件；不写则打印")
        checking = tasks.add_parser("check", help="核对结果的每一项保证")
        explaining = tasks.add_parser("explain", help="说明结果")
        for each in (checking, explaining):
            each.add_argument("market", metavar="IN.json", type=Path)
            each.add_argument("report", metavar="OUT.json", type=Path)
        explaining.add_argument("agent", metavar="AGENT", nargs="?", help="一个人、名额方或城市；不写则说明所有人")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['what']}")(**options)
        except reading.Malformed as error:
            raise self._refused(list(map(str, error.faults))) from error
        except FileNotFoundError as error:
            raise CommandError(f"没有文件 {error.filename}") from error
        except (OSError, FlowError) as error:
            raise CommandError(str(error)) from error

    def _solve(self, market: Path, ties: str, seed: str, balance: bool, out: Path | None, **options: Any) -> None:
        if not reading.is_writable(seed):
            raise CommandError("--seed 含不成字的代码")
        solution = solve(reading.read(_text(market)), ties=Ties(ties), seed=seed, balanced=balance)
        text = encode(solution.report)
        if out is None:
            self.stdout.write(text)
            return
        out.write_text(f"{text}\n", encoding="utf-8")
        told = solution.report
        self.stdout.write(
            f"{len(told['matching'])} 人中安排 {told['placed']} 人；"
            f"阻塞对 {told['blocking_pairs']}，其中没有说明的 {told['undocumented_blocking_pairs']}；"
            f"缺 {told['shortage']} 人，至少要缺 {told['shortage_bound']} 人；用时 {told['seconds']} 秒"
        )

    def _check(self, market: Path, report: Path, **options: Any) -> None:
        self._checked(market, report)
        self.stdout.write("核对通过，每一项保证都成立")

    def _explain(self, market: Path, report: Path, agent: str | None, **options: Any) -> None:
        data, told = self._checked(market, report)
        solution = reopen(reading.of(data), told)
        explainer = Explainer(solution.allocation, solution.certificate, Ties(told["ties"]))
        for line in _said(explainer, data, agent):
            self.stdout.write(line)

    def _checked(self, market: Path, report: Path) -> tuple[Any, Any]:
        """Return the data of both files once the market is well-formed and the checker finds nothing."""
        data, told = reading.parse(_text(market)), reading.parse_report(_text(report))
        reading.of(data)
        wrong = check(data, told)
        if wrong:
            raise self._refused(wrong)
        return data, told

    def _refused(self, lines: Sequence[str]) -> CommandError:
        for line in lines[:SHOWN]:
            self.stdout.write(line)
        return CommandError(f"{len(lines)} 处错误")


def _text(path: Path) -> str:
    return reading.decoded(path.read_bytes())


def _said(explainer: Explainer, data: Any, agent: str | None) -> Iterator[str]:
    if agent is None:
        yield from (f"{name}：{explainer.of_person(name)}" for name in data["left"])
        return
    caps = data.get("caps", {})
    if agent not in {*data["left"], *data["right"], *caps}:
        raise CommandError(f"没有名为“{agent}”的人、名额方或城市")
    if agent in data["left"]:
        yield explainer.of_person(agent)
    if agent in data["right"]:
        yield explainer.of_right(agent)
    if agent in caps:
        yield explainer.of_cap(agent)
