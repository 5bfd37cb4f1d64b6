"""The notices of a season as a list, and how what the public may read is narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet

from apps.core.tables import SHORT, WORDS, MomentColumn, StateColumn, WordsFilter
from apps.notices.models import Announcement, Document, Notice, PublicityList
from apps.notices.states import ListState, NoticeState
from apps.seasons.models import Season


class _SeasonFilter(django_filters.FilterSet):
    """Narrow what was published by season."""

    season = django_filters.ModelChoiceFilter(label="批次", empty_label="全部", queryset=Season.objects.none())

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        seasons = Season.objects.filter(pk__in=self.queryset.order_by().values("season"))
        self.filters["season"].queryset = seasons.defer("pack_text", "source_text")


class AnnouncementFilter(_SeasonFilter):
    """Narrow announcements by season and words."""

    q = WordsFilter(label="标题或正文", method="having")

    class Meta:
        model = Announcement
        fields: list[str] = []

    def having(self, rows: QuerySet[Announcement], name: str, text: str) -> QuerySet[Announcement]:
        """Narrow to those that hold the words typed."""
        return rows.filter(Q(title__icontains=text) | Q(text__icontains=text))


class DocumentFilter(_SeasonFilter):
    """Narrow issued documents by season and words."""

    q = WordsFilter(label="标题或文号", method="having")

    class Meta:
        model = Document
        fields: list[str] = []

    def having(self, rows: QuerySet[Document], name: str, text: str) -> QuerySet[Document]:
        """Narrow to those of a title or a number."""
        return rows.filter(Q(title__icontains=text) | Q(number__icontains=text))


class ListFilter(_SeasonFilter):
    """Narrow public lists by season, whether they are over, and words."""

    state = django_filters.ChoiceFilter(
        label="状态",
        empty_label="全部",
        choices=[(each.value, each.label) for each in ListState if each != ListState.DRAFT],
    )
    q = WordsFilter(label="标题", field_name="title", lookup_expr="icontains")

    class Meta:
        model = PublicityList
        fields: list[str] = []


class NoticeFilter(django_filters.FilterSet):
    """Narrow the notices of a season by state and words."""

    state = django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=NoticeState.choices)
    q = WordsFilter(label="标题或文号", method="having")

    class Meta:
        model = Notice
        fields: list[str] = []

    def having(self, rows: QuerySet[Notice], name: str, text: str) -> QuerySet[Notice]:
        """Narrow to those of a title or a number."""
        return rows.filter(Q(title__icontains=text) | Q(document__number__icontains=text))


class NoticeTable(tables.Table):
    """One line for each notice: where it goes, how it stands, its number and its print."""

    title = tables.Column("标题", linkify=("notices:notice", {"pk": tables.A("pk")}), attrs=WORDS)
    region = tables.Column("范围", order_by="region__code")
    state = StateColumn()
    number = tables.Column("文号", accessor="document__number", order_by="document__n", default="未编号", attrs=SHORT)
    drafted = MomentColumn("拟稿时间")
    printed = tables.TemplateColumn(
        template_name="notices/_printed.html",
        verbose_name="PDF",
        orderable=False,
        empty_values=(),
        attrs={"th": {"class": "no-print"}, "td": {"class": "no-print"}},
    )

    class Meta:
        attrs = {"caption": "本批次的文件"}
        empty_text = "还没有文件。各设区市的申请全部办结后，系统自动拟稿。"
