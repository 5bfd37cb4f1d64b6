"""What every request carries once the middleware has seen it; views are typed by it."""

from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from apps.core.actors import Actor
from apps.core.fields import storable
from apps.core.refusals import Refused

_STATUS = {
    "overtaken": 409,
    "changed": 409,
    "busy": 409,
    "wrong_state": 409,
    "written_elsewhere": 409,
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


def text_sent(sent: QueryDict, name: str) -> str:
    """Return a text that no form judges, without what a database cannot keep."""
    return str(storable(sent.get(name, ""))).strip()


def status_of(refused: Refused, otherwise: int = 422) -> int:
    """Return the status under which a page tells a refusal."""
    return _STATUS.get(refused.refusals[0].code, otherwise)


class ViewerRequest(HttpRequest):
    """A request with its viewer, the moment it came in, and whether htmx sent it; never made by hand."""

    viewer: Actor
    at: datetime
    htmx: HtmxDetails
