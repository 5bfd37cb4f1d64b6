"""Reads of notices, lists, documents and messages; each takes the viewer where the public may not look."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.days import written_day
from apps.core.door import BATCH_LIMIT
from apps.core.paging import counted
from apps.desks import selectors as desks
from apps.desks import walks
from apps.desks.models import DeskRecord
from apps.directory.models import User
from apps.notices.models import Announcement, Document, Message, Notice, NumberBook, PublicityEntry, PublicityList
from apps.notices.permissions import ISSUE_NOTICES
from apps.notices.states import DocumentKind, ListState, NoticeState
from apps.policies import wording
from apps.policies.calendar import period_end
from apps.seasons.models import Season
from apps.seasons.selectors import exceptions_of, pack_of


def notices_for(viewer: Actor, at: datetime) -> QuerySet[Notice]:
    """Return the notices of the jurisdictions for which the viewer issues, drafts first, then the newest."""
    codes = [post.scope.key for post in viewer.posts_with(ISSUE_NOTICES, at)]
    rows = Notice.objects.filter(season__jurisdiction__in=codes)
    return rows.select_related("season", "region", "document").order_by("state", "-drafted", "-pk")


def drafts_waiting(viewer: Actor, season: Season, at: datetime) -> QuerySet[Notice]:
    """Return the drafts of a season that wait to be issued by the viewer."""
    return notices_for(viewer, at).filter(season=season, state=NoticeState.DRAFT)


def books_of(season: Season) -> QuerySet[NumberBook]:
    """Return the number books out of which a season's documents took their numbers."""
    return NumberBook.objects.filter(documents__season=season).distinct().order_by("word", "year")


def document_for(viewer: Actor, code: str, at: datetime) -> Document | None:
    """Return a printed document a viewer may download: a public one, his own, or one of a region he works for."""
    regions = Q()
    for path in viewer.region_paths(at):
        regions |= Q(region__path__startswith=path)
    own = Q(holder=viewer.person_id) if viewer.person_id else Q(pk__in=[])
    allowed = Q(holder__isnull=True) | own | (regions if regions else Q(pk__in=[]))
    return Document.objects.filter(allowed, code=code).exclude(pdf="").first()


def document_by_code(code: str) -> Document | None:
    """Return the document of a verification code; whoever holds the code may verify it."""
    rows = Document.objects.filter(code=code.strip().upper())
    return rows.select_related("season", "region", "holder", "book").first()


def documents_of(person_id: int) -> QuerySet[Document]:
    """Return a person's own documents, newest first."""
    return Document.objects.filter(holder=person_id).select_related("season").order_by("-issued", "-pk")


def certificates_about(refs: Collection[str]) -> dict[str, int]:
    """Return {reference: key of its certificate}, in one query."""
    rows = Document.objects.filter(kind=DocumentKind.CERTIFICATE, about__in=refs)
    return dict(rows.values_list("about", "pk"))


def lists_shown() -> QuerySet[PublicityList]:
    """Return the lists that are or were before the public, newest first."""
    return PublicityList.objects.exclude(state=ListState.DRAFT).select_related("season").order_by("-published", "-pk")


def lists_over(day: date) -> list[PublicityList]:
    """Return the published lists whose last day is past."""
    return list(PublicityList.objects.filter(state=ListState.PUBLISHED, closes__lt=day).order_by("pk"))


def list_of(kind: str, record: int) -> PublicityList | None:
    """Return the newest list a record stands on."""
    entry = PublicityEntry.objects.filter(list__kind=kind, record=record).select_related("list").order_by("-pk").first()
    return entry.list if entry else None


def announcements() -> QuerySet[Announcement]:
    """Return what is announced to everybody, the newest first."""
    return Announcement.objects.filter(withdrawn=None).select_related("season").order_by("-published", "-pk")


def documents_issued() -> QuerySet[Document]:
    """Return the printed documents that are nobody's own, the newest first."""
    issued = Document.objects.filter(holder=None).exclude(pdf="").select_related("season", "region")
    return issued.defer("content").order_by("-issued", "-pk")


def messages_of(user_id: int) -> QuerySet[Message]:
    """Return what a user was told, newest first."""
    return Message.objects.filter(user=user_id).order_by("-at", "-pk")


def untold(users: Collection[User], key: str) -> list[User]:
    """Return those of some users who were not told what goes by a key, in one query."""
    told = set(Message.objects.filter(user__in=users, key=key).values_list("user", flat=True))
    return [user for user in users if user.pk not in told]


def unread(user_id: int) -> int:
    """Return how many messages a user has not read, counted no further than pages count."""
    return counted(Message.objects.filter(user=user_id, read=None))


def entries_of(publicity: PublicityList, name: str = "") -> QuerySet[PublicityEntry]:
    """Return the lines of a public list, or those in which a name stands."""
    entries = PublicityEntry.objects.filter(list=publicity).order_by("pk")
    return entries.filter(line__姓名__icontains=name) if name else entries


def waiting_for_list(season: Season, kind: str, viewer: Actor, at: datetime) -> list[DeskRecord]:
    """Return the records that wait for the viewer to put them on a public list, at most one batch; two queries."""
    walk = walks.named(kind)
    if walk is None:
        return []
    papers = desks.announceable(viewer, season.pk, kind, at)[:BATCH_LIMIT]
    pks = [paper.record for paper in papers]
    return list(walk.visible(viewer, at).filter(pk__in=pks).order_by("county", "pk"))


def documents_in(book: NumberBook) -> QuerySet[Document]:
    """Return the documents that took their numbers out of a book, newest first."""
    return Document.objects.filter(book=book).select_related("season").order_by("-n")


@dataclass(frozen=True)
class PrintProgress:
    """How many of a season's certificates have their number, and how many of these are printed."""

    numbered: int
    printed: int


def certificates_progress(season: Season) -> PrintProgress:
    """Return how far the printing of a season's certificates is, in one query."""
    counted = Document.objects.filter(season=season, kind=DocumentKind.CERTIFICATE).aggregate(
        numbered=Count("pk"), printed=Count("pk", filter=~Q(pdf=""))
    )
    return PrintProgress(**counted)


def number_next(season: Season, kind: str, at: datetime) -> str:
    """Return the number that the next document of a kind would take."""
    form = getattr(pack_of(season).documents, kind).number
    year = timezone.localdate(at).year
    book = NumberBook.objects.filter(word=form.word, year=year).first()
    number: str = form.write(year, (book.last if book else 0) + 1)
    return number


@dataclass(frozen=True)
class ListPlan:
    """A public list before it is published: its words, its days, and a line for each record."""

    title: str
    body: Sequence[str]
    signed_by: str
    contact: str
    opens: date
    closes: date
    lines: Mapping[int, Mapping[str, str]]


def plan_list(season: Season, kind: str, records: Sequence[DeskRecord], at: datetime) -> ListPlan:
    """Return the list that publishing these records today would make; raise ValueError for none.

    The period is the one frozen into the records' routes, the longest where they differ.
    """
    walk = walks.named(kind)
    assert walk is not None
    pack = pack_of(season)
    template = pack.documents.publicity_list
    assert template is not None, "a pack whose routes have a public notice has its text"
    days = max(int(record.present_step()["days"]) for record in records)
    opens = timezone.localdate(at)
    closes = period_end(opens, days, pack, exceptions_of(season.pk))
    values: dict[str, Any] = {
        "year": season.year,
        "count": len(records),
        "days": days,
        "period_from": written_day(opens),
        "period_to": written_day(closes),
        "contact": template.contact,
    }
    return ListPlan(
        title=wording.fill(template.title, values),
        body=[wording.fill(paragraph, values) for paragraph in template.body],
        signed_by="\n".join(template.signed_by),
        contact=template.contact,
        opens=opens,
        closes=closes,
        lines={record.pk: walk.public_line(record) for record in records},
    )


def unfinished(older_than: timedelta, at: datetime) -> QuerySet[Notice]:
    """Return notices that have their number but are not printed for longer than a time: something is wrong there."""
    rows = Notice.objects.filter(state=NoticeState.NUMBERED, document__issued__lt=at - older_than)
    return rows.select_related("document").order_by("pk")
