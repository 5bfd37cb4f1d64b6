"""Tables on screen: pages that are not counted to their end, states as badges."""

from datetime import date, datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.functional import cached_property

from apps.core.inputs import WordsField
from apps.core.paging import MOST_COUNTED, PER_PAGE, Pages
from apps.core.requests import ViewerRequest
from apps.core.templatetags.ui import chinese_date, chinese_moment

MOST_CHARACTERS = 100
"""What is longer is no name; one database refuses to look for very long texts."""
WORDS = {"td": {"class": "words"}}
SHORT = {"td": {"class": "short"}}
"""Attributes of a column of sentences, which may break anywhere, and of one that never breaks; others do at points."""


class RowPages(Pages):
    """Pages of a table's rows."""

    @cached_property
    def count(self) -> int:
        return self.object_list.data.data[: MOST_COUNTED + 1].count()  # type: ignore[attr-defined]


class WordsFilter(django_filters.CharFilter):
    """Words to look for: as many as a name or a number may have."""

    field_class = WordsField

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_CHARACTERS, **options)


class StateColumn(tables.TemplateColumn):
    """The state of a record as its offices call it, or as the person concerned reads it."""

    def __init__(self, *, is_own: bool = False, **options: Any) -> None:
        label = "public_label" if is_own else "state_label"
        badge = f'{{% include "components/badge.html" with label=record|{label} tone=record|tone only %}}'
        super().__init__(badge, verbose_name="状态", accessor="state", **options)


class _ShortColumn(tables.Column):
    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, attrs=SHORT, **options)


class DayColumn(_ShortColumn):
    """A day on one line, or a dash where there is none."""

    def render(self, value: date | datetime) -> str:
        return chinese_date(value)


class MomentColumn(_ShortColumn):
    """A moment on one line, or a dash where there is none."""

    def render(self, value: datetime) -> str:
        return chinese_moment(value)


def arranged(table: tables.Table, request: ViewerRequest) -> tables.Table:
    """Sort and page a table as the address asks, by columns that it has; lines that are alike keep one order."""
    asked = request.GET.getlist(table.prefixed_order_by_field)
    known = [alias for alias in asked if alias.removeprefix("-") in table.columns.names()]
    if known:
        table.order_by = known
        rows = table.data.data
        table.data.data = rows.order_by(*rows.query.order_by, "pk")
    table.paginator = RowPages(table.rows, PER_PAGE)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    return table
