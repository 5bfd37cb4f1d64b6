"""What every request carries once the middleware has seen it; views are typed by it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from apps.core.actors import Actor
from apps.core.characters import without_unseen
from apps.core.refusals import Refused

_STATUS = {
    "overtaken": 409,
    "changed": 409,
    "busy": 409,
    "wrong_state": 409,
    "written_elsewhere": 409,
    "changed_since_checked": 409,
    "answered": 409,
    "read_only": 409,
    "not_yours": 403,
    "file_size": 413,
    "too_long": 413,
    "file_kind": 415,
    "file_content": 415,
    "nothing_sent": 415,
}

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
"""Let in who asks for a page or sends its form, and nothing else."""

View = Callable[..., HttpResponse]


def post_only(page: str, *parts: str) -> Callable[[View], View]:
    """Let in who sends a form; lead who asks for a page to that of the thing, found by `parts` of the address."""

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, **given)
            return redirect(page, **{part: given[part] for part in parts})

        return answer

    return decorate


def text_sent(sent: QueryDict, name: str) -> str:
    """Return a text that no form judges, without characters that have no shape on paper."""
    return without_unseen(sent.get(name, "")).strip()


def status_of(refused: Refused, otherwise: int = 422) -> int:
    """Return the status under which a page tells a refusal."""
    return _STATUS.get(refused.refusals[0].code, otherwise)


class ViewerRequest(HttpRequest):
    """A request with its viewer, the moment it came in, and whether htmx sent it; never made by hand."""

    viewer: Actor
    at: datetime
    htmx: HtmxDetails
