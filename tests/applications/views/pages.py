"""Addresses, and what a page says."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.applications.models import Application


def page(application: Application, step: int) -> str:
    """Return the address of a page of the form."""
    return reverse("applications:form", args=[application.pk, step])


def address(name: str, application: Application, *more: object) -> str:
    """Return the address of another page of an application."""
    return reverse(f"applications:{name}", args=[application.pk, *more])


def text_of(response: Any) -> str:
    """Return a page as text."""
    return response.content.decode()


def token_on(response: Any) -> str:
    """Return the token in a page's form."""
    found = re.search(r'name="token" value="([^"]+)"', text_of(response))
    assert found is not None
    return found.group(1)


def hand_in(browser: Client, application: Application, token: str = "", confirmed: str = "yes") -> Any:
    """Press the button of the check page, with its token unless another is given."""
    token = token or token_on(browser.get(address("check", application)))
    return browser.post(address("submit", application), {"token": token, "confirmed": confirmed})
