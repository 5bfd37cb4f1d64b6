"""The policy's text with the rules beside it: each rule in plain words, at the paragraph whose words it cites."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from apps.core.refusals import Basis
from apps.policies import applying, telling
from apps.policies.facts import FACTS
from apps.policies.routing import act_in_words, chain, starter, verdicts_in_words
from apps.policies.schema import Application, Pack
from apps.policies.showing import closing_in_words, lapse_in_words, reminder_in_words, window_in_words
from apps.policies.telling import Told


@dataclass(frozen=True)
class Beside:
    """One rule as an office reads it: of what sort, in plain words, and what it rests on."""

    sort: str
    words: str
    basis: Basis


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the text: its pieces as (words, cited or not), and the rules that cite it."""

    pieces: tuple[tuple[str, bool], ...]
    rules: tuple[Beside, ...]


def rules(pack: Pack, answers: Mapping[str, Any] | None = None) -> list[Beside]:
    """Return the rules in the order in which an applicant meets them: those in force under some answers, or all."""
    found = _rules(pack, answers)
    return [Beside(sort, words, pack.basis(rule)) for sort, words, rule in found if rule.clause or rule.asks]


def _rules(pack: Pack, answers: Mapping[str, Any] | None = None) -> Told:
    process = pack.processes.application
    yield from _windows(pack, answers)
    yield from _form(process, pack)
    for rule in process.eligibility if answers is None else applying.rules_in_force(process, answers, pack):
        yield "申请条件", rule.message, rule
    yield from _routes(process, pack, answers)
    for ground in process.grounds:
        yield "不同意的理由", ground.label, ground
    if process.remind:
        yield "催办", reminder_in_words(process.remind, pack, answers), process.remind
    if process.lapse:
        yield "催办", lapse_in_words(process.lapse, pack, answers), process.lapse
    yield "聘期", "聘期的起日和年限", process.term
    yield from telling.recognition(pack)
    for quota in pack.quotas.values():
        yield "名额", quota.label, quota
    yield from telling.sheet(pack, answers)
    yield from _documents(pack)


def _windows(pack: Pack, answers: Mapping[str, Any] | None) -> Told:
    for window in pack.calendar.windows.values():
        yield "时间窗口", window_in_words(window, pack), window
        if window.remind:
            yield "提醒", closing_in_words(window, window.remind, pack, answers), window.remind
        if window.late:
            yield "逾期", f"{window.label}截止后{pack.answer(window.late.days, {})}天内可补报", window.late
    if hours := pack.calendar.duty_hours:
        yield "值班", "、".join("至".join(span) for span in hours.spans), hours


def _form(process: Application, pack: Pack) -> Told:
    who = dict.fromkeys(starter(route.starts, pack) for route in process.routes)
    yield "申请", f"由{'或'.join(who)}在网上{'申请' if len(who) == 1 else '发起'}", process
    for step in process.form:
        for field in step.fields:
            yield "申请表", field.label or FACTS[field.fact].label, field
        for wanted in step.attachments:
            yield "附件", wanted.label, wanted


def _routes(process: Application, pack: Pack, answers: Mapping[str, Any] | None) -> Told:
    for route in process.routes if answers is None else applying.routes_in_force(process, answers, pack):
        yield "办理路径", chain(route, pack), route
        for passed in route.steps:
            yield "办理环节", f"{pack.offices[passed.office].label}{act_in_words(passed)}", passed
            if passed.verdicts:
                yield "多方表态", verdicts_in_words(passed.verdicts, pack), passed.verdicts


def _documents(pack: Pack) -> Told:
    documents = pack.documents
    named = {
        "公示名单": documents.publicity_list,
        "聘任通知": documents.appointment_notice,
        "聘书": documents.certificate,
    }
    yield from (("文书", name, document) for name, document in named.items() if document)


def paragraphs(pack: Pack, source: str, answers: Mapping[str, Any] | None = None) -> list[Paragraph]:
    """Return the text by paragraphs, with the rules at the one where their quote begins; white space apart."""
    texts = [line.strip() for line in source.splitlines() if line.strip()]
    letters = [(number, place) for number, text in enumerate(texts) for place in _places(text)]
    squeezed = "".join(texts[number][place] for number, place in letters)
    cited: set[tuple[int, int]] = set()
    found: dict[int, list[Beside]] = {}
    for rule in rules(pack, answers):
        quote = "".join(rule.basis.quote.split())
        start = squeezed.find(quote) if quote else -1
        if start >= 0:
            cited.update(_stretch(letters[start], letters[start + len(quote) - 1], texts))
            found.setdefault(letters[start][0], []).append(rule)
    return [
        Paragraph(_pieces(text, {place for at, place in cited if at == number}), tuple(found.get(number, ())))
        for number, text in enumerate(texts)
    ]


def _places(text: str) -> list[int]:
    return [place for place, letter in enumerate(text) if not letter.isspace()]


def _stretch(first: tuple[int, int], last: tuple[int, int], texts: list[str]) -> Iterator[tuple[int, int]]:
    """Yield every place from the first letter of a quote to its last, the white space between included."""
    for number in range(first[0], last[0] + 1):
        start = first[1] if number == first[0] else 0
        end = last[1] + 1 if number == last[0] else len(texts[number])
        yield from ((number, place) for place in range(start, end))


def _pieces(text: str, cited: set[int]) -> tuple[tuple[str, bool], ...]:
    """Cut a paragraph where its cited words begin and end."""
    cuts = [0, *(place for place in range(1, len(text)) if (place in cited) != (place - 1 in cited)), len(text)]
    return tuple((text[start:end], start in cited) for start, end in pairwise(cuts))


def set_by_office(pack: Pack, answers: Mapping[str, Any] | None = None) -> list[Beside]:
    """Return the rules for which the text has no words and the office has chosen."""
    return [rule for rule in rules(pack, answers) if not rule.basis.quote]
