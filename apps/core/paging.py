"""Paging that never counts a long list to its end."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

MOST_COUNTED = 1000
PER_PAGE = 25


def counted(rows: QuerySet) -> int:
    """Count rows up to one beyond `MOST_COUNTED`; which of them is all the same, so no order is asked for."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


class Pages(Paginator):
    """Pages of a query counted up to one beyond `MOST_COUNTED`; who needs a later row narrows the list."""

    @cached_property
    def count(self) -> int:
        return counted(cast(QuerySet, self.object_list))


def page_of(rows: Any, number: str | None) -> Page:
    """Return one page; a number that is none gives the first, one beyond the end the last."""
    return Pages(rows, PER_PAGE).get_page(number)
