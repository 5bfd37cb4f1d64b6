"""Wishes on screen, and how their list is narrowed."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html

from apps.core.tables import WordsFilter
from apps.directory.selectors import called
from apps.matching.models import Wish
from apps.matching.states import WishWord
from apps.seasons.models import Season, ServiceGroup

UNJUDGED = "none"


class WishFilter(django_filters.FilterSet):
    """Narrow wishes by season, county, what was said of them and the person's name."""

    season = django_filters.ModelChoiceFilter(
        label="批次", empty_label="全部", field_name="list__season", queryset=Season.objects.none()
    )
    group = django_filters.ModelChoiceFilter(
        label="县（市、区）", empty_label="全部", queryset=ServiceGroup.objects.none()
    )
    word = django_filters.ChoiceFilter(
        label="县级意见", empty_label="全部", choices=[(UNJUDGED, "未审核"), *WishWord.choices], method="said"
    )
    text = WordsFilter(label="姓名或拼音", method="having")

    class Meta:
        model = Wish
        fields: list[str] = []

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        rows = self.queryset.order_by()
        self.filters["season"].queryset = Season.objects.filter(pk__in=rows.values("list__season")).defer(
            "pack_text", "source_text"
        )
        self.filters["group"].queryset = ServiceGroup.objects.filter(pk__in=rows.values("group"))

    def said(self, rows: QuerySet[Wish], name: str, word: str) -> QuerySet[Wish]:
        """Narrow to those of which this was said, or nothing yet."""
        return rows.filter(word="" if word == UNJUDGED else word)

    def having(self, rows: QuerySet[Wish], name: str, text: str) -> QuerySet[Wish]:
        """Narrow to people of a name."""
        return rows.filter(called(text, "list__person__"))


class WishTable(tables.Table):
    """Wishes as lines; those the viewer may judge can be chosen."""

    chosen = tables.Column("选择", empty_values=(), orderable=False)
    season = tables.Column("批次", accessor="list__season", order_by="list__season__pk")
    person = tables.Column("姓名", accessor="list__person", order_by="list__person__name")
    unit = tables.Column("派出单位", accessor="list__person__unit", order_by="list__person__unit__name")
    title = tables.Column("职称", accessor="list__person__title", order_by="list__person__title")
    specialty = tables.Column("专业特长", accessor="list__person__specialty", orderable=False)
    group = tables.Column("县（市、区）", order_by="group__pk")
    rank = tables.Column("志愿")
    industry = tables.Column("产业")
    word = tables.Column("县级意见", accessor="get_word_display", order_by="word", empty_values=())
    points = tables.Column("评分")
    reason = tables.Column("理由", orderable=False)

    class Meta:
        attrs = {"caption": "志愿"}
        empty_text = "没有符合条件的志愿。"

    def __init__(self, *given: Any, mine: set[int], **options: Any) -> None:
        super().__init__(*given, **options)
        self._mine = mine
        if not mine:
            self.exclude = ("chosen",)

    def render_chosen(self, record: Wish) -> str:
        """Offer to choose a wish that the viewer may judge."""
        if record.group_id not in self._mine:
            return ""
        label = f"选择{record.list.person}的志愿{record.rank}"
        return format_html('<input type="checkbox" name="wish" value="{}" aria-label="{}">', record.pk, label)

    def render_word(self, record: Wish) -> str:
        return record.get_word_display() or "未审核"
