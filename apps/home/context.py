"""What the frame around every page needs."""

from typing import Any

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the viewer, for the menu."""
    return {"viewer": request.viewer, "at": request.at}
