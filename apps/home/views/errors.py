"""Pages for what went wrong: what, why, what to do."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

_RETRY_SECONDS = "30"
_OUR_FAULT = "SQLITE_ERROR"
"""What SQLite calls a faulty statement; all else it says of a file that cannot be reached or is held."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the form's protection has run out."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Tell that a request cannot be read, without reading it again."""
    return HttpResponse(loader.get_template("400.html").render(), status=400)


def not_taken(request: HttpRequest, allowed: str) -> HttpResponse:
    """Tell that an address does not take what was asked of it, and that nothing was done."""
    answer = render(request, "405.html", status=405)
    answer.headers["Allow"] = allowed
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """Tell of a fault without asking the database for anything; a database that is away is told as such."""
    if is_database_away(sys.exc_info()[1]):
        page = loader.get_template("503.html").render()
        return HttpResponse(page, status=503, headers={"Retry-After": _RETRY_SECONDS})
    return HttpResponse(loader.get_template("500.html").render(), status=500)


def is_database_away(error: BaseException | None) -> bool:
    """Tell whether an error says that the database cannot be reached or does not answer in time."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return getattr(error.__cause__, "sqlite_errorname", "") != _OUR_FAULT
