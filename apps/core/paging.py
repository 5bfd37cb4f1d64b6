"""Paging that never counts a long list to its end."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

MOST_COUNTED = 1000
PER_PAGE = 25


class Pages(Paginator):
    """Pages of a query counted up to one beyond `MOST_COUNTED`; who needs a later row narrows the list."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows[: MOST_COUNTED + 1].count()
        return found


def page_of(rows: Any, number: str | None) -> Page:
    """Return one page; a number that is none gives the first, one beyond the end the last."""
    return Pages(rows, PER_PAGE).get_page(number)
