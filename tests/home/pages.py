"""Addresses of the home, as somebody opens them."""

from typing import Any

from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.directory.models import User
from tests.factories import login


def page(user: User, application: Application) -> Any:
    """Open an application as a user."""
    return login(Client(), user).get(reverse("home:record", args=["application", application.pk]))
