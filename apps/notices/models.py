"""Number books, issued documents, notices on their way, public lists, messages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django_fsm import transition

from apps.core.kinds import Decision
from apps.core.models import Recorded, state_check
from apps.notices import permissions
from apps.notices.states import DocumentKind, ListState, NoticeState


class NumberBook(models.Model):
    """The last number given under one word in one year; numbers leave no gap and are never used again."""

    word = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "year"], name="one_book_for_a_word_and_year")]

    def __str__(self) -> str:
        return f"{self.word}{self.year}"


class Document(models.Model):
    """An official document as issued: number, frozen content, and, once printed, the digest of its bytes.

    `holder` is set for a personal document, which only he and his offices may download. `about` names the record that
    it documents (`appointment:12`), empty for a notice on many. Since `void` it holds no longer; it stays as issued.
    """

    kind = models.CharField(max_length=30, choices=DocumentKind)
    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    book = models.ForeignKey(NumberBook, models.PROTECT, related_name="documents")
    n = models.PositiveIntegerField()
    number = models.CharField("文号", max_length=80)
    title = models.CharField("标题", max_length=200)
    region = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey("directory.Person", models.PROTECT, null=True, related_name="documents")
    content = models.JSONField()
    content_digest = models.CharField(max_length=64)
    code = models.CharField(max_length=24, unique=True)
    about = models.CharField(max_length=60, blank=True)
    issued = models.DateTimeField()
    pdf = models.CharField(max_length=64, blank=True)
    void = models.DateTimeField("作废时间", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "n"], name="number_is_used_once"),
            models.UniqueConstraint(
                fields=["kind", "about"], condition=~models.Q(about=""), name="one_document_of_a_kind_about_a_record"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=DocumentKind.values), name="document_kind_is_known"),
        ]
        indexes = [models.Index(fields=["season", "kind", "n"], name="document_by_season")]
        ordering: ClassVar = ["-issued", "-pk"]

    def __str__(self) -> str:
        return f"{self.title}（{self.number}）"


class Notice(Recorded):
    """A notice on its way from draft to issue; the clock drafts, a person issues."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=DocumentKind)
    key = models.CharField(max_length=80, unique=True)
    region = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+")
    title = models.CharField("标题", max_length=200)
    content = models.JSONField()
    drafted = models.DateTimeField()
    document = models.OneToOneField(Document, models.PROTECT, null=True, related_name="notice", editable=False)

    MOVED_FIELDS = ("document",)

    class Meta:
        constraints = [state_check("notice", NoticeState)]
        indexes = [models.Index(fields=["season", "state", "-drafted"], name="notice_by_season_state")]
        ordering: ClassVar = ["-drafted", "-pk"]

    def __str__(self) -> str:
        return self.title

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return f"{permissions.ISSUE_NOTICES}@region:{self.season.jurisdiction_id}"

    def subject(self) -> object:
        return {"title": self.title, "content": self.content, "document": self.document_id}

    @transition("state", NoticeState.DRAFT, NoticeState.NUMBERED, custom={"may": permissions.issues_for_the_season})
    def give_number(self, *, decision: Decision, **act: Any) -> None:
        """Take the next number of the book and freeze the text."""
        self.document_id = decision.details["document"]

    @transition("state", NoticeState.NUMBERED, NoticeState.ISSUED, custom={"may": permissions.is_the_clock})
    def issue(self, **act: Any) -> None:
        """Stand printed, under its digest."""

    @transition("state", NoticeState.DRAFT, NoticeState.WITHDRAWN, custom={"may": permissions.issues_for_the_season})
    def discard(self, **act: Any) -> None:
        """Give a draft up before it has a number."""


class PublicityList(Recorded):
    """A list put before the public for some days, both named days inclusive."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField("标题", max_length=200)
    body = models.JSONField(default=list)
    signed_by = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True)
    opens = models.DateField("公示开始")
    closes = models.DateField("公示截止")
    published = models.DateTimeField()

    class Meta:
        constraints = [
            state_check("publicity_list", ListState),
            models.CheckConstraint(condition=models.Q(opens__lte=models.F("closes")), name="publicity_has_days"),
        ]
        indexes = [models.Index(fields=["state", "closes"], name="publicity_by_end")]
        ordering: ClassVar = ["-published", "-pk"]

    def __str__(self) -> str:
        return self.title

    def place_of(self, action: str, details: Mapping[str, Any]) -> str:
        return f"{permissions.ISSUE_NOTICES}@region:{self.season.jurisdiction_id}"

    def subject(self) -> object:
        return {"title": self.title, "body": self.body, "from": self.opens, "to": self.closes}

    @transition("state", ListState.DRAFT, ListState.PUBLISHED, custom={"may": permissions.issues_for_the_season})
    def publish(self, **act: Any) -> None:
        """Put it before the public."""

    @transition("state", ListState.PUBLISHED, ListState.ENDED, custom={"may": permissions.is_the_clock})
    def end(self, **act: Any) -> None:
        """Let it be over after its last day."""


class PublicityEntry(models.Model):
    """One line of a public list: a record, and the words by which the public knows it."""

    list = models.ForeignKey(PublicityList, models.CASCADE, related_name="entries")
    record = models.BigIntegerField()
    line = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "record"], name="record_once_on_a_list")]
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.list_id}/{self.record}"


class Announcement(models.Model):
    """What the office of a season told everybody, under whose name; one withdrawn is no longer shown."""

    season = models.ForeignKey("seasons.Season", models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    title = models.CharField("标题", max_length=100)
    text = models.TextField("正文")
    by = models.CharField("发布人", max_length=150)
    post = models.CharField("职务", max_length=200, blank=True)
    published = models.DateTimeField("发布时间")
    withdrawn = models.DateTimeField("撤下时间", null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-published", "-id"], condition=models.Q(withdrawn__isnull=True), name="announcement_shown"
            )
        ]
        ordering: ClassVar = ["-published", "-pk"]

    def __str__(self) -> str:
        return self.title


class Correction(models.Model):
    """One correction of an announcement: how it read before, and who changed it why; nothing said is lost."""

    announcement = models.ForeignKey(Announcement, models.PROTECT, related_name="corrections")
    n = models.PositiveSmallIntegerField()
    title = models.CharField("原标题", max_length=100)
    text = models.TextField("原正文")
    reason = models.CharField("更正说明", max_length=300)
    by = models.CharField("更正人", max_length=150)
    post = models.CharField("职务", max_length=200, blank=True)
    at = models.DateTimeField("更正时间")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "n"], name="corrections_follow_each_other")]
        ordering: ClassVar = ["announcement", "n"]

    def __str__(self) -> str:
        return f"{self.announcement_id}#{self.n}"


class Message(models.Model):
    """What the system tells a user: what happened and what is next."""

    user = models.ForeignKey("directory.User", models.CASCADE, related_name="messages")
    key = models.CharField(max_length=200)
    text = models.CharField(max_length=500)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="message_is_told_once")]
        indexes = [
            models.Index(fields=["user", "-at"], name="message_by_user"),
            models.Index(fields=["user"], condition=models.Q(read__isnull=True), name="message_unread"),
        ]
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text
