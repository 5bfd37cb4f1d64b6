"""Addresses, and what a page says."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.writing import writings
from apps.writing.models import WrittenRecord


def page(record: WrittenRecord, number: int) -> str:
    """Return the address of a page of the form."""
    return address("form", record, number)


def address(name: str, record: WrittenRecord, *more: object) -> str:
    """Return the address of another page of a record that is written."""
    return reverse(f"writing:{name}", args=[writings.of(record).kind, record.pk, *more])


def text_of(response: Any) -> str:
    """Return a page as text."""
    return response.content.decode()


def token_on(response: Any) -> str:
    """Return the token in a page's form."""
    found = re.search(r'name="token" value="([^"]+)"', text_of(response))
    assert found is not None
    return found.group(1)


def hand_in(browser: Client, record: WrittenRecord, token: str = "", confirmed: str = "yes") -> Any:
    """Press the button of the check page, with its token unless another is given."""
    token = token or token_on(browser.get(address("check", record)))
    return browser.post(address("check", record), {"token": token, "confirmed": confirmed})
