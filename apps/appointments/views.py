"""Soon."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def appointments(request: HttpRequest, **where: Any) -> HttpResponse:
    """Show a page."""
    return HttpResponse("appointments")
