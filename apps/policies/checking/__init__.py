"""What makes a pack unfit to run: each fault with its line and what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from apps.policies import beside
from apps.policies.answers import in_words
from apps.policies.checking import conditions, days, forms, joint, questions, recognition, routes, sheet, texts
from apps.policies.checking.found import Found
from apps.policies.facts import FACTS
from apps.policies.loading import Fault, PackError, PackFiles, installed, line_of, parse, read, tree
from apps.policies.schema import Pack

SHORTEST_PARAGRAPH = 20
"""Shorter lines of a policy are headings, dates and signatures."""

CHECKS: tuple[Callable[[Pack, str], Found], ...] = (
    texts.quotes, texts.grounds, texts.ids, texts.documents, days.days, days.counting, days.ladder, questions.known,
    questions.answered, conditions.shapes, conditions.provided, forms.pages, forms.asked, routes.offices,
    routes.starts, routes.starts_of_sheet, routes.grounds, routes.steps, routes.reached, joint.verdicts, joint.lists,
    joint.filings, recognition.kinds, sheet.offices, sheet.bounds, sheet.agreements, sheet.allocations,
    sheet.adjustments, sheet.scores, sheet.seats,
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """What was found in a pack; `notes` are for the season office, not faults."""

    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()


def check(pack: str | Path) -> Report:
    """Check a pack by id or path and return all faults found, in the order of their lines."""
    try:
        return check_files(read(pack))
    except PackError as error:
        return Report(tuple(sorted(error.faults)))


def shipped() -> tuple[list[Pack], dict[str, tuple[Fault, ...]]]:
    """Return the shipped packs that are fit to run, and by their ids what was found in the others."""
    reports = {name: check(name) for name in installed()}
    fit = [parse(read(name).pack_text, name) for name, report in reports.items() if not report.faults]
    return fit, {name: report.faults for name, report in reports.items() if report.faults}


@lru_cache(maxsize=16)
def check_files(files: PackFiles) -> Report:
    """Check a pack that has been read."""
    name = str(files.path)
    try:
        pack = parse(files.pack_text, name)
    except PackError as error:
        return Report(tuple(sorted(error.faults)))
    data = tree(files.pack_text, name)
    faults = {
        Fault(name, line_of(data, where), ".".join(map(str, where)), message, remedy)
        for each in CHECKS
        for where, message, remedy in each(pack, files.source_text)
    }
    return Report(tuple(sorted(faults)), () if faults else tuple(_notes(pack, files.source_text)))


def _notes(pack: Pack, source: str) -> Iterator[str]:
    for question in pack.open_questions:
        chosen = in_words(pack, question.id, question.chosen)
        yield f"待定：{question.text}；选定 {chosen}（{question.why}）"
    for name in conditions.unprovided(pack):
        yield f"尚无程序提供：{FACTS[name].label}（{name}）"
    uncited = [text[:30] for text in map(_uncited, beside.paragraphs(pack, source)) if text]
    yield from (f"没有规则引用：{text}…" for text in uncited)
    yield f"共{len(uncited)}段没有规则引用"


def _uncited(paragraph: beside.Paragraph) -> str:
    text = "".join(words for words, _ in paragraph.pieces)
    is_cited = len(text) < SHORTEST_PARAGRAPH or any(is_cited for _, is_cited in paragraph.pieces)
    return "" if is_cited else text
