"""Pages for what went wrong: what, why, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the form's protection has run out."""
    return render(request, "403_csrf.html", status=403)
