"""What is done with notices, public lists and documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.core import door, files, seals, sets
from apps.core.actors import CLOCK, Actor
from apps.core.days import start_of, written_day
from apps.core.refs import Ref
from apps.core.refusals import Refusal, Refused
from apps.desks import selectors as desk_selectors
from apps.desks import services as desks
from apps.desks import walks
from apps.desks.models import DeskRecord, Paper
from apps.desks.walks import Walk
from apps.directory.models import Person, Region
from apps.directory.selectors import counties_of, users_at
from apps.directory.states import Role
from apps.notices import documents, printing, selectors
from apps.notices.delivery import tell
from apps.notices.fonts import MissingFonts
from apps.notices.models import Document, Message, Notice, NumberBook, PublicityEntry, PublicityList
from apps.notices.states import DocumentKind, ListAction, NoticeAction
from apps.policies.schema import NumberFormat
from apps.seasons.models import Season
from apps.seasons.selectors import Closing, pack_of


def announce(
    *, season: Season, kind: str, seen: Mapping[int, int], by: Actor, at: datetime, token: str = ""
) -> PublicityList:
    """Put records on a public list: write the list, publish it, give every record its last day of notice.

    All or nothing. Sent twice with one token it returns the list published first. Raises Refused when a record
    cannot be put on a list, naming what happened to it.
    """
    walk = walks.named(kind)
    records = _listed(walk, season, seen, by, at) if walk else []
    if walk is None or not records or len(records) < len(seen):
        raise Refused(Refusal("missing", "没有选择可列入公示的事项，或其中有您不能办理的。", "请返回名单重新选择。"))
    if any(not record.step_awaits("notice") for record in records):
        raise Refused(Refusal("not_waiting", "所选事项中有的不在公示环节。", "请返回名单重新选择。"))
    with transaction.atomic():
        published = _publish(season, kind, records, by, at)
        refusals: list[Refusal] = []
        repeated = False
        for chunk in _chunks(list(seen.items())):
            outcomes = desks.announce(
                model=walk.model, seen=dict(chunk), until=published.closes, list_number=published.pk, by=by, at=at,
                token=token,
            )  # fmt: skip
            refusals += [refusal for outcome in outcomes for refusal in outcome.refusals]
            repeated |= any(outcome.repeated for outcome in outcomes)
        if refusals or repeated:
            transaction.set_rollback(True)
    if refusals:
        raise Refused(*dict.fromkeys(refusals))
    first = selectors.list_of(kind, records[0].pk)
    assert first is not None
    return first


def _listed(walk: Walk, season: Season, seen: Mapping[int, int], by: Actor, at: datetime) -> list[DeskRecord]:
    """Return the records in the order of a public list, without the long texts of their season."""
    rows = walk.visible(by, at).filter(season=season, pk__in=seen)
    return list(rows.defer("season__pack_text", "season__source_text").order_by("county", "pk"))


def _publish(season: Season, kind: str, records: Sequence[DeskRecord], by: Actor, at: datetime) -> PublicityList:
    plan = selectors.plan_list(season, kind, records, at)
    draft = PublicityList(
        season=season,
        kind=kind,
        title=plan.title,
        body=list(plan.body),
        signed_by=plan.signed_by,
        contact=plan.contact,
        opens=plan.opens,
        closes=plan.closes,
        published=at,
    )
    (created,) = door.create([draft], by=by, at=at)
    published = door.advance_one(created, ListAction.PUBLISH, by=by, at=at)
    PublicityEntry.objects.bulk_create(
        PublicityEntry(list=published, record=record, line=dict(line)) for record, line in plan.lines.items()
    )
    return published


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + door.BATCH_LIMIT] for start in range(0, len(items), door.BATCH_LIMIT)]


def end_lists(*, at: datetime) -> int:
    """Let the clock end the lists whose last day is over; return how many."""
    over = selectors.lists_over(timezone.localdate(at))
    outcomes = door.advance(
        PublicityList, {each.pk: each.version for each in over[: door.BATCH_LIMIT]}, ListAction.END, by=CLOCK, at=at
    )
    return sum(outcome.done for outcome in outcomes)


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
    *, season: Season, kind: DocumentKind, wanted: Sequence[WantedDocument], at: datetime
) -> list[Document]:
    """Number documents in order and freeze their texts; to be called within the transaction of the act they belong to.

    The book stays locked until that transaction ends, so numbers have no gap.
    """
    form = getattr(pack_of(season).documents, kind).number
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


def remind_writers(*, closing: Closing, at: datetime) -> int:
    """Remind at most 500 desks of what lies there unfinished while its window closes; return of how many papers."""
    papers = desk_selectors.unfinished_since(closing.window.season_id, start_of(closing.since))
    context = {"window": closing.window, "last_day": written_day(closing.last_day)}
    return _remind(papers, "closing_writer", context, reverse("home:inbox"), closing.key, at)


@transaction.atomic
def remind_counties(*, closing: Closing, at: datetime) -> int:
    """Remind at most 500 officers of the counties that a window closes; return how many."""
    season = closing.window.season
    counties = [f"{Role.SCI_TECH_AUTHORITY}@region:{county.pk}" for county in counties_of(season.jurisdiction)]
    officers = {user.pk: user for holders in users_at(counties, at).values() for user in holders}
    told = selectors.untold([officers[pk] for pk in sorted(officers)], closing.key)[: door.BATCH_LIMIT]
    context = {"window": closing.window, "season": season, "last_day": written_day(closing.last_day)}
    tell(told, "closing_office", context, link=reverse("home:season", args=[season.pk]), key=closing.key, at=at)
    return len(told)


def remind_overdue(*, season: Season, kind: str, after_days: int, at: datetime) -> int:
    """Remind at most 500 desks of papers they have had for some days; return of how many papers."""
    today = timezone.localdate(at)
    papers = desk_selectors.overdue(season.pk, kind, start_of(today - timedelta(days=after_days - 1)))
    context = {"days": after_days, "season": season}
    return _remind(papers, "overdue", context, reverse("home:inbox"), f"overdue:{season.pk}:{kind}:{today}", at)


@transaction.atomic
def _remind(
    papers: QuerySet[Paper], template: str, context: Mapping[str, Any], link: str, key: str, at: datetime
) -> int:
    """Tell each desk once how many of the papers it has, and note on the papers that it was told."""
    numbers = desk_selectors.by_desk(papers, door.BATCH_LIMIT)
    for desk, holders in users_at(numbers, at).items():
        tell(holders, template, {**context, "number": numbers[desk]}, link=link, key=f"{key}:{desk}", at=at)
    return desks.note_reminded(papers=papers, desks=numbers, at=at)


def mark_read(*, message: Message, at: datetime) -> None:
    """Note that its user has read a message; reading it again changes nothing."""
    Message.objects.filter(pk=message.pk, read=None).update(read=at)
