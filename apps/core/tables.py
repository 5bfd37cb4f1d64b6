"""Tables on screen: pages that are not counted to their end, states as badges."""

from typing import Any

import django_tables2 as tables
from django.utils.functional import cached_property

from apps.core.paging import MOST_COUNTED, PER_PAGE, Pages
from apps.core.requests import ViewerRequest


class RowPages(Pages):
    """Pages of a table's rows."""

    @cached_property
    def count(self) -> int:
        return self.object_list.data.data[: MOST_COUNTED + 1].count()  # type: ignore[attr-defined]


class StateColumn(tables.TemplateColumn):
    """The state of a record as its offices call it."""

    def __init__(self, **options: Any) -> None:
        badge = '{% include "components/badge.html" with label=record|state_label tone=record|tone only %}'
        super().__init__(badge, verbose_name="状态", accessor="state", **options)


def arranged(table: tables.Table, request: ViewerRequest) -> tables.Table:
    """Sort and page a table as the address asks."""
    paging = {"per_page": PER_PAGE, "paginator_class": RowPages}
    return tables.RequestConfig(request, paginate=paging).configure(table)
