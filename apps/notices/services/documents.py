"""Notices and personal documents: drafted by the clock, numbered without a gap, printed, issued."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.core import door, files, seals, sets
from apps.core.actors import CLOCK, Actor
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.directory.models import Person, Region
from apps.notices import documents, printing, selectors
from apps.notices.fonts import MissingFonts
from apps.notices.models import Document, Notice, NumberBook
from apps.notices.states import DocumentKind, NoticeAction
from apps.policies.schema import NumberFormat
from apps.seasons.models import Season
from apps.seasons.selectors import pack_of


def draft(
    *,
    season: Season,
    kind: DocumentKind,
    key: str,
    region: Region,
    values: Mapping[str, object],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    at: datetime,
) -> Notice:
    """Let the clock draft a notice from the pack's template; `key` keeps it from being drafted twice."""
    template = getattr(pack_of(season).documents, kind)
    content = documents.compose(kind, template, values, columns, rows)
    notice = Notice(
        season=season, kind=kind, key=key, region=region, title=content["title"], content=content, drafted=at
    )
    (created,) = door.create([notice], by=CLOCK, at=at)
    return created


def issue(*, notice: Notice, by: Actor, at: datetime, token: str = "") -> Notice:
    """Sign a notice: take the next number, freeze its text, have it printed and then issued.

    Number, text and act stand or fall together, so that no number is lost. Raises Refused for a text that cannot be
    printed whole, and for who may not issue.
    """
    _refuse_unprintable(notice.content)
    with transaction.atomic():
        (document,) = make_documents(
            season=notice.season,
            kind=DocumentKind(notice.kind),
            wanted=[WantedDocument(notice.content, region=notice.region)],
            at=at,
        )
        details = {"document": document.pk, "number": document.number, "content": document.content_digest}
        (outcome,) = door.advance(
            Notice, {notice.pk: notice.version}, NoticeAction.GIVE_NUMBER, by=by, at=at, token=token, details=details
        )
        if outcome.refusals or outcome.repeated:
            transaction.set_rollback(True)
    if outcome.refusals:
        raise Refused(*outcome.refusals)
    return Notice.objects.select_related("document").get(pk=notice.pk)


def _refuse_unprintable(content: Mapping[str, Any]) -> None:
    try:
        missing = printing.missing_characters(content)
    except MissingFonts as error:
        raise Refused(Refusal("no_fonts", "系统缺少公文字体，不能印发。", f"请管理员处理：{error}")) from error
    if missing:
        raise Refused(
            Refusal("missing_glyphs", f"字库缺少这些字：{missing}，不能印发。", "请管理员安装字体，或更正文字。")
        )


def print_draft(*, notice: Notice, at: datetime) -> bytes:
    """Print a notice as it would look if issued now, marked as a draft; raise Refused for what cannot be printed."""
    number = selectors.number_next(notice.season, notice.kind, at)
    content = documents.draft_of(notice.content, number, timezone.localdate(at))
    _refuse_unprintable(content)
    return printing.render(content)


def discard(*, notice: Notice, by: Actor, at: datetime, opinion: str, token: str = "") -> Notice:
    """Give a draft up with a reason; the clock drafts anew from what then stands."""
    return door.advance_one(notice, NoticeAction.DISCARD, token_key=token, by=by, at=at, opinion=opinion)


@dataclass(frozen=True)
class WantedDocument:
    """A document to be numbered: its text, whose it is, what record it is about, in which region it counts."""

    content: Mapping[str, Any]
    region: Region | None = None
    holder: Person | None = None
    about: Ref | None = None


def make_documents(
    *,
    season: Season,
    kind: DocumentKind,
    wanted: Sequence[WantedDocument],
    at: datetime,
    form: NumberFormat | None = None,
) -> list[Document]:
    """Number documents in order and freeze their texts; to be called within the transaction of the act they belong to.

    `form` says how, where the pack does not among its documents. The book stays locked until that transaction ends, so
    numbers have no gap.
    """
    form = form or getattr(pack_of(season).documents, kind).number
    day = timezone.localdate(at)
    book, first = _take_numbers(form, day.year, len(wanted))
    seal = str(seals.newest() or "")
    made = []
    for n, each in enumerate(wanted, first):
        code, number = documents.new_code(), form.write(day.year, n)
        content = documents.finished(each.content, number, code, day, seal)
        made.append(
            Document(
                kind=kind,
                season=season,
                book=book,
                n=n,
                number=number,
                title=content["title"],
                region=each.region,
                holder=each.holder,
                about=str(each.about or ""),
                content=content,
                content_digest=documents.digest(content),
                code=code,
                issued=at,
            )
        )
    return Document.objects.bulk_create(made)


def _take_numbers(form: NumberFormat, year: int, count: int) -> tuple[NumberBook, int]:
    NumberBook.objects.get_or_create(word=form.word, year=year)
    book = NumberBook.objects.select_for_update().get(word=form.word, year=year)
    NumberBook.objects.filter(pk=book.pk).update(last=F("last") + count)
    return book, book.last + 1


def void_documents(pks: Collection[int], *, at: datetime) -> None:
    """Note that documents hold no longer; whoever verifies one is told so."""
    Document.objects.filter(pk__in=pks, void=None).update(void=at)


def print_documents(pks: Sequence[int]) -> None:
    """Print the documents that have no file yet; doing it again changes nothing."""
    waiting = list(Document.objects.filter(pk__in=pks, pdf="").order_by("pk"))
    kept = printing.print_all((each.content for each in waiting), lambda data: files.store(data, "pdf"))
    for document, digest in zip(waiting, kept, strict=True):
        document.pdf = digest
    if waiting:
        sets.update(waiting, ["pdf"])


def print_and_issue(*, notice: int, at: datetime) -> None:
    """Print a numbered notice and let it stand issued under its digest; nothing happens when it is issued already."""
    numbered = Notice.objects.get(pk=notice)
    assert numbered.document_id is not None
    print_documents([numbered.document_id])
    document = Document.objects.get(pk=numbered.document_id)
    details = {"number": document.number, "pdf": document.pdf}
    door.advance_one(numbered, NoticeAction.ISSUE, by=CLOCK, at=at, details=details)
